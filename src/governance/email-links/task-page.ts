import { Refusal } from '../../errors.ts';
import { takeActionLink } from '../../store/messages/action-links.ts';
import type { Person } from '../../store/people/people.ts';
import { findSnapshot, type TaskSnapshot } from '../../store/tasks/task-snapshot.ts';
import { type Ctx, inTransaction, readerZone } from '../context.ts';
import { commentOnTask } from '../decisions/comments.ts';
import { decideInTransaction } from '../decisions/decide-step.ts';
import { findNextInSlack, handOnInTransaction } from '../decisions/hand-on.ts';
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
import { formatNumber } from '../wording/counts.ts';
import { formatAgo } from '../wording/relative-time.ts';
import type { OpenLink } from './action-links.ts';
import { type OpenTask, openTaskPage, type TaskEntry } from './task-entry.ts';

const maxReasonLength = 1_000;
const nothingToDecide = 'There is nothing to decide on this page.';

/** The page of a task behind a link in an e-mail or in an inbox, and the decision it offers. */
export interface TaskPage {
  /** The person of the link, in whose name it acts. */
  person: OpenLink['person'];
  /** The time zone of all times on the page. */
  timeZone: string;
  card: TaskCard;
  details: Details;
  choice: LinkChoice | undefined;
  /** Why the link cannot decide now; undefined when it can, and when it never could. */
  state: string | undefined;
}

/** The decision that a link can make. */
export interface LinkChoice extends StepRef {
  /** undefined: only Slack can say yes. */
  yes: string | undefined;
  no: string;
  /** Whether "yes" takes access away. */
  isDestructive: boolean;
  /** The people in Slack to whom one press sends the step, where a link cannot say yes. */
  handsOnTo: readonly string[];
  /** Why a link cannot say yes, and where to do so. */
  limit: string | undefined;
  /** Whether each of the two needs a reason. */
  reasonFor: { yes: boolean; no: boolean };
  reassignable: boolean;
}

/**
 * Reads the page of a task as the person of the link sees it now. Changes nothing: mail filters follow links, too.
 * @throws Refusal as openTaskPage; missing when the task is gone; forbidden when its person is no longer involved.
 */
export async function readTaskPage(ctx: Ctx, entry: TaskEntry): Promise<TaskPage> {
  const open = await openTaskPage(ctx, entry);
  const { person } = open;
  const snapshot = await findSnapshot(ctx.db, { taskId: open.taskId });
  if (!snapshot) throw new Refusal('missing', 'This task is no longer here.');
  await requireInvolved(open.ctx, snapshot);
  const view = await viewTask(open.ctx, snapshot);
  const details = await describeDetails(open.ctx, view).fill();
  const choice = await findChoice(open, { snapshot, view });
  return {
    person,
    timeZone: readerZone(open.ctx),
    card: describeCard(open, view),
    details,
    choice,
    state: choice ? undefined : await describeState(open, { snapshot, view }),
  };
}

/**
 * Decides the step of a link in its person's name, as the buttons of the card do. A link decides once: marking it as
 * used and deciding are one transaction.
 * @throws Refusal as openTaskPage and decideStep; conflict when the link has been used.
 */
export async function decideByLink(
  ctx: Ctx,
  entry: TaskEntry,
  decision: { version: number; positive: boolean; reason: string },
): Promise<void> {
  const { version, ...rest } = decision;
  validateReason(rest.reason);
  await inTransaction(ctx, async (ctx) => {
    const open = await openTaskPage(ctx, entry);
    const stepId = requireStepId(open, 'forbidden');
    if (open.link && !(await takeActionLink(ctx.db, open.link.id, ctx.now))) {
      const snapshot = await findStepSnapshot(ctx, stepId);
      const state = await describeUsedLink(ctx, open, snapshot);
      throw new Refusal('conflict', state ?? nothingToDecide);
    }
    await decideInTransaction(open.ctx, { stepId, version }, rest);
  });
}

/** Reassigns the step of a link while the link can decide it. @throws Refusal as openTaskPage and reassignStep. */
export async function reassignByLink(
  ctx: Ctx,
  entry: TaskEntry,
  to: { version: number; personId: number; reason: string },
): Promise<void> {
  const { version, ...rest } = to;
  validateReason(rest.reason);
  await inTransaction(ctx, async (ctx) => {
    const open = await openTaskPage(ctx, entry);
    const snapshot = await lockStepSnapshot(ctx, requireStepId(open, 'conflict'));
    const { stepId, limit } = await requireChoice(open, snapshot);
    if (limit !== undefined) throw new Refusal('forbidden', limit);
    await reassignInTransaction(open.ctx, snapshot, { ...rest, ref: { stepId, version } });
  });
}

/** Hands the step of a link on to the next people in line in Slack. @throws Refusal as handOnInTransaction. */
export async function handOnByLink(
  ctx: Ctx,
  entry: TaskEntry,
  { version }: { version: number },
): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const open = await openTaskPage(ctx, entry);
    const snapshot = await lockStepSnapshot(ctx, requireStepId(open, 'conflict'));
    const { stepId, yes } = await requireChoice(open, snapshot);
    if (yes !== undefined) throw new Refusal('conflict', 'You can decide this here yourself.');
    await handOnInTransaction(open.ctx, snapshot, { stepId, version });
  });
}

/** Finds people by name who can be the new assignee. @throws Refusal when the link's step cannot be reassigned. */
export async function findNewAssigneesByLink(
  ctx: Ctx,
  entry: TaskEntry,
  query: string,
): Promise<Pick<Person, 'id' | 'name' | 'jobTitle' | 'department'>[]> {
  const open = await openTaskPage(ctx, entry);
  const snapshot = await findStepSnapshot(ctx, requireStepId(open, 'conflict'));
  const { stepId } = await requireChoice(open, snapshot);
  return findNewAssignees(open.ctx, stepId, query);
}

/** Adds a comment in the name of the link's person. @throws Refusal as openTaskPage and commentOnTask. */
export async function commentByLink(ctx: Ctx, entry: TaskEntry, body: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const open = await openTaskPage(ctx, entry);
    await commentOnTask(open.ctx, { taskId: open.taskId, body });
  });
}

/** @throws Refusal 'invalid' for a reason that is longer than the form in Slack allows. */
export function validateReason(reason: string): void {
  if (reason.length <= maxReasonLength) return;
  const max = formatNumber(maxReasonLength);
  const sentence = `A reason has at most ${max} characters; this one has ${formatNumber(reason.length)}. Put the rest in a comment.`;
  throw new Refusal('invalid', sentence, 'reason');
}

function requireStepId({ stepId }: OpenTask, code: 'forbidden' | 'conflict'): number {
  if (stepId !== null) return stepId;
  throw new Refusal(code, nothingToDecide);
}

async function requireChoice(open: OpenTask, snapshot: StepSnapshot): Promise<LinkChoice> {
  const view = await viewTask(open.ctx, snapshot);
  const choice = await findChoice(open, { snapshot, view });
  if (choice) return choice;
  const state = await describeState(open, { snapshot, view });
  throw new Refusal('conflict', state ?? nothingToDecide);
}

/** Describes the same card as in Slack: the assignee's, or the requester's. */
function describeCard({ stepId, person }: OpenTask, view: TaskView): TaskCard {
  if (stepId !== null) return describeStep(view, stepId, person.id);
  return view.task.state === 'open'
    ? describeRequest(view, person.id)
    : describeOutcome(view, person.id);
}

async function findChoice(
  open: OpenTask,
  { snapshot, view }: { snapshot: TaskSnapshot; view: TaskView },
): Promise<LinkChoice | undefined> {
  const step = findLinkedStep(open, view);
  const { choice } = describeCard(open, view);
  if (!step || !choice || open.link?.usedAt) return undefined;
  const words = stepWords[step.kind];
  const { stepId, version, yes, no, isDestructive, reassignable, byEmail } = choice;
  const reasonFor = {
    yes: byEmail && step.options.reasonToApprove === true,
    no: words.no.needsReason,
  };
  const shown = { stepId, version, no, isDestructive, reasonFor };
  if (byEmail) return { ...shown, yes, reassignable, handsOnTo: [], limit: undefined };
  const next = reassignable ? await findNextInSlack(open.ctx, { ...snapshot, step }) : [];
  return {
    ...shown,
    yes: undefined,
    reassignable: false,
    handsOnTo: next.map(({ name }) => name),
    limit: explainSlackOnly(step, view.task),
  };
}

/** Says why a page has no buttons. */
async function describeState(
  open: OpenTask,
  { snapshot, view }: { snapshot: TaskSnapshot; view: TaskView },
): Promise<string | undefined> {
  const { ctx, person } = open;
  const step = findLinkedStep(open, view);
  if (!step) return undefined;
  if (step.state !== 'active' || view.task.state !== 'open') {
    return describeConflict(ctx, snapshot, step);
  }
  const mine = step.assignees.find((one) => one.id === person.id);
  if (!mine?.active) {
    const assignees = step.assignees.filter((one) => one.active).map(({ name }) => name);
    return `This task is now with ${assignees.join(' or ') || 'nobody'}, no longer with ${person.name}.`;
  }
  return describeUsedLink(ctx, open, { ...snapshot, step });
}

/** Says what happened to the step of a link that has been used. */
async function describeUsedLink(
  ctx: Ctx,
  { link, person }: OpenTask,
  snapshot: StepSnapshot,
): Promise<string | undefined> {
  const { step, assignees } = snapshot;
  if (step.state !== 'active') return describeConflict(ctx, snapshot, step);
  const mine = assignees.find((one) => one.stepId === step.id && one.personId === person.id);
  if (mine?.agreedAt) {
    return `${person.name} agreed ${formatAgo(mine.agreedAt, ctx.now)}; it waits for the others.`;
  }
  if (!link) return undefined;
  const when = formatAgo(link.usedAt ?? ctx.now, ctx.now);
  return `This link was used ${when}. Use the link in the newer e-mail.`;
}

function findLinkedStep({ stepId }: OpenTask, view: TaskView): StepView | undefined {
  return view.steps.find((one) => one.id === stepId);
}
