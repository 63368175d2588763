import { Refusal } from '../../errors.ts';
import { cancelRequest } from '../../governance/decisions/decide-step.ts';
import { sendReminder } from '../../governance/reminders/reminders.ts';
import { findMyRequest, listMyRequests } from '../../governance/task-cards/my-requests.ts';
import { readQuery } from '../link-requests.ts';
import { frameOf } from './frame.ts';
import { renderRequests, requestsOnPage } from './requests-page.ts';
import { type FormProblem, runInboxForm, tokenFor, type Visit } from './visit.ts';

const subject = 'requests';

export async function showRequests(visit: Visit): Promise<void> {
  await sendRequests(visit, {});
}

/** Cancels a request, or reminds its assignees. */
export async function handleRequests(visit: Visit): Promise<void> {
  let result: string | undefined;
  const problem = await runInboxForm(visit, subject, async (ctx, { do: action, task }) => {
    const taskId = readTaskId(task);
    if (action === 'cancel') {
      await cancelRequest(ctx, taskId);
      result = `Request #${taskId} is canceled.`;
    } else if (action === 'remind') {
      result = `Reminder sent to ${(await sendReminder(ctx, taskId)).join(' and ')}.`;
    } else {
      throw new Refusal('invalid', 'Choose an action; nothing was done.');
    }
  });
  await sendRequests(visit, { result, problem });
}

function readTaskId(typed: string | undefined): number {
  if (/^\d{1,9}$/.test(typed ?? '')) return Number(typed);
  throw new Refusal('invalid', 'Choose a request; nothing was done.');
}

async function sendRequests(
  visit: Visit,
  { result, problem }: { result?: string | undefined; problem?: FormProblem | undefined },
): Promise<void> {
  const { ctx, request, response } = visit;
  const page = Math.max(1, Math.min(10_000, Math.floor(Number(readQuery(request, 'page')) || 1)));
  const from = (page - 1) * requestsOnPage;
  const requests = await listMyRequests(ctx, requestsOnPage, from);
  const wanted = request.method === 'POST' ? undefined : Number(readQuery(request, 'cancel'));
  const found = wanted ? await findMyRequest(ctx, wanted) : undefined;
  const state = {
    token: tokenFor(visit, subject),
    canceling: found?.card.canCancel ? found : undefined,
    result,
    problem: problem?.sentence,
    frame: frameOf(visit, 'requests'),
  };
  response.status(problem?.status ?? 200).send(renderRequests(requests, state));
}
