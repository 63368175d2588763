import { type Grant, listLiveGrants } from '../../store/access/grants.ts';
import { type EntitlementRow, listEntitlementsById } from '../../store/catalog/entitlements.ts';
import { listPeopleById, type Person } from '../../store/people/people.ts';
import { loadPolicies } from '../../store/policies/policies.ts';
import type { TaskCause, TaskKind } from '../../store/schema/tasks.ts';
import { listOpenTasks } from '../../store/tasks/task-lists.ts';
import type { Task } from '../../store/tasks/tasks.ts';
import { type Ctx, readerZone } from '../context.ts';
import { isActive } from '../policies/named-approvers.ts';
import { formatDate, formatEnd } from '../wording/relative-time.ts';
import { type ApproverDirectory, labelOf, loadApproverDirectory } from './approver-directory.ts';

/** The person and the entitlement of a task. */
export interface TaskTarget {
  personId: number;
  entitlementId: number;
  /** The reason, if it differs from that of the batch. */
  because?: string;
  /** The role rule that grants the access, or did. */
  ruleId?: number | null;
  /** The requester, if it differs from that of the batch. */
  requesterId?: number | null;
}

/** The records that decide whether tasks may open, and who their assignees are. */
export interface Eligibility {
  people: ReadonlyMap<number, Person>;
  entitlements: ReadonlyMap<number, EntitlementRow>;
  policies: Awaited<ReturnType<typeof loadPolicies>>;
  approvers: ApproverDirectory;
  grants: ReadonlyMap<string, Grant>;
  openTasks: ReadonlyMap<string, Task>;
  /** The actor, whom refusals address as "you". */
  readerId: number | undefined;
  /** The time zone in which the reader reads dates. */
  readerZone: string;
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
  const openTasks = await listOpenTasks(ctx.db, { kind, personIds, entitlementIds });
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
    readerId: ctx.actor?.personId,
    readerZone: readerZone(ctx),
  };
}

/** Finds the person and the entitlement of a target; undefined when one of them is unknown. */
export function findSubject(
  { people, entitlements, approvers }: Eligibility,
  target: TaskTarget,
): { person: Person; entitlement: EntitlementRow; isInCircle: boolean } | undefined {
  const person = people.get(target.personId);
  const entitlement = entitlements.get(target.entitlementId);
  const isInCircle = approvers.circles.has(target.personId);
  return person && entitlement && { person, entitlement, isInCircle };
}

/** The circumstances in which a task opens. */
export interface Opening {
  kind: TaskKind;
  cause: TaskCause;
  emergency?: boolean;
  /** A required rule grants the access, so nobody approves it, whatever the policies say. */
  skipsApproval?: boolean;
}

/** Says in one sentence why no such task may open; undefined when it may. */
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
  const holder = addressHolder(person, eligibility);
  if (kind === 'revoke') {
    if (!grant) return `${holder.lacks} ${label}.`;
    return open ? `There is already an open revocation of ${label}: #${open.id}.` : undefined;
  }
  if (!isActive(person)) return `${person.name} is not active.`;
  if (entitlement.closedAt) return `${label} no longer exists.`;
  if (emergency && !entitlement.emergencyAllowed) {
    return `${label} cannot be requested as an emergency. Make a normal request.`;
  }
  const refusal =
    cause === 'extension'
      ? extensionRefusalReason(holder, label, grant)
      : grantRefusalReason({ holder, entitlement, grant, isGrantedByRule: skipsApproval });
  if (refusal) return refusal;
  return open ? `There is already an open request for ${label}: #${open.id}.` : undefined;
}

/** The start of a sentence about the access of a person, in the reader's view. */
interface HolderWords {
  /** "You have", "Cy has" */
  has: string;
  /** "You already have", "Cy already has" */
  alreadyHas: string;
  /** "You do not have", "Cy does not have" */
  lacks: string;
  /** The reader's time zone. */
  zone: string;
}

function addressHolder(
  { id, name }: Person,
  { readerId, readerZone: zone }: Eligibility,
): HolderWords {
  return id === readerId
    ? { has: 'You have', alreadyHas: 'You already have', lacks: 'You do not have', zone }
    : {
        has: `${name} has`,
        alreadyHas: `${name} already has`,
        lacks: `${name} does not have`,
        zone,
      };
}

function extensionRefusalReason(holder: HolderWords, label: string, grant: Grant | undefined) {
  if (!grant) return `${holder.lacks} ${label}, so there is nothing to extend.`;
  return grant.expiresAt
    ? undefined
    : `${holder.has} ${label} without an end, so there is nothing to extend.`;
}

function grantRefusalReason(about: {
  holder: HolderWords;
  entitlement: EntitlementRow;
  grant: Grant | undefined;
  /** A rule can grant access that nobody can request. */
  isGrantedByRule: boolean;
}): string | undefined {
  const { holder, entitlement, grant, isGrantedByRule } = about;
  const label = labelOf(entitlement);
  if (!entitlement.requestable && !isGrantedByRule) return `${label} cannot be requested.`;
  if (!grant) return undefined;
  if (grant.expiresAt) {
    return `${holder.alreadyHas} ${label} until ${formatEnd(grant.expiresAt, holder.zone)}. Extend it instead.`;
  }
  return `${holder.alreadyHas} ${label} (${formatSince(grant, holder.zone)}).`;
}

function formatSince(grant: Grant, zone: string): string {
  const since = `since ${formatDate(grant.grantedAt ?? grant.firstSeenAt, zone)}`;
  const isClaim = grant.source === 'task' && grant.verifiedAt === null;
  return isClaim ? `${since}, provisioned by task #${grant.taskId}` : since;
}

/** Whether a request is superfluous: the person has the access, or a task about it is open. */
export function isSatisfied({ grants, openTasks }: Eligibility, target: TaskTarget): boolean {
  return grants.has(pairKey(target)) || openTasks.has(pairKey(target));
}

export function pairKey({ personId, entitlementId }: TaskTarget): string {
  return `${personId}:${entitlementId}`;
}
