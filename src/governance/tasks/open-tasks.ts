import { mustGet } from '../../collections.ts';
import type { Policy } from '../../store/policies/policies.ts';
import type { TaskCause } from '../../store/schema/tasks.ts';
import {
  insertAssignees,
  insertSteps,
  insertTasks,
  type Task,
  type TaskStep,
} from '../../store/tasks/tasks.ts';
import { subjectOf } from '../audit-subjects.ts';
import { auditMany, type Ctx, notify } from '../context.ts';
import { type Notification, notifyOrDigest } from '../notifications/notify-or-digest.ts';
import { redrawExpiry, redrawHomes, requestReaders } from '../notifications/redraw.ts';
import { choosePolicy } from '../policies/choose-policy.ts';
import { stepWords } from '../policies/step-kinds.ts';
import { approverPoolOf } from './approver-directory.ts';
import type { Assignment } from './approvers.ts';
import {
  type Eligibility,
  findSubject,
  isSatisfied,
  loadEligibility,
  type Opening,
  pairKey,
  refusalReason,
  type TaskTarget,
} from './eligibility.ts';
import { exclusionsOf } from './exclusions.ts';
import { type PlannedStep, planSteps } from './plan-steps.ts';

export interface OpenedTasks {
  opened: Task[];
  /**
   * The targets for which no task was opened, each with a sentence that says why. `satisfied`: no task is needed,
   * because the person has the access or a task about it is open.
   */
  skipped: (TaskTarget & { why: string; satisfied: boolean })[];
}

/** The origin of a batch of tasks: a requester, the enrollment in a profile, the end of access. */
export interface Origin extends Omit<Opening, 'kind'> {
  requesterId: number | null;
  openedBy: number | null;
  profileId: number | null;
  reason: string | null;
  cause: TaskCause;
  /** When the access ends. */
  accessUntil?: Date | null;
}

/** The tasks of one kind and one origin. */
export interface TaskBatch extends Origin {
  kind: Opening['kind'];
  targets: readonly TaskTarget[];
}

/** The execution plan of a task that may open. */
interface Plan {
  policy: Policy;
  steps: PlannedStep[];
}

type PlannedBatch = Omit<TaskBatch, 'targets'>;

/**
 * Opens one task for each target, with a plan copied from its policy, and notifies the first assignees. Must run
 * inside a transaction. Targets for which no task may open are skipped, with the reason.
 */
export async function openTasks(ctx: Ctx, { targets, ...batch }: TaskBatch): Promise<OpenedTasks> {
  const eligibility = await loadEligibility(ctx, batch.kind, targets);
  const skipped: OpenedTasks['skipped'] = [];
  const plans = new Map<string, Plan>();
  const possible = targets.filter((target) => {
    const plan = planTask(eligibility, target, batch);
    if ('why' in plan) {
      skipped.push({ ...target, why: plan.why, satisfied: isSatisfied(eligibility, target) });
      return false;
    }
    plans.set(pairKey(target), plan);
    return true;
  });
  const opened = await insertTasks(
    ctx.db,
    possible.map((target) => ({
      ...batch,
      ...target,
      reason: target.because ?? batch.reason,
      state: 'open' as const,
      policyName: mustGet(plans, pairKey(target)).policy.name,
      risk: findSubject(eligibility, target)?.entitlement.risk ?? null,
      openedAt: ctx.now,
    })),
  );
  const firstAssignees = await insertPlans(ctx, opened, plans);
  await auditOpened(ctx, opened, { batch, plans });
  await notifyOpened(ctx, opened, firstAssignees);
  if (batch.emergency) await notifySkippedApprovers(ctx, { eligibility, opened, batch });
  await redrawExpiry(ctx, opened);
  return { opened, skipped };
}

/** Plans a task, or says why it may not open. */
function planTask(
  eligibility: Eligibility,
  target: TaskTarget,
  batch: PlannedBatch,
): Plan | { why: string } {
  const subject = findSubject(eligibility, target);
  const refusal = refusalReason(eligibility, target, batch);
  if (refusal || !subject) return { why: refusal ?? 'This is no longer here.' };
  const { kind, emergency = false, skipsApproval = false } = batch;
  const requesterId = target.requesterId ?? batch.requesterId;
  const { policies, approvers } = eligibility;
  const policy = skipsApproval
    ? policies.noApproval
    : choosePolicy(policies, { ...subject, kind, requesterId, emergency });
  const candidates = {
    pool: approverPoolOf(approvers, subject),
    exclusions: exclusionsOf({ ...batch, personId: target.personId, requesterId }),
  };
  const steps = planSteps(policy, candidates);
  const unassigned = steps.find(({ assignment }) => assignment.assignees.length === 0);
  if (unassigned) return { why: describeUnassigned(unassigned.assignment) };
  return { policy, steps };
}

/** The refusal of a task with a step that has no assignees. */
export function describeUnassigned({ note }: Assignment): string {
  return `Nobody can decide this: ${note}`;
}

/** Copies the plan of each task from its policy. @returns the assignees of the first steps. */
async function insertPlans(
  ctx: Ctx,
  opened: readonly Task[],
  plans: ReadonlyMap<string, Plan>,
): Promise<{ stepId: number; personId: number }[]> {
  const planned = opened.flatMap((task) =>
    mustGet(plans, pairKey(task)).steps.map((one, index) => ({
      ...one,
      task,
      isFirst: index === 0,
    })),
  );
  const steps = await insertSteps(
    ctx.db,
    planned.map(({ task, step, assignment, isFirst }) => ({
      taskId: task.id,
      position: step.position,
      kind: step.kind,
      approvers: step.approvers,
      reassignable: step.reassignable,
      options: step.options,
      state: isFirst ? 'active' : 'waiting',
      note: assignment.note ?? null,
      activatedAt: isFirst ? ctx.now : null,
    })),
  );
  const stepKey = (taskId: number, position: number) => `${taskId}:${position}`;
  const assignmentOf = new Map(
    planned.map(({ task, step, assignment }) => [stepKey(task.id, step.position), assignment]),
  );
  const rowsOf = ({ id, taskId, position }: TaskStep) =>
    mustGet(assignmentOf, stepKey(taskId, position)).assignees.map(({ name: _, ...assignee }) => ({
      ...assignee,
      stepId: id,
      assignedAt: ctx.now,
    }));
  await insertAssignees(ctx.db, steps.flatMap(rowsOf));
  return steps.filter((step) => step.state === 'active').flatMap(rowsOf);
}

async function auditOpened(
  ctx: Ctx,
  opened: readonly Task[],
  { batch, plans }: { batch: PlannedBatch; plans: ReadonlyMap<string, Plan> },
): Promise<void> {
  await auditMany(
    ctx,
    'task.concern',
    opened.flatMap((task) =>
      mustGet(plans, pairKey(task)).steps.flatMap(({ step, assignment: { concern, assignees } }) =>
        concern === undefined
          ? []
          : [concernRow(task.id, { step: step.position, concern, assignees })],
      ),
    ),
  );
  await auditMany(
    ctx,
    'task.open',
    opened.map((task) => ({
      subject: subjectOf.task(task.id),
      after: {
        ...batch,
        requesterId: task.requesterId,
        ...(task.ruleId === null ? {} : { rule: task.ruleId }),
        reason: task.reason,
        person: task.personId,
        entitlement: task.entitlementId,
      },
    })),
  );
}

/** The audit row of a step that only people of doubtful standing are left to decide. */
export function concernRow(
  taskId: number,
  about: { step: number; concern: string; assignees: readonly { personId: number }[] },
) {
  const { step, concern, assignees } = about;
  return {
    subject: subjectOf.task(taskId),
    after: { step, concern, assignees: assignees.map(({ personId }) => personId) },
  };
}

async function notifyOpened(
  ctx: Ctx,
  opened: readonly Task[],
  firstAssignees: readonly { stepId: number; personId: number }[],
): Promise<void> {
  const alone = opened[0]?.emergency ?? false;
  const news = { priority: 1, isNews: true, alone } as const;
  await notifyOrDigest(ctx, [
    ...firstAssignees.map(
      ({ stepId, personId }): Notification => ({
        ...news,
        kind: 'step',
        recipientId: personId,
        subjectId: stepId,
      }),
    ),
    ...opened.flatMap((task) =>
      requestReaders(task).map(
        (recipientId): Notification => ({
          ...news,
          kind: 'request',
          recipientId,
          subjectId: task.id,
        }),
      ),
    ),
  ]);
  await redrawHomes(ctx, [
    ...firstAssignees.map(({ personId }) => personId),
    ...opened.flatMap((task) => [task.personId, ...(task.requesterId ? [task.requesterId] : [])]),
  ]);
}

/** Notifies the people whose approval an emergency skips. */
async function notifySkippedApprovers(
  ctx: Ctx,
  {
    eligibility,
    opened,
    batch,
  }: {
    eligibility: Eligibility;
    opened: readonly Task[];
    batch: PlannedBatch;
  },
): Promise<void> {
  const entries = opened.flatMap((task) => {
    const plan = planTask(eligibility, task, { ...batch, emergency: false });
    const skipped =
      'why' in plan ? [] : plan.steps.filter(({ step }) => stepWords[step.kind].decides);
    const approvers = skipped.flatMap(({ assignment }) => assignment.assignees);
    const emergencyPlan = planTask(eligibility, task, batch);
    const asked = new Set(
      'why' in emergencyPlan
        ? []
        : emergencyPlan.steps
            .filter(({ step }) => stepWords[step.kind].decides)
            .flatMap(({ assignment }) => assignment.assignees.map(({ personId }) => personId)),
    );
    const ids = new Set(approvers.map(({ personId }) => personId).filter((id) => !asked.has(id)));
    return [...ids].map((recipientId) => ({
      recipientId,
      kind: 'emergency' as const,
      subjectId: task.id,
      priority: 1 as const,
    }));
  });
  await notify(ctx, entries);
}
