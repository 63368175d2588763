import { Refusal } from '../../errors.ts';
import type { ActionLink } from '../../store/messages/action-links.ts';
import { findSnapshot } from '../../store/tasks/task-snapshot.ts';
import type { ActorCtx, Ctx } from '../context.ts';
import { requireInvolved } from '../tasks/step-ref.ts';
import { findOwnStep, type OpenLink, openLink, taskIdOf } from './action-links.ts';
import { enterInbox } from './inbox-session.ts';

/** The way to the page of a task: the token of a link in a mail, or a task of an open inbox. */
export type TaskEntry = string | InboxTask;

interface InboxTask {
  session: string;
  taskId: number;
  /** The step that a form of the page decides; without it, the reader's own. */
  stepId?: number | undefined;
}

/** The page of a task, with its reader. */
export interface OpenTask extends Pick<OpenLink, 'person' | 'ctx'> {
  taskId: number;
  /** The step that the page is about; null: it has nothing to decide. */
  stepId: number | null;
  /** undefined in an inbox. */
  link: ActionLink | undefined;
}

/** @throws Refusal as openLink or enterInbox; missing (no such task), forbidden (it does not concern the reader). */
export async function openTaskPage(ctx: Ctx, entry: TaskEntry): Promise<OpenTask> {
  if (typeof entry !== 'string') return openInboxTask(ctx, entry);
  const open = await openLink(ctx, entry, 'task');
  const { link, person, ctx: own } = open;
  return { person, ctx: own, taskId: taskIdOf(open), stepId: link.stepId, link };
}

async function openInboxTask(ctx: Ctx, { session, taskId, stepId }: InboxTask): Promise<OpenTask> {
  const { person, ctx: own } = await enterInbox(ctx, session);
  const found = await findStepOf(own, taskId, stepId);
  return { person, ctx: own, taskId, stepId: found, link: undefined };
}

/** Finds the step of a task that the actor has, or had last. @param chosen the step that a form names */
async function findStepOf(
  ctx: ActorCtx,
  taskId: number,
  chosen: number | undefined,
): Promise<number | null> {
  const snapshot = await findSnapshot(ctx.db, { taskId });
  if (!snapshot) throw new Refusal('missing', `There is no task #${taskId}.`);
  await requireInvolved(ctx, snapshot);
  const { personId } = ctx.actor;
  const own = snapshot.steps.filter(({ id }) =>
    snapshot.assignees.some((one) => one.stepId === id && one.personId === personId),
  );
  if (chosen !== undefined && own.some(({ id }) => id === chosen)) return chosen;
  const active = await findOwnStep(ctx, { taskId, personId });
  return active ?? own.at(-1)?.id ?? null;
}
