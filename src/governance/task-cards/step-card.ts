import { wilsonLowerBound } from '../../mining/matrix/matrix.ts';
import { describePerson } from '../people/display-name.ts';
import { stepWords } from '../policies/step-kinds.ts';
import { quorumOf } from '../tasks/approvers.ts';
import { mayDecideByEmail, riskOf } from '../tasks/decision-rules.ts';
import { formatEnd } from '../wording/relative-time.ts';
import { joinSentences } from '../wording/sentences.ts';
import {
  describeProgress,
  describeState,
  describeStepDecision,
  formatAssignees,
  type Line,
  listEndLines,
} from './history-lines.ts';
import type { AssigneeView, StepView, TaskView } from './task-view.ts';

/**
 * A task as one of its people sees it: the question, then the evidence, then the possible actions. All texts are plain;
 * each surface escapes them.
 */
export interface TaskCard {
  taskId: number;
  title: string;
  /** "#1042 · step 1 of 2" */
  number: string;
  quote: string | undefined;
  facts: [label: string, value: string][];
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
        /** Whether a link in an e-mail can decide it. */
        byEmail: boolean;
      }
    | undefined;
  canCancel: boolean;
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
    title: titleOf(view, step),
    number: `#${view.task.id} · step ${step.position} of ${view.steps.length}`,
    quote: words.decides ? (view.task.reason ?? undefined) : undefined,
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
          byEmail: mayDecideByEmail(step, riskOf(view.task, view.entitlement.risk)),
        }
      : undefined,
    canCancel: false,
    summary: summaryOf(view, step, open),
  };
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

function factsOf(view: TaskView, step: StepView): TaskCard['facts'] {
  const facts: TaskCard['facts'] = [
    [step.kind === 'approval' ? 'For' : 'Person', personLine(view)],
  ];
  if (!stepWords[step.kind].decides) {
    facts.push([
      'Account',
      `${view.person.email ?? view.person.formerEmail ?? view.person.name} on ${view.entitlement.app}`,
    ]);
    facts.push(...ruleFacts(view));
    return facts;
  }
  if (step.kind === 'approval') {
    const { accessUntil } = view.task;
    facts.push(['Until', accessUntil ? formatEnd(accessUntil, view.zone) : 'No end']);
  }
  if (view.entitlement.description) facts.push(['Description', view.entitlement.description]);
  if (view.peers) facts.push(['Peers', formatPeerShare(view.peers, view.peers.department)]);
  facts.push(['Risk', view.entitlement.risk ? capital(view.entitlement.risk) : 'Not rated']);
  facts.push(...askerFacts(view, step));
  return facts;
}

/** The person behind the task, unless that is the person it is for. */
function askerFacts(view: TaskView, step: StepView): TaskCard['facts'] {
  const { task, lastUsed, requestedBy } = view;
  if (step.kind === 'revocation') {
    return [
      ['Last used', lastUsed ?? 'Not known'],
      ['Proposed by', proposerOf(view)],
    ];
  }
  if (!requestedBy) return [];
  if (isOfProfile(task)) return [['Enrolled by', requestedBy]];
  const isOwn = task.requesterId === null || task.requesterId === task.personId;
  return isOwn ? [] : [['Requested by', requestedBy]];
}

function isOfProfile({ cause, requesterId }: TaskView['task']): boolean {
  return cause !== 'rule' && requesterId === null;
}

function ruleFacts({ task, rule }: TaskView): TaskCard['facts'] {
  return rule && task.cause === 'rule' ? [['Role rule', formatRule(rule)]] : [];
}

/** "department = Sales and location = Lyon: 58 of 60 have it" */
export function formatRule({ criteriaText, evidence }: NonNullable<TaskView['rule']>): string {
  return [criteriaText, evidence].filter(Boolean).join(': ');
}

/** Names the person who proposed a revocation, or the reason why Rolemine opened it. */
function proposerOf({ task, requestedBy, grant, zone }: TaskView): string {
  if (task.cause === 'rule_gone') return 'Rolemine: no role rule grants it now';
  if (task.cause !== 'expired') return requestedBy ?? 'Rolemine';
  return grant?.expiresAt
    ? `Rolemine: end date ${formatEnd(grant.expiresAt, zone)}`
    : 'Rolemine: the access expired';
}

/** "41 of 44 in Engineering have it (93 %, at least 82 %)" */
export function formatPeerShare(
  { holders, people }: { holders: number; people: number },
  group: string,
): string {
  const counts = formatPeers({ holders, people }, group);
  return holders === 0 ? counts : `${counts} (${percents(holders, people)})`;
}

/** "41 of 44 in Engineering have it" */
export function formatPeers(
  { holders, people }: { holders: number; people: number },
  group: string,
): string {
  if (holders === 0) return `Nobody in ${group} has it (0 of ${people})`;
  return `${holders} of ${people} in ${group} ${holders === 1 ? 'has' : 'have'} it`;
}

/** "93 %, at least 82 %": the confidence and the lower bound of its Wilson interval. */
export function percents(holders: number, people: number): string {
  if (people === 0) return '0 %';
  const share = Math.round((100 * holders) / people);
  return `${share} %, at least ${Math.round(100 * wilsonLowerBound(holders, people))} %`;
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

function personLine(view: TaskView): string {
  return describePerson(view.person);
}

function summaryOf(view: TaskView, step: StepView, open: boolean): string {
  const title = titleOf(view, step);
  const number = `Task ${view.task.id}`;
  if (!open) {
    const last = recordsOf(view, step, -1).at(-1);
    return joinSentences([title, last?.text ?? capital(describeState(view)), number]);
  }
  if (!stepWords[step.kind].decides) return joinSentences([title, number]);
  const { peers, task, entitlement } = view;
  return joinSentences([
    step.kind === 'revocation' ? undefined : 'Approve?',
    task.reason ? `${title}${title.endsWith('?') ? '' : ':'} "${task.reason}"` : title,
    peers && formatPeers(peers, peers.department),
    entitlement.risk === 'high' ? 'High risk' : undefined,
    number,
  ]);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
