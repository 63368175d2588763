import { Refusal } from '../../errors.ts';
import { takeActionLink } from '../../store/messages/action-links.ts';
import type { Person } from '../../store/people/people.ts';
import { findSlackIdentity } from '../../store/people/slack-identities.ts';
import { findSnapshot, type TaskSnapshot } from '../../store/tasks/task-snapshot.ts';
import { type Ctx, inTransaction, readerZone } from '../context.ts';
import { commentOnTask } from '../decisions/comments.ts';
import { decideInTransaction } from '../decisions/decide-step.ts';
import { findNewAssignees, reassignInTransaction } from '../decisions/reassign-step.ts';
import { stepWords } from '../policies/step-kinds.ts';
import { type Details, describeDetails } from '../task-cards/details.ts';
import { describeOutcome, describeRequest } from '../task-cards/outcome-card.ts';
import { describeStep, type TaskCard } from '../task-cards/step-card.ts';
import { type StepView, type TaskView, viewTask } from '../task-cards/task-view.ts';
import { describeConflict } from '../tasks/conflict-sentence.ts';
import { explainSlackOnly } from '../tasks/decision-rules.ts';
import {
  findStepSnapshot,
  lockStepSnapshot,
  requireInvolved,
  type StepRef,
  type StepSnapshot,
} from '../tasks/step-ref.ts';
import { formatAgo } from '../wording/relative-time.ts';
import { type OpenLink, openLink } from './action-links.ts';

const maxReasonLength = 1_000;
const nothingHere = 'There is nothing to decide about this here.';
const noTask = 'This task is no longer here.';

/** What the page behind a link in an e-mail shows, and what can be done on it. */
export interface TaskPage {
  /** Whose link it is, and in whose name it acts. */
  person: OpenLink['person'];
  /** The time zone of all times on the page. */
  timeZone: string;
  card: TaskCard;
  details: Details;
  choice: LinkChoice | undefined;
  /** Why there is nothing to decide here any more; undefined while there is, and where there never was. */
  state: string | undefined;
}

/** The decision that a link can make. */
export interface LinkChoice extends StepRef {
  yes: string;
  no: string;
  /** Which of the two need a reason. */
  reasonFor: { yes: boolean; no: boolean };
  reassignable: boolean;
}

/**
 * The page of a task as the person of the link sees it now. Changes nothing, however often a link is followed.
 * @throws Refusal as openLink; forbidden when the task does not concern its person any more.
 */
export async function readTaskPage(ctx: Ctx, token: string): Promise<TaskPage> {
  const open = await openLink(ctx, token, 'task');
  const { person } = open;
  const snapshot = await findSnapshot(ctx.db, { taskId: taskIdOf(open) });
  if (!snapshot) throw new Refusal('missing', noTask);
  await requireInvolved(open.ctx, snapshot);
  const view = await viewTask(open.ctx, snapshot);
  const details = await describeDetails(open.ctx, view).fill();
  const choice = choiceOf(open, view);
  return {
    person,
    timeZone: readerZone(open.ctx),
    card: cardOf(open, view),
    details,
    choice,
    state: choice ? undefined : await stateOf(open, { snapshot, view }),
  };
}

/**
 * Decides the step of a link in its person's name, as the buttons of the card do. It decides once: what uses the link
 * up and what it decides are one transaction.
 * @throws Refusal as openLink and decideStep; conflict when the link has decided already.
 */
export async function decideByLink(
  ctx: Ctx,
  token: string,
  decision: { version: number; positive: boolean; reason: string },
): Promise<void> {
  const { version, ...rest } = decision;
  requireShort(rest.reason);
  await inTransaction(ctx, async (ctx) => {
    const open = await openLink(ctx, token, 'task');
    const stepId = stepOf(open, 'forbidden');
    if (!(await takeActionLink(ctx.db, open.link.id, ctx.now))) {
      const snapshot = await findStepSnapshot(ctx, stepId);
      throw new Refusal('conflict', await usedWords(ctx, open, snapshot));
    }
    await decideInTransaction(open.ctx, { stepId, version }, rest);
  });
}

/** Hands the step of a link to somebody else, as long as the link could decide it. @throws Refusal as reassignStep. */
export async function reassignByLink(
  ctx: Ctx,
  token: string,
  to: { version: number; personId: number; reason: string },
): Promise<void> {
  const { version, ...rest } = to;
  requireShort(rest.reason);
  await inTransaction(ctx, async (ctx) => {
    const open = await openLink(ctx, token, 'task');
    const snapshot = await lockStepSnapshot(ctx, stepOf(open, 'conflict'));
    const { stepId } = await requireChoice(open, snapshot);
    await reassignInTransaction(open.ctx, snapshot, { ...rest, ref: { stepId, version } });
  });
}

/** Who could take the step of a link, by name. @throws Refusal where it cannot be reassigned. */
export async function findNewAssigneesByLink(
  ctx: Ctx,
  token: string,
  query: string,
): Promise<Pick<Person, 'id' | 'name' | 'jobTitle' | 'department'>[]> {
  const open = await openLink(ctx, token, 'task');
  const snapshot = await findStepSnapshot(ctx, stepOf(open, 'conflict'));
  const { stepId } = await requireChoice(open, snapshot);
  return findNewAssignees(open.ctx, stepId, query);
}

/** Adds a comment in the name of a link's person. @throws Refusal as commentOnTask. */
export async function commentByLink(ctx: Ctx, token: string, body: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const open = await openLink(ctx, token, 'task');
    await commentOnTask(open.ctx, { taskId: taskIdOf(open), body });
  });
}

/** @throws Refusal 'invalid' for a reason that Slack's form would not take either. */
function requireShort(reason: string): void {
  if (reason.length <= maxReasonLength) return;
  const [has, most] = [reason.length, maxReasonLength].map((one) => one.toLocaleString('en'));
  const sentence = `A reason can have ${most} characters and this has ${has}; say the rest in a comment.`;
  throw new Refusal('invalid', sentence, 'reason');
}

function stepOf({ link }: OpenLink, code: 'forbidden' | 'conflict'): number {
  if (link.stepId !== null) return link.stepId;
  throw new Refusal(code, nothingHere);
}

/** Every link to the page of a task is of a task. */
function taskIdOf({ link }: OpenLink): number {
  if (link.taskId === null) throw new Error(`link ${link.id} is of no task`);
  return link.taskId;
}

async function requireChoice(open: OpenLink, snapshot: StepSnapshot): Promise<LinkChoice> {
  const view = await viewTask(open.ctx, snapshot);
  const choice = choiceOf(open, view);
  if (choice) return choice;
  const state = await stateOf(open, { snapshot, view });
  throw new Refusal('conflict', state ?? nothingHere);
}

/** The same card as in Slack: of the step, or of who asked. */
function cardOf({ link, person }: OpenLink, view: TaskView): TaskCard {
  if (link.stepId !== null) return describeStep(view, link.stepId, person.id);
  return view.task.state === 'open'
    ? describeRequest(view, person.id)
    : describeOutcome(view, person.id);
}

function choiceOf(open: OpenLink, view: TaskView): LinkChoice | undefined {
  const step = linkedStep(open, view);
  const { choice } = cardOf(open, view);
  if (!step || !choice?.byEmail || open.link.usedAt) return undefined;
  const words = stepWords[step.kind];
  const { stepId, version, yes, no, reassignable } = choice;
  const reasonFor = { yes: step.options.reasonToApprove === true, no: words.no.needsReason };
  return { stepId, version, yes, no, reassignable, reasonFor };
}

/** The reason why a page has no buttons. */
async function stateOf(
  open: OpenLink,
  { snapshot, view }: { snapshot: TaskSnapshot; view: TaskView },
): Promise<string | undefined> {
  const { ctx, link, person } = open;
  const step = linkedStep(open, view);
  if (!step) return undefined;
  if (step.state !== 'active' || view.task.state !== 'open') {
    return describeConflict(ctx, snapshot, step);
  }
  const mine = step.assignees.find((one) => one.id === person.id);
  if (!mine?.active) {
    const now = step.assignees.filter((one) => one.active).map(({ name }) => name);
    return `This is with ${now.join(' or ') || 'nobody'} now, not with ${person.name} any more.`;
  }
  if (link.usedAt || mine.agreedAt) return usedWords(ctx, open, { ...snapshot, step });
  const identity = await findSlackIdentity(ctx.db, person.id);
  const without =
    identity?.state === 'linked'
      ? ''
      : ' If you have no account there, ask a Super Admin to reassign it.';
  return `${explainSlackOnly(step, view.task)}${without}`;
}

/** What the page of a link that has decided says. */
async function usedWords(
  ctx: Ctx,
  { link, person }: OpenLink,
  snapshot: StepSnapshot,
): Promise<string> {
  const { step, assignees } = snapshot;
  if (step.state !== 'active') return describeConflict(ctx, snapshot, step);
  const mine = assignees.find((one) => one.stepId === step.id && one.personId === person.id);
  if (mine?.agreedAt) {
    return `${person.name} agreed ${formatAgo(mine.agreedAt, ctx.now)}; it waits for the others.`;
  }
  return `This link decided ${formatAgo(link.usedAt ?? ctx.now, ctx.now)}, and decides once. What waits now has a newer mail.`;
}

function linkedStep({ link }: OpenLink, view: TaskView): StepView | undefined {
  return view.steps.find((one) => one.id === link.stepId);
}
