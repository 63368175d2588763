import type { TaskCard } from './describe.ts';
import { listClosing, listDecisions, recordOf, stateSentence, whereNow } from './describe-trail.ts';
import type { TaskView } from './task-view.ts';

/** The card of who asked (or of the person it is for): what was asked for and where it is. */
export function describeRequest(view: TaskView, readerId: number): TaskCard {
  const open = view.task.state === 'open';
  const title = requestTitle(view, readerId);
  return {
    taskId: view.task.id,
    title,
    number: `#${view.task.id}`,
    quote: view.task.reason ?? undefined,
    facts: [],
    howTo: undefined,
    notes: open ? [`${whereNow(view)}.`] : [],
    records: [...listDecisions(view), ...listClosing(view)],
    choice: undefined,
    canCancel: open,
    summary: `${title}: ${stateSentence(view)}. Task ${view.task.id}.`,
  };
}

function requestTitle(
  { task, person, label, requester, profile }: TaskView,
  readerId: number,
): string {
  const forWhom = task.personId === readerId ? 'you' : person.name;
  if (task.kind === 'revoke') {
    const who = task.requesterId === readerId ? 'You' : (requester ?? 'Somebody');
    return `${who} proposed to revoke ${label} from ${forWhom}`;
  }
  if (task.requesterId === null) return `${label} for ${forWhom}, with "${profile ?? ''}"`;
  if (task.requesterId !== readerId)
    return `${requester ?? 'Somebody'} asked for ${label} for ${forWhom}`;
  return `You asked for ${label}${task.personId === readerId ? '' : ` for ${forWhom}`}`;
}

/** The one sentence that tells the requester and the person how a task ended. */
export function describeOutcome(view: TaskView, readerId: number): TaskCard {
  const mine = view.task.personId === readerId;
  const whose = mine ? 'You' : view.person.name;
  const ended = view.steps.findLast((step) => step.decidedBy !== null);
  const titles = {
    provisioned: `${whose} now ${mine ? 'have' : 'has'} ${view.label}`,
    denied: `${view.label} for ${mine ? 'you' : whose} was denied`,
    not_provisioned: `${view.label} for ${mine ? 'you' : whose} will not be provisioned`,
    deprovisioned: `${view.label} was taken away from ${mine ? 'you' : whose}`,
    not_deprovisioned: `${view.label} of ${mine ? 'yours' : whose} will not be deprovisioned`,
    cancelled: `The request for ${view.label} was cancelled`,
    open: `${view.label} is being decided`,
  };
  const keeps = `${view.label} stays with ${mine ? 'you' : whose}: the revocation was denied`;
  const isKept = view.task.kind === 'revoke' && view.task.state === 'denied';
  const title = isKept ? keeps : titles[view.task.state];
  return {
    taskId: view.task.id,
    title,
    number: `#${view.task.id}`,
    quote: undefined,
    facts: [],
    howTo: undefined,
    notes: view.profile ? [`It is part of the access profile "${view.profile}".`] : [],
    records: ended ? [recordOf(ended, view)] : [],
    choice: undefined,
    canCancel: false,
    summary: `${title}${ended?.decider ? ` (${ended.decider}${ended.reason ? `: "${ended.reason}"` : ''})` : ''}. Task ${view.task.id}.`,
  };
}
