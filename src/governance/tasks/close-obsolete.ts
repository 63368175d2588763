import { mustGet } from '../../collections.ts';
import { listClaimsOfLeavers } from '../../store/access/claims.ts';
import {
  listRequestsForLeavers,
  listRevocationsOfEndedAccess,
  listTasksOfClosedEntitlements,
} from '../../store/tasks/obsolete-tasks.ts';
import { lockSnapshots, type TaskSnapshot } from '../../store/tasks/task-snapshot.ts';
import { type Ctx, organizationZone } from '../context.ts';
import { formatDate } from '../wording/relative-time.ts';
import { type Closing, closeTasks } from './close-task.ts';
import { openTasks } from './open-tasks.ts';

/**
 * Closes the tasks that a sync has made obsolete, in its transaction: requests for people who have left, tasks about
 * entitlements that no longer exist, revocations of access that has already ended.
 */
export async function closeObsoleteTasks(ctx: Ctx): Promise<void> {
  await closeRequestsForLeavers(ctx);
  await revokeFromLeavers(ctx);
  const source = `(sync of ${formatDate(ctx.now, organizationZone(ctx))})`;
  await closeEach(ctx, await listTasksOfClosedEntitlements(ctx.db), ({ label }, { task }) => ({
    reason: `${label} no longer exists ${source}.`,
    recipientIds: [task.personId, task.requesterId],
  }));
  await closeEach(
    ctx,
    await listRevocationsOfEndedAccess(ctx.db),
    ({ label, person }, { task }) => ({
      reason: `${person} no longer has ${label} ${source}.`,
      recipientIds: [task.personId],
    }),
  );
}

/** Closes the requests, and notifies the provisioners of an active step, who may have begun to provision. */
async function closeRequestsForLeavers(ctx: Ctx): Promise<void> {
  await closeEach(ctx, await listRequestsForLeavers(ctx.db), ({ person }, snapshot) => {
    const { task, steps, assignees } = snapshot;
    const step = steps.find(({ kind, state }) => kind === 'provision' && state === 'active');
    const provisioners = assignees.filter(({ stepId, active }) => active && stepId === step?.id);
    const requester = task.requesterId === task.personId ? null : task.requesterId;
    return {
      reason: `${person} left.`,
      recipientIds: [requester, ...provisioners.map(({ personId }) => personId)],
    };
  });
}

async function closeEach<T extends { taskId: number }>(
  ctx: Ctx,
  obsolete: readonly T[],
  endOf: (one: T, snapshot: TaskSnapshot) => Omit<Closing, 'snapshot'>,
): Promise<void> {
  const snapshots = await lockSnapshots(
    ctx.db,
    obsolete.map(({ taskId }) => taskId),
  );
  const closings = obsolete.map((one) => {
    const snapshot = mustGet(snapshots, one.taskId);
    return { snapshot, ...endOf(one, snapshot) };
  });
  await closeTasks(ctx, closings);
}

/** Opens revocations of access that was provisioned but that no sync has seen: no sync would notice that it remains. */
async function revokeFromLeavers(ctx: Ctx): Promise<void> {
  const claims = await listClaimsOfLeavers(ctx.db);
  if (claims.length === 0) return;
  await openTasks(ctx, {
    kind: 'revoke',
    targets: claims.map(({ name, ...pair }) => ({ ...pair, because: `${name} left.` })),
    requesterId: null,
    openedBy: null,
    profileId: null,
    reason: null,
    cause: 'asked',
  });
}
