import { stepWords } from '../policies/step-kinds.ts';
import { quorumOf } from '../tasks/approvers.ts';
import { describeDecision, type Line } from './history-lines.ts';
import type { StepView, TaskView } from './task-view.ts';

/** One step of the execution plan: where it stands, in words, and what there is to say about it. */
export interface PlanStep {
  /** "Now: Approval, with Kim Lee for Bo Chen (an owner of GitHub)" */
  line: Line;
  /** Why it goes where it goes, who agreed, where it went. */
  notes: Line[];
}

/** The execution plan in its order: what is done, by whom and when; what is next, and with whom. */
export function describePlan(view: TaskView): PlanStep[] {
  const next = view.steps.find((step) => step.state === 'waiting');
  return view.steps.map((step) => ({
    line: lineOf(step, view, step === next),
    notes: notesOf(step, view),
  }));
}

function lineOf(step: StepView, view: TaskView, isNext: boolean): Line {
  const what = stepWords[step.kind].plan;
  if (step.decidedBy !== null) {
    const record = describeDecision(step, view);
    return { ...record, text: `Done: ${what}. ${record.text}` };
  }
  switch (step.state) {
    case 'active': {
      const holders = step.assignees.filter((one) => one.active);
      const who = holders.map(nameWords).join(' or ') || 'nobody yet';
      return { text: `Now: ${what}, with ${who}`, at: step.activatedAt ?? undefined };
    }
    case 'waiting': {
      const who = step.assignees.map(nameWords).join(' or ') || 'whoever may do it then';
      return { text: `${isNext ? 'Next' : 'Then'}: ${what}, by ${who}` };
    }
    case 'covered':
      return { text: `Covered: ${what}, by an earlier approval`, at: step.decidedAt ?? undefined };
    default:
      return { text: `${step.note ? 'Skipped' : 'Not reached'}: ${what}` };
  }
}

/** "Kim Lee for Bo Chen (Ana Ruiz's manager)" */
function nameWords({ name, why, delegateOf }: StepView['assignees'][number]): string {
  return `${name}${delegateOf ? ` for ${delegateOf}` : ''} (${why})`;
}

function notesOf(step: StepView, view: TaskView): Line[] {
  const moved = step.assignees.filter((one) => !one.active && one.movedTo);
  return [
    ...(step.note ? [{ text: step.note }] : []),
    ...moved.map(({ name, movedTo }) => ({ text: `Reassigned from ${name} to ${movedTo}` })),
    ...agreements(step),
    ...(step.escalatedAt
      ? [
          {
            text: 'Nobody had decided, so the next in line were asked, too',
            at: step.escalatedAt,
          },
        ]
      : []),
    ...coveredBy(step, view),
  ];
}

/** "1 of 2 have agreed: Kim Lee" */
function agreements(step: StepView): Line[] {
  const holders = step.assignees.filter((one) => one.active);
  const needed = quorumOf(step, holders.length);
  const agreed = holders.filter((one) => one.agreedAt);
  if (needed === 1 || (step.state !== 'active' && agreed.length === 0)) return [];
  const names = agreed.map(({ name }) => name).join(', ');
  return [{ text: `${agreed.length} of ${needed} needed agree${names ? `: ${names}` : ''}` }];
}

/** Whose earlier approval stands for this one. */
function coveredBy(step: StepView, { steps }: TaskView): Line[] {
  if (step.state !== 'covered') return [];
  const names = steps
    .filter((one) => one.state === 'approved' && one.position < step.position)
    .filter((one) => step.assignees.some(({ id }) => id === one.decidedBy))
    .map((one) => one.decider ?? 'somebody');
  return names.length > 0
    ? [{ text: `${[...new Set(names)].join(' and ')} approved an earlier step` }]
    : [];
}
