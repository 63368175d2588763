import {
  closeOpenTask,
  listSteps,
  lockSteps,
  skipOpenSteps,
  type Task,
} from '../../store/tasks/tasks.ts';
import { subjectOf } from '../audit-subjects.ts';
import { audit, type Ctx, notify } from '../context.ts';
import { redrawTask } from '../notifications/redraw.ts';

/**
 * Closes an open task that nobody needs to decide any more, with the reason that all its cards show, and tells
 * those who wait for it how it ended.
 */
export async function closeTask(
  ctx: Ctx,
  task: Task,
  reason: string,
  tell: readonly (number | null)[],
): Promise<void> {
  await lockSteps(ctx.db, task.id);
  const active = (await listSteps(ctx.db, task.id)).find((step) => step.state === 'active');
  if (!(await closeOpenTask(ctx.db, task.id, 'cancelled', ctx.now, reason))) return;
  await skipOpenSteps(ctx.db, task.id);
  await audit(ctx, 'task.close', subjectOf.task(task.id), {
    before: { state: 'open', step: active?.position },
    after: { state: 'cancelled', reason },
  });
  const told = new Set(tell.flatMap((id) => id ?? []));
  await notify(
    ctx,
    [...told].map((recipientId) => ({
      recipientId,
      kind: 'outcome',
      subjectId: task.id,
      priority: 1,
    })),
  );
  await redrawTask(ctx, task.id, undefined);
}
