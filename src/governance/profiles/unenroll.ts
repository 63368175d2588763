import { mustGet } from '../../collections.ts';
import { Refusal } from '../../errors.ts';
import { type Grant, listLiveGrants } from '../../store/access/grants.ts';
import { listEntitlementsById } from '../../store/catalog/entitlements.ts';
import { listPeopleById, type Person } from '../../store/people/people.ts';
import {
  endEnrollments,
  listEnrolled,
  listEnrolledSets,
  searchEnrolled,
} from '../../store/profiles/enrollments.ts';
import { type AccessProfile, listProfileEntitlementIds } from '../../store/profiles/profiles.ts';
import type { SingleRoleRule } from '../../store/rules/role-rules.ts';
import { attachToRule } from '../../store/rules/rule-grants.ts';
import type { Leaving } from '../../store/schema/mining.ts';
import { listProfileRequests } from '../../store/tasks/obsolete-tasks.ts';
import { lockSnapshots } from '../../store/tasks/task-snapshot.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, type Ctx, inTransaction } from '../context.ts';
import { requiresConfirmation } from '../mass-removal.ts';
import { loadRequiredRules } from '../role-rules/rules-for-person.ts';
import { closeTasks } from '../tasks/close-task.ts';
import { openTasks } from '../tasks/open-tasks.ts';
import { lockForChange, requireMayEnroll } from './rights.ts';

export type { Leaving };

/** What happened to the access that people had from a profile. */
export interface WithdrawnAccess {
  /** Number of revocations opened. */
  opened: number;
  /** Number of open requests of the profile that were closed. */
  closed: number;
  /** "Ana Ruiz holds GitHub · Admin": access that no profile granted, and that stays. */
  direct: string[];
  /** Why revocations could not be opened. */
  skipped: string[];
}

/** The result of a removal. */
interface RemovedMembers extends WithdrawnAccess {
  kind: 'left';
  profile: AccessProfile;
  removed: number;
}

/** The removal is so large that the actor has to confirm its number; nothing was changed. */
interface PausedRemoval {
  kind: 'paused';
  profile: AccessProfile;
  removing: number;
  members: number;
}

/**
 * Removes members from a profile. `leaving` says what happens to their access: all of it stays, all of it is
 * revoked, or only what a profile granted and nothing else justifies. Each revocation is a task to decide.
 * @param input.confirmed the number of removals that the actor has confirmed.
 * @throws Refusal invalid (nobody chosen, or no members among them).
 */
export async function unenroll(
  ctx: ActorCtx,
  input: {
    profileId: number;
    personIds: readonly number[];
    leaving: Leaving;
    confirmed?: number | undefined;
  },
): Promise<RemovedMembers | PausedRemoval> {
  await requireMayEnroll(ctx, input.profileId);
  return inTransaction(ctx, async (ctx) => {
    const { leaving } = input;
    const profile = await lockForChange(ctx, input.profileId);
    if (input.personIds.length === 0) throw new Refusal('invalid', 'Choose at least one member.');
    const enrolled = await listEnrolled(ctx.db, profile.id);
    const chosen = new Set(input.personIds);
    const personIds = enrolled.filter((id) => chosen.has(id));
    const removing = personIds.length;
    if (removing === 0) {
      throw new Refusal('invalid', `None of these people is still a member of "${profile.name}".`);
    }
    if (requiresConfirmation(removing, enrolled.length) && input.confirmed !== removing) {
      return { kind: 'paused', profile, removing, members: enrolled.length };
    }
    await audit(ctx, 'profile.unenroll', subjectOf.profile(profile.id), {
      before: { members: enrolled.length },
      after: { people: personIds, leaving },
    });
    const openedBy = ctx.actor.personId;
    const outcome = await removeFromProfile(ctx, { profile, personIds, leaving, openedBy });
    return { kind: 'left', profile, removed: removing, ...outcome };
  });
}

/** Ends memberships and withdraws the access of these people. The caller writes the audit row. */
export async function removeFromProfile(
  ctx: Ctx,
  removal: Pick<Withdrawal, 'profile' | 'personIds' | 'leaving' | 'openedBy'>,
): Promise<WithdrawnAccess> {
  const { profile, personIds } = removal;
  await endEnrollments(ctx.db, profile.id, personIds);
  return withdrawAccess(ctx, {
    ...removal,
    entitlementIds: await listProfileEntitlementIds(ctx.db, profile.id),
    reason: `Left the access profile "${profile.name}".`,
    toClosedReason: (name) => `${name} left the access profile "${profile.name}".`,
  });
}

/** Access that people no longer have from a profile: they left it, or entitlements were removed. */
interface Withdrawal {
  profile: AccessProfile;
  personIds: readonly number[];
  entitlementIds: readonly number[];
  leaving: Leaving;
  /** Opens the revocations; null: nobody, as when a membership expires. */
  openedBy: number | null;
  /** The reason of the revocations. */
  reason: string;
  /** Takes the person's name and returns why an open request is closed. */
  toClosedReason(name: string): string;
}

interface LoadedWithdrawal extends Withdrawal {
  people: ReadonlyMap<number, Person>;
  /** Whether no other profile of the person and no required rule grants the entitlement. */
  isUnjustified(pair: Pair): boolean;
  findRequiredRule(pair: Pair): SingleRoleRule | undefined;
}

type Pair = { personId: number; entitlementId: number };

/** Closes open requests of the profile and opens revocations, as far as `leaving` demands. */
export async function withdrawAccess(ctx: Ctx, withdrawal: Withdrawal): Promise<WithdrawnAccess> {
  const { personIds, entitlementIds } = withdrawal;
  if (personIds.length === 0) return { opened: 0, closed: 0, direct: [], skipped: [] };
  const found = await listPeopleById(ctx.db, personIds);
  const enrolledSets = await listEnrolledSets(ctx.db, personIds);
  const findRequiredRule = await loadRequiredRules(ctx, personIds, entitlementIds);
  const loaded: LoadedWithdrawal = {
    ...withdrawal,
    people: new Map(found.map((person) => [person.id, person])),
    isUnjustified: (pair) =>
      !enrolledSets.get(pair.personId)?.has(pair.entitlementId) && !findRequiredRule(pair),
    findRequiredRule,
  };
  const closed = await closeRequests(ctx, loaded);
  return { closed, ...(await proposeRevocations(ctx, loaded)) };
}

async function closeRequests(
  ctx: Ctx,
  { profile, personIds, entitlementIds, people, isUnjustified, toClosedReason }: LoadedWithdrawal,
): Promise<number> {
  const withdrawn = new Set(entitlementIds);
  const requests = await listProfileRequests(ctx.db, profile.id, personIds);
  const open = requests.filter((task) => withdrawn.has(task.entitlementId) && isUnjustified(task));
  const snapshots = await lockSnapshots(
    ctx.db,
    open.map(({ id }) => id),
  );
  const closings = [...snapshots.values()].map((snapshot) => {
    const { personId, requesterId } = snapshot.task;
    const reason = toClosedReason(mustGet(people, personId).name);
    return { snapshot, reason, recipientIds: [personId, requesterId] };
  });
  await closeTasks(ctx, closings);
  return open.length;
}

async function proposeRevocations(
  ctx: Ctx,
  withdrawal: LoadedWithdrawal,
): Promise<Omit<WithdrawnAccess, 'closed'>> {
  const { profile, leaving, openedBy, reason, people } = withdrawal;
  const { isUnjustified, findRequiredRule } = withdrawal;
  if (leaving === 'leave') return { opened: 0, direct: [], skipped: [] };
  const live = await listLiveGrants(ctx.db, withdrawal.personIds, withdrawal.entitlementIds);
  // A required rule would grant revoked access again at once.
  const revocable = live.filter(
    (grant) => grant.deprovisionedAt === null && !findRequiredRule(grant),
  );
  await assignToRules(ctx, live, findRequiredRule);
  const isAll = leaving === 'revoke_all';
  const unjustified = revocable.filter(isUnjustified);
  const revoked = isAll ? revocable : unjustified.filter(({ profileId }) => profileId !== null);
  const direct = isAll ? [] : unjustified.filter(({ profileId }) => profileId === null);
  const { opened, skipped } = await openTasks(ctx, {
    kind: 'revoke',
    targets: revoked.map(({ personId, entitlementId }) => ({ personId, entitlementId })),
    requesterId: null,
    openedBy,
    profileId: profile.id,
    reason,
    cause: 'left_profile',
  });
  return {
    opened: opened.length,
    direct: await describeGrants(ctx, direct, people),
    skipped: skipped.map(({ why }) => why),
  };
}

/** Grants of a profile that a required rule grants too belong to the rule from now on. */
async function assignToRules(
  ctx: Ctx,
  live: readonly Grant[],
  findRequiredRule: LoadedWithdrawal['findRequiredRule'],
): Promise<void> {
  const assigned = live.flatMap((grant) => {
    const isFromProfile = grant.profileId !== null && grant.ruleId === null;
    const rule = isFromProfile ? findRequiredRule(grant) : undefined;
    return rule ? [{ grantId: grant.id, ruleId: rule.id }] : [];
  });
  await attachToRule(ctx.db, assigned);
}

async function describeGrants(
  ctx: Ctx,
  grants: readonly Grant[],
  people: ReadonlyMap<number, Person>,
): Promise<string[]> {
  const rows = await listEntitlementsById(
    ctx.db,
    grants.map((grant) => grant.entitlementId),
  );
  const labels = new Map(rows.map(({ id, app, name }) => [id, `${app} · ${name}`]));
  return grants
    .map((grant) => {
      const { name } = mustGet(people, grant.personId);
      return `${name} holds ${mustGet(labels, grant.entitlementId)}`;
    })
    .sort();
}

/** Searches the members of a profile; returns at most 50. */
export async function findEnrolledPeople(
  ctx: ActorCtx,
  profileId: number,
  query: string,
): Promise<Person[]> {
  await requireMayEnroll(ctx, profileId);
  return searchEnrolled(ctx.db, { profileId, words: query, limit: 50 });
}
