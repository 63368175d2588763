import { closeClaim } from '../../store/access/claims.ts';
import {
  extendGrant,
  insertProvisionedGrant,
  markDeprovisioned,
} from '../../store/access/grants.ts';
import { listRulesById } from '../../store/rules/role-rules.ts';
import { attachTaskGrantToRule } from '../../store/rules/rule-grants.ts';
import {
  assignStep,
  changeStep,
  closeOpenTask,
  type NewAssignee,
} from '../../store/tasks/task-changes.ts';
import { listOpenTasks } from '../../store/tasks/task-lists.ts';
import { lockSnapshots, type TaskSnapshot } from '../../store/tasks/task-snapshot.ts';
import type { Task, TaskState, TaskStep } from '../../store/tasks/tasks.ts';
import { auditMany, type Ctx } from '../context.ts';
import { notifyOrDigest } from '../notifications/notify-or-digest.ts';
import { type Decision, stepWords, taskAfter } from '../policies/step-kinds.ts';
import { enrollWhenProvisioned } from '../profiles/enroll-when-provisioned.ts';
import { loadApproverPool } from '../tasks/approver-directory.ts';
import { chooseAssignees, quorumOf } from '../tasks/approvers.ts';
import { closeWithoutRedraw } from '../tasks/close-task.ts';
import { exclusionsOf } from '../tasks/exclusions.ts';
import { concernRow } from '../tasks/open-tasks.ts';

/** The tasks that a decision changed, in their new state; the decided task is the first. */
export type ChangedTasks = [decided: TaskSnapshot, ...others: TaskSnapshot[]];

/** Starts the next step after a decision, or ends the task. */
export async function advanceTask(
  ctx: Ctx,
  snapshot: TaskSnapshot,
  decision: Decision,
): Promise<ChangedTasks> {
  const end = taskAfter[decision];
  return end === undefined ? startNextStep(ctx, snapshot) : endTask(ctx, snapshot, end);
}

async function endTask(ctx: Ctx, snapshot: TaskSnapshot, end: TaskState): Promise<ChangedTasks> {
  const { task } = snapshot;
  const closed = await closeOpenTask(ctx.db, snapshot, { state: end, at: ctx.now });
  if (!closed) throw new Error(`task ${task.id} was closed while its steps were locked`);
  if (end === 'deprovisioned')
    await markDeprovisioned(ctx.db, { pair: task, taskId: task.id, now: ctx.now });
  if (end === 'not_provisioned') await closeClaim(ctx.db, task.id, ctx.now);
  const others = end === 'provisioned' ? await recordGrant(ctx, task) : [];
  await notifyOutcome(ctx, task);
  return [closed, ...others];
}

/**
 * Records the claim of a provisioner that the person has the access, or has it for longer.
 * @returns the other tasks that this closed
 */
async function recordGrant(ctx: Ctx, task: Task): Promise<TaskSnapshot[]> {
  const { personId, entitlementId, profileId, accessUntil } = task;
  const ruleId = await findGrantingRule(ctx, task);
  const closed = task.cause === 'extension' ? await cancelExpiry(ctx, task) : [];
  if (task.cause === 'extension' && (await extendGrant(ctx.db, task, accessUntil))) return closed;
  const grant = { taskId: task.id, personId, entitlementId };
  await insertProvisionedGrant(
    ctx.db,
    { ...grant, profileId, ruleId, expiresAt: accessUntil },
    ctx.now,
  );
  if (ruleId !== null) await attachTaskGrantToRule(ctx.db, { ...grant, ruleId }, ctx.now);
  await enrollWhenProvisioned(ctx, task);
  return closed;
}

/**
 * Finds the required rule that grants the access; the access ends with that rule. If a rule only suggested the access
 * and somebody approved it, the access does not depend on the rule.
 */
async function findGrantingRule(ctx: Ctx, { cause, ruleId }: Task): Promise<number | null> {
  if (cause !== 'rule' || ruleId === null) return null;
  const [rule] = await listRulesById(ctx.db, [ruleId]);
  return rule?.ruleType === 'required' ? ruleId : null;
}

/** Closes the revocations that opened because the access had expired: an extension replaces them. */
async function cancelExpiry(ctx: Ctx, task: Task): Promise<TaskSnapshot[]> {
  const revocations = await listOpenTasks(ctx.db, {
    kind: 'revoke',
    personIds: [task.personId],
    entitlementIds: [task.entitlementId],
  });
  const expired = revocations.filter(({ cause }) => cause === 'expired').map(({ id }) => id);
  const snapshots = await lockSnapshots(ctx.db, expired);
  const end = { reason: `Task #${task.id} extended the access.`, recipientIds: [task.personId] };
  return closeWithoutRedraw(
    ctx,
    [...snapshots.values()].map((snapshot) => ({ snapshot, ...end })),
  );
}

/** Notifies the given recipients of the end of a task; by default the person and the requester. */
export async function notifyOutcome(
  ctx: Ctx,
  task: Task,
  recipientIds: readonly (number | null)[] = [task.personId, task.requesterId],
): Promise<void> {
  const recipients = new Set(recipientIds.flatMap((id) => id ?? []));
  await notifyOrDigest(
    ctx,
    [...recipients].map((recipientId) => ({
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
 * Starts the next step, or ends a task that has none left. The assignees are chosen again, because people and owners
 * may have changed since the task was opened. An approval is covered if enough of its assignees approved before.
 */
export async function startNextStep(ctx: Ctx, snapshot: TaskSnapshot): Promise<ChangedTasks> {
  const { task, steps } = snapshot;
  const candidates = {
    pool: await loadApproverPool(ctx, snapshot),
    exclusions: exclusionsOf(task, snapshot),
  };
  let current = snapshot;
  for (const step of steps.filter((one) => one.state === 'waiting')) {
    const { assignees, note, concern } = chooseAssignees(step, candidates);
    const agreed = stepWords[step.kind].decides
      ? assignees.filter(({ personId }) => candidates.exclusions.approved.has(personId))
      : [];
    if (agreed.length === 0 || agreed.length < quorumOf(step)) {
      if (concern !== undefined) {
        const row = concernRow(task.id, { step: step.position, concern, assignees });
        await auditMany(ctx, 'task.concern', [row]);
      }
      return [await activateStep(ctx, current, { step, assignees, agreed, note })];
    }
    const covered = { state: 'covered', decidedAt: ctx.now } as const;
    current = await changeStep(ctx.db, current, { stepId: step.id, ...covered });
  }
  return endTask(ctx, current, task.kind === 'grant' ? 'provisioned' : 'deprovisioned');
}

async function activateStep(
  ctx: Ctx,
  snapshot: TaskSnapshot,
  next: {
    step: TaskStep;
    assignees: readonly NewAssignee[];
    agreed: readonly NewAssignee[];
    note: string | undefined;
  },
): Promise<TaskSnapshot> {
  const { step, assignees, agreed, note } = next;
  return assignStep(ctx.db, snapshot, {
    stepId: step.id,
    assignees: assignees.map((one) => ({
      ...one,
      agreedAt: agreed.includes(one) ? ctx.now : null,
    })),
    at: ctx.now,
    change: { state: 'active', activatedAt: ctx.now, note: note ?? null },
  });
}
