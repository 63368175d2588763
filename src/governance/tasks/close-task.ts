import { closeOpenTask } from '../../store/tasks/task-changes.ts';
import type { TaskSnapshot } from '../../store/tasks/task-snapshot.ts';
import { subjectOf } from '../audit-subjects.ts';
import { audit, type Ctx, notify } from '../context.ts';
import { redrawTasks } from '../notifications/redraw.ts';

/** An open task that nobody needs to decide anymore. */
export interface Closing {
  /** With its steps locked. */
  snapshot: TaskSnapshot;
  /** The reason that its cards show. */
  reason: string;
  /** The people to notify. */
  recipientIds: readonly (number | null)[];
}

/** Closes tasks and redraws their cards. A task that is already closed stays as it is. */
export async function closeTasks(ctx: Ctx, closings: readonly Closing[]): Promise<void> {
  await redrawTasks(ctx, await closeWithoutRedraw(ctx, closings));
}

/** Closes tasks for a caller that redraws the cards itself. @returns the tasks that were open, after the change. */
export async function closeWithoutRedraw(
  ctx: Ctx,
  closings: readonly Closing[],
): Promise<TaskSnapshot[]> {
  const closed: TaskSnapshot[] = [];
  for (const closing of closings) {
    const snapshot = await closeTask(ctx, closing);
    if (snapshot) closed.push(snapshot);
  }
  return closed;
}

async function closeTask(
  ctx: Ctx,
  { snapshot, reason, recipientIds }: Closing,
): Promise<TaskSnapshot | undefined> {
  const { task, steps } = snapshot;
  const closed = await closeOpenTask(ctx.db, snapshot, { state: 'canceled', at: ctx.now, reason });
  if (!closed) return undefined;
  await audit(ctx, 'task.close', subjectOf.task(task.id), {
    before: { state: 'open', step: steps.find((step) => step.state === 'active')?.position },
    after: { state: 'canceled', reason },
  });
  const recipients = new Set(recipientIds.flatMap((id) => id ?? []));
  await notify(
    ctx,
    [...recipients].map((recipientId) => ({
      recipientId,
      kind: 'outcome',
      subjectId: task.id,
      priority: 1,
    })),
  );
  return closed;
}
