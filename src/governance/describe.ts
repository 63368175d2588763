import { wilsonLowerBound } from '../mining/matrix.ts';
import { stepWords } from './step-words.ts';
import type { StepView, TaskView } from './task-view.ts';

/** A line of record: what happened, and when (each surface writes times in its reader's zone). */
export interface Line {
  text: string;
  at?: Date | undefined;
  /** Words somebody typed, shown as a quotation. */
  quote?: string | undefined;
}

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
    | { stepId: number; version: number; yes: string; no: string; reassignable: boolean }
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
  const open = step.state === 'active' && view.task.state === 'open' && mine?.active === true;
  const words = stepWords[step.kind];
  return {
    taskId: view.task.id,
    title: titleOf(view, step),
    number: `#${view.task.id} · step ${step.position} of ${view.steps.length}`,
    quote: step.kind === 'approval' ? (view.task.reason ?? undefined) : undefined,
    facts: factsOf(view, step),
    howTo: step.kind === 'provision' ? (view.entitlement.instructions ?? undefined) : undefined,
    notes: open ? notesOf(view, step, mine?.why ?? '') : [],
    records: recordsOf(view, step, readerId),
    choice: open
      ? {
          stepId: step.id,
          version: step.version,
          yes: words.yes.button,
          no: words.no.button,
          reassignable: step.reassignable,
        }
      : undefined,
    canCancel: false,
    summary: summaryOf(view, step, open),
  };
}

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
    records: [...decisions(view), ...closing(view)],
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
    cancelled: `The request for ${view.label} was cancelled`,
    open: `${view.label} is being decided`,
  };
  const title = titles[view.task.state];
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

/** The execution plan as an ordered list of lines. */
export function describePlan(view: TaskView): Line[] {
  return view.steps.map((step) => {
    const what = step.kind === 'approval' ? 'Approval' : 'Provisioning';
    if (step.decidedBy !== null) {
      return { ...recordOf(step, view), text: `${what}: ${recordOf(step, view).text}` };
    }
    const who = holdersOf(step) || 'nobody yet';
    const words = {
      waiting: `then ${who}`,
      active: `now with ${who}`,
      covered: 'covered by an earlier approval',
      skipped: 'not reached',
    };
    const state = step.state in words ? words[step.state as keyof typeof words] : step.state;
    return { text: `${what}: ${state}${step.note ? ` (${step.note})` : ''}` };
  });
}

/** "waiting for Kim Lee" in words, for lists of one's own requests. */
export function stateSentence(view: TaskView): string {
  const words = {
    open: lowerFirst(whereNow(view)),
    provisioned: view.grant?.verifiedAt
      ? 'provisioned and confirmed by a sync'
      : 'provisioned, waiting for the next sync to confirm it',
    denied: 'denied',
    not_provisioned: 'will not be provisioned',
    cancelled: 'cancelled',
  };
  return words[view.task.state];
}

function titleOf(view: TaskView, step: StepView): string {
  if (step.kind === 'provision') return `Give ${view.person.name} ${view.label}`;
  if (view.task.requesterId === null) {
    return `${view.person.name} is to get ${view.label} with the access profile "${view.profile ?? ''}"`;
  }
  return view.task.requesterId === view.person.id
    ? `${view.person.name} asks for ${view.label}`
    : `${view.requester ?? 'Somebody'} asks for ${view.label} for ${view.person.name}`;
}

function factsOf(view: TaskView, step: StepView): TaskCard['facts'] {
  const facts: TaskCard['facts'] = [['For', personLine(view)]];
  if (step.kind === 'provision') {
    facts.push(['Account', `${view.person.email ?? view.person.name} on ${view.entitlement.app}`]);
    return facts;
  }
  if (view.entitlement.description) facts.push(['What', view.entitlement.description]);
  if (view.peers) facts.push(['Peers', peersLine(view.peers)]);
  facts.push(['Risk', view.entitlement.risk ? capital(view.entitlement.risk) : 'Not rated']);
  if (view.task.requesterId === null && view.requester) {
    facts.push(['Enrolled by', view.requester]);
  }
  return facts;
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

function notesOf(view: TaskView, step: StepView, why: string): string[] {
  const following = view.steps.filter((other) => other.position > step.position);
  const next = following.map((other) => {
    const who = holdersOf(other) || 'a Super Admin';
    return other.kind === 'provision'
      ? `provisioning by ${who}`
      : `${who} (${other.assignees[0]?.why ?? ''})`;
  });
  const because = why.startsWith(reassignedBy) ? `This was ${why}.` : `You are asked as ${why}.`;
  const asked = `${because}${next.length > 0 ? ` Next: ${next.join(', then ')}.` : ''}`;
  return [...(step.note ? [step.note] : []), asked];
}

function recordsOf(view: TaskView, step: StepView, readerId: number): Line[] {
  const mine = step.assignees.find((assignee) => assignee.id === readerId);
  // Who has decided follows what became of it; who has yet to decide sees what was decided before.
  const isDone = step.state !== 'active' || mine?.active !== true;
  const records = view.steps
    .filter((one) => one.decidedBy !== null && (isDone || one.position < step.position))
    .map((one) => recordOf(one, view));
  if (step.decidedBy === null && mine && !mine.active) {
    records.push({ text: `Reassigned to ${mine.movedTo ?? 'somebody else'}` });
  }
  if (step.state !== 'active' || view.task.state !== 'open') records.push(...closing(view));
  if (step.decidedBy !== null && view.task.state === 'open')
    records.push({ text: `${whereNow(view)}.` });
  return records;
}

function decisions(view: TaskView): Line[] {
  return view.steps.filter((step) => step.decidedBy !== null).map((step) => recordOf(step, view));
}

function recordOf(step: StepView, view: TaskView): Line {
  const words = stepWords[step.kind];
  const choice = step.state === words.no.state ? words.no : words.yes;
  const role = step.assignees.find((assignee) => assignee.id === step.decidedBy)?.why;
  const manager = role === `${view.person.name}'s manager` ? ' (manager)' : '';
  const by = choice.button === "Won't provision" ? choice.record : `${choice.record} by`;
  return {
    text: `${by} ${step.decider ?? 'somebody'}${manager}`,
    at: step.decidedAt ?? undefined,
    quote: step.reason ?? undefined,
  };
}

function closing(view: TaskView): Line[] {
  if (view.task.state === 'cancelled') {
    return [{ text: 'Cancelled', at: view.task.closedAt ?? undefined }];
  }
  if (view.task.state !== 'provisioned') return [];
  return view.grant?.verifiedAt
    ? [{ text: 'Confirmed by the sync of', at: view.grant.verifiedAt }]
    : [{ text: 'Waiting for the next sync to confirm it' }];
}

function whereNow(view: TaskView): string {
  const step = view.active;
  const who = step ? holdersOf(step) : '';
  if (!step || !who) return 'Waiting for somebody to take it';
  return step.kind === 'provision'
    ? `Approved; waiting for ${who} to provision it`
    : `Waiting for ${who} to approve it`;
}

function holdersOf(step: StepView): string {
  return step.assignees
    .filter((assignee) => assignee.active)
    .map((assignee) => assignee.name)
    .join(' or ');
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
    return `${title}. ${last?.text ?? stateSentence(view)}. ${number}`;
  }
  if (step.kind === 'provision') return `To provision: ${lowerFirst(title)}. ${number}`;
  const evidence = view.peers
    ? ` ${view.peers.holders} of ${view.peers.people} peers hold it.`
    : '';
  const risk = view.entitlement.risk === 'high' ? ' High risk.' : '';
  const reason = view.task.reason ? `: "${view.task.reason}"` : '';
  return `Approve? ${title}${reason}.${evidence}${risk} ${number}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
