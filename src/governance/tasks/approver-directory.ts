import {
  type EntitlementRow,
  listApplicationOwners,
  listEntitlementOwners,
} from '../../store/catalog/entitlements.ts';
import { listDelegates } from '../../store/people/delegations.ts';
import { listPeopleById, type Person } from '../../store/people/people.ts';
import { listSuperAdmins } from '../../store/people/roles.ts';
import type { StepOptions } from '../../store/schema/tasks.ts';
import type { TaskSnapshot } from '../../store/tasks/task-snapshot.ts';
import type { Ctx } from '../context.ts';
import {
  type Candidate,
  loadNamedApprovers,
  type NamedApprovers,
  toCandidate,
} from '../policies/named-approvers.ts';
import type { ApproverPool } from './approvers.ts';

/** The people who could be assignees of any of several tasks. */
export interface ApproverDirectory {
  managers: ReadonlyMap<number, Person>;
  owners: Awaited<ReturnType<typeof listApplicationOwners>>;
  entitlementOwners: Awaited<ReturnType<typeof listEntitlementOwners>>;
  delegates: ReadonlyMap<number, Candidate>;
  superAdmins: Candidate[];
  named: NamedApprovers;
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
  return {
    managers: new Map(managers.map((person) => [person.id, person])),
    owners,
    entitlementOwners,
    delegates: new Map(
      delegates.map(({ personId, delegate }) => [personId, toCandidate(delegate)]),
    ),
    superAdmins: (await listSuperAdmins(ctx.db)).map(toCandidate),
    named: await loadNamedApprovers(ctx, steps),
  };
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

/** Selects the people who could be assignees of a task about one person and one entitlement. */
export function approverPoolOf(
  directory: ApproverDirectory,
  { person, entitlement }: { person: Person; entitlement: EntitlementRow },
): ApproverPool {
  const manager = person.managerId === null ? undefined : directory.managers.get(person.managerId);
  const ofKind = (kind: 'owner' | 'provisioner') =>
    directory.owners
      .filter((owner) => owner.applicationId === entitlement.applicationId && owner.kind === kind)
      .map((owner) => toCandidate(owner.person));
  return {
    app: entitlement.app,
    entitlement: labelOf(entitlement),
    person: toCandidate(person),
    manager: manager && toCandidate(manager),
    unknownManager: manager ? undefined : (person.managerRef ?? undefined),
    owners: ofKind('owner'),
    entitlementOwners: directory.entitlementOwners
      .filter((owner) => owner.entitlementId === entitlement.id)
      .map((owner) => toCandidate(owner.person)),
    provisioners: ofKind('provisioner'),
    superAdmins: directory.superAdmins,
    delegates: directory.delegates,
    named: directory.named,
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
