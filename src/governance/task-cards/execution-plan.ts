import { stepWords } from '../policies/step-kinds.ts';
import { quorumOf } from '../tasks/approvers.ts';
import { describeStepDecision, type Line } from './history-lines.ts';
import type { AssigneeView, StepView, TaskView } from './task-view.ts';

/** A step of the execution plan in words. */
export interface PlanStep {
  /** "Now: Approval, with Kim Lee for Bo Chen (an owner of GitHub)" */
  line: Line;
  /** Fallbacks, agreements and reassignments. */
  notes: Line[];
}

/** Describes the steps of the execution plan in their order. */
export function describePlan(view: TaskView): PlanStep[] {
  const next = view.steps.find((step) => step.state === 'waiting');
  return view.steps.map((step) => ({
    line: describeStepState(step, view, step === next),
    notes: listNotes(step, view),
  }));
}

function describeStepState(step: StepView, view: TaskView, isNext: boolean): Line {
  const what = stepWords[step.kind].plan;
  if (step.decidedBy !== null) {
    const record = describeStepDecision(step, view);
    return { ...record, text: `Done: ${what}. ${record.text}` };
  }
  switch (step.state) {
    case 'active': {
      const holders = step.assignees.filter((one) => one.active);
      const who = holders.map(formatAssignee).join(' or ') || 'nobody yet';
      return { text: `Now: ${what}, with ${who}`, at: step.activatedAt ?? undefined };
    }
    case 'waiting': {
      const who = step.assignees.map(formatAssignee).join(' or ') || 'a person chosen then';
      return { text: `${isNext ? 'Next' : 'Then'}: ${what}, by ${who}` };
    }
    case 'covered':
      return { text: `Covered: ${what}, by an earlier approval`, at: step.decidedAt ?? undefined };
    default:
      return { text: `${step.note ? 'Skipped' : 'Not reached'}: ${what}` };
  }
}

/** "Kim Lee for Bo Chen (Ana Ruiz's manager)" */
function formatAssignee({ name, why, delegateOf, reassigned }: AssigneeView): string {
  const role = reassigned ? `reassigned by ${reassigned.by}: "${reassigned.reason}"` : why;
  return `${name}${delegateOf ? ` for ${delegateOf}` : ''} (${role})`;
}

function listNotes(step: StepView, view: TaskView): Line[] {
  const moved = step.assignees.filter((one) => !one.active && one.movedTo);
  return [
    ...(step.note ? [{ text: step.note }] : []),
    ...moved.map(({ name, movedTo }) => ({ text: `Reassigned from ${name} to ${movedTo}` })),
    ...describeQuorum(step),
    ...(step.escalatedAt
      ? [
          {
            text: 'Nobody had decided, so the next in line were asked as well',
            at: step.escalatedAt,
          },
        ]
      : []),
    ...describeCover(step, view),
  ];
}

/** "1 of 2 required agreements: Kim Lee" */
function describeQuorum(step: StepView): Line[] {
  const holders = step.assignees.filter((one) => one.active);
  const needed = quorumOf(step);
  const agreed = holders.filter((one) => one.agreedAt);
  if (needed === 1 || (step.state !== 'active' && agreed.length === 0)) return [];
  const names = agreed.map(({ name }) => name).join(', ');
  return [
    { text: `${agreed.length} of ${needed} required agreements${names ? `: ${names}` : ''}` },
  ];
}

/** Names the people whose earlier approval covers this step. */
function describeCover(step: StepView, { steps }: TaskView): Line[] {
  if (step.state !== 'covered') return [];
  const names = steps
    .filter((one) => one.state === 'approved' && one.position < step.position)
    .filter((one) => step.assignees.some(({ id }) => id === one.decidedBy))
    .map((one) => one.decider ?? 'somebody');
  return names.length > 0
    ? [{ text: `${[...new Set(names)].join(' and ')} approved an earlier step` }]
    : [];
}
