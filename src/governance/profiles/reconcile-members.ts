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
import { toMatcher } from '../cohorts/cohorts.ts';
import { listPeopleForRules } from '../cohorts/trusted-values.ts';
import { type ActorCtx, audit, type Ctx, inTransaction } from '../context.ts';
import { requiresConfirmation } from '../mass-removal.ts';
import { openMemberRequests } from './enroll.ts';
import { notifyProfileAdmins } from './notices.ts';
import { lockForChange, requireMayEnroll } from './rights.ts';
import { removeFromProfile, type WithdrawnAccess } from './unenroll.ts';

/** The difference between a profile's members and the people who match its rule. */
interface RuleChange {
  matching: number;
  joining: number[];
  /** Members by the rule who no longer match it. Members enrolled in other ways stay. */
  leaving: number[];
  members: number;
}

/** The outcome of reconciling a profile's members with its rule. */
export interface ReconciledMembers {
  joined: number;
  left: number;
  /** Members who stay until somebody confirms the removal, because it is large. */
  held: number;
  opened: number;
  skipped: string[];
}

/** Reconciles the members of every profile with its membership rule, in the transaction of a sync. */
export async function reconcileMembers(ctx: Ctx): Promise<void> {
  const profiles = await lockRuleProfiles(ctx.db);
  if (profiles.length === 0) return;
  const people = await listPeopleForRules(ctx);
  for (const profile of profiles) {
    await reconcileProfileMembers(ctx, { profile, people, ruleOwnerId: profile.ruleSavedBy });
  }
}

/** @param input.ruleOwnerId the person in whose name people are enrolled and requests opened. */
export async function reconcileProfileMembers(
  ctx: Ctx,
  input: {
    profile: AccessProfile;
    people: readonly CohortPerson[];
    ruleOwnerId: number | null;
  },
): Promise<ReconciledMembers> {
  const { profile, people, ruleOwnerId } = input;
  const change = await compareRule(ctx, profile, people);
  const { joining, leaving } = change;
  const joined = await insertEnrollments(ctx.db, {
    profileId: profile.id,
    personIds: joining,
    enrollment: { enrolledBy: ruleOwnerId, enrolledAt: ctx.now, source: 'rule' },
    endOf: () => null,
  });
  const { opened, skipped } = await openMemberRequests(ctx, {
    profile,
    openedBy: ruleOwnerId,
    personIds: joined,
  });
  const isHeld = awaitsConfirmation(change);
  if (isHeld) await holdRemovals(ctx, profile, leaving);
  else if (profile.pendingRemovalIds)
    await changeProfile(ctx.db, profile.id, { pendingRemovalIds: null });
  const left = isHeld ? [] : leaving;
  if (left.length > 0) {
    const { leaving } = profile;
    const openedBy = ruleOwnerId;
    await removeFromProfile(ctx, { profile, personIds: left, leaving, openedBy });
  }
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

/** Whether the removals are many, or nobody matches any more: then the source is the likelier fault. */
export function awaitsConfirmation({ matching, leaving, members }: RuleChange): boolean {
  return requiresConfirmation(leaving.length, members) || (leaving.length > 0 && matching === 0);
}

/** Lists the people who would join and leave a profile by its rule; nobody if it has none. */
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
  const matching = new Set(
    people.filter((person) => !excluded.has(person.id) && matches(person)).map(({ id }) => id),
  );
  const memberIds = new Set(enrolled.map(({ personId }) => personId));
  return {
    matching: matching.size,
    joining: [...matching].filter((id) => !memberIds.has(id)),
    leaving: enrolled
      .filter(({ personId, source }) => source === 'rule' && !matching.has(personId))
      .map(({ personId }) => personId),
    members,
  };
}

/** Keeps the members and notifies the profile admins, again only when further members are affected. */
async function holdRemovals(ctx: Ctx, profile: AccessProfile, leaving: number[]): Promise<void> {
  const before = new Set(profile.pendingRemovalIds);
  if (before.size === leaving.length && leaving.every((id) => before.has(id))) return;
  await changeProfile(ctx.db, profile.id, { pendingRemovalIds: leaving });
  await audit(ctx, 'profile.hold', subjectOf.profile(profile.id), {
    after: { name: profile.name, held: leaving },
  });
  const isLarger = leaving.some((id) => !before.has(id));
  if (isLarger) await notifyProfileAdmins(ctx, profile, leaving.length);
}

/**
 * Decides held removals: the members leave, or stay as if added by hand.
 * @param input.shown the number of removals that the reader saw.
 * @throws Refusal conflict (decided already, or the number changed).
 */
export async function decideHeldRemovals(
  ctx: ActorCtx,
  input: { profileId: number; shown: number; decision: 'apply' | 'keep' },
): Promise<{ people: number } & Partial<WithdrawnAccess>> {
  await requireMayEnroll(ctx, input.profileId);
  return inTransaction(ctx, async (ctx) => {
    const profile = await lockForChange(ctx, input.profileId);
    const heldIds = new Set(profile.pendingRemovalIds);
    const held = (await listEnrollments(ctx.db, profile.id))
      .filter(({ personId, source }) => source === 'rule' && heldIds.has(personId))
      .map(({ personId }) => personId);
    if (heldIds.size === 0) {
      throw new Refusal('conflict', 'Somebody has already decided these removals.');
    }
    if (heldIds.size !== input.shown) {
      const removal = `The rule would now remove ${heldIds.size} members of "${profile.name}"`;
      throw new Refusal('conflict', `${removal}. Open the profile again before you decide.`);
    }
    await changeProfile(ctx.db, profile.id, { pendingRemovalIds: null });
    const isKept = input.decision === 'keep';
    const subject = subjectOf.profile(profile.id);
    await audit(ctx, isKept ? 'profile.keep' : 'profile.apply', subject, {
      after: { people: held },
    });
    if (!isKept) {
      const { leaving } = profile;
      const openedBy = ctx.actor.personId;
      const removal = { profile, personIds: held, leaving, openedBy };
      return { people: held.length, ...(await removeFromProfile(ctx, removal)) };
    }
    await changeEnrollments(ctx.db, {
      profileId: profile.id,
      personIds: held,
      change: { source: 'hand' },
    });
    return { people: held.length };
  });
}
