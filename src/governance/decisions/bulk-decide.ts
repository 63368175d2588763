import { randomUUID } from 'node:crypto';
import { Refusal } from '../../errors.ts';
import { logBug } from '../../log.ts';
import { listTasksOfSteps } from '../../store/tasks/task-lists.ts';
import { type ActorCtx, inTransaction } from '../context.ts';
import type { StepRef } from '../tasks/step-ref.ts';
import { addComment } from './comments.ts';
import { decideInTransaction } from './decide-step.ts';

/** Tasks that can be decided at once. */
export const maxBulkTasks = 500;

/** The results of several decisions. */
export interface BulkOutcome {
  /** The numbers of the decided tasks, in the order of the selection. */
  done: number[];
  /** The other tasks, each with the reason in a sentence; `taskId` is undefined if there is no such task. */
  refused: { taskId: number | undefined; sentence: string }[];
}

/**
 * Makes the same decision about several steps, with the same checks as a click on each card. Each step has its own
 * transaction, so that a refused step does not stop the others. The comment becomes the reason of each decision and a
 * comment on each task. The audit rows of the decisions share one bulk id.
 * @throws Refusal 'invalid' for no steps, for more than `maxBulkTasks`, and for a denial without a comment
 */
export async function decideMany(
  ctx: ActorCtx,
  bulk: { steps: readonly StepRef[]; positive: boolean; comment?: string | undefined },
): Promise<BulkOutcome> {
  const comment = bulk.comment?.trim() || undefined;
  const steps = [...new Map(bulk.steps.map((ref) => [ref.stepId, ref])).values()];
  if (steps.length === 0) throw new Refusal('invalid', 'Select at least one task.');
  if (steps.length > maxBulkTasks) {
    throw new Refusal('invalid', `Select at most ${maxBulkTasks} tasks at once.`);
  }
  if (!bulk.positive && !comment) {
    throw new Refusal('invalid', 'Enter a reason. The requesters see your reason.');
  }
  const known = await listTasksOfSteps(
    ctx.db,
    steps.map(({ stepId }) => stepId),
  );
  const taskOf = new Map(known.map(({ stepId, taskId }) => [stepId, taskId]));
  const bulkId = randomUUID();
  const outcome: BulkOutcome = { done: [], refused: [] };
  for (const ref of steps) {
    try {
      const { task } = await inTransaction(ctx, async (ctx) => {
        const decision = { positive: bulk.positive, reason: comment, bulkId };
        const decided = await decideInTransaction(ctx, ref, decision);
        if (comment) await addComment(ctx, decided, { body: comment });
        return decided;
      });
      outcome.done.push(task.id);
    } catch (error) {
      const taskId = taskOf.get(ref.stepId);
      outcome.refused.push({ taskId, sentence: explainFailure(error, taskId) });
    }
  }
  return outcome;
}

/** Says why a step was not decided. A bug in one decision must not hide the results of the others. */
function explainFailure(error: unknown, taskId: number | undefined): string {
  if (error instanceof Refusal) return error.message;
  const id = logBug('one of several decisions failed', error, { task: taskId });
  return `Something went wrong and this task was not changed. Give your admin this number: ${id}.`;
}
