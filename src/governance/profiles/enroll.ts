import { Refusal } from '../../errors.ts';
import { listPeopleById } from '../../store/people/people.ts';
import { insertEnrollments, listMemberIds } from '../../store/profiles/enrollments.ts';
import { type AccessProfile, listProfileEntitlementIds } from '../../store/profiles/profiles.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, type Ctx, inTransaction } from '../context.ts';
import { openTasks } from '../tasks/open-tasks.ts';
import { endOfDay, toIsoDay } from '../wording/calendar-days.ts';
import { lockForChange, requireMayEnroll } from './rights.ts';
import { originOf } from './view.ts';

export interface Enrolled {
  profile: AccessProfile;
  /** People enrolled now who were not before. */
  added: number;
  alreadyMembers: number;
  opened: number;
  skipped: string[];
}

/**
 * Enrols people, by hand or everyone who matches the profile's cohort now. With `createRequests` a task
 * opens for each entitlement that a member lacks, for those enrolled before as well.
 */
export async function addMembers(
  ctx: ActorCtx,
  input: {
    profileId: number;
    personIds: readonly number[];
    wholeCohort: boolean;
    createRequests: boolean;
  },
): Promise<Enrolled> {
  await requireMayEnroll(ctx, input.profileId);
  return inTransaction(ctx, async (ctx) => {
    const profile = await lockForChange(ctx, input.profileId);
    const ids = await chooseMembers(ctx, profile, input);
    if (ids.length === 0 && !input.createRequests) {
      throw new Refusal('invalid', 'Choose at least one person, or everyone in the cohort.');
    }
    const added = await insertEnrollments(ctx.db, {
      profileId: profile.id,
      personIds: ids,
      enrollment: {
        enrolledBy: ctx.actor.personId,
        enrolledAt: ctx.now,
        source: 'hand',
        endsAt: membershipEnd(profile, ctx.now),
      },
    });
    await audit(ctx, 'profile.enroll', subjectOf.profile(profile.id), { after: { people: added } });
    const tasks = input.createRequests
      ? await openForMembers(ctx, profile, ctx.actor.personId)
      : { opened: 0, skipped: [] };
    return {
      profile,
      added: added.length,
      alreadyMembers: ids.length - added.length,
      ...tasks,
    };
  });
}

async function chooseMembers(
  ctx: ActorCtx,
  profile: AccessProfile,
  input: { personIds: readonly number[]; wholeCohort: boolean },
): Promise<number[]> {
  const chosen = await listPeopleById(ctx.db, input.personIds);
  const gone = chosen.find((person) => !person.active || person.closedAt);
  if (gone) throw new Refusal('invalid', `${gone.name} is not active and cannot be enrolled.`);
  const origin = input.wholeCohort ? await originOf(ctx, profile) : undefined;
  return [...new Set([...chosen.map((one) => one.id), ...(origin?.personIds ?? [])])];
}

/** When a membership that begins now ends; null: it has no end. */
export function membershipEnd({ maxMembershipDays }: AccessProfile, now: Date): Date | null {
  if (maxMembershipDays === null) return null;
  return endOfDay(toIsoDay(new Date(now.getTime() + maxMembershipDays * 86_400_000)));
}

/**
 * One task for each entitlement that a member lacks and nobody has asked for yet.
 * @param of these members, and these entitlements; all when left out.
 */
export async function openForMembers(
  ctx: Ctx,
  profile: AccessProfile,
  openedBy: number | null,
  of: { personIds?: readonly number[]; entitlementIds?: readonly number[] } = {},
): Promise<{ opened: number; skipped: string[] }> {
  const personIds = of.personIds ?? (await listMemberIds(ctx.db, profile.id));
  const entitlementIds = of.entitlementIds ?? (await listProfileEntitlementIds(ctx.db, profile.id));
  if (personIds.length === 0) return { opened: 0, skipped: [] };
  const wanted = personIds.flatMap((personId) =>
    entitlementIds.map((entitlementId) => ({ personId, entitlementId })),
  );
  const { opened, skipped } = await openTasks(ctx, {
    kind: 'grant',
    targets: wanted,
    requesterId: null,
    openedBy,
    profileId: profile.id,
    reason: null,
    cause: 'profile',
  });
  const quiet = skipped.filter((pair) => !pair.satisfied);
  return { opened: opened.length, skipped: quiet.map(({ why }) => why) };
}
