import { stepWords } from '../policies/step-kinds.ts';
import type { StepView, TaskView } from './task-view.ts';

/** A line of record: what happened, and when (each surface writes times in its reader's zone). */
export interface Line {
  text: string;
  at?: Date | undefined;
  /** Words somebody typed, shown as a quotation. */
  quote?: string | undefined;
}

/** "waiting for Kim Lee to approve it", for lists. */
export function describeState(view: TaskView): string {
  const words = {
    open: lowerFirst(describeProgress(view)),
    provisioned: view.grant?.verifiedAt
      ? 'provisioned and confirmed by a sync'
      : 'provisioned, waiting for the next sync to confirm it',
    denied: view.task.kind === 'revoke' ? 'denied: the access stays' : 'denied',
    not_provisioned: 'will not be provisioned',
    deprovisioned: view.removedAt
      ? 'taken away and confirmed by a sync'
      : 'taken away, waiting for the next sync to confirm it',
    not_deprovisioned: 'will not be deprovisioned',
    cancelled: view.task.closedReason
      ? `closed: ${lowerFirst(view.task.closedReason)}`
      : 'cancelled',
  };
  return words[view.task.state];
}

/** What has been decided so far, in order. */
export function listDecisions(view: TaskView): Line[] {
  return view.steps
    .filter((step) => step.decidedBy !== null)
    .map((step) => describeDecision(step, view));
}

/** "Approved by Bo Chen (manager)", with when and why. */
export function describeDecision(step: StepView, view: TaskView): Line {
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

/** How a closed task ended beyond its last decision: cancelled, or what a sync has seen. */
export function listEndLines(view: TaskView): Line[] {
  switch (view.task.state) {
    case 'cancelled':
      return [
        {
          text: view.task.closedReason ? `Closed: ${view.task.closedReason}` : 'Cancelled',
          at: view.task.closedAt ?? undefined,
        },
      ];
    case 'provisioned':
      return [confirmed(view.grant?.verifiedAt ?? undefined)];
    case 'deprovisioned':
      return [confirmed(view.removedAt)];
    default:
      return [];
  }
}

function confirmed(at: Date | undefined): Line {
  return at
    ? { text: 'Confirmed by the sync of', at }
    : { text: 'Waiting for the next sync to confirm it' };
}

/** Where an open task is: "Waiting for Kim Lee to approve it". */
export function describeProgress(view: TaskView): string {
  const step = view.active;
  const who = step ? formatAssignees(step) : '';
  return step && who ? stepWords[step.kind].waits(who) : 'Waiting for somebody to take it';
}

/** Who a step is with now: "Kim Lee or Lee Park". */
export function formatAssignees(step: StepView): string {
  return step.assignees
    .filter((assignee) => assignee.active)
    .map((assignee) => assignee.name)
    .join(' or ');
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
