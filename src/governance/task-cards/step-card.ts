import { stepWords } from '../policies/step-kinds.ts';
import { quorumOf } from '../tasks/approvers.ts';
import { mayDecideByEmail, riskOf } from '../tasks/decision-rules.ts';
import { formatDate, formatEnd } from '../wording/relative-time.ts';
import { joinSentences } from '../wording/sentences.ts';
import {
  describeProgress,
  describeState,
  describeStepDecision,
  formatAssignees,
  type Line,
  listEndLines,
} from './history-lines.ts';
import { type Facts, factsOf, formatPeers } from './step-facts.ts';
import type { AssigneeView, StepView, TaskView } from './task-view.ts';

/**
 * A task as one of its people sees it: the question, then the evidence, then the possible actions. All texts are plain;
 * each surface escapes them.
 */
export interface TaskCard {
  taskId: number;
  /** "Request", "Provisioning", "Revocation" … */
  kind: string;
  title: string;
  /** "#1042 · step 1 of 2" */
  number: string;
  /** What to notice before all else: "High risk", "Denied on 3 May 2026". */
  marks: string[];
  /** The person for whom the reader acts as a delegate. */
  actsFor: string | undefined;
  quote: string | undefined;
  facts: Facts;
  /** The admins' instructions for provisioning. */
  howTo: string | undefined;
  /** Says why the reader has the task, and names the next steps. */
  notes: string[];
  records: Line[];
  choice:
    | {
        stepId: number;
        version: number;
        yes: string;
        no: string;
        reassignable: boolean;
        /** Whether "yes" takes access away. */
        isDestructive: boolean;
        /** Whether the approval can add a comment and a shorter end. */
        hasOptions: boolean;
        /** Whether a link in an e-mail can decide it. */
        byEmail: boolean;
      }
    | undefined;
  canCancel: boolean;
  /** What the reader can start from an ended task: ask for the access again, or propose to revoke it. */
  next: 'ask' | 'revoke' | undefined;
  /** The card in one line, for notifications, screen readers and e-mail subjects. */
  summary: string;
}

/** Describes a step for one of its assignees. @throws Error when the step is not part of the task */
export function describeStep(view: TaskView, stepId: number, readerId: number): TaskCard {
  const step = view.steps.find((one) => one.id === stepId);
  if (!step) throw new Error(`step ${stepId} is not part of task ${view.task.id}`);
  const mine = step.assignees.find((assignee) => assignee.id === readerId);
  const isMine = step.state === 'active' && view.task.state === 'open' && mine?.active === true;
  const open = isMine && !mine.agreedAt;
  const words = stepWords[step.kind];
  return {
    taskId: view.task.id,
    kind: words.label,
    title: titleOf(view, step),
    number: `#${view.task.id} · step ${step.position} of ${view.steps.length}`,
    marks: marksOf(view, open),
    actsFor: isMine ? mine.delegateOf : undefined,
    // The person who carries a decision out should know why it was made.
    quote: view.task.reason ?? undefined,
    facts: factsOf(view, step),
    howTo: words.decides ? undefined : (view.entitlement.instructions ?? undefined),
    notes: isMine ? notesOf(view, step, mine) : [],
    records: recordsOf(view, step, readerId),
    choice: open
      ? {
          stepId: step.id,
          version: step.version,
          yes: words.yes.button,
          no: words.no.button,
          reassignable: step.reassignable,
          isDestructive: step.kind === 'revocation',
          hasOptions: step.kind === 'approval',
          byEmail: mayDecideByEmail(step, riskOf(view.task, view.entitlement.risk)),
        }
      : undefined,
    canCancel: false,
    next: undefined,
    summary: summaryOf(view, step, { open, actsFor: isMine ? mine.delegateOf : undefined }),
  };
}

/** The warnings of an open task. Afterwards they are history, which Details show. */
function marksOf({ task, entitlement, lastDenial, zone }: TaskView, isOpen: boolean): string[] {
  if (!isOpen) return [];
  const risk = riskOf(task, entitlement.risk);
  const isRated = task.kind === 'grant' && (risk === 'high' || risk === 'medium');
  return [
    ...(isRated ? [`${capital(risk)} risk`] : []),
    ...(task.emergency ? ['Skips approval'] : []),
    ...(lastDenial ? [`Denied on ${formatDate(lastDenial, zone)}`] : []),
  ];
}

function titleOf(view: TaskView, step: StepView): string {
  return `${view.task.emergency ? 'Emergency: ' : ''}${actionTitle(view, step)}`;
}

function actionTitle(view: TaskView, step: StepView): string {
  const { person, label, task } = view;
  switch (step.kind) {
    case 'provision':
      return task.cause === 'extension'
        ? `Extend ${label} for ${person.name}${untilWords(view)}`
        : `Provision ${label} for ${person.name}${untilWords(view)}`;
    case 'deprovision':
      return `Deprovision ${label} for ${person.name}`;
    case 'revocation':
      return `Revoke ${label} from ${person.name}?`;
    case 'approval': {
      const origin = formatTaskOrigin(view);
      return origin
        ? `Access request: ${label} for ${person.name} (${origin})`
        : requestTitle(view);
    }
  }
}

/** The origin of a request that no person made; undefined if a person did. */
export function formatTaskOrigin({ task, profile }: TaskView): string | undefined {
  if (task.cause === 'rule') return 'role rule';
  if (task.requesterId !== null) return undefined;
  return profile ? `access profile "${profile}"` : 'access profile';
}

function requestTitle(view: TaskView): string {
  const { task, person, label, requester } = view;
  const isOwn = task.requesterId === person.id;
  const asks = `${isOwn ? person.name : (requester ?? 'Somebody')} asks`;
  if (task.cause === 'extension') {
    return `${asks} to keep ${label}${isOwn ? '' : ` for ${person.name}`}${untilWords(view)}`;
  }
  return `${asks} for ${label}${isOwn ? '' : ` for ${person.name}`}${untilWords(view)}`;
}

/** " until 30 Jun 2027"; empty for access without an end. */
export function untilWords({ task, zone }: TaskView): string {
  return task.accessUntil ? ` until ${formatEnd(task.accessUntil, zone)}` : '';
}

function notesOf(view: TaskView, step: StepView, mine: AssigneeView): string[] {
  const following = view.steps.filter((other) => other.position > step.position);
  const next = following.map((other) => {
    const who = formatAssignees(other) || 'a Super Admin';
    return stepWords[other.kind].next(who, other.assignees[0]?.why ?? '');
  });
  const assignment = joinSentences([
    explainAssignment(mine),
    next.length > 0 ? `Next: ${next.join(', then ')}` : undefined,
  ]);
  const denying =
    step.kind === 'revocation' ? ['Denying keeps the access and closes this task.'] : [];
  return [...(step.note ? [step.note] : []), ...denying, assignment, ...quorumNotes(step, mine)];
}

/** Says why a step is assigned to the reader: by their role in the plan, or by a reassignment. */
function explainAssignment({ why, delegateOf, reassigned }: AssigneeView): string {
  if (reassigned) return `${reassigned.by} reassigned this to you: "${reassigned.reason}"`;
  return delegateOf ? `You are asked for ${delegateOf}, ${why}` : `You are asked as ${why}`;
}

/** "2 of 3 have to agree; Kim Lee did." */
function quorumNotes(step: StepView, mine: AssigneeView): string[] {
  const holders = step.assignees.filter((one) => one.active);
  const needed = quorumOf(step);
  if (needed === 1) return [];
  const agreed = holders.filter((one) => one.agreedAt && one !== mine).map((one) => one.name);
  const others = agreed.length > 0 ? `; ${agreed.join(' and ')} did` : '';
  const own = mine.agreedAt ? ' You agreed.' : '';
  return [`${needed} of ${holders.length} have to agree${others}.${own}`];
}

function recordsOf(view: TaskView, step: StepView, readerId: number): Line[] {
  const mine = step.assignees.find((assignee) => assignee.id === readerId);
  // Before the decision, the reader sees the earlier decisions; after it, all of them.
  const isDone = step.state !== 'active' || mine?.active !== true;
  const records = view.steps
    .filter((one) => one.decidedBy !== null && (isDone || one.position < step.position))
    .map((one) => describeStepDecision(one, view));
  if (step.decidedBy === null && mine && !mine.active) {
    records.push({ text: `Reassigned to ${mine.movedTo ?? 'somebody else'}` });
  }
  if (step.state !== 'active' || view.task.state !== 'open') records.push(...listEndLines(view));
  if (step.decidedBy !== null && view.task.state === 'open')
    records.push({ text: `${describeProgress(view)}.` });
  return records;
}

function summaryOf(
  view: TaskView,
  step: StepView,
  { open, actsFor }: { open: boolean; actsFor: string | undefined },
): string {
  const title = titleOf(view, step);
  const number = `Task ${view.task.id}`;
  if (!open) {
    const last = recordsOf(view, step, -1).at(-1);
    return joinSentences([title, last?.text ?? capital(describeState(view)), number]);
  }
  const behalf = actsFor && `For ${actsFor}`;
  const { peers, task } = view;
  if (!stepWords[step.kind].decides) {
    const reason = task.emergency && task.reason ? `${title}: "${task.reason}"` : title;
    return joinSentences([reason, behalf, number]);
  }
  return joinSentences([
    step.kind === 'revocation' ? undefined : 'Approve?',
    task.reason ? `${title}${title.endsWith('?') ? '' : ':'} "${task.reason}"` : title,
    peers && formatPeers(peers, peers.department),
    ...marksOf(view, open),
    behalf,
    number,
  ]);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
