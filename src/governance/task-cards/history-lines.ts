import { stepWords } from '../policies/step-kinds.ts';
import type { StepView, TaskView } from './task-view.ts';

/** A record of an event. Each surface writes the time in the time zone of its reader. */
export interface Line {
  text: string;
  at?: Date | undefined;
  /** Words that somebody typed; surfaces show them as a quotation. */
  quote?: string | undefined;
}

/** Describes the state of a task for lists: "waiting for Kim Lee to approve it". */
export function describeState(view: TaskView): string {
  const words = {
    open: lowerFirst(describeProgress(view)),
    provisioned: view.grant?.verifiedAt
      ? 'provisioned and confirmed by a sync'
      : 'provisioned, waiting for the next sync to confirm it',
    denied: view.task.kind === 'revoke' ? 'denied: the access stays' : 'denied',
    not_provisioned: 'will not be provisioned',
    deprovisioned: view.removedAt
      ? 'deprovisioned and confirmed by a sync'
      : 'deprovisioned, waiting for the next sync to confirm it',
    not_deprovisioned: 'will not be deprovisioned',
    canceled: view.task.closedReason ? `closed: ${lowerFirst(view.task.closedReason)}` : 'canceled',
  };
  return words[view.task.state];
}

/** Lists the decisions so far, in the order of the steps. */
export function listDecisions(view: TaskView): Line[] {
  return view.steps
    .filter((step) => step.decidedBy !== null)
    .map((step) => describeStepDecision(step, view));
}

/** Describes a decision, with its time and reason: "Approved by Bo Chen (manager)". */
export function describeStepDecision(step: StepView, view: TaskView): Line {
  const words = stepWords[step.kind];
  const choice = step.state === words.no.state ? words.no : words.yes;
  const role = step.assignees.find((assignee) => assignee.id === step.decidedBy)?.why;
  const { delegateOf } = step.assignees.find((one) => one.id === step.decidedBy) ?? {};
  const inPlaceOf = delegateOf ? ` for ${delegateOf}` : '';
  const manager = role === `${view.person.name}'s manager` && !delegateOf ? ' (manager)' : '';
  return {
    text: `${choice.record} ${step.decider ?? 'somebody'}${inPlaceOf}${manager}`,
    at: step.decidedAt ?? undefined,
    quote: step.reason ?? undefined,
  };
}

/** Lists records of the end of a closed task that no decision has: a cancellation, or the result of a sync. */
export function listEndLines(view: TaskView): Line[] {
  switch (view.task.state) {
    case 'canceled':
      return [
        {
          text: view.task.closedReason
            ? `Closed: ${view.task.closedReason}`
            : `Canceled${view.closer ? ` by ${view.closer}` : ''}`,
          at: view.task.closedAt ?? undefined,
        },
      ];
    case 'provisioned':
      return [describeSync(view.grant?.verifiedAt ?? undefined)];
    case 'deprovisioned':
      return [describeSync(view.removedAt)];
    default:
      return [];
  }
}

function describeSync(at: Date | undefined): Line {
  return at
    ? { text: 'Confirmed by a sync', at }
    : { text: 'Waiting for the next sync to confirm it' };
}

/** Describes the progress of an open task: "Waiting for Kim Lee to approve it". */
export function describeProgress(view: TaskView): string {
  const step = view.active;
  const who = step ? formatAssignees(step) : '';
  if (!step || !who) return 'Waiting for somebody to take it';
  const isApproved = view.steps.some(({ state }) => state === 'approved');
  if (step.kind === 'provision' && !isApproved) {
    const how = view.task.emergency ? 'Approval skipped (emergency)' : 'No approval needed';
    return `${how}; waiting for ${who} to provision it`;
  }
  return stepWords[step.kind].waits(who);
}

/** The current assignees of a step: "Kim Lee or Lee Park". */
export function formatAssignees(step: StepView): string {
  return step.assignees
    .filter((assignee) => assignee.active)
    .map((assignee) => assignee.name)
    .join(' or ');
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
