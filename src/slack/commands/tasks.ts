import { Refusal } from '../../errors.ts';
import { findAssignable } from '../../governance/people/person-search.ts';
import { stepKinds } from '../../governance/policies/step-kinds.ts';
import { loadInbox, type Tab } from '../../governance/task-cards/inbox.ts';
import { listOpenSteps, type OpenQuery } from '../../governance/task-cards/open-steps.ts';
import { findNearestWord } from '../../governance/wording/nearest-word.ts';
import { cutSearch } from '../../text.ts';
import { openTasksMessage } from '../blocks/tasks/all-tasks.ts';
import { tasksMessage } from '../blocks/tasks/inbox.ts';
import { createActorCtx } from '../people.ts';
import type { CommandCall } from './call.ts';
import { parseMention } from './parse.ts';

/** A message shows this many rows. Its modal shows the rest. */
const shownRows = 5;

/** The lists by the names that people type. */
const lists: Record<string, Tab> = {
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
  if (first === 'all') return showAllTasks(call, rest.split(/\s+/).slice(1));
  if (first === '') return reply(tasksMessage(await loadInbox(ctx, undefined, shownRows)));
  const tab = lists[first];
  if (!tab || others.length > 0) throw new Refusal('invalid', describeUnknownList(rest));
  await reply(tasksMessage(await loadInbox(ctx, { tab, page: 0 }, shownRows)));
}

/** Reads `provisioning @kim newest`: a kind of step, an assignee, and a sort order, in any sequence. */
async function showAllTasks(call: CommandCall, typed: string[]): Promise<void> {
  const query: OpenQuery = { order: 'oldest', page: 0 };
  const names: string[] = [];
  for (const word of typed) {
    const plain = word.toLowerCase();
    const kind = stepKinds.find((one) => one === lists[plain]);
    if (kind) query.kind = kind;
    else if (plain === 'oldest' || plain === 'newest') query.order = plain;
    else names.push(word);
  }
  if (names.length > 0) query.personId = await readPerson(call, names.join(' '));
  await call.reply(openTasksMessage(await listOpenSteps(call.ctx, query, shownRows)));
}

/** Finds the person of a mention, or of a name or e-mail address that only one person has. */
async function readPerson({ deps, client, ctx }: CommandCall, typed: string): Promise<number> {
  const userId = parseMention(typed);
  if (userId) {
    const { actor } = await createActorCtx(deps, client, { userId, teamId: deps.teamId });
    return actor.personId;
  }
  const [found, another] = await findAssignable(ctx, typed.replace(/^@/, ''), false);
  if (found && !another) return found.id;
  throw new Refusal(
    'invalid',
    found
      ? `Several people are called “${cutSearch(typed)}”. Type the full name or the e-mail address.`
      : `There is nobody called “${cutSearch(typed)}”. ${allHint}`,
  );
}

const allHint =
  'Type for example `/rolemine tasks all provisioning`, `/rolemine tasks all @kim` or `/rolemine tasks all newest`.';

function describeUnknownList(rest: string): string {
  const nearest = findNearestWord(rest, [...Object.keys(lists), 'all']);
  const meant = nearest ? ` Did you mean \`${nearest}\`?` : '';
  return `There is no list “${cutSearch(rest)}”.${meant} The lists are ${Object.keys(lists).join(', ')}.`;
}
