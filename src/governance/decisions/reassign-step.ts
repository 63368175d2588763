import { Refusal } from '../../errors.ts';
import { listApplicationOwners, listEntitlementsById } from '../../store/catalog/entitlements.ts';
import { forgetCopies } from '../../store/messages/message-copies.ts';
import { findPerson, type Person } from '../../store/people/people.ts';
import { reassign } from '../../store/tasks/reassignments.ts';
import { listAssignees, listSteps, type Task } from '../../store/tasks/tasks.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, inTransaction, notify } from '../context.ts';
import { redrawTask } from '../notifications/redraw.ts';
import { cannotActReason, findActivePeople } from '../people/person-search.ts';
import { permissionWords, rolesHave } from '../permissions.ts';
import { describeStep, reassignedBy } from '../task-cards/step-card.ts';
import { loadTaskView } from '../task-cards/task-view.ts';
import { reasonAgainst } from '../tasks/approvers.ts';
import { requireSurface } from '../tasks/decision-rules.ts';
import { exclusionsOf } from '../tasks/open-tasks.ts';
import { loadStep, requireOpen, type StepRef } from '../tasks/step-ref.ts';
import { whoDecided } from '../tasks/who-decided.ts';

/**
 * Hands a step to somebody else, by its assignee or a Super Admin, where the policy allows it. It goes to the
 * person named even when they have a delegate: delegations are about new tasks, and somebody chose this
 * person by name.
 * @throws Refusal with the reason the chosen person cannot take it, or who was first.
 */
export async function reassignStep(
  ctx: ActorCtx,
  ref: StepRef,
  to: { personId: number; reason: string },
): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const found = await loadReassignable(ctx, ref);
    const { step, task, mine, hadIt } = found;
    await requireSurface(ctx, step, task);
    const reason = to.reason.trim();
    if (!reason) throw new Refusal('invalid', 'Say why you reassign it, in a few words.');
    const taker = await requireTaker(ctx, found, to.personId);
    const isDone = await reassign(ctx.db, mine ? { ...ref, personId: ctx.actor.personId } : ref, {
      personId: taker.id,
      by: ctx.actor.personId,
      reason,
      at: ctx.now,
      why: `${reassignedBy}${ctx.actor.name}: "${reason}"`,
    });
    if (!isDone) throw new Refusal('conflict', await whoDecided(ctx, step.id));
    await audit(ctx, 'step.reassign', subjectOf.task(task.id), {
      before: { step: step.position },
      after: { step: step.position, to: taker.id, reason },
    });
    await redrawTask(ctx, task.id, step.id);
    if (hadIt.has(taker.id)) await notifyNewAssignee(ctx, step.id, taker.id);
  });
}

/** To whom a step comes back: their old card, drawn again, would tell nobody, and their old mail cannot be. */
async function notifyNewAssignee(
  ctx: ActorCtx,
  stepId: number,
  recipientId: number,
): Promise<void> {
  await forgetCopies(ctx.db, 'step', [stepId], recipientId);
  await notify(ctx, [{ recipientId, kind: 'step', subjectId: stepId, priority: 1 }]);
}

/**
 * What would be reassigned, for the form that asks to whom.
 * @throws Refusal when the actor cannot reassign it now.
 */
export async function peekReassignment(ctx: ActorCtx, ref: StepRef): Promise<{ title: string }> {
  const { step, task } = await loadReassignable(ctx, ref);
  if (step.version !== ref.version) throw new Refusal('conflict', await whoDecided(ctx, step.id));
  const view = await loadTaskView(ctx, task.id);
  return { title: view ? describeStep(view, step.id, ctx.actor.personId).title : `#${task.id}` };
}

/** Who may take a step, for the search field of that form. */
export async function findStepTakers(
  ctx: ActorCtx,
  stepId: number,
  query: string,
): Promise<Person[]> {
  const { step, holders, exclusions, owners } = await loadReassignable(ctx, { stepId });
  const involved = [...exclusions.own.keys(), ...exclusions.approved];
  const barred = involved.filter((id) =>
    reasonAgainst(step, { id, name: '', active: true }, exclusions),
  );
  const except = [...holders, ...barred];
  return owners ? findAmong(ctx, owners, query, except) : findActivePeople(ctx, query, except);
}

/** The step, if the actor may reassign it: its assignee or a Super Admin, where the policy lets them. */
async function loadReassignable(ctx: ActorCtx, ref: Pick<StepRef, 'stepId'>) {
  const { step, task } = await loadStep(ctx, ref.stepId);
  await requireOpen(ctx, step, task);
  const assignees = await listAssignees(ctx.db, [step.id]);
  const hadIt = new Set(assignees.map(({ person }) => person.id));
  const holders = assignees
    .filter(({ assignee }) => assignee.active)
    .map(({ person }) => person.id);
  const mine = holders.includes(ctx.actor.personId);
  if (!mine && !rolesHave(ctx.actor.roles, 'reassignAnyTask')) {
    throw new Refusal('forbidden', permissionWords('reassignAnyTask'));
  }
  if (!step.reassignable) {
    throw new Refusal(
      'forbidden',
      `The policy "${task.policyName}" does not let this step be reassigned.`,
    );
  }
  const exclusions = exclusionsOf(task, task, await listSteps(ctx.db, task.id));
  const owners = step.options.reassignTo === 'owners' ? await listOwners(ctx, task) : undefined;
  return { step, task, holders, hadIt, mine, exclusions, owners };
}

/** The owners of the application a task is about: the only ones some policies let take a step. */
async function listOwners(ctx: ActorCtx, task: Pick<Task, 'entitlementId'>): Promise<Person[]> {
  const [about] = await listEntitlementsById(ctx.db, [task.entitlementId]);
  const found = await listApplicationOwners(ctx.db, about ? [about.applicationId] : []);
  return found.filter(({ kind }) => kind === 'owner').map(({ person }) => person);
}

async function findAmong(
  ctx: ActorCtx,
  people: readonly Person[],
  query: string,
  except: readonly number[],
): Promise<Person[]> {
  const words = query.trim().toLowerCase();
  const found: Person[] = [];
  for (const person of people) {
    const isMeant = person.name.toLowerCase().includes(words) && !except.includes(person.id);
    if (isMeant && !(await cannotActReason(ctx, person))) found.push(person);
  }
  return found;
}

async function requireTaker(
  ctx: ActorCtx,
  { step, task, holders, exclusions, owners }: Awaited<ReturnType<typeof loadReassignable>>,
  personId: number,
): Promise<Person> {
  const taker = await findPerson(ctx.db, personId);
  if (!taker) throw new Refusal('invalid', 'Choose who is to take it.');
  if (holders.includes(taker.id)) {
    const whom = taker.id === ctx.actor.personId ? 'you' : taker.name;
    throw new Refusal('invalid', `It is with ${whom} already; choose somebody else.`);
  }
  const against =
    (await cannotActReason(ctx, taker)) ??
    reasonAgainst(step, { id: taker.id, name: taker.name, active: true }, exclusions);
  if (against) throw new Refusal('invalid', `${taker.name} ${against}, so it cannot go to them.`);
  if (owners && !owners.some(({ id }) => id === taker.id)) {
    throw new Refusal(
      'invalid',
      `The policy "${task.policyName}" lets this step go to owners of the application only; ${taker.name} is none.`,
    );
  }
  return taker;
}
