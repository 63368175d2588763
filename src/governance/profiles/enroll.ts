import { Refusal } from '../../errors.ts';
import { listPeopleById } from '../../store/people/people.ts';
import { insertEnrollments, listMemberIds } from '../../store/profiles/enrollments.ts';
import { type AccessProfile, listProfileEntitlementIds } from '../../store/profiles/profiles.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, type Ctx, inTransaction } from '../context.ts';
import { loadZones } from '../people/person-zones.ts';
import { openTasks } from '../tasks/open-tasks.ts';
import { endInDays } from '../wording/calendar-days.ts';
import { lockForChange, requireMayEnroll } from './rights.ts';
import { loadProfileOrigin } from './view.ts';

export interface Enrolled {
  profile: AccessProfile;
  /** Number of new members. */
  added: number;
  alreadyMembers: number;
  opened: number;
  skipped: string[];
}

/**
 * Enrolls people, chosen one by one or as everybody who matches the profile's cohort now. `createRequests` opens a
 * task for each entitlement that a member lacks, also for earlier members.
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
      },
      endOf: await membershipEnds(ctx, profile, ids),
    });
    await audit(ctx, 'profile.enroll', subjectOf.profile(profile.id), { after: { people: added } });
    const tasks = input.createRequests
      ? await openMemberRequests(ctx, { profile, openedBy: ctx.actor.personId })
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
  const inactive = chosen.find((person) => !person.active || person.closedAt);
  if (inactive) {
    throw new Refusal('invalid', `${inactive.name} is not active and cannot be enrolled.`);
  }
  const origin = input.wholeCohort ? await loadProfileOrigin(ctx, profile) : undefined;
  return [...new Set([...chosen.map(({ id }) => id), ...(origin?.personIds ?? [])])];
}

/** Returns the end of a membership that begins now, for each person, on a day of theirs; null for no limit. */
export async function membershipEnds(
  ctx: Ctx,
  { maxMembershipDays: days }: AccessProfile,
  personIds: readonly number[],
): Promise<(personId: number) => Date | null> {
  if (days === null) return () => null;
  const zoneOf = await loadZones(ctx, personIds);
  // Many members share few zones, and the end of a day takes calendar arithmetic.
  const ends = new Map<string, Date>();
  return (personId) => {
    const zone = zoneOf(personId);
    const end = ends.get(zone) ?? endInDays(days, ctx.now, zone);
    ends.set(zone, end);
    return end;
  };
}

/**
 * Opens a task for each entitlement that a member lacks and that has no open request yet.
 * @param input.personIds,input.entitlementIds default to all members and entitlements of the profile.
 */
export async function openMemberRequests(
  ctx: Ctx,
  input: {
    profile: AccessProfile;
    openedBy: number | null;
    personIds?: readonly number[];
    entitlementIds?: readonly number[];
  },
): Promise<{ opened: number; skipped: string[] }> {
  const { profile, openedBy } = input;
  const personIds = input.personIds ?? (await listMemberIds(ctx.db, profile.id));
  const entitlementIds =
    input.entitlementIds ?? (await listProfileEntitlementIds(ctx.db, profile.id));
  if (personIds.length === 0) return { opened: 0, skipped: [] };
  const targets = personIds.flatMap((personId) =>
    entitlementIds.map((entitlementId) => ({ personId, entitlementId })),
  );
  const { opened, skipped } = await openTasks(ctx, {
    kind: 'grant',
    targets,
    requesterId: null,
    openedBy,
    profileId: profile.id,
    reason: null,
    cause: 'profile',
  });
  // Somebody who has the access already is no problem to report.
  const unsatisfied = skipped.filter((pair) => !pair.satisfied);
  return { opened: opened.length, skipped: unsatisfied.map(({ why }) => why) };
}
