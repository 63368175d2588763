import { mustGet } from '../../collections.ts';
import { listRequestsOfHeldAccess } from '../../store/tasks/obsolete-tasks.ts';
import { lockSnapshots } from '../../store/tasks/task-snapshot.ts';
import { type Ctx, organizationZone } from '../context.ts';
import { enrollWhenProvisioned } from '../profiles/enroll-when-provisioned.ts';
import { closeTasks } from '../tasks/close-task.ts';
import { formatDate } from '../wording/relative-time.ts';

/**
 * Closes open requests whose access is already there: a source shows it, so nobody needs to approve or provision it.
 * The requester and the person are notified, and provisioners of an active step, who may have begun.
 */
export async function closeGrantedRequests(ctx: Ctx): Promise<void> {
  const granted = await listRequestsOfHeldAccess(ctx.db);
  const snapshots = await lockSnapshots(
    ctx.db,
    granted.map(({ taskId }) => taskId),
  );
  const closings = granted.map(({ taskId, label, person }) => {
    const snapshot = mustGet(snapshots, taskId);
    const { task, steps, assignees } = snapshot;
    const step = steps.find(({ kind, state }) => kind === 'provision' && state === 'active');
    const provisioners = assignees.filter(({ stepId, active }) => active && stepId === step?.id);
    return {
      snapshot,
      reason: `Already there: ${person} has ${label} (sync of ${formatDate(ctx.now, organizationZone(ctx))}).`,
      recipientIds: [
        ...[task.requesterId, task.personId],
        ...provisioners.map(({ personId }) => personId),
      ],
    };
  });
  await closeTasks(ctx, closings);
  for (const { snapshot } of closings) await enrollWhenProvisioned(ctx, snapshot.task);
}
