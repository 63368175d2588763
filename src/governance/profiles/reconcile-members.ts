import { Refusal } from '../../errors.ts';
import type { CohortPerson } from '../../store/people/people.ts';
import {
  changeEnrollments,
  insertEnrollments,
  listEnrollments,
} from '../../store/profiles/enrollments.ts';
import {
  type AccessProfile,
  changeProfile,
  lockRuleProfiles,
} from '../../store/profiles/profiles.ts';
import { subjectOf } from '../audit-subjects.ts';
import { listCountedPeople, toMatcher } from '../cohorts/cohorts.ts';
import { type ActorCtx, audit, type Ctx, inTransaction } from '../context.ts';
import { requiresConfirmation } from '../mass-removal.ts';
import { openForMembers } from './enroll.ts';
import { notifyProfileAdmins } from './notices.ts';
import { lockForChange, requireMayEnroll } from './rights.ts';
import { leaveProfile, type TakenAway } from './unenroll.ts';

/** What a membership rule asks for. */
interface RuleChange {
  matching: number;
  joining: number[];
  /** Members by the rule who match it no more; those enrolled otherwise stay. */
  leaving: number[];
  members: number;
}

/** What became of it when a rule was followed. */
export interface ReconciledMembers {
  joined: number;
  left: number;
  /** Members who are still in it, since too many would have left at once. */
  held: number;
  opened: number;
  skipped: string[];
}

/** After a sync: the members of every profile with a rule are whoever matches it now. Inside its transaction. */
export async function reconcileMembers(ctx: Ctx): Promise<void> {
  const profiles = await lockRuleProfiles(ctx.db);
  if (profiles.length === 0) return;
  const people = await listCountedPeople(ctx);
  for (const profile of profiles) {
    await reconcileProfileMembers(ctx, profile, people, profile.ruleSavedBy);
  }
}

/** @param maker of the rule, in whose name people are enrolled and requests opened. */
export async function reconcileProfileMembers(
  ctx: Ctx,
  profile: AccessProfile,
  people: readonly CohortPerson[],
  maker: number | null,
): Promise<ReconciledMembers> {
  const change = await compareRule(ctx, profile, people);
  const { joining, leaving } = change;
  const joined = await insertEnrollments(ctx.db, {
    profileId: profile.id,
    personIds: joining,
    enrollment: {
      enrolledBy: maker,
      enrolledAt: ctx.now,
      source: 'rule',
      endsAt: null,
    },
  });
  const { opened, skipped } = await openForMembers(ctx, profile, maker, { personIds: joined });
  const isHeld = awaitsConfirmation(change);
  if (isHeld) await hold(ctx, profile, leaving);
  else if (profile.pendingRemovalIds)
    await changeProfile(ctx.db, profile.id, { pendingRemovalIds: null });
  const left = isHeld ? [] : leaving;
  if (left.length > 0) await leaveProfile(ctx, profile, left, profile.leaving, maker);
  if (joined.length > 0 || left.length > 0) {
    await audit(ctx, 'profile.follow', subjectOf.profile(profile.id), { after: { joined, left } });
  }
  return {
    joined: joined.length,
    left: left.length,
    held: isHeld ? leaving.length : 0,
    opened,
    skipped,
  };
}

/** Many at once; or all of them, when nobody matches any more: then it is rather the source that is at fault. */
export function awaitsConfirmation({ matching, leaving, members }: RuleChange): boolean {
  return requiresConfirmation(leaving.length, members) || (leaving.length > 0 && matching === 0);
}

/** Who would join and leave a profile by its rule; nobody when it has none. */
export async function compareRule(
  ctx: Ctx,
  profile: Pick<AccessProfile, 'id' | 'rule' | 'excludedIds'>,
  people: readonly CohortPerson[],
): Promise<RuleChange> {
  const enrolled = await listEnrollments(ctx.db, profile.id);
  const members = enrolled.length;
  if (!profile.rule) return { matching: 0, joining: [], leaving: [], members };
  const excluded = new Set(profile.excludedIds);
  const matches = toMatcher(profile.rule);
  const wanted = new Set(
    people.filter((one) => !excluded.has(one.id) && matches(one)).map(({ id }) => id),
  );
  const isMember = new Set(enrolled.map(({ personId }) => personId));
  return {
    matching: wanted.size,
    joining: [...wanted].filter((id) => !isMember.has(id)),
    leaving: enrolled
      .filter(({ personId, source }) => source === 'rule' && !wanted.has(personId))
      .map(({ personId }) => personId),
    members,
  };
}

/** Leaves them in, and tells who keeps the profile, once for each change of who it is about. */
async function hold(ctx: Ctx, profile: AccessProfile, leaving: number[]): Promise<void> {
  const before = new Set(profile.pendingRemovalIds);
  if (before.size === leaving.length && leaving.every((id) => before.has(id))) return;
  await changeProfile(ctx.db, profile.id, { pendingRemovalIds: leaving });
  await audit(ctx, 'profile.hold', subjectOf.profile(profile.id), {
    after: { name: profile.name, held: leaving },
  });
  const isNews = leaving.some((id) => !before.has(id));
  if (isNews) await notifyProfileAdmins(ctx, profile, leaving.length);
}

/**
 * Decides about members whom the rule would have removed: they leave, or stay as if added by hand.
 * @param input.shown how many the reader saw.
 * @throws Refusal conflict (decided already, or others by now).
 */
export async function decideHeldRemovals(
  ctx: ActorCtx,
  input: { profileId: number; shown: number; decision: 'apply' | 'keep' },
): Promise<{ people: number } & Partial<TakenAway>> {
  await requireMayEnroll(ctx, input.profileId);
  return inTransaction(ctx, async (ctx) => {
    const profile = await lockForChange(ctx, input.profileId);
    const wanted = new Set(profile.pendingRemovalIds);
    const held = (await listEnrollments(ctx.db, profile.id))
      .filter(({ personId, source }) => source === 'rule' && wanted.has(personId))
      .map(({ personId }) => personId);
    if (wanted.size === 0) {
      throw new Refusal('conflict', 'No removal waits any more: somebody decided about them.');
    }
    if (wanted.size !== input.shown) {
      const now = `By now it would remove ${wanted.size} members of "${profile.name}"`;
      throw new Refusal('conflict', `${now}. Open it again and look before you decide.`);
    }
    await changeProfile(ctx.db, profile.id, { pendingRemovalIds: null });
    const isKept = input.decision === 'keep';
    const subject = subjectOf.profile(profile.id);
    await audit(ctx, isKept ? 'profile.keep' : 'profile.apply', subject, {
      after: { people: held },
    });
    if (!isKept) {
      const { leaving } = profile;
      const taken = await leaveProfile(ctx, profile, held, leaving, ctx.actor.personId);
      return { people: held.length, ...taken };
    }
    await changeEnrollments(ctx.db, {
      profileId: profile.id,
      personIds: held,
      change: { source: 'hand' },
    });
    return { people: held.length };
  });
}
