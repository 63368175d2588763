import { Refusal } from '../../errors.ts';
import { listApplicationOwners } from '../../store/catalog/entitlements.ts';
import { deleteCopies } from '../../store/messages/message-copies.ts';
import { findPerson, type Person } from '../../store/people/people.ts';
import { reassignActiveStep } from '../../store/tasks/task-changes.ts';
import { containsSearchWords } from '../../text.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, inTransaction, notify } from '../context.ts';
import { redrawTask } from '../notifications/redraw.ts';
import { cannotActReason, findActivePeople } from '../people/person-search.ts';
import { explainPermission, hasPermission } from '../permissions.ts';
import { describeStep, reassignedBy } from '../task-cards/step-card.ts';
import { viewTask } from '../task-cards/task-view.ts';
import { describeConflict } from '../tasks/conflict-sentence.ts';
import { requireSurface } from '../tasks/decision-rules.ts';
import { exclusionReason, exclusionsOf } from '../tasks/exclusions.ts';
import {
  findStepSnapshot,
  lockStepSnapshot,
  requireOpen,
  type StepRef,
  type StepSnapshot,
} from '../tasks/step-ref.ts';

/** The person who takes a step over, and why. */
export interface StepTransfer {
  personId: number;
  reason: string;
}

/**
 * Hands a step to somebody else, by its assignee or a Super Admin, where the policy allows it. It goes to the
 * chosen person even when they have a delegate: delegations are about new tasks, and somebody chose this person by
 * name.
 * @throws Refusal with the reason the chosen person cannot take it, or with the name of who was first.
 */
export async function reassignStep(ctx: ActorCtx, ref: StepRef, to: StepTransfer): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    await reassignInTransaction(ctx, await lockStepSnapshot(ctx, ref.stepId), { ...to, ref });
  });
}

/** The same inside a transaction that has locked the task. */
export async function reassignInTransaction(
  ctx: ActorCtx,
  snapshot: StepSnapshot,
  to: StepTransfer & { ref: StepRef },
): Promise<void> {
  const { step, task } = snapshot;
  const { isHolder, wasAssigned, ...rules } = await requireReassignable(ctx, snapshot);
  requireSurface(ctx, snapshot);
  const reason = to.reason.trim();
  if (!reason) throw new Refusal('invalid', 'Say why you reassign it, in a few words.');
  const taker = await requireTaker(ctx, { ...rules, snapshot }, to.personId);
  const reassigned = await reassignActiveStep(ctx.db, snapshot, {
    ...to.ref,
    fromPersonId: isHolder ? ctx.actor.personId : undefined,
    to: taker,
    by: ctx.actor.personId,
    reason,
    why: `${reassignedBy}${ctx.actor.name}: "${reason}"`,
    at: ctx.now,
  });
  if (!reassigned) throw new Refusal('conflict', await describeConflict(ctx, snapshot, step));
  await audit(ctx, 'step.reassign', subjectOf.task(task.id), {
    before: { step: step.position },
    after: { step: step.position, to: taker.id, reason },
  });
  await redrawTask(ctx, reassigned, step.id);
  if (wasAssigned.has(taker.id)) await notifyNewAssignee(ctx, step.id, taker.id);
}

/** A step that comes back to somebody needs a new message: a redraw of their old card would notify nobody. */
async function notifyNewAssignee(
  ctx: ActorCtx,
  stepId: number,
  recipientId: number,
): Promise<void> {
  await deleteCopies(ctx.db, { kind: 'step', subjectIds: [stepId], recipientId });
  await notify(ctx, [{ recipientId, kind: 'step', subjectId: stepId, priority: 1 }]);
}

/**
 * The step that would be reassigned, for the form that asks for the new assignee.
 * @throws Refusal when the actor cannot reassign it now.
 */
export async function prepareReassignment(ctx: ActorCtx, ref: StepRef): Promise<{ title: string }> {
  const snapshot = await findStepSnapshot(ctx, ref.stepId);
  await requireReassignable(ctx, snapshot);
  const { step } = snapshot;
  if (step.version !== ref.version) {
    throw new Refusal('conflict', await describeConflict(ctx, snapshot, step));
  }
  const { title } = describeStep(await viewTask(ctx, snapshot), step.id, ctx.actor.personId);
  return { title };
}

/** The people who may take a step, for the search field of that form. */
export async function findNewAssignees(
  ctx: ActorCtx,
  stepId: number,
  query: string,
): Promise<Person[]> {
  const snapshot = await findStepSnapshot(ctx, stepId);
  const { holderIds, exclusions, owners } = await requireReassignable(ctx, snapshot);
  const involved = [...exclusions.own.keys(), ...exclusions.approved];
  const excluded = involved.filter((id) =>
    exclusionReason(snapshot.step, { id, name: '', active: true }, exclusions),
  );
  const except = [...holderIds, ...excluded];
  return owners ? findAmong(ctx, owners, { query, except }) : findActivePeople(ctx, query, except);
}

/** @throws Refusal unless the actor is an assignee or a Super Admin, and the policy lets them reassign the step. */
async function requireReassignable(ctx: ActorCtx, snapshot: StepSnapshot) {
  const { step, task, steps } = snapshot;
  await requireOpen(ctx, snapshot);
  const assignees = snapshot.assignees.filter(({ stepId }) => stepId === step.id);
  const holderIds = assignees.filter(({ active }) => active).map(({ personId }) => personId);
  const isHolder = holderIds.includes(ctx.actor.personId);
  if (!isHolder && !hasPermission(ctx.actor.roles, 'reassignAnyTask')) {
    throw new Refusal('forbidden', explainPermission('reassignAnyTask'));
  }
  if (!step.reassignable) {
    throw new Refusal(
      'forbidden',
      `The policy "${task.policyName}" does not let this step be reassigned.`,
    );
  }
  return {
    holderIds,
    isHolder,
    wasAssigned: new Set(assignees.map(({ personId }) => personId)),
    exclusions: exclusionsOf(task, steps),
    owners: step.options.reassignTo === 'owners' ? await listOwners(ctx, snapshot) : undefined,
  };
}

type ReassignmentRules = Pick<
  Awaited<ReturnType<typeof requireReassignable>>,
  'holderIds' | 'exclusions' | 'owners'
>;

/** The owners of the application a task is about: some policies let nobody else take a step. */
async function listOwners(ctx: ActorCtx, { entitlement }: StepSnapshot): Promise<Person[]> {
  const found = await listApplicationOwners(ctx.db, [entitlement.applicationId]);
  return found.filter(({ kind }) => kind === 'owner').map(({ person }) => person);
}

async function findAmong(
  ctx: ActorCtx,
  people: readonly Person[],
  { query, except }: { query: string; except: readonly number[] },
): Promise<Person[]> {
  const found: Person[] = [];
  for (const person of people) {
    const matches = containsSearchWords(person.name, query) && !except.includes(person.id);
    if (matches && !(await cannotActReason(ctx, person))) found.push(person);
  }
  return found;
}

async function requireTaker(
  ctx: ActorCtx,
  { snapshot, holderIds, exclusions, owners }: ReassignmentRules & { snapshot: StepSnapshot },
  personId: number,
): Promise<Person> {
  const taker = await findPerson(ctx.db, personId);
  if (!taker) throw new Refusal('invalid', 'Choose who is to take it.');
  if (holderIds.includes(taker.id)) {
    const holder = taker.id === ctx.actor.personId ? 'you' : taker.name;
    throw new Refusal('invalid', `It is with ${holder} already; choose somebody else.`);
  }
  const refusal =
    (await cannotActReason(ctx, taker)) ??
    exclusionReason(snapshot.step, { ...taker, active: true }, exclusions);
  if (refusal) throw new Refusal('invalid', `${taker.name} ${refusal}, so it cannot go to them.`);
  if (owners && !owners.some(({ id }) => id === taker.id)) {
    throw new Refusal(
      'invalid',
      `The policy "${snapshot.task.policyName}" lets this step go to owners of the application only; ${taker.name} is none.`,
    );
  }
  return taker;
}
