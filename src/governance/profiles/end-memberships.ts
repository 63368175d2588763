import { changeEnrollments, listEndedEnrollments } from '../../store/profiles/enrollments.ts';
import { type AccessProfile, lockProfile } from '../../store/profiles/profiles.ts';
import { subjectOf } from '../audit-subjects.ts';
import { toMatcher } from '../cohorts/cohorts.ts';
import { listPeopleForRules } from '../cohorts/trusted-values.ts';
import { audit, type Ctx, inTransaction } from '../context.ts';
import { notifyOfProfile } from './notices.ts';
import { removeFromProfile } from './unenroll.ts';

/**
 * Ends expired memberships. The profile's setting decides what happens to the access, and the people are notified.
 * People who match the profile's rule stay members by the rule. Each profile has its own transaction.
 */
export async function endMemberships(ctx: Ctx): Promise<void> {
  const ended = await listEndedEnrollments(ctx.db, ctx.now);
  for (const profileId of new Set(ended.map((enrollment) => enrollment.profileId))) {
    await inTransaction(ctx, (ctx) => endProfileMemberships(ctx, profileId));
  }
}

async function endProfileMemberships(ctx: Ctx, profileId: number): Promise<void> {
  const profile = await lockProfile(ctx.db, profileId);
  if (!profile) return;
  // Reads again under the lock: somebody may have been removed or enrolled again meanwhile.
  const ended = (await listEndedEnrollments(ctx.db, ctx.now)).filter(
    (enrollment) => enrollment.profileId === profileId,
  );
  const staying = new Set(
    await listMatching(
      ctx,
      profile,
      ended.map(({ personId }) => personId),
    ),
  );
  await changeEnrollments(ctx.db, {
    profileId,
    personIds: [...staying],
    change: { source: 'rule', endsAt: null },
  });
  const expired = ended.filter(({ personId }) => !staying.has(personId));
  if (expired.length === 0) return;
  const personIds = expired.map(({ personId }) => personId);
  await removeFromProfile(ctx, { profile, personIds, leaving: profile.leaving, openedBy: null });
  for (const { personId, endsAt } of expired) {
    const { leaving } = profile;
    await audit(ctx, 'profile.expire', subjectOf.profile(profileId), {
      after: { person: personId, until: endsAt, leaving },
    });
    await notifyOfProfile(ctx, [personId], {
      profileId,
      kind: 'membership_ended',
      endedAt: endsAt,
      leaving,
    });
  }
}

async function listMatching(
  ctx: Ctx,
  { rule, excludedIds }: AccessProfile,
  personIds: number[],
): Promise<number[]> {
  if (!rule) return [];
  const matches = toMatcher(rule);
  const people = await listPeopleForRules(
    ctx,
    personIds.toSorted((a, b) => a - b),
  );
  return people
    .filter((person) => matches(person) && !excludedIds.includes(person.id))
    .map(({ id }) => id);
}
