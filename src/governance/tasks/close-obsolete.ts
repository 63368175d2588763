import { listClaimsOfLeavers } from '../../store/access/claims.ts';
import {
  listEndedRevocations,
  listRequestsForLeavers,
  listTasksOfClosed,
} from '../../store/tasks/obsolete-tasks.ts';
import { listAssignees } from '../../store/tasks/tasks.ts';
import type { Ctx } from '../context.ts';
import { dateWords } from '../wording/relative-time.ts';
import { closeTask } from './close-task.ts';
import { openTasks } from './open-tasks.ts';

/**
 * Closes the tasks that a sync has made moot, inside its transaction: requests for people who have left, tasks
 * about entitlements that exist no more, revocations of what has ended by itself.
 */
export async function closeObsoleteTasks(ctx: Ctx): Promise<void> {
  await closeForLeavers(ctx);
  await takeBackFromLeavers(ctx);
  const seen = `(sync of ${dateWords(ctx.now)})`;
  for (const { task, label } of await listTasksOfClosed(ctx.db)) {
    const reason = `${label} does not exist any more ${seen}.`;
    await closeTask(ctx, task, reason, [task.personId, task.requesterId]);
  }
  for (const { task, label, person } of await listEndedRevocations(ctx.db)) {
    const reason = `${person} does not hold ${label} any more ${seen}.`;
    await closeTask(ctx, task, reason, [task.personId]);
  }
}

/** Whoever was about to provision it is told, since it may be half given. */
async function closeForLeavers(ctx: Ctx): Promise<void> {
  for (const { task, person, step } of await listRequestsForLeavers(ctx.db)) {
    const holders = step?.kind === 'provision' ? await listAssignees(ctx.db, [step.id]) : [];
    const provisioners = holders.flatMap(({ assignee }) =>
      assignee.active ? assignee.personId : [],
    );
    const requester = task.requesterId === task.personId ? null : task.requesterId;
    await closeTask(ctx, task, `${person} left.`, [requester, ...provisioners]);
  }
}

/** What was given and no sync has seen yet, none will miss: somebody has to take it away. */
async function takeBackFromLeavers(ctx: Ctx): Promise<void> {
  const claims = await listClaimsOfLeavers(ctx.db);
  if (claims.length === 0) return;
  await openTasks(
    ctx,
    'revoke',
    claims.map(({ name, ...pair }) => ({ ...pair, because: `${name} left.` })),
    { requesterId: null, openedBy: null, profileId: null, reason: null, cause: 'asked' },
  );
}
