import { Refusal } from '../../errors.ts';
import { findAssignable } from '../../governance/people/person-search.ts';
import { stepKinds } from '../../governance/policies/step-kinds.ts';
import { loadInbox, type Tab } from '../../governance/task-cards/inbox.ts';
import { listOpenSteps, type OpenQuery } from '../../governance/task-cards/open-steps.ts';
import { findNearestWord } from '../../governance/wording/nearest-word.ts';
import { openTasksMessage } from '../blocks/tasks/all-tasks.ts';
import { tasksMessage } from '../blocks/tasks/inbox.ts';
import { ctxFor } from '../people.ts';
import type { CommandCall } from './call.ts';
import { mentionedUser } from './parse.ts';

/** Rows in a message; its modal shows the rest. */
const shownRows = 5;

/** What the lists are called where one types. */
const words: Record<string, Tab> = {
  requests: 'approval',
  provisioning: 'provision',
  revocations: 'revocation',
  deprovisioning: 'deprovision',
  reviews: 'reviews',
  completed: 'completed',
};

/** `tasks`, `tasks provisioning`; `tasks all …` for Super Admins. */
export async function showTasks(call: CommandCall): Promise<void> {
  const { ctx, reply, rest } = call;
  const [first = '', ...others] = rest.toLowerCase().split(/\s+/);
  if (first === 'all') return allTasks(call, rest.split(/\s+/).slice(1));
  if (first === '') return reply(tasksMessage(await loadInbox(ctx, undefined, shownRows)));
  const tab = words[first];
  if (!tab || others.length > 0) throw new Refusal('invalid', unknownWord(rest));
  await reply(tasksMessage(await loadInbox(ctx, { tab, page: 0 }, shownRows)));
}

/** `tasks all provisioning @kim newest`: a kind of step, whom they wait for, the order; in any order. */
async function allTasks(call: CommandCall, said: string[]): Promise<void> {
  const query: OpenQuery = { order: 'oldest', page: 0 };
  const names: string[] = [];
  for (const word of said) {
    const plain = word.toLowerCase();
    const kind = stepKinds.find((one) => one === words[plain]);
    if (kind) query.kind = kind;
    else if (plain === 'oldest' || plain === 'newest') query.order = plain;
    else names.push(word);
  }
  if (names.length > 0) query.personId = await readPerson(call, names.join(' '));
  await call.reply(openTasksMessage(await listOpenSteps(call.ctx, query, shownRows)));
}

/** A mention, or a name or e-mail address that only one person has. */
async function readPerson({ deps, client, ctx }: CommandCall, said: string): Promise<number> {
  const userId = mentionedUser(said);
  if (userId) {
    const { actor } = await ctxFor(deps, client, { userId, teamId: deps.teamId });
    return actor.personId;
  }
  const [found, another] = await findAssignable(ctx, said.replace(/^@/, ''), false);
  if (found && !another) return found.id;
  throw new Refusal(
    'invalid',
    found
      ? `Several people are called “${said}”; write the whole name or the e-mail address.`
      : `Nobody is called “${said}”. ${allHint}`,
  );
}

const allHint =
  'Write for example `/rolemine tasks all provisioning`, `/rolemine tasks all @kim` or `/rolemine tasks all newest`.';

function unknownWord(rest: string): string {
  const nearest = findNearestWord(rest, [...Object.keys(words), 'all']);
  const meant = nearest ? ` Did you mean \`${nearest}\`?` : '';
  return `There is no list “${rest}”.${meant} The lists are ${Object.keys(words).join(', ')}.`;
}
