import { randomUUID } from 'node:crypto';
import { Refusal } from '../../errors.ts';
import { logBug } from '../../log.ts';
import { listTasksOfSteps } from '../../store/tasks/task-lists.ts';
import { type ActorCtx, inTransaction } from '../context.ts';
import type { StepRef } from '../tasks/step-ref.ts';
import { addComment } from './comments.ts';
import { decideInTransaction } from './decide-step.ts';

/** The number of tasks that can be decided at once. */
export const maxBulkTasks = 500;

/** What became of several decisions. */
export interface BulkOutcome {
  /** Numbers of the tasks that were decided, in the order in which they were chosen. */
  done: number[];
  /** The others, each with the sentence that says why. */
  refused: { taskId: number | undefined; sentence: string }[];
}

/**
 * Decides several steps alike, each as a click on its card would and in a transaction of its own, so that one
 * that cannot be decided holds no other up. The comment is the reason of each decision and a comment on each
 * task; one bulk id in the audit log tells what was decided together.
 * @throws Refusal 'invalid' when nothing is chosen, too much is, or a denial has no reason.
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
    throw new Refusal('invalid', 'Say why, in a few words: the requesters are told your reason.');
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
      outcome.refused.push({ taskId, sentence: sentenceOf(error, taskId) });
    }
  }
  return outcome;
}

/** A bug at one task must not hide what became of the others. */
function sentenceOf(error: unknown, taskId: number | undefined): string {
  if (error instanceof Refusal) return error.message;
  const id = logBug('one of several decisions failed', error, { task: taskId });
  return `Something went wrong and this one was not changed. Tell your admin this number: ${id}.`;
}
