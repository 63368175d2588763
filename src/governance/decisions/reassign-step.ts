import { Refusal } from '../../errors.ts';
import { listApplicationOwners } from '../../store/catalog/entitlements.ts';
import { deleteCopies } from '../../store/messages/message-copies.ts';
import { findPerson, type Person } from '../../store/people/people.ts';
import { reassignActiveStep } from '../../store/tasks/task-changes.ts';
import { containsSearchWords } from '../../text.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, inTransaction, notify } from '../context.ts';
import { redrawTask } from '../notifications/redraw.ts';
import { withNames } from '../people/display-name.ts';
import { cannotDecideReason, findActivePeople } from '../people/person-search.ts';
import { explainPermission, hasPermission } from '../permissions.ts';
import { describeStep } from '../task-cards/step-card.ts';
import { viewTask } from '../task-cards/task-view.ts';
import { quorumOf } from '../tasks/approvers.ts';
import { describeConflict } from '../tasks/conflict-sentence.ts';
import {
  decisionRefusalReason,
  requireMayIntervene,
  requireSurface,
} from '../tasks/decision-rules.ts';
import { exclusionReason, exclusionsOf } from '../tasks/exclusions.ts';
import {
  findStepSnapshot,
  lockStepSnapshot,
  requireOpen,
  type StepRef,
  type StepSnapshot,
} from '../tasks/step-ref.ts';
import { recordRefusedIntervention } from './refused-intervention.ts';

/** The new assignee of a step, and the reason. */
export interface StepTransfer {
  personId: number;
  reason: string;
}

/**
 * Reassigns a step for its assignee or a Super Admin, if the policy allows it. The step goes to the chosen person even
 * if they have a delegate: delegations are for new tasks, and somebody chose this person by name.
 * @throws Refusal when the chosen person cannot take the step, or when somebody else changed the step first
 */
export async function reassignStep(ctx: ActorCtx, ref: StepRef, to: StepTransfer): Promise<void> {
  await recordRefusedIntervention(ctx, ref.stepId, 'reassign', () =>
    inTransaction(ctx, async (ctx) => {
      await reassignInTransaction(ctx, await lockStepSnapshot(ctx, ref.stepId), { ...to, ref });
    }),
  );
}

/** Reassigns a step inside a transaction that has locked the task. */
export async function reassignInTransaction(
  ctx: ActorCtx,
  snapshot: StepSnapshot,
  to: StepTransfer & { ref: StepRef },
): Promise<void> {
  const { step, task } = snapshot;
  const { isHolder, wasAssigned, ...rules } = await requireReassignable(ctx, snapshot);
  requireSurface(ctx, snapshot);
  const reason = to.reason.trim();
  if (!reason) throw new Refusal('invalid', 'Enter a reason. The new assignee sees your reason.');
  const assignee = await requireNewAssignee(ctx, { ...rules, snapshot }, to.personId);
  if (!isHolder) requireSeats(snapshot);
  const reassigned = await reassignActiveStep(ctx.db, snapshot, {
    ...to.ref,
    fromPersonId: isHolder ? ctx.actor.personId : undefined,
    to: assignee,
    by: ctx.actor.personId,
    reason,
    why: `reassigned by ${ctx.actor.name}`,
    at: ctx.now,
  });
  if (!reassigned) throw new Refusal('conflict', await describeConflict(ctx, snapshot, step));
  await audit(ctx, 'step.reassign', subjectOf.task(task.id), {
    before: { step: step.position },
    after: { step: step.position, to: assignee.id, reason },
  });
  await redrawTask(ctx, reassigned, step.id);
  if (wasAssigned.has(assignee.id)) await notifyNewAssignee(ctx, step.id, assignee.id);
}

/** Several seats are never merged into one. @throws Refusal 'invalid' when one person would have to be a quorum. */
function requireSeats({ step, assignees }: StepSnapshot): void {
  const needed = quorumOf(step);
  const agreed = assignees.filter(
    ({ stepId, active, agreedAt }) => stepId === step.id && active && agreedAt,
  );
  if (agreed.length + 1 >= needed) return;
  throw new Refusal(
    'invalid',
    `${needed} different people must agree, so this step cannot go to one person. Its assignees can reassign their own seats.`,
  );
}

/** Sends a new message to somebody who had the step before: a redraw of their old card would not notify them. */
async function notifyNewAssignee(
  ctx: ActorCtx,
  stepId: number,
  recipientId: number,
): Promise<void> {
  await deleteCopies(ctx.db, { kind: 'step', subjectIds: [stepId], recipientId });
  await notify(ctx, [{ recipientId, kind: 'step', subjectId: stepId, priority: 1 }]);
}

/**
 * Returns the title of a step for the form that asks for the new assignee.
 * @throws Refusal when the actor cannot reassign the step now
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

/** Finds people who may take a step, for the search field of the form. */
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
  return owners
    ? searchPeople(ctx, owners, { query, except })
    : findActivePeople(ctx, query, except);
}

/** @throws Refusal unless the actor is an assignee or a Super Admin and the policy allows the reassignment */
async function requireReassignable(ctx: ActorCtx, snapshot: StepSnapshot) {
  const { step, task } = snapshot;
  await requireOpen(ctx, snapshot);
  const assignees = snapshot.assignees.filter(({ stepId }) => stepId === step.id);
  const holderIds = assignees.filter(({ active }) => active).map(({ personId }) => personId);
  const isHolder = holderIds.includes(ctx.actor.personId);
  if (!isHolder && !hasPermission(ctx.actor.roles, 'reassignAnyTask')) {
    throw new Refusal('forbidden', explainPermission('reassignAnyTask'));
  }
  const isDecider =
    isHolder && decisionRefusalReason(snapshot, ctx.actor.personId, null) === undefined;
  if (!isDecider) await requireMayIntervene(ctx, snapshot, 'reassign it');
  if (!step.reassignable) {
    throw new Refusal(
      'forbidden',
      `The policy "${task.policyName}" does not allow the reassignment of this step.`,
    );
  }
  return {
    holderIds,
    isHolder,
    wasAssigned: new Set(assignees.map(({ personId }) => personId)),
    exclusions: exclusionsOf(task, snapshot),
    owners: step.options.reassignTo === 'owners' ? await listOwners(ctx, snapshot) : undefined,
  };
}

type ReassignmentRules = Pick<
  Awaited<ReturnType<typeof requireReassignable>>,
  'holderIds' | 'exclusions' | 'owners'
>;

/** Lists the owners of the application of a task: some policies allow no other assignees. */
async function listOwners(ctx: ActorCtx, { entitlement }: StepSnapshot): Promise<Person[]> {
  const found = await listApplicationOwners(ctx.db, [entitlement.applicationId]);
  return found.filter(({ kind }) => kind === 'owner').map(({ person }) => person);
}

async function searchPeople(
  ctx: ActorCtx,
  people: readonly Person[],
  { query, except }: { query: string; except: readonly number[] },
): Promise<Person[]> {
  const found: Person[] = [];
  for (const person of people) {
    const matches = containsSearchWords(person.name, query) && !except.includes(person.id);
    if (matches && !(await cannotDecideReason(ctx, person))) found.push(person);
  }
  return withNames(ctx, found);
}

async function requireNewAssignee(
  ctx: ActorCtx,
  { snapshot, holderIds, exclusions, owners }: ReassignmentRules & { snapshot: StepSnapshot },
  personId: number,
): Promise<Person> {
  const assignee = await findPerson(ctx.db, personId);
  if (!assignee) throw new Refusal('invalid', 'Choose a new assignee.');
  if (holderIds.includes(assignee.id)) {
    const holder = assignee.id === ctx.actor.personId ? 'you' : assignee.name;
    throw new Refusal('invalid', `It is already with ${holder}. Choose somebody else.`);
  }
  const refusal =
    (await cannotDecideReason(ctx, assignee)) ??
    exclusionReason(snapshot.step, { ...assignee, active: true }, exclusions);
  if (refusal) throw new Refusal('invalid', `${assignee.name} ${refusal}. Choose somebody else.`);
  if (owners && !owners.some(({ id }) => id === assignee.id)) {
    throw new Refusal(
      'invalid',
      `The policy "${snapshot.task.policyName}" allows only owners of the application; ${assignee.name} is not an owner.`,
    );
  }
  return assignee;
}
