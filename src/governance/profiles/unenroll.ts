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

/** What became of what people held with a profile. */
export interface TakenAway {
  /** Revocations opened. */
  opened: number;
  /** Requests of the profile that were still open for them. */
  closed: number;
  /** "Ana Ruiz holds GitHub · Admin": not given by a profile, so their people are to be asked. */
  direct: string[];
  /** Why a revocation could not be opened. */
  skipped: string[];
}

/** What became of it when people left a profile. */
interface Left extends TakenAway {
  kind: 'left';
  profile: AccessProfile;
  removed: number;
}

/** So many would leave at once that nothing was changed: who asked has to say that they mean it. */
interface Paused {
  kind: 'paused';
  profile: AccessProfile;
  removing: number;
  members: number;
}

/**
 * Takes people out of a profile. Of what they hold with it stays all, goes all, or goes what a profile gave and
 * no other profile of theirs has; going means a revocation, which somebody decides about.
 * @param input.confirmed how many the actor has said yes to.
 * @throws Refusal invalid (nobody chosen, nobody of them a member).
 */
export async function unenroll(
  ctx: ActorCtx,
  input: {
    profileId: number;
    personIds: readonly number[];
    leaving: Leaving;
    confirmed?: number | undefined;
  },
): Promise<Left | Paused> {
  await requireMayEnroll(ctx, input.profileId);
  return inTransaction(ctx, async (ctx) => {
    const profile = await lockForChange(ctx, input.profileId);
    if (input.personIds.length === 0) throw new Refusal('invalid', 'Choose at least one member.');
    const enrolled = await listEnrolled(ctx.db, profile.id);
    const wanted = new Set(input.personIds);
    const personIds = enrolled.filter((id) => wanted.has(id));
    const removing = personIds.length;
    if (removing === 0) {
      throw new Refusal('invalid', `None of them is a member of "${profile.name}" any more.`);
    }
    if (requiresConfirmation(removing, enrolled.length) && input.confirmed !== removing) {
      return { kind: 'paused', profile, removing, members: enrolled.length };
    }
    await audit(ctx, 'profile.unenroll', subjectOf.profile(profile.id), {
      before: { members: enrolled.length },
      after: { people: personIds, leaving: input.leaving },
    });
    const openedBy = ctx.actor.personId;
    const rest = await leaveProfile(ctx, profile, personIds, input.leaving, openedBy);
    return { kind: 'left', profile, removed: removing, ...rest };
  });
}

/** Ends memberships, with what follows for the access of who leaves. The caller audits it. */
export async function leaveProfile(
  ctx: Ctx,
  profile: AccessProfile,
  personIds: readonly number[],
  leaving: Leaving,
  openedBy: number | null,
): Promise<TakenAway> {
  await endEnrollments(ctx.db, profile.id, personIds);
  return takeAway(ctx, {
    profile,
    personIds,
    entitlementIds: await listProfileEntitlementIds(ctx.db, profile.id),
    leaving,
    openedBy,
    reason: `Left the access profile "${profile.name}".`,
    why: (name) => `${name} left the access profile "${profile.name}".`,
  });
}

/** Access that people have no longer with a profile, be it that they left, or that it was taken out. */
interface Loss {
  profile: AccessProfile;
  personIds: readonly number[];
  entitlementIds: readonly number[];
  leaving: Leaving;
  openedBy: number | null;
  /** What a revocation says. */
  reason: string;
  /** What an open request that is closed says. @param name of the person. */
  why(name: string): string;
}

/** Closes what was still asked for, and proposes to revoke what is held, as far as it is to go. */
export async function takeAway(ctx: Ctx, loss: Loss): Promise<TakenAway> {
  if (loss.personIds.length === 0) return { opened: 0, closed: 0, direct: [], skipped: [] };
  const found = await listPeopleById(ctx.db, loss.personIds);
  const people = new Map(found.map((one) => [one.id, one]));
  const justified = await listEnrolledSets(ctx.db, loss.personIds);
  const givenBy = await loadRequiredRules(ctx, loss.personIds, loss.entitlementIds);
  const isAlone: IsAlone = (pair) =>
    !justified.get(pair.personId)?.has(pair.entitlementId) && !givenBy(pair);
  const closed = await closeRequests(ctx, loss, people, isAlone);
  return { closed, ...(await proposeRevocations(ctx, loss, people, isAlone, givenBy)) };
}

/** Whether no other profile of the person has it, and no rule gives it. */
type IsAlone = (pair: { personId: number; entitlementId: number }) => boolean;

/** What the profile has asked for and they have not got yet, they are not to get. */
async function closeRequests(
  ctx: Ctx,
  { profile, personIds, entitlementIds, why }: Loss,
  people: ReadonlyMap<number, Person>,
  isAlone: IsAlone,
): Promise<number> {
  const lost = new Set(entitlementIds);
  const asked = await listProfileRequests(ctx.db, profile.id, personIds);
  const open = asked.filter((task) => lost.has(task.entitlementId) && isAlone(task));
  const snapshots = await lockSnapshots(
    ctx.db,
    open.map(({ id }) => id),
  );
  const closings = [...snapshots.values()].map((snapshot) => {
    const { personId, requesterId } = snapshot.task;
    const reason = why(people.get(personId)?.name ?? 'The person');
    return { snapshot, reason, recipientIds: [personId, requesterId] };
  });
  await closeTasks(ctx, closings);
  return open.length;
}

async function proposeRevocations(
  ctx: Ctx,
  { profile, personIds, entitlementIds, leaving, openedBy, reason }: Loss,
  people: ReadonlyMap<number, Person>,
  isAlone: IsAlone,
  givenBy: Awaited<ReturnType<typeof loadRequiredRules>>,
): Promise<Omit<TakenAway, 'closed'>> {
  if (leaving === 'leave') return { opened: 0, direct: [], skipped: [] };
  const live = await listLiveGrants(ctx.db, personIds, entitlementIds);
  // What a rule gives would be given back at once.
  const held = live.filter((grant) => grant.deprovisionedAt === null && !givenBy(grant));
  await keepByRules(ctx, live, givenBy);
  const isAll = leaving === 'revoke_all';
  const going = isAll ? held : held.filter((grant) => isAlone(grant) && grant.profileId !== null);
  const direct = isAll ? [] : held.filter((grant) => isAlone(grant) && grant.profileId === null);
  const { opened, skipped } = await openTasks(ctx, {
    kind: 'revoke',
    targets: going.map(({ personId, entitlementId }) => ({ personId, entitlementId })),
    requesterId: null,
    openedBy,
    profileId: profile.id,
    reason,
    cause: 'left_profile',
  });
  return {
    opened: opened.length,
    direct: await describeHeld(ctx, direct, people),
    skipped: skipped.map(({ why }) => why),
  };
}

/** What came with a profile and a rule gives as well is held by the rule from now on. */
async function keepByRules(
  ctx: Ctx,
  live: readonly Grant[],
  givenBy: Awaited<ReturnType<typeof loadRequiredRules>>,
): Promise<void> {
  const staying = live.flatMap((grant) => {
    const rule = grant.profileId !== null && grant.ruleId === null ? givenBy(grant) : undefined;
    return rule ? [{ grantId: grant.id, ruleId: rule.id }] : [];
  });
  await attachToRule(ctx.db, staying);
}

async function describeHeld(
  ctx: Ctx,
  held: readonly Grant[],
  people: ReadonlyMap<number, Person>,
): Promise<string[]> {
  const rows = await listEntitlementsById(
    ctx.db,
    held.map((grant) => grant.entitlementId),
  );
  const labels = new Map(rows.map(({ id, app, name }) => [id, `${app} · ${name}`]));
  return held
    .map((one) => `${people.get(one.personId)?.name} holds ${labels.get(one.entitlementId)}`)
    .sort();
}

/** Members of a profile for a search field. */
export async function findEnrolledPeople(
  ctx: ActorCtx,
  profileId: number,
  query: string,
): Promise<Person[]> {
  await requireMayEnroll(ctx, profileId);
  return searchEnrolled(ctx.db, { profileId, words: query, limit: 50 });
}
