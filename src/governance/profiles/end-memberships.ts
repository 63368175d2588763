import { changeEnrollments, listEndedEnrollments } from '../../store/profiles/enrollments.ts';
import { lockProfile } from '../../store/profiles/profiles.ts';
import { subjectOf } from '../audit-subjects.ts';
import { listCountedPeople, toMatcher } from '../cohorts/cohorts.ts';
import { audit, type Ctx, inTransaction } from '../context.ts';
import { notifyOfProfile } from './notices.ts';
import { leaveProfile } from './unenroll.ts';

/**
 * Ends the memberships whose time is over, by what the profile does with the access of who leaves, and tells
 * those who were members. Who matches the profile's rule stays, by the rule. A transaction each profile.
 */
export async function endMemberships(ctx: Ctx): Promise<void> {
  const ended = await listEndedEnrollments(ctx.db, ctx.now);
  for (const profileId of new Set(ended.map((one) => one.profileId))) {
    await inTransaction(ctx, (ctx) => endOfProfile(ctx, profileId));
  }
}

async function endOfProfile(ctx: Ctx, profileId: number): Promise<void> {
  const profile = await lockProfile(ctx.db, profileId);
  if (!profile) return;
  // Read again: who was removed or enrolled anew since then is not meant.
  const ended = (await listEndedEnrollments(ctx.db, ctx.now)).filter(
    (one) => one.profileId === profileId,
  );
  const staying = new Set(
    await listByRule(
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
  const leaving = ended.filter(({ personId }) => !staying.has(personId));
  if (leaving.length === 0) return;
  const personIds = leaving.map(({ personId }) => personId);
  await leaveProfile(ctx, profile, personIds, profile.leaving, null);
  for (const { personId, endsAt } of leaving) {
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

async function listByRule(
  ctx: Ctx,
  { rule, excludedIds }: NonNullable<Awaited<ReturnType<typeof lockProfile>>>,
  personIds: number[],
): Promise<number[]> {
  if (!rule) return [];
  const matches = toMatcher(rule);
  const people = await listCountedPeople(
    ctx,
    personIds.toSorted((a, b) => a - b),
  );
  return people.filter((one) => matches(one) && !excludedIds.includes(one.id)).map(({ id }) => id);
}
