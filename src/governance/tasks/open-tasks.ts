import type { Policy } from '../../store/policies/policies.ts';
import type { TaskCause, TaskKind } from '../../store/schema/tasks.ts';
import {
  insertAssignees,
  insertSteps,
  insertTasks,
  listSteps,
  type Task,
  type TaskStep,
} from '../../store/tasks/tasks.ts';
import { subjectOf } from '../audit-subjects.ts';
import { auditMany, type Ctx, notify } from '../context.ts';
import { type Notification, notifyOrDigest } from '../notifications/notify-or-digest.ts';
import { announceHomes, redrawExpiry } from '../notifications/redraw.ts';
import { choosePolicy } from '../policies/choose-policy.ts';
import { stepWords } from '../policies/step-kinds.ts';
import {
  type ApproverPool,
  type Assignment,
  chooseAssignees,
  type Exclusions,
} from './approvers.ts';
import {
  approverPoolOf,
  type Facts,
  isSatisfied,
  loadFacts,
  pairKey,
  refusalReason,
  type TaskTarget,
} from './task-facts.ts';

export interface OpenedTasks {
  opened: Task[];
  /**
   * Pairs for which no task was opened, each with the sentence that says why. `satisfied`: there is nothing
   * to do, since the person holds it or has asked for it.
   */
  skipped: (TaskTarget & { why: string; satisfied: boolean })[];
}

/** Where a batch of tasks comes from: a person who asks, a profile somebody was enrolled in, the calendar. */
export interface Origin {
  requesterId: number | null;
  openedBy: number | null;
  profileId: number | null;
  reason: string | null;
  cause: TaskCause;
  emergency?: boolean;
  /** Nobody is asked to approve it, whatever policies say: a required rule gives it. */
  straight?: boolean;
  /** When the access is to end. */
  accessUntil?: Date | null;
}

/** A task that may open: its policy, and who its steps would go to. */
interface Plan {
  policy: Policy;
  assignments: Assignment[];
}

/**
 * Opens one task a pair, each with its plan copied from the policy and its first assignees told.
 * Must run inside a transaction. Pairs for which none may open are skipped, with the reason.
 */
export async function openTasks(
  ctx: Ctx,
  kind: TaskKind,
  wanted: readonly TaskTarget[],
  origin: Origin,
): Promise<OpenedTasks> {
  const facts = await loadFacts(ctx, kind, wanted);
  const skipped: OpenedTasks['skipped'] = [];
  const plans = new Map<string, Plan>();
  const possible = wanted.filter((pair) => {
    const plan = planTask(facts, kind, pair, origin);
    if ('why' in plan) {
      skipped.push({ ...pair, why: plan.why, satisfied: isSatisfied(facts, pair) });
      return false;
    }
    plans.set(pairKey(pair), plan);
    return true;
  });
  const opened = await insertTasks(
    ctx.db,
    possible.map((pair) => ({
      ...origin,
      ...pair,
      reason: pair.because ?? origin.reason,
      kind,
      state: 'open' as const,
      policyName: plans.get(pairKey(pair))?.policy.name ?? '',
      openedAt: ctx.now,
    })),
  );
  const first = await insertPlans(ctx, opened, (task) => plans.get(pairKey(task)));
  await auditMany(
    ctx,
    'task.open',
    opened.map((task) => ({
      subject: subjectOf.task(task.id),
      after: {
        kind,
        ...origin,
        requesterId: task.requesterId,
        ...(task.ruleId === null ? {} : { rule: task.ruleId }),
        reason: task.reason,
        person: task.personId,
        entitlement: task.entitlementId,
      },
    })),
  );
  await announceOpened(ctx, opened, first);
  if (origin.emergency) await notifySkippedApprovers(ctx, facts, opened, origin);
  await redrawExpiry(ctx, opened);
  return { opened, skipped };
}

/** The plan of a task that may open, or why it may not. */
function planTask(
  facts: Facts,
  kind: TaskKind,
  pair: TaskTarget,
  origin: Origin,
): Plan | { why: string } {
  const { cause, emergency = false, straight = false } = origin;
  const pool = approverPoolOf(facts, pair);
  const why = refusalReason(facts, kind, pair, { cause, emergency, straight });
  if (why || !pool) return { why: why ?? 'This is no longer here.' };
  const person = facts.people.get(pair.personId);
  const entitlement = facts.entitlements.get(pair.entitlementId);
  if (!person || !entitlement) return { why: 'This is no longer here.' };
  const requesterId = pair.requesterId ?? origin.requesterId;
  const about = { kind, person, entitlement, requesterId, emergency };
  const policy = straight ? facts.policies.noApproval : choosePolicy(facts.policies, about);
  const exclusions = exclusionsOf(pair, { ...origin, requesterId });
  const assignments = policy.steps.map((step) => chooseAssignees(step, pool, exclusions));
  const nobody = assignments.find((one) => one.assignees.length === 0);
  if (nobody) return { why: `Nobody may decide about this: ${nobody.note}` };
  return { policy, assignments };
}

/** Copies each task's plan from its policy. @returns who the first steps went to. */
async function insertPlans(
  ctx: Ctx,
  opened: readonly Task[],
  planOf: (task: Task) => Plan | undefined,
): Promise<{ stepId: number; personId: number }[]> {
  const steps = await insertSteps(
    ctx.db,
    opened.flatMap((task) => {
      const plan = planOf(task);
      return (plan?.policy.steps ?? []).map((step, index) => ({
        taskId: task.id,
        position: step.position,
        kind: step.kind,
        approvers: step.approvers,
        reassignable: step.reassignable,
        options: step.options,
        state: index === 0 ? ('active' as const) : ('waiting' as const),
        note: plan?.assignments[index]?.note ?? null,
        activatedAt: index === 0 ? ctx.now : null,
      }));
    }),
  );
  const taskById = new Map(opened.map((task) => [task.id, task]));
  const assignmentOf = ({ taskId, position }: TaskStep) => {
    const task = taskById.get(taskId);
    const plan = task && planOf(task);
    const index = plan?.policy.steps.findIndex((one) => one.position === position) ?? -1;
    return plan?.assignments[index]?.assignees ?? [];
  };
  const rows = steps.flatMap((step) =>
    assignmentOf(step).map(({ id, why, delegateOf }) => ({
      stepId: step.id,
      personId: id,
      why,
      delegateOf,
      assignedAt: ctx.now,
    })),
  );
  await insertAssignees(ctx.db, rows);
  const active = new Set(steps.filter((step) => step.state === 'active').map((step) => step.id));
  return rows.filter((row) => active.has(row.stepId));
}

async function announceOpened(
  ctx: Ctx,
  opened: readonly Task[],
  first: readonly { stepId: number; personId: number }[],
): Promise<void> {
  const news = (
    recipientId: number,
    kind: 'step' | 'request',
    subjectId: number,
  ): Notification => ({
    recipientId,
    kind,
    subjectId,
    priority: 1,
    isNews: true,
    alone: opened[0]?.emergency ?? false,
  });
  await notifyOrDigest(ctx, [
    ...first.map(({ stepId, personId }) => news(personId, 'step', stepId)),
    ...opened.flatMap(({ id, requesterId }) =>
      requesterId === null ? [] : [news(requesterId, 'request', id)],
    ),
  ]);
  await announceHomes(ctx, [
    ...first.map(({ personId }) => personId),
    ...opened.flatMap((task) => [task.personId, ...(task.requesterId ? [task.requesterId] : [])]),
  ]);
}

/** Those whose approval an emergency goes past hear of it at once. */
async function notifySkippedApprovers(
  ctx: Ctx,
  facts: Facts,
  opened: readonly Task[],
  origin: Origin,
): Promise<void> {
  const entries = opened.flatMap((task) => {
    const plan = planTask(facts, task.kind, task, { ...origin, emergency: false });
    const steps = 'policy' in plan ? plan.policy.steps : [];
    const skipped = steps.flatMap((step, index) =>
      'policy' in plan && stepWords[step.kind].decides
        ? (plan.assignments[index]?.assignees ?? [])
        : [],
    );
    return [...new Set(skipped.map(({ id }) => id))].map((recipientId) => ({
      recipientId,
      kind: 'emergency' as const,
      subjectId: task.id,
      priority: 1 as const,
    }));
  });
  await notify(ctx, entries);
}

/** The people who could be asked about a task now; used again when a later step begins. */
export async function loadApproverPool(ctx: Ctx, task: Task): Promise<ApproverPool | undefined> {
  const steps = await listSteps(ctx.db, task.id);
  return approverPoolOf(await loadFacts(ctx, task.kind, [task], steps), task);
}

/**
 * Nobody decides about their own request (docs/governance.md#self-approval).
 * @param steps of the task so far: who approved one may be barred from another.
 */
export function exclusionsOf(
  pair: { personId: number },
  origin: Pick<Origin, 'requesterId' | 'openedBy'>,
  steps: readonly Pick<TaskStep, 'state' | 'decidedBy'>[] = [],
): Exclusions {
  const own = new Map([[pair.personId, 'is the person it is for']]);
  if (origin.requesterId !== null && origin.requesterId !== pair.personId) {
    own.set(origin.requesterId, 'asked for it');
  }
  const approved = steps.filter((step) => step.state === 'approved');
  return {
    subject: pair.personId,
    own,
    approved: new Set(approved.flatMap((step) => step.decidedBy ?? [])),
    lastResort: origin.requesterId === null ? (origin.openedBy ?? undefined) : undefined,
  };
}
