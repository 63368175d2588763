import { Refusal } from '../../errors.ts';
import {
  endDelegation,
  listDelegations,
  setDelegate,
} from '../../governance/delegations/delegations.ts';
import { findDelegates } from '../../governance/people/person-search.ts';
import { cutSearch } from '../../text.ts';
import { type FormFields, readFields, readQuery } from '../link-requests.ts';
import { renderDelegatePage } from './delegate-page.ts';
import { frameOf } from './frame.ts';
import { type FormProblem, runInboxForm, tokenFor, type Visit } from './visit.ts';

const subject = 'delegate';

export async function showDelegate(visit: Visit): Promise<void> {
  await sendDelegate(visit, { query: readQuery(visit.request, 'q'), input: {} });
}

/** Chooses a delegate of the person, or ends their delegation. */
export async function handleDelegate(visit: Visit): Promise<void> {
  const fields = readFields(visit.request);
  let result: string | undefined;
  const problem = await runInboxForm(
    visit,
    subject,
    async (ctx, { do: action, person, from, until }) => {
      const { personId } = ctx.actor;
      if (action === 'end') {
        result = await endDelegation(ctx, { personId });
        return;
      }
      if (!/^\d{1,9}$/.test(person ?? '')) throw new Refusal('invalid', 'Choose a delegate.');
      result = await setDelegate(ctx, {
        personId,
        delegateId: Number(person),
        from: from || undefined,
        until: until || undefined,
      });
    },
  );
  const query = problem ? fields.q : undefined;
  await sendDelegate(visit, { query, input: problem ? fields : {}, result, problem });
}

async function sendDelegate(
  visit: Visit,
  shown: {
    query: string | undefined;
    input: FormFields;
    result?: string | undefined;
    problem?: FormProblem | undefined;
  },
): Promise<void> {
  const { ctx, response } = visit;
  const { input, result, problem } = shown;
  const query = cutSearch(shown.query ?? '');
  const state = {
    token: tokenFor(visit, subject),
    query,
    found: query ? await findDelegates(ctx, query) : undefined,
    input,
    result,
    problem: problem?.sentence,
    frame: frameOf(visit, 'delegate'),
  };
  const page = renderDelegatePage(await listDelegations(ctx), state);
  response.status(problem?.status ?? 200).send(page);
}
