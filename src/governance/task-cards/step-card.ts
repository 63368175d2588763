import { wilsonLowerBound } from '../../mining/matrix/matrix.ts';
import { stepWords } from '../policies/step-kinds.ts';
import { quorumOf } from '../tasks/approvers.ts';
import { mayDecideByEmail } from '../tasks/decision-rules.ts';
import { formatMoment } from '../wording/relative-time.ts';
import {
  describeDecision,
  describeProgress,
  describeState,
  formatAssignees,
  type Line,
  listEndLines,
} from './history-lines.ts';
import type { StepView, TaskView } from './task-view.ts';

/**
 * One task as one of its people sees it: the question first, then the evidence, then what can be done.
 * Plain text throughout; each surface escapes it for itself.
 */
export interface TaskCard {
  taskId: number;
  title: string;
  /** "#1042 · step 1 of 2" */
  number: string;
  quote: string | undefined;
  facts: [label: string, value: string][];
  /** Numbered provisioning instructions or admins' notes. */
  howTo: string | undefined;
  /** Why this person is asked and what comes next. */
  notes: string[];
  records: Line[];
  choice:
    | {
        stepId: number;
        version: number;
        yes: string;
        no: string;
        reassignable: boolean;
        /** A link in an e-mail may decide it, too. */
        byEmail: boolean;
      }
    | undefined;
  canCancel: boolean;
  /** The full sense in one sentence: notification, screen reader, e-mail subject. */
  summary: string;
}

/** How the reason of an assignee begins to whom a step was reassigned. */
export const reassignedBy = 'reassigned to you by ';

/** The card of a step for one of its assignees. */
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
          byEmail: mayDecideByEmail(step, view.entitlement.risk),
        }
      : undefined,
    canCancel: false,
    summary: summaryOf(view, step, open),
  };
}

function titleOf(view: TaskView, step: StepView): string {
  return `${view.task.emergency ? 'Emergency: ' : ''}${plainTitle(view, step)}`;
}

function plainTitle(view: TaskView, step: StepView): string {
  const { person, label, task } = view;
  switch (step.kind) {
    case 'provision':
      return task.cause === 'extension'
        ? `Extend ${label} of ${person.name}${untilWords(task)}`
        : `Give ${person.name} ${label}${untilWords(task)}`;
    case 'deprovision':
    case 'revocation':
      return `Take ${label} away from ${person.name}${step.kind === 'revocation' ? '?' : ''}`;
    case 'approval':
      if (task.cause === 'rule') return `${person.name} is to get ${label} by a role rule`;
      if (task.requesterId === null) {
        return `${person.name} is to get ${label} with the access profile "${view.profile ?? ''}"`;
      }
      return askTitle(view);
  }
}

function askTitle({ task, person, label, requester }: TaskView): string {
  const isOwn = task.requesterId === person.id;
  const asks = `${isOwn ? person.name : (requester ?? 'Somebody')} asks`;
  if (task.cause === 'extension') {
    return `${asks} to keep ${label}${isOwn ? '' : ` of ${person.name}`}${untilWords(task)}`;
  }
  return `${asks} for ${label}${isOwn ? '' : ` for ${person.name}`}${untilWords(task)}`;
}

/** " until 30 Jun 2027"; nothing for access without an end. */
export function untilWords({ accessUntil }: { accessUntil: Date | null }): string {
  return accessUntil ? ` until ${formatMoment(accessUntil)}` : '';
}

function factsOf(view: TaskView, step: StepView): TaskCard['facts'] {
  const facts: TaskCard['facts'] = [
    [step.kind === 'approval' ? 'For' : 'Person', personLine(view)],
  ];
  if (!stepWords[step.kind].decides) {
    facts.push(['Account', `${view.person.email ?? view.person.name} on ${view.entitlement.app}`]);
    facts.push(...ruleFacts(view));
    return facts;
  }
  if (step.kind === 'approval') {
    const { accessUntil } = view.task;
    facts.push(['Until', accessUntil ? formatMoment(accessUntil) : 'No end']);
  }
  if (view.entitlement.description) facts.push(['What', view.entitlement.description]);
  if (view.peers) facts.push(['Peers', peersLine(view.peers)]);
  facts.push(['Risk', view.entitlement.risk ? capital(view.entitlement.risk) : 'Not rated']);
  if (step.kind === 'revocation') {
    facts.push(['Last used', view.lastUsed ?? 'Not known']);
    facts.push(['Proposed by', proposerOf(view)]);
  } else if (isOfProfile(view.task) && view.requester) {
    facts.push(['Enrolled by', view.requester]);
  }
  return facts;
}

function isOfProfile({ cause, requesterId }: TaskView['task']): boolean {
  return cause !== 'rule' && requesterId === null;
}

function ruleFacts({ task, rule }: TaskView): TaskCard['facts'] {
  return rule && task.cause === 'rule' ? [['Role rule', formatRule(rule)]] : [];
}

/** "department = Sales and location = Lyon: 58 of 60 hold it" */
export function formatRule({ criteriaText, evidence }: NonNullable<TaskView['rule']>): string {
  return [criteriaText, evidence].filter(Boolean).join(': ');
}

/** Who wants it taken away; nobody has to, once it has come to its end. */
function proposerOf({ task, requester, grant }: TaskView): string {
  if (task.cause === 'rule_gone') return 'Rolemine: no role rule gives it any more';
  if (task.cause !== 'expired') return requester ?? 'Rolemine';
  return grant?.expiresAt ? `its end, ${formatMoment(grant.expiresAt)}` : 'its end';
}

/** "41 of 44 in Engineering hold it (93 %, at least 82 %)" */
function peersLine(peers: NonNullable<TaskView['peers']>): string {
  return `${peers.holders} of ${peers.people} in ${peers.department} hold it (${percents(peers.holders, peers.people)})`;
}

/** "93 %, at least 82 %": confidence and the lower end of its Wilson interval. */
export function percents(holders: number, people: number): string {
  if (people === 0) return '0 %';
  const share = Math.round((100 * holders) / people);
  return `${share} %, at least ${Math.round(100 * wilsonLowerBound(holders, people))} %`;
}

function notesOf(view: TaskView, step: StepView, mine: StepView['assignees'][number]): string[] {
  const { why } = mine;
  const following = view.steps.filter((other) => other.position > step.position);
  const next = following.map((other) => {
    const who = formatAssignees(other) || 'a Super Admin';
    return stepWords[other.kind].next(who, other.assignees[0]?.why ?? '');
  });
  const inPlaceOf = mine.delegateOf ? ` for ${mine.delegateOf}, ${why}` : ` as ${why}`;
  const stop = /[.!?…]"$/.test(why) ? '' : '.';
  const because = why.startsWith(reassignedBy)
    ? `This was ${why}${stop}`
    : `You are asked${inPlaceOf}.`;
  const asked = `${because}${next.length > 0 ? ` Next: ${next.join(', then ')}.` : ''}`;
  const denying =
    step.kind === 'revocation' ? ['Denying keeps the access and closes this task.'] : [];
  return [...(step.note ? [step.note] : []), ...denying, asked, ...quorumNotes(step, mine)];
}

/** "2 of 3 have to agree; Kim Lee has." */
function quorumNotes(step: StepView, mine: StepView['assignees'][number]): string[] {
  const holders = step.assignees.filter((one) => one.active);
  const needed = quorumOf(step, holders.length);
  if (needed === 1) return [];
  const agreed = holders.filter((one) => one.agreedAt && one !== mine).map((one) => one.name);
  const others = agreed.length > 0 ? `; ${agreed.join(' and ')} did` : '';
  const own = mine.agreedAt ? ' You agreed.' : '';
  return [`${needed} of ${holders.length} have to agree${others}.${own}`];
}

function recordsOf(view: TaskView, step: StepView, readerId: number): Line[] {
  const mine = step.assignees.find((assignee) => assignee.id === readerId);
  // Who has decided follows what became of it; who has yet to decide sees what was decided before.
  const isDone = step.state !== 'active' || mine?.active !== true;
  const records = view.steps
    .filter((one) => one.decidedBy !== null && (isDone || one.position < step.position))
    .map((one) => describeDecision(one, view));
  if (step.decidedBy === null && mine && !mine.active) {
    records.push({ text: `Reassigned to ${mine.movedTo ?? 'somebody else'}` });
  }
  if (step.state !== 'active' || view.task.state !== 'open') records.push(...listEndLines(view));
  if (step.decidedBy !== null && view.task.state === 'open')
    records.push({ text: `${describeProgress(view)}.` });
  return records;
}

function personLine(view: TaskView): string {
  const { person } = view;
  return [person.name, person.jobTitle, person.department].filter(Boolean).join(', ');
}

function summaryOf(view: TaskView, step: StepView, open: boolean): string {
  const title = titleOf(view, step);
  const number = `Task ${view.task.id}.`;
  if (!open) {
    const last = recordsOf(view, step, -1).at(-1);
    return `${title}. ${last?.text ?? describeState(view)}. ${number}`;
  }
  if (step.kind === 'provision') return `To provision: ${lowerFirst(title)}. ${number}`;
  if (step.kind === 'deprovision') return `To deprovision: ${lowerFirst(title)}. ${number}`;
  const evidence = view.peers
    ? ` ${view.peers.holders} of ${view.peers.people} peers hold it.`
    : '';
  const risk = view.entitlement.risk === 'high' ? ' High risk.' : '';
  const reason = view.task.reason ? `: "${view.task.reason}"` : '';
  const ask = step.kind === 'revocation' ? '' : 'Approve? ';
  return `${ask}${title}${reason}${reason || !title.endsWith('?') ? '.' : ''}${evidence}${risk} ${number}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
