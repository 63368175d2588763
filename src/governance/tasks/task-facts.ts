import { type Grant, listLiveGrants } from '../../store/access/grants.ts';
import {
  type EntitlementRow,
  listApplicationOwners,
  listEntitlementOwners,
  listEntitlementsById,
} from '../../store/catalog/entitlements.ts';
import { listDelegates } from '../../store/people/delegations.ts';
import { listPeopleById, listSuperAdmins, type Person } from '../../store/people/people.ts';
import { loadPolicies } from '../../store/policies/policies.ts';
import type { StepOptions, TaskCause, TaskKind } from '../../store/schema/tasks.ts';
import { listOpenTasks } from '../../store/tasks/task-lists.ts';
import type { Task } from '../../store/tasks/tasks.ts';
import type { Ctx } from '../context.ts';
import type { Candidate, NamedApprovers } from '../policies/named-approvers.ts';
import { isActive, loadNamedApprovers, toCandidate } from '../policies/named-approvers.ts';
import type { ApproverPool } from './approvers.ts';

/** A person and an entitlement that a task is or would be about. */
export interface TaskTarget {
  personId: number;
  entitlementId: number;
  /** Why, where that is not the same for all of a batch. */
  because?: string;
  /** The role rule that asks for it, or gave it. */
  ruleId?: number | null;
  /** Who asks for it, where that is not the same for all of a batch. */
  requesterId?: number | null;
}

/** Everything that decides whether tasks may open, and whom they go to. */
export interface Facts {
  people: Map<number, Person>;
  entitlements: Map<number, EntitlementRow>;
  policies: Awaited<ReturnType<typeof loadPolicies>>;
  owners: Awaited<ReturnType<typeof listApplicationOwners>>;
  entitlementOwners: Awaited<ReturnType<typeof listEntitlementOwners>>;
  delegates: Map<number, Candidate>;
  superAdmins: Candidate[];
  named: NamedApprovers;
  grants: Map<string, Grant>;
  open: Map<string, Task>;
}

/** @param planned steps of tasks that are open already, beside those of the policies that may apply. */
export async function loadFacts(
  ctx: Ctx,
  kind: TaskKind,
  wanted: readonly TaskTarget[],
  planned: readonly { options: StepOptions }[] = [],
): Promise<Facts> {
  const personIds = wanted.map((pair) => pair.personId);
  const entitlementIds = wanted.map((pair) => pair.entitlementId);
  const subjects = await listPeopleById(ctx.db, personIds);
  const managerIds = subjects.flatMap((person) => (person.managerId ? [person.managerId] : []));
  const managers = await listPeopleById(ctx.db, managerIds);
  const entitlements = await listEntitlementsById(ctx.db, entitlementIds);
  const grants = await listLiveGrants(ctx.db, personIds, entitlementIds);
  const open = await listOpenTasks(ctx.db, kind, personIds, entitlementIds);
  const own = entitlements.flatMap((row) => [
    row.policyId ?? [],
    row.emergencyPolicyId ?? [],
    row.revokePolicyId ?? [],
  ]);
  const policies = await loadPolicies(ctx.db, kind, own.flat());
  const steps = [...policies.byId.values()].flatMap((policy) => policy.steps);
  return {
    people: new Map([...managers, ...subjects].map((person) => [person.id, person])),
    entitlements: new Map(entitlements.map((row) => [row.id, row])),
    policies,
    named: await loadNamedApprovers(ctx, [...steps, ...planned]),
    owners: await listApplicationOwners(
      ctx.db,
      entitlements.map((row) => row.applicationId),
    ),
    entitlementOwners: await listEntitlementOwners(ctx.db, entitlementIds),
    delegates: new Map(
      (await listDelegates(ctx.db, ctx.now)).map(({ personId, delegate }) => [
        personId,
        toCandidate(delegate),
      ]),
    ),
    superAdmins: (await listSuperAdmins(ctx.db)).map(toCandidate),
    grants: new Map(grants.map((grant) => [pairKey(grant), grant])),
    open: new Map(open.map((task) => [pairKey(task), task])),
  };
}

/** The people who could be asked about a pair; undefined when the pair is not known. */
export function approverPoolOf(facts: Facts, pair: TaskTarget): ApproverPool | undefined {
  const person = facts.people.get(pair.personId);
  const entitlement = facts.entitlements.get(pair.entitlementId);
  if (!person || !entitlement) return undefined;
  const manager = person.managerId === null ? undefined : facts.people.get(person.managerId);
  const ofKind = (kind: 'owner' | 'provisioner') =>
    facts.owners
      .filter((owner) => owner.applicationId === entitlement.applicationId && owner.kind === kind)
      .map((owner) => toCandidate(owner.person));
  return {
    app: entitlement.app,
    entitlement: labelOf(entitlement),
    person: toCandidate(person),
    manager: manager && toCandidate(manager),
    unknownManager: manager ? undefined : (person.managerRef ?? undefined),
    owners: ofKind('owner'),
    entitlementOwners: facts.entitlementOwners
      .filter((owner) => owner.entitlementId === entitlement.id)
      .map((owner) => toCandidate(owner.person)),
    provisioners: ofKind('provisioner'),
    superAdmins: facts.superAdmins,
    delegates: facts.delegates,
    named: facts.named,
  };
}

/** Why no such task may open, in one sentence; undefined when it may. */
export function refusalReason(
  facts: Facts,
  kind: TaskKind,
  pair: TaskTarget,
  how: { cause: TaskCause; emergency: boolean; straight?: boolean },
): string | undefined {
  const person = facts.people.get(pair.personId);
  const entitlement = facts.entitlements.get(pair.entitlementId);
  if (!person || !entitlement) return 'This is no longer here.';
  const label = labelOf(entitlement);
  const open = facts.open.get(pairKey(pair));
  const grant = facts.grants.get(pairKey(pair));
  if (kind === 'revoke') {
    if (!grant) return `${person.name} does not hold ${label}.`;
    return open ? `There is an open revocation of ${label} already: #${open.id}.` : undefined;
  }
  if (!isActive(person)) return `${person.name} is not active.`;
  if (entitlement.closedAt) return `${label} does not exist any more.`;
  if (how.emergency && !entitlement.emergencyAllowed) {
    return `${label} cannot be requested as an emergency; request it the usual way.`;
  }
  const against =
    how.cause === 'extension'
      ? extensionRefusalReason(person, label, grant)
      : grantRefusalReason(person, entitlement, grant, how.straight ?? false);
  if (against) return against;
  return open ? `There is an open request for ${label} already: #${open.id}.` : undefined;
}

function extensionRefusalReason({ name }: Person, label: string, grant: Grant | undefined) {
  if (!grant) return `${name} does not hold ${label}, so there is nothing to extend.`;
  return grant.expiresAt ? undefined : `${label} of ${name} has no end; it need not be extended.`;
}

/** @param isGiven by a rule: what cannot be requested can still be given. */
function grantRefusalReason(
  { name }: Person,
  entitlement: EntitlementRow,
  grant: Grant | undefined,
  isGiven: boolean,
) {
  const label = labelOf(entitlement);
  if (!entitlement.requestable && !isGiven) return `${label} cannot be requested.`;
  return grant ? `${name} already holds ${label} (${sinceWords(grant)}).` : undefined;
}

function labelOf({ app, name }: EntitlementRow): string {
  return `${app} · ${name}`;
}

function sinceWords(grant: Grant): string {
  const since = `since ${(grant.grantedAt ?? grant.firstSeenAt).toISOString().slice(0, 10)}`;
  const isClaim = grant.source === 'task' && grant.verifiedAt === null;
  return isClaim ? `${since}, provisioned by task #${grant.taskId}` : since;
}

/** Whether there is nothing left to ask for: it is held, or asked for. */
export function isSatisfied(facts: Facts, pair: TaskTarget): boolean {
  return facts.grants.has(pairKey(pair)) || facts.open.has(pairKey(pair));
}

export function pairKey(pair: TaskTarget): string {
  return `${pair.personId}:${pair.entitlementId}`;
}
