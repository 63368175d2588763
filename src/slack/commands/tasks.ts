import { Refusal } from '../../errors.ts';
import { stepKinds } from '../../governance/policies/step-kinds.ts';
import { loadInbox, type Tab } from '../../governance/task-cards/inbox.ts';
import { listOpenSteps, type OpenQuery } from '../../governance/task-cards/open-steps.ts';
import { findNearestWord } from '../../governance/wording/nearest-word.ts';
import { cutSearch } from '../../text.ts';
import { answerRows } from '../actions/tasks/task-lists.ts';
import { openTasksMessage } from '../blocks/tasks/all-tasks.ts';
import { tasksMessage } from '../blocks/tasks/inbox.ts';
import type { CommandCall } from './call.ts';
import { findNamedPerson } from './people.ts';

const shownRows = answerRows.inbox;

/** The lists by the names that people type. */
const lists: Record<string, Tab> = {
  requests: 'approval',
  provisioning: 'provision',
  revocations: 'revocation',
  deprovisioning: 'deprovision',
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
  if (names.length > 0) query.personId = await findNamedPerson(call, names.join(' '));
  await call.reply(openTasksMessage(await listOpenSteps(call.ctx, query, shownRows)));
}

function describeUnknownList(rest: string): string {
  const nearest = findNearestWord(rest, [...Object.keys(lists), 'all']);
  const meant = nearest ? ` Did you mean \`${nearest}\`?` : '';
  return `There is no list “${cutSearch(rest)}”.${meant} The lists are ${Object.keys(lists).join(', ')}.`;
}
