import { formatMoment } from '../wording/relative-time.ts';
import {
  describeDecision,
  describeProgress,
  describeState,
  listDecisions,
  listEndLines,
} from './history-lines.ts';
import { type TaskCard, untilWords } from './step-card.ts';
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
    notes: open ? [`${describeProgress(view)}.`] : [],
    records: [...listDecisions(view), ...listEndLines(view)],
    choice: undefined,
    canCancel: open,
    summary: `${title}: ${describeState(view)}. Task ${view.task.id}.`,
  };
}

/** What asks for it where nobody did. */
function openerOf({ task, profile }: TaskView): string | undefined {
  if (task.cause === 'rule') return 'by a role rule';
  return task.requesterId === null ? `with "${profile ?? ''}"` : undefined;
}

function requestTitle(view: TaskView, readerId: number): string {
  const { task, person, label, requester } = view;
  const forWhom = task.personId === readerId ? 'you' : person.name;
  const until = untilWords(task);
  if (task.kind === 'revoke') {
    const who = task.requesterId === readerId ? 'You' : (requester ?? 'Somebody');
    return `${who} proposed to revoke ${label} from ${forWhom}`;
  }
  const opener = openerOf(view);
  if (opener) return `${label} for ${forWhom}, ${opener}`;
  const who = task.requesterId === readerId ? 'You' : (requester ?? 'Somebody');
  const own = task.requesterId === task.personId;
  const what =
    task.cause === 'extension'
      ? `to keep ${label}${own ? '' : ` of ${forWhom}`}`
      : `for ${label}${own ? '' : ` for ${forWhom}`}`;
  return `${task.emergency ? 'Emergency: ' : ''}${who} asked ${what}${until}`;
}

/** For those whose approval an emergency went past: what is given, why, and until when. No buttons. */
export function describeEmergency(view: TaskView): TaskCard {
  const { task, person, label, requester } = view;
  const title = `Emergency: ${person.name} gets ${label}${untilWords(task)} without your approval`;
  return {
    taskId: task.id,
    title,
    number: `#${task.id}`,
    quote: task.reason ?? undefined,
    facts: [['Asked by', requester ?? 'nobody']],
    howTo: undefined,
    notes: [
      `The policy for emergencies (${task.policyName}) goes past the approval you would have been asked for. If this is wrong, propose a revocation or talk to ${requester ?? person.name}.`,
    ],
    records: [...listDecisions(view), ...listEndLines(view)],
    choice: undefined,
    canCancel: false,
    summary: `${title}${task.reason ? `: "${task.reason}"` : ''}. Task ${task.id}.`,
  };
}

/** The one sentence that tells the requester and the person how a task ended. */
export function describeOutcome(view: TaskView, readerId: number): TaskCard {
  const ended = view.steps.findLast((step) => step.decidedBy !== null);
  const title = outcomeTitle(view, readerId);
  const decider = ended?.decider
    ? ` (${ended.decider}${ended.reason ? `: "${ended.reason}"` : ''})`
    : '';
  const isClosed = view.task.state === 'cancelled';
  return {
    taskId: view.task.id,
    title,
    number: `#${view.task.id}`,
    quote: undefined,
    facts: [],
    howTo: undefined,
    notes: [
      ...endNotes(view),
      ...profileNotes(view),
      ...ruleNotes(view),
      ...halfGivenNotes(view, readerId),
    ],
    records: isClosed ? listEndLines(view) : ended ? [describeDecision(ended, view)] : [],
    choice: undefined,
    canCancel: false,
    summary: `${title}${isClosed ? closingWords(view) : decider}. Task ${view.task.id}.`,
  };
}

/** Nobody proposed to take it away: its time was over, or no rule gave it any more. */
function endNotes({ task, grant }: TaskView): string[] {
  if (task.cause === 'rule_gone') return task.reason ? [task.reason] : [];
  if (task.cause !== 'expired') return [];
  return [
    grant?.expiresAt
      ? `It was given until ${formatMoment(grant.expiresAt)}.`
      : 'Its time was over.',
  ];
}

function profileNotes({ profile }: TaskView): string[] {
  return profile ? [`It is part of the access profile "${profile}".`] : [];
}

function ruleNotes({ task, rule }: TaskView): string[] {
  return task.cause === 'rule' && rule ? [`It is by a role rule, ${rule.reason}.`] : [];
}

/** For whoever was to provision what is not to be given any more. */
function halfGivenNotes({ task, steps }: TaskView, readerId: number): string[] {
  const isHalfGiven = steps.some(
    (step) =>
      step.kind === 'provision' &&
      step.state === 'skipped' &&
      step.activatedAt !== null &&
      step.assignees.some(({ id }) => id === readerId),
  );
  return task.closedReason && isHalfGiven
    ? ['If you have given it already, please take it away again.']
    : [];
}

function closingWords({ task }: TaskView): string {
  return task.closedReason ? `: ${task.closedReason.replace(/\.$/, '')}` : '';
}

function outcomeTitle(view: TaskView, readerId: number): string {
  const { task, label, person } = view;
  const mine = task.personId === readerId;
  const whom = mine ? 'you' : person.name;
  const isRevocation = task.kind === 'revoke';
  switch (task.state) {
    case 'open':
      return `${label} is being decided`;
    case 'provisioned': {
      const [has, keeps] = mine
        ? ['You now have', 'You keep']
        : [`${whom} now has`, `${whom} keeps`];
      return `${task.cause === 'extension' ? keeps : has} ${label}${untilWords(task)}`;
    }
    case 'denied':
      return isRevocation
        ? `${label} stays with ${whom}: the revocation was denied`
        : `${label} for ${whom} was denied`;
    case 'not_provisioned':
      return `${label} for ${whom} will not be provisioned`;
    case 'deprovisioned':
      return `${label} was taken away from ${whom}`;
    case 'not_deprovisioned':
      return `${label} of ${mine ? 'yours' : whom} will not be deprovisioned`;
    case 'cancelled': {
      const what = isRevocation ? 'revocation of' : 'request for';
      return `The ${what} ${label} for ${whom} was ${task.closedReason ? 'closed' : 'cancelled'}`;
    }
  }
}
