import { closeClaim } from '../../store/access/claims.ts';
import { claimRemoval, extendGrant, insertClaimedGrant } from '../../store/access/grants.ts';
import { listRulesById } from '../../store/rules/role-rules.ts';
import { holdTaskByRule } from '../../store/rules/rule-grants.ts';
import { listOpenTasks } from '../../store/tasks/task-lists.ts';
import {
  changeStep,
  closeOpenTask,
  listSteps,
  replaceAssignees,
  skipOpenSteps,
  type Task,
  type TaskState,
} from '../../store/tasks/tasks.ts';
import type { Ctx } from '../context.ts';
import { notifyOrDigest } from '../notifications/notify-or-digest.ts';
import { type Decision, stepWords, taskAfter } from '../policies/step-kinds.ts';
import { enrollWhenWhole } from '../profiles/enroll-when-provisioned.ts';
import { chooseAssignees, quorumOf } from '../tasks/approvers.ts';
import { closeTask } from '../tasks/close-task.ts';
import { exclusionsOf, loadApproverPool } from '../tasks/open-tasks.ts';

/** After a decision: the next step begins, or the task ends. */
export async function advanceTask(ctx: Ctx, task: Task, decision: Decision): Promise<void> {
  const end = taskAfter[decision];
  if (end === undefined) return startNextStep(ctx, task);
  await endTask(ctx, task, end);
}

async function endTask(ctx: Ctx, task: Task, end: TaskState): Promise<void> {
  await closeOpenTask(ctx.db, task.id, end, ctx.now);
  await skipOpenSteps(ctx.db, task.id);
  if (end === 'deprovisioned') await claimRemoval(ctx.db, task, task.id, ctx.now);
  if (end === 'not_provisioned') await closeClaim(ctx.db, task.id, ctx.now);
  if (end === 'provisioned') await recordGrant(ctx, task);
  await notifyOutcome(ctx, task);
}

/** What was asked for is held from now on, as whoever provisioned it says; what was to be held for longer is. */
async function recordGrant(ctx: Ctx, task: Task): Promise<void> {
  const { personId, entitlementId, profileId, accessUntil } = task;
  const ruleId = await grantingRule(ctx, task);
  if (task.cause === 'extension') await cancelExpiry(ctx, task);
  if (task.cause === 'extension' && (await extendGrant(ctx.db, task, accessUntil))) return;
  await insertClaimedGrant(
    ctx.db,
    { personId, entitlementId, taskId: task.id, profileId, ruleId, expiresAt: accessUntil },
    ctx.now,
  );
  if (ruleId === null) return enrollWhenWhole(ctx, task);
  const held = { taskId: task.id, personId, entitlementId, ruleId };
  await holdTaskByRule(ctx.db, held, ctx.now);
  await enrollWhenWhole(ctx, task);
}

/** The rule that it is held by, and goes with. What a rule only asked for, and somebody approved, stays. */
async function grantingRule(ctx: Ctx, { cause, ruleId }: Task): Promise<number | null> {
  if (cause !== 'rule' || ruleId === null) return null;
  const [rule] = await listRulesById(ctx.db, [ruleId]);
  return rule?.ruleType === 'required' ? ruleId : null;
}

/** What is held for longer is not to be taken away because it had come to its end. */
async function cancelExpiry(ctx: Ctx, task: Task): Promise<void> {
  const pair = [[task.personId], [task.entitlementId]] as const;
  for (const revocation of await listOpenTasks(ctx.db, 'revoke', ...pair)) {
    if (revocation.cause !== 'expired') continue;
    await closeTask(ctx, revocation, `It was extended by #${task.id}.`, [task.personId]);
  }
}

/** The requester and the person, or those named, hear how a task ended. */
export async function notifyOutcome(
  ctx: Ctx,
  task: Task,
  whom: readonly (number | null)[] = [task.personId, task.requesterId],
): Promise<void> {
  const told = new Set(whom.flatMap((id) => id ?? []));
  await notifyOrDigest(
    ctx,
    [...told].map((recipientId) => ({
      recipientId,
      kind: 'outcome',
      subjectId: task.id,
      priority: 1,
      isNews: true,
      alone: task.emergency,
    })),
  );
}

/**
 * Starts the next step, or ends a task that has none left. Its assignees are chosen again, from how things are
 * now; an approval that enough people who approved before would give again is covered by their decisions.
 */
export async function startNextStep(ctx: Ctx, task: Task): Promise<void> {
  const steps = await listSteps(ctx.db, task.id);
  const exclusions = exclusionsOf(task, task, steps);
  const pool = await loadApproverPool(ctx, task);
  for (const step of steps.filter((one) => one.state === 'waiting')) {
    const assignment = pool
      ? chooseAssignees(step, pool, exclusions)
      : { assignees: [], note: undefined };
    const { assignees } = assignment;
    const before = stepWords[step.kind].decides
      ? assignees.filter(({ id }) => exclusions.approved.has(id))
      : [];
    if (before.length > 0 && before.length >= quorumOf(step, assignees.length)) {
      await changeStep(ctx.db, step.id, { state: 'covered', decidedAt: ctx.now });
      continue;
    }
    await replaceAssignees(
      ctx.db,
      step.id,
      assignees.map(({ id, why, delegateOf }) => ({
        stepId: step.id,
        personId: id,
        why,
        delegateOf,
        assignedAt: ctx.now,
        agreedAt: before.some((one) => one.id === id) ? ctx.now : null,
      })),
    );
    await changeStep(ctx.db, step.id, {
      state: 'active',
      activatedAt: ctx.now,
      note: assignment.note ?? null,
    });
    return;
  }
  await endTask(ctx, task, task.kind === 'grant' ? 'provisioned' : 'deprovisioned');
}
