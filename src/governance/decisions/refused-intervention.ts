import { findStep } from '../../store/tasks/tasks.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit } from '../context.ts';
import { OwnTaskRefusal } from '../tasks/decision-rules.ts';

/** Runs a transaction, and keeps on record that somebody tried to intervene in their own task. */
export async function recordRefusedIntervention<T>(
  ctx: ActorCtx,
  stepId: number,
  action: string,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    // The caller's transaction will be rolled back, and a row in it with it.
    if (!(error instanceof OwnTaskRefusal) || ctx.isInTransaction) throw error;
    const step = await findStep(ctx.db, stepId);
    const subject = subjectOf.task(step?.taskId ?? 0);
    await audit(ctx, 'task.intervention_refused', subject, {
      after: { action, why: error.message },
    });
    throw error;
  }
}
