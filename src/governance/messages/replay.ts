import { deleteSlackCopies } from '../../store/messages/message-copies.ts';
import { findLastRun } from '../../store/mining/mining-runs.ts';
import { listSuperAdmins } from '../../store/people/roles.ts';
import { listActiveAssignments, listOpenRequests } from '../../store/tasks/task-lists.ts';
import type { Ctx } from '../context.ts';
import { inTransaction, notify } from '../context.ts';
import { notifyOrDigest } from '../notifications/notify-or-digest.ts';
import { redrawOpenSimulations } from '../simulations/simulations.ts';

/** Sends all open messages again, for a Slack that lost them: the sandbox loses them at a restart. */
export async function replayMessages(ctx: Ctx): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    await deleteSlackCopies(ctx.db);
    const steps = await listActiveAssignments(ctx.db);
    const requests = await listOpenRequests(ctx.db);
    const run = await findLastRun(ctx.db);
    if (run) {
      const admins = await listSuperAdmins(ctx.db);
      await notify(
        ctx,
        admins.map(({ id }) => ({
          recipientId: id,
          kind: 'run',
          subjectId: run.id,
          priority: 1,
        })),
      );
    }
    await redrawOpenSimulations(ctx);
    // A task that was in a digest appears in that digest again.
    const news = { priority: 1, isNews: true } as const;
    await notifyOrDigest(ctx, [
      ...requests.map(({ id, requesterId, alone }) => ({
        ...news,
        recipientId: requesterId,
        kind: 'request' as const,
        subjectId: id,
        alone,
      })),
      ...steps.map(({ stepId, personId, alone }) => ({
        ...news,
        recipientId: personId,
        kind: 'step' as const,
        subjectId: stepId,
        alone,
      })),
    ]);
  });
}
