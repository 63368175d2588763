import { type Grant, listLiveGrants } from '../../store/access/grants.ts';
import { type EntitlementRow, listEntitlementsById } from '../../store/catalog/entitlements.ts';
import { listPeopleById, type Person } from '../../store/people/people.ts';
import { loadPolicies } from '../../store/policies/policies.ts';
import type { TaskCause, TaskKind } from '../../store/schema/tasks.ts';
import { listOpenTasks } from '../../store/tasks/task-lists.ts';
import type { Task } from '../../store/tasks/tasks.ts';
import type { Ctx } from '../context.ts';
import { isActive } from '../policies/named-approvers.ts';
import { type ApproverDirectory, labelOf, loadApproverDirectory } from './approver-directory.ts';

/** A person and an entitlement that a task is or would be about. */
export interface TaskTarget {
  personId: number;
  entitlementId: number;
  /** The reason, where it is not the same for all targets of a batch. */
  because?: string;
  /** The role rule that asks for the access, or gave it. */
  ruleId?: number | null;
  /** The requester, where it is not the same for all targets of a batch. */
  requesterId?: number | null;
}

/** Everything that says whether tasks may open, and to whom their steps go. */
export interface Eligibility {
  people: ReadonlyMap<number, Person>;
  entitlements: ReadonlyMap<number, EntitlementRow>;
  policies: Awaited<ReturnType<typeof loadPolicies>>;
  approvers: ApproverDirectory;
  grants: ReadonlyMap<string, Grant>;
  openTasks: ReadonlyMap<string, Task>;
}

export async function loadEligibility(
  ctx: Ctx,
  kind: TaskKind,
  targets: readonly TaskTarget[],
): Promise<Eligibility> {
  const personIds = targets.map((target) => target.personId);
  const entitlementIds = targets.map((target) => target.entitlementId);
  const people = await listPeopleById(ctx.db, personIds);
  const entitlements = await listEntitlementsById(ctx.db, entitlementIds);
  const grants = await listLiveGrants(ctx.db, personIds, entitlementIds);
  const openTasks = await listOpenTasks(ctx.db, kind, personIds, entitlementIds);
  const ownPolicies = entitlements.flatMap((row) => [
    row.policyId ?? [],
    row.emergencyPolicyId ?? [],
    row.revokePolicyId ?? [],
  ]);
  const policies = await loadPolicies(ctx.db, kind, ownPolicies.flat());
  const steps = [...policies.byId.values()].flatMap((policy) => policy.steps);
  return {
    people: new Map(people.map((person) => [person.id, person])),
    entitlements: new Map(entitlements.map((row) => [row.id, row])),
    policies,
    approvers: await loadApproverDirectory(ctx, { people, entitlements, steps }),
    grants: new Map(grants.map((grant) => [pairKey(grant), grant])),
    openTasks: new Map(openTasks.map((task) => [pairKey(task), task])),
  };
}

/** The person and the entitlement of a target; undefined when one of them is not known. */
export function findSubject(
  { people, entitlements }: Eligibility,
  target: TaskTarget,
): { person: Person; entitlement: EntitlementRow } | undefined {
  const person = people.get(target.personId);
  const entitlement = entitlements.get(target.entitlementId);
  return person && entitlement && { person, entitlement };
}

/** How a task would be opened. */
export interface Opening {
  kind: TaskKind;
  cause: TaskCause;
  emergency?: boolean;
  /** A required rule gives the access: whatever the policies say, nobody is asked to approve it. */
  skipsApproval?: boolean;
}

/** The reason why no such task may open, in one sentence; undefined when it may. */
export function refusalReason(
  eligibility: Eligibility,
  target: TaskTarget,
  { kind, cause, emergency = false, skipsApproval = false }: Opening,
): string | undefined {
  const subject = findSubject(eligibility, target);
  if (!subject) return 'This is no longer here.';
  const { person, entitlement } = subject;
  const label = labelOf(entitlement);
  const open = eligibility.openTasks.get(pairKey(target));
  const grant = eligibility.grants.get(pairKey(target));
  if (kind === 'revoke') {
    if (!grant) return `${person.name} does not hold ${label}.`;
    return open ? `There is an open revocation of ${label} already: #${open.id}.` : undefined;
  }
  if (!isActive(person)) return `${person.name} is not active.`;
  if (entitlement.closedAt) return `${label} does not exist any more.`;
  if (emergency && !entitlement.emergencyAllowed) {
    return `${label} cannot be requested as an emergency; request it the usual way.`;
  }
  const refusal =
    cause === 'extension'
      ? extensionRefusalReason(person, label, grant)
      : grantRefusalReason({ person, entitlement, grant, isGivenByRule: skipsApproval });
  if (refusal) return refusal;
  return open ? `There is an open request for ${label} already: #${open.id}.` : undefined;
}

function extensionRefusalReason({ name }: Person, label: string, grant: Grant | undefined) {
  if (!grant) return `${name} does not hold ${label}, so there is nothing to extend.`;
  return grant.expiresAt ? undefined : `${label} of ${name} has no end; it need not be extended.`;
}

function grantRefusalReason(about: {
  person: Person;
  entitlement: EntitlementRow;
  grant: Grant | undefined;
  /** A rule can give what cannot be requested. */
  isGivenByRule: boolean;
}): string | undefined {
  const { person, entitlement, grant, isGivenByRule } = about;
  const label = labelOf(entitlement);
  if (!entitlement.requestable && !isGivenByRule) return `${label} cannot be requested.`;
  return grant ? `${person.name} already holds ${label} (${sinceWords(grant)}).` : undefined;
}

function sinceWords(grant: Grant): string {
  const since = `since ${(grant.grantedAt ?? grant.firstSeenAt).toISOString().slice(0, 10)}`;
  const isClaim = grant.source === 'task' && grant.verifiedAt === null;
  return isClaim ? `${since}, provisioned by task #${grant.taskId}` : since;
}

/** Whether there is nothing left to request: the person has the access, or a task about it is open. */
export function isSatisfied({ grants, openTasks }: Eligibility, target: TaskTarget): boolean {
  return grants.has(pairKey(target)) || openTasks.has(pairKey(target));
}

export function pairKey({ personId, entitlementId }: TaskTarget): string {
  return `${personId}:${entitlementId}`;
}
