import {
  type EntitlementRow,
  type Grant,
  listApplicationOwners,
  listEntitlementsById,
  listLiveGrants,
} from '../store/access.ts';
import { listPeopleById, listSuperAdmins, type Person } from '../store/people.ts';
import { listOpenTasks } from '../store/task-lists.ts';
import {
  getDefaultPolicy,
  insertAssignees,
  insertSteps,
  insertTasks,
  type Task,
} from '../store/tasks.ts';
import { announceHomes } from './announce.ts';
import {
  type Assignment,
  type Bars,
  type Candidate,
  type Circle,
  chooseAssignees,
} from './approvers.ts';
import { audit, type Ctx, notify } from './context.ts';

export interface Wanted {
  personId: number;
  entitlementId: number;
}

export interface OpenedTasks {
  opened: Task[];
  /**
   * Pairs for which no task was opened, each with the sentence that says why. `satisfied`: there is nothing
   * to do, since the person holds it or has asked for it.
   */
  skipped: (Wanted & { why: string; satisfied: boolean })[];
}

/** Where a batch of grant tasks comes from: a person who asks, or a profile somebody was enrolled in. */
export interface Origin {
  requesterId: number | null;
  openedBy: number | null;
  profileId: number | null;
  reason: string | null;
}

/**
 * Opens one grant task a pair, each with its plan copied from the policy and its first assignees told.
 * Must run inside a transaction. Pairs that cannot be asked for are skipped, with the reason.
 */
export async function openGrantTasks(
  ctx: Ctx,
  wanted: readonly Wanted[],
  origin: Origin,
): Promise<OpenedTasks> {
  const facts = await loadFacts(ctx, wanted);
  const policy = await getDefaultPolicy(ctx.db);
  const skipped: OpenedTasks['skipped'] = [];
  const plans = new Map<string, Assignment[]>();
  const possible = wanted.filter((pair) => {
    const circle = circleOf(facts, pair);
    const why = whyNot(facts, pair) ?? (circle ? undefined : 'This is no longer here.');
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
      kind: 'grant' as const,
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
    await audit(ctx, 'task.open', `task:${task.id}`, { after: { ...origin, ...pairOf(task) } });
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

/** The people who could be asked about a pair now; used again when a later step begins. */
export async function loadCircle(ctx: Ctx, pair: Wanted): Promise<Circle | undefined> {
  return circleOf(await loadFacts(ctx, [pair]), pair);
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

interface Facts {
  people: Map<number, Person>;
  entitlements: Map<number, EntitlementRow>;
  owners: Awaited<ReturnType<typeof listApplicationOwners>>;
  superAdmins: Candidate[];
  grants: Map<string, Grant>;
  open: Map<string, Task>;
}

async function loadFacts(ctx: Ctx, wanted: readonly Wanted[]): Promise<Facts> {
  const personIds = wanted.map((pair) => pair.personId);
  const entitlementIds = wanted.map((pair) => pair.entitlementId);
  const subjects = await listPeopleById(ctx.db, personIds);
  const managerIds = subjects.flatMap((person) => (person.managerId ? [person.managerId] : []));
  const managers = await listPeopleById(ctx.db, managerIds);
  const entitlements = await listEntitlementsById(ctx.db, entitlementIds);
  const grants = await listLiveGrants(ctx.db, personIds, entitlementIds);
  const open = await listOpenTasks(ctx.db, personIds, entitlementIds);
  return {
    people: new Map([...managers, ...subjects].map((person) => [person.id, person])),
    entitlements: new Map(entitlements.map((row) => [row.id, row])),
    owners: await listApplicationOwners(
      ctx.db,
      entitlements.map((row) => row.applicationId),
    ),
    superAdmins: (await listSuperAdmins(ctx.db)).map(candidate),
    grants: new Map(grants.map((grant) => [keyOf(grant), grant])),
    open: new Map(open.map((task) => [keyOf(task), task])),
  };
}

function circleOf(facts: Facts, pair: Wanted): Circle | undefined {
  const person = facts.people.get(pair.personId);
  const entitlement = facts.entitlements.get(pair.entitlementId);
  if (!person || !entitlement) return undefined;
  const manager = person.managerId === null ? undefined : facts.people.get(person.managerId);
  const ofKind = (kind: 'owner' | 'provisioner') =>
    facts.owners
      .filter((owner) => owner.applicationId === entitlement.applicationId && owner.kind === kind)
      .map((owner) => candidate(owner.person));
  return {
    app: entitlement.app,
    person: candidate(person),
    manager: manager && candidate(manager),
    unknownManager: manager ? undefined : (person.managerRef ?? undefined),
    owners: ofKind('owner'),
    provisioners: ofKind('provisioner'),
    superAdmins: facts.superAdmins,
  };
}

function whyNot(facts: Facts, pair: Wanted): string | undefined {
  const person = facts.people.get(pair.personId);
  const entitlement = facts.entitlements.get(pair.entitlementId);
  if (!person || !entitlement) return 'This is no longer here.';
  const label = `${entitlement.app} · ${entitlement.name}`;
  if (!isHere(person)) return `${person.name} is not active.`;
  if (!entitlement.requestable) return `${label} cannot be requested.`;
  const grant = facts.grants.get(keyOf(pair));
  if (grant) {
    const since = (grant.grantedAt ?? grant.firstSeenAt).toISOString().slice(0, 10);
    const how =
      grant.source === 'task' && !grant.verifiedAt ? `, provisioned by task #${grant.taskId}` : '';
    return `${person.name} already holds ${label} (since ${since}${how}).`;
  }
  const open = facts.open.get(keyOf(pair));
  return open ? `There is an open request for ${label} already: #${open.id}.` : undefined;
}

function isSatisfied(facts: Facts, pair: Wanted): boolean {
  return facts.grants.has(keyOf(pair)) || facts.open.has(keyOf(pair));
}

function candidate(person: Person): Candidate {
  return { id: person.id, name: person.name, active: isHere(person) };
}

function isHere(person: Person): boolean {
  return person.active && person.closedAt === null;
}

function pairOf({ personId, entitlementId }: Wanted): Wanted {
  return { personId, entitlementId };
}

function keyOf(pair: Wanted): string {
  return `${pair.personId}:${pair.entitlementId}`;
}
