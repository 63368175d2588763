import { formatEnd } from '../wording/relative-time.ts';
import { joinSentences } from '../wording/sentences.ts';
import {
  describeProgress,
  describeState,
  describeStepDecision,
  listDecisions,
  listEndLines,
} from './history-lines.ts';
import { formatTaskOrigin, type TaskCard, untilWords } from './step-card.ts';
import type { TaskView } from './task-view.ts';

/** Describes a request and its state for the requester or the person it is for. */
export function describeRequest(view: TaskView, readerId: number): TaskCard {
  const open = view.task.state === 'open';
  const title = requestTitle(view, readerId);
  return {
    ...blankCard(view),
    title,
    quote: view.task.reason ?? undefined,
    notes: open ? [`${describeProgress(view)}.`] : [],
    records: [...listDecisions(view), ...listEndLines(view)],
    canCancel: open,
    next: nextFor(view, readerId),
    summary: joinSentences([`${title}: ${describeState(view)}`, `Task ${view.task.id}`]),
  };
}

function requestTitle(view: TaskView, readerId: number): string {
  const { task, person, label, requester } = view;
  const forWhom = task.personId === readerId ? 'you' : person.name;
  const until = untilWords(view);
  if (task.kind === 'revoke') {
    const who = task.requesterId === readerId ? 'You' : (requester ?? 'Somebody');
    return `${who} proposed to revoke ${label} from ${forWhom}`;
  }
  const origin = formatTaskOrigin(view);
  if (origin) return `Access request: ${label} for ${forWhom} (${origin})`;
  const who = task.requesterId === readerId ? 'You' : (requester ?? 'Somebody');
  const own = task.requesterId === task.personId;
  const what =
    task.cause === 'extension'
      ? `to keep ${label}${own ? '' : ` for ${forWhom}`}`
      : `for ${label}${own ? '' : ` for ${forWhom}`}`;
  return `${task.emergency ? 'Emergency: ' : ''}${who} asked ${what}${until}`;
}

/** The parts that all cards without a decision share. */
function blankCard({ task }: TaskView): Omit<TaskCard, 'title' | 'summary'> {
  return {
    taskId: task.id,
    kind: task.kind === 'revoke' ? 'Revocation' : 'Request',
    number: `#${task.id}`,
    marks: [],
    actsFor: undefined,
    quote: undefined,
    facts: [],
    howTo: undefined,
    notes: [],
    records: [],
    choice: undefined,
    canCancel: false,
    next: undefined,
  };
}

/** After a refusal or a cancellation, the requester can ask again. */
function nextFor({ task }: TaskView, readerId: number): TaskCard['next'] {
  const isEnded = ['denied', 'not_provisioned', 'canceled'].includes(task.state);
  const isReader = task.requesterId === readerId || task.personId === readerId;
  return task.kind === 'grant' && isEnded && isReader ? 'ask' : undefined;
}

function emergencyTitle(view: TaskView): string {
  const { task, person, label } = view;
  const until = untilWords(view);
  switch (task.state) {
    case 'open':
      return `Emergency: ${person.name} gets ${label}${until} without your approval`;
    case 'provisioned':
      return `Emergency: ${person.name} has ${label}${until} without your approval`;
    default:
      return `Emergency is over: ${person.name} does not get ${label}`;
  }
}

/** Describes an emergency for the approvers whom it skipped, to its end. */
export function describeEmergency(view: TaskView): TaskCard {
  const { task, requester, requestedBy } = view;
  const title = emergencyTitle(view);
  const isOver = task.state !== 'open' && task.state !== 'provisioned';
  return {
    ...blankCard(view),
    kind: 'Emergency',
    title,
    quote: task.reason ?? undefined,
    facts: [['Requested by', requestedBy ?? requester ?? 'nobody']],
    notes: isOver
      ? []
      : [
          `As an emergency, this skipped your approval (policy "${task.policyName}"). If it is wrong, propose a revocation.`,
        ],
    records: [...listDecisions(view), ...listEndLines(view)],
    next: task.state === 'provisioned' ? 'revoke' : undefined,
    summary: joinSentences([
      `${title}${task.reason ? `: "${task.reason}"` : ''}`,
      `Task ${task.id}`,
    ]),
  };
}

/** Describes the end of a task for the requester and the person. */
export function describeOutcome(view: TaskView, readerId: number): TaskCard {
  const ended = view.steps.findLast((step) => step.decidedBy !== null);
  const title = outcomeTitle(view, readerId);
  const decider = ended?.decider
    ? ` (${ended.decider}${ended.reason ? `: "${ended.reason}"` : ''})`
    : '';
  const isClosed = view.task.state === 'canceled';
  const isRefused = ['denied', 'not_provisioned', 'not_deprovisioned'].includes(view.task.state);
  return {
    ...blankCard(view),
    title,
    // The reason of a refusal is the message.
    quote: isRefused ? (ended?.reason ?? undefined) : undefined,
    notes: [
      ...endNotes(view),
      ...profileNotes(view),
      ...ruleNotes(view),
      ...undoNotes(view, readerId),
    ],
    records: isClosed
      ? listEndLines(view)
      : ended
        ? [{ ...describeStepDecision(ended, view), ...(isRefused ? { quote: undefined } : {}) }]
        : [],
    next: nextFor(view, readerId),
    summary: joinSentences([
      `${title}${isClosed ? closingWords(view) : decider}`,
      `Task ${view.task.id}`,
    ]),
  };
}

/** Explains a revocation: who proposed it and why, the access expired, or no role rule grants it now. */
function endNotes({ task, grant, requester, zone }: TaskView): string[] {
  if (task.kind === 'revoke' && task.requesterId !== null) {
    const reason = task.reason ? `: "${task.reason}"` : '.';
    return [`${requester ?? 'Somebody'} proposed the revocation${reason}`];
  }
  if (task.cause === 'rule_gone') return task.reason ? [task.reason] : [];
  if (task.cause !== 'expired') return [];
  return [
    grant?.expiresAt
      ? `The access was granted until ${formatEnd(grant.expiresAt, zone)}.`
      : 'The access expired.',
  ];
}

function profileNotes({ profile }: TaskView): string[] {
  return profile ? [`The access profile "${profile}" includes it.`] : [];
}

function ruleNotes({ task, rule }: TaskView): string[] {
  return task.cause === 'rule' && rule ? [`A role rule grants it ${rule.reason}.`] : [];
}

/** Asks the assignee of a canceled provisioning to undo it. */
function undoNotes({ task, steps }: TaskView, readerId: number): string[] {
  const wasAssigned = steps.some(
    (step) =>
      step.kind === 'provision' &&
      step.state === 'skipped' &&
      step.activatedAt !== null &&
      step.assignees.some(({ id }) => id === readerId),
  );
  return task.closedReason && wasAssigned
    ? ['If you have already provisioned it, please deprovision it.']
    : [];
}

function closingWords({ task }: TaskView): string {
  return task.closedReason ? `: ${task.closedReason}` : '';
}

function outcomeTitle(view: TaskView, readerId: number): string {
  const { task, label, person } = view;
  const isMine = task.personId === readerId;
  const whom = isMine ? 'you' : person.name;
  const isRevocation = task.kind === 'revoke';
  const keeps = isMine ? 'You keep' : `${whom} keeps`;
  switch (task.state) {
    case 'open':
      return `${label} is being decided`;
    case 'provisioned': {
      const has = isMine ? 'You now have' : `${whom} now has`;
      return `${task.cause === 'extension' ? keeps : has} ${label}${untilWords(view)}`;
    }
    case 'denied':
      return isRevocation
        ? `${keeps} ${label}: the revocation was denied`
        : `${requestName(view, readerId)} was denied`;
    case 'not_provisioned':
      return `${label} will not be provisioned for ${whom}`;
    case 'deprovisioned':
      return `${isMine ? 'You no longer have' : `${whom} no longer has`} ${label}`;
    case 'not_deprovisioned':
      return `${keeps} ${label}: it will not be deprovisioned`;
    case 'canceled': {
      const name = isRevocation
        ? `The revocation of ${label} for ${whom}`
        : requestName(view, readerId);
      return `${name} was ${task.closedReason ? 'closed' : 'canceled'}`;
    }
  }
}

/** "Your request for GitHub · Admin" */
function requestName({ task, label, person }: TaskView, readerId: number): string {
  const isForReader = task.personId === readerId;
  if (task.requesterId !== readerId) {
    return `The request for ${label} for ${isForReader ? 'you' : person.name}`;
  }
  return `Your request for ${label}${isForReader ? '' : ` for ${person.name}`}`;
}
