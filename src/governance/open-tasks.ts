import type { TaskKind } from '../store/schema/tasks.ts';
import {
  getDefaultPolicy,
  insertAssignees,
  insertSteps,
  insertTasks,
  type Task,
} from '../store/tasks.ts';
import { announceHomes } from './announce.ts';
import { type Assignment, type Bars, type Circle, chooseAssignees } from './approvers.ts';
import { audit, type Ctx, notify } from './context.ts';
import { circleOf, isSatisfied, keyOf, loadFacts, type Wanted, whyNot } from './task-facts.ts';

export interface OpenedTasks {
  opened: Task[];
  /**
   * Pairs for which no task was opened, each with the sentence that says why. `satisfied`: there is nothing
   * to do, since the person holds it or has asked for it.
   */
  skipped: (Wanted & { why: string; satisfied: boolean })[];
}

/** Where a batch of tasks comes from: a person who asks, or a profile somebody was enrolled in. */
export interface Origin {
  requesterId: number | null;
  openedBy: number | null;
  profileId: number | null;
  reason: string | null;
}

/**
 * Opens one task a pair, each with its plan copied from the policy and its first assignees told.
 * Must run inside a transaction. Pairs for which none may open are skipped, with the reason.
 */
export async function openTasks(
  ctx: Ctx,
  kind: TaskKind,
  wanted: readonly Wanted[],
  origin: Origin,
): Promise<OpenedTasks> {
  const facts = await loadFacts(ctx, kind, wanted);
  const policy = await getDefaultPolicy(ctx.db, kind);
  const skipped: OpenedTasks['skipped'] = [];
  const plans = new Map<string, Assignment[]>();
  const possible = wanted.filter((pair) => {
    const circle = circleOf(facts, pair);
    const why = whyNot(facts, kind, pair) ?? (circle ? undefined : 'This is no longer here.');
    const plan = policy.steps.map((step) =>
      circle ? chooseAssignees(step.kind, step.approvers, circle, barsOf(pair, origin)) : undefined,
    );
    const nobody = plan.find((step) => step?.assignees.length === 0);
    const refusal = why ?? (nobody ? `Nobody may decide about this: ${nobody.note}` : undefined);
    if (refusal) skipped.push({ ...pair, why: refusal, satisfied: isSatisfied(facts, pair) });
    else
      plans.set(
        keyOf(pair),
        plan.filter((step) => step !== undefined),
      );
    return !refusal;
  });

  const opened = await insertTasks(
    ctx.db,
    possible.map((pair) => ({
      ...pair,
      ...origin,
      kind,
      state: 'open' as const,
      policyName: policy.name,
      openedAt: ctx.now,
    })),
  );
  const planOf = (task: Task) => plans.get(keyOf(task)) ?? [];
  const steps = await insertSteps(
    ctx.db,
    opened.flatMap((task) =>
      policy.steps.map((step, index) => ({
        taskId: task.id,
        position: step.position,
        kind: step.kind,
        approvers: step.approvers,
        reassignable: step.reassignable,
        state: index === 0 ? ('active' as const) : ('waiting' as const),
        note: planOf(task)[index]?.note ?? null,
        activatedAt: index === 0 ? ctx.now : null,
      })),
    ),
  );
  const taskById = new Map(opened.map((task) => [task.id, task]));
  const assigned = steps.flatMap((step) => {
    const task = taskById.get(step.taskId);
    const index = policy.steps.findIndex((one) => one.position === step.position);
    const people = task ? (planOf(task)[index]?.assignees ?? []) : [];
    return people.map(({ id, why }) => ({ step, row: { stepId: step.id, personId: id, why } }));
  });
  await insertAssignees(
    ctx.db,
    assigned.map(({ row }) => row),
  );

  for (const task of opened) {
    await audit(ctx, 'task.open', `task:${task.id}`, {
      after: { kind, ...origin, person: task.personId, entitlement: task.entitlementId },
    });
  }
  const first = assigned.filter(({ step }) => step.state === 'active');
  await notify(ctx, [
    ...first.map(({ row }) => ({
      recipientId: row.personId,
      kind: 'step' as const,
      subjectId: row.stepId,
      priority: 1 as const,
    })),
    ...opened.flatMap((task) =>
      task.requesterId === null
        ? []
        : [
            {
              recipientId: task.requesterId,
              kind: 'request' as const,
              subjectId: task.id,
              priority: 1 as const,
            },
          ],
    ),
  ]);
  await announceHomes(ctx, [
    ...first.map(({ row }) => row.personId),
    ...opened.flatMap((task) => [task.personId, ...(task.requesterId ? [task.requesterId] : [])]),
  ]);
  return { opened, skipped };
}

/** The people who could be asked about a task now; used again when a later step begins. */
export async function loadCircle(ctx: Ctx, task: Task): Promise<Circle | undefined> {
  return circleOf(await loadFacts(ctx, task.kind, [task]), task);
}

/** Nobody decides about their own request (GOVERNANCE.md section 3). */
export function barsOf(
  pair: { personId: number },
  origin: Pick<Origin, 'requesterId' | 'openedBy'>,
): Bars {
  const barred = new Map([[pair.personId, 'is the person it is for']]);
  if (origin.requesterId !== null && origin.requesterId !== pair.personId) {
    barred.set(origin.requesterId, 'asked for it');
  }
  return {
    barred,
    lastResort: origin.requesterId === null ? (origin.openedBy ?? undefined) : undefined,
  };
}
