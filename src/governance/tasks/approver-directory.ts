import {
  type AppointmentColumns,
  type EntitlementRow,
  listApplicationOwners,
  listEntitlementOwners,
} from '../../store/catalog/entitlements.ts';
import { listDelegates } from '../../store/people/delegations.ts';
import { listManagerCircles } from '../../store/people/managers.ts';
import { listPeopleById, type Person } from '../../store/people/people.ts';
import { listRoleAppointments, listSuperAdmins } from '../../store/people/roles.ts';
import type { StepOptions } from '../../store/schema/tasks.ts';
import type { TaskSnapshot } from '../../store/tasks/task-snapshot.ts';
import type { Task } from '../../store/tasks/tasks.ts';
import type { Ctx } from '../context.ts';
import { loadStandings, type Standings } from '../people/standing.ts';
import {
  type Candidate,
  loadNamedApprovers,
  type NamedApprovers,
  toCandidate,
} from '../policies/named-approvers.ts';
import type { ApproverPool, Delegate } from './fallback-levels.ts';

/** The people who could be assignees of any of several tasks. */
export interface ApproverDirectory {
  managers: ReadonlyMap<number, Person>;
  /** By person: the reason why their line of managers says nothing, to follow their name. */
  circles: ReadonlyMap<number, string>;
  owners: Awaited<ReturnType<typeof listApplicationOwners>>;
  entitlementOwners: Awaited<ReturnType<typeof listEntitlementOwners>>;
  delegates: ReadonlyMap<number, Delegate>;
  superAdmins: Candidate[];
  named: NamedApprovers;
  standingOf: Standings;
}

/** The people and entitlements of tasks, and the steps that name approvers. */
export interface ApproverQuery {
  people: readonly Person[];
  entitlements: readonly EntitlementRow[];
  steps: readonly { options: StepOptions }[];
}

export async function loadApproverDirectory(
  ctx: Ctx,
  { people, entitlements, steps }: ApproverQuery,
): Promise<ApproverDirectory> {
  const managers = await listPeopleById(
    ctx.db,
    people.flatMap(({ managerId }) => managerId ?? []),
  );
  const owners = await listApplicationOwners(
    ctx.db,
    entitlements.map(({ applicationId }) => applicationId),
  );
  const entitlementOwners = await listEntitlementOwners(
    ctx.db,
    entitlements.map(({ id }) => id),
  );
  const delegates = await listDelegates(ctx.db, ctx.now);
  const superAdmins = await listSuperAdmins(ctx.db);
  const standingOf = await loadStandings(ctx, [
    ...people,
    ...managers,
    ...owners.map(({ person }) => person),
    ...entitlementOwners.map(({ person }) => person),
    ...delegates.map(({ delegate }) => delegate),
    ...superAdmins,
  ]);
  return {
    managers: new Map(managers.map((person) => [person.id, person])),
    circles: await loadCircles(ctx, people),
    owners,
    entitlementOwners,
    delegates: new Map(
      delegates.map(({ personId, delegate, setBy, setVia }) => [
        personId,
        { ...toCandidate(delegate, standingOf), setBy, isSetByMail: setVia === 'email' },
      ]),
    ),
    superAdmins: await appointedAdmins(ctx, superAdmins, standingOf),
    named: await loadNamedApprovers(ctx, steps),
    standingOf,
  };
}

/** Super Admins with the person who made them one, as far as a person did. */
async function appointedAdmins(
  ctx: Ctx,
  superAdmins: readonly Person[],
  standingOf: Standings,
): Promise<Candidate[]> {
  const personIds = superAdmins.map(({ id }) => id);
  const found = await listRoleAppointments(ctx.db, { role: 'super_admin', personIds });
  const byPerson = new Map(found.map(({ personId, ...appointment }) => [personId, appointment]));
  return superAdmins.map((person) => ({
    ...toCandidate(person, standingOf),
    appointment: byPerson.get(person.id),
  }));
}

async function loadCircles(ctx: Ctx, people: readonly Person[]): Promise<Map<number, string>> {
  const managed = people.filter(({ managerId }) => managerId !== null);
  const found = await listManagerCircles(
    ctx.db,
    managed.map(({ id }) => id),
  );
  return new Map(
    found.map(({ id, isSelf }) => [
      id,
      isSelf ? 'is their own manager' : 'is in a circle of managers',
    ]),
  );
}

/** Reads the people who could be assignees of these tasks, for all tasks together. */
export async function loadDirectoryOf(
  ctx: Ctx,
  snapshots: readonly TaskSnapshot[],
): Promise<ApproverDirectory> {
  return loadApproverDirectory(ctx, {
    people: snapshots.map(({ person }) => person),
    entitlements: snapshots.map(({ entitlement }) => entitlement),
    steps: snapshots.flatMap(({ steps }) => steps),
  });
}

/**
 * Selects the people who could be assignees of a task about one person and one entitlement. A delegate who was named from
 * an e-mail gets no task of high risk.
 * @param about.task the open task, whose risk never falls
 */
export function approverPoolOf(
  directory: ApproverDirectory,
  about: { person: Person; entitlement: EntitlementRow; task?: Pick<Task, 'risk'> },
): ApproverPool {
  const { standingOf } = directory;
  const { person, entitlement, task } = about;
  const isHighRisk = entitlement.risk === 'high' || task?.risk === 'high';
  const circle = directory.circles.get(person.id);
  const manager =
    person.managerId === null || circle ? undefined : directory.managers.get(person.managerId);
  const ofKind = (kind: 'owner' | 'provisioner') =>
    directory.owners
      .filter((owner) => owner.applicationId === entitlement.applicationId && owner.kind === kind)
      .map((owner) => toAppointed(owner, standingOf));
  return {
    app: entitlement.app,
    entitlement: labelOf(entitlement),
    person: toCandidate(person, standingOf),
    manager: manager && toCandidate(manager, standingOf),
    unknownManager: manager || circle ? undefined : (person.managerRef ?? undefined),
    managerCircle: circle,
    owners: ofKind('owner'),
    entitlementOwners: directory.entitlementOwners
      .filter((owner) => owner.entitlementId === entitlement.id)
      .map((owner) => toAppointed(owner, standingOf)),
    provisioners: ofKind('provisioner'),
    superAdmins: directory.superAdmins,
    delegates: isHighRisk ? withoutMailed(directory.delegates) : directory.delegates,
    named: directory.named,
  };
}

function withoutMailed(delegates: ApproverDirectory['delegates']): ApproverDirectory['delegates'] {
  return new Map([...delegates].filter(([, { isSetByMail }]) => !isSetByMail));
}

function toAppointed(
  { person, appointedBy, appointedAt }: { person: Person } & AppointmentColumns,
  standingOf: Standings,
): Candidate {
  const isAppointed = appointedBy !== null && appointedAt !== null;
  return {
    ...toCandidate(person, standingOf),
    appointment: isAppointed ? { by: appointedBy, at: appointedAt } : undefined,
  };
}

/** Reads the people who could be assignees of an open task now, for the start of a later step. */
export async function loadApproverPool(ctx: Ctx, snapshot: TaskSnapshot): Promise<ApproverPool> {
  return approverPoolOf(await loadDirectoryOf(ctx, [snapshot]), snapshot);
}

/** "GitHub · Admin" */
export function labelOf({ app, name }: Pick<EntitlementRow, 'app' | 'name'>): string {
  return `${app} · ${name}`;
}
