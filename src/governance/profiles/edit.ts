import { keysOf } from '../../collections.ts';
import { Refusal } from '../../errors.ts';
import { foldText } from '../../mining/matrix/fold-text.ts';
import { listEntitlementsById } from '../../store/catalog/entitlements.ts';
import { listPeopleById } from '../../store/people/people.ts';
import { listEnrolled } from '../../store/profiles/enrollments.ts';
import {
  type AccessProfile,
  changeProfile,
  insertProfile,
  listProfileOwners,
  replaceProfileOwners,
} from '../../store/profiles/profiles.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, inTransaction, requirePermission } from '../context.ts';
import { lockForChange } from './rights.ts';
import { type Leaving, removeFromProfile, type WithdrawnAccess } from './unenroll.ts';

const maxNameLength = 80;
const maxDescriptionLength = 300;
const maxDaysPerMembership = 3650;

/** The settings of a profile, as in its form. */
export interface ProfileSettings {
  name: string;
  description: string;
  ownerIds: readonly number[];
  leaving: Leaving;
  /** The longest membership in days; null: no limit. */
  maxMembershipDays: number | null;
}

/**
 * Creates a profile by hand, with nobody enrolled.
 * @throws Refusal forbidden, invalid (a field), conflict (the name is taken).
 */
export async function makeProfile(
  ctx: ActorCtx,
  input: ProfileSettings & { entitlementIds: readonly number[] },
): Promise<AccessProfile> {
  await requirePermission(ctx, 'manageProfiles');
  return inTransaction(ctx, async (ctx) => {
    const { ownerIds, ...settings } = await validateSettings(ctx, input);
    const entitlementIds = await validateEntitlements(ctx, input.entitlementIds, 'entitlements');
    if (entitlementIds.length === 0) {
      throw new Refusal(
        'invalid',
        'Choose at least one entitlement; a profile cannot be empty.',
        'entitlements',
      );
    }
    const profile = await insertProfile(
      ctx.db,
      { ...settings, createdBy: ctx.actor.personId, createdAt: ctx.now },
      entitlementIds,
    );
    if (!profile) throw refuseTakenName(settings.name);
    await replaceProfileOwners(ctx.db, profile.id, ownerIds);
    await audit(ctx, 'profile.create', subjectOf.profile(profile.id), {
      after: { ...input, entitlements: entitlementIds },
    });
    return profile;
  });
}

/**
 * Changes the settings of a profile. A new longest membership applies to later enrollments only.
 * @param input.version the version that the form showed.
 * @throws Refusal forbidden, invalid (a field), conflict (changed by somebody else, archived, or the name is taken).
 */
export async function editProfile(
  ctx: ActorCtx,
  input: ProfileSettings & { profileId: number; version: number },
): Promise<AccessProfile> {
  await requirePermission(ctx, 'manageProfiles');
  return inTransaction(ctx, async (ctx) => {
    const profile = await lockForChange(ctx, input.profileId, input.version);
    const { ownerIds, nameKey, ...settings } = await validateSettings(ctx, input);
    const owners = (await listProfileOwners(ctx.db, profile.id)).map(({ id }) => id);
    const before = { ...profile, owners: [...owners].sort() };
    const after = { ...settings, owners: [...ownerIds].sort() };
    // Object.keys forgets that `after` has exactly these keys.
    const changedKeys = keysOf(after).filter(
      (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
    );
    if (changedKeys.length === 0) return profile;
    const version = profile.version + 1;
    const changed = await changeProfile(ctx.db, profile.id, { ...settings, nameKey, version });
    if (!changed) throw refuseTakenName(settings.name);
    await replaceProfileOwners(ctx.db, profile.id, ownerIds);
    await audit(ctx, 'profile.edit', subjectOf.profile(profile.id), {
      before: Object.fromEntries(changedKeys.map((key) => [key, before[key]])),
      after: Object.fromEntries(changedKeys.map((key) => [key, after[key]])),
    });
    return changed;
  });
}

/**
 * Archives a profile for good: ends its rule, removes its members and allows no new ones.
 * @returns what happened to the members' access.
 */
export async function archiveProfile(
  ctx: ActorCtx,
  input: { profileId: number; version: number; leaving: Leaving },
): Promise<WithdrawnAccess & { profile: AccessProfile; removed: number }> {
  await requirePermission(ctx, 'manageProfiles');
  return inTransaction(ctx, async (ctx) => {
    const profile = await lockForChange(ctx, input.profileId, input.version);
    const members = await listEnrolled(ctx.db, profile.id);
    const outcome = await removeFromProfile(ctx, {
      profile,
      personIds: members,
      leaving: input.leaving,
      openedBy: ctx.actor.personId,
    });
    await changeProfile(ctx.db, profile.id, {
      archivedAt: ctx.now,
      rule: null,
      pendingRemovalIds: null,
      version: profile.version + 1,
    });
    await audit(ctx, 'profile.archive', subjectOf.profile(profile.id), {
      before: { members, rule: profile.rule },
      after: { leaving: input.leaving },
    });
    return { ...outcome, profile, removed: members.length };
  });
}

async function validateSettings(ctx: ActorCtx, input: ProfileSettings) {
  const name = validateName(input.name);
  const description = input.description.trim();
  if (description.length > maxDescriptionLength) {
    const length = `The description has ${description.length} characters`;
    throw new Refusal('invalid', `${length}; use at most ${maxDescriptionLength}.`, 'description');
  }
  const { maxMembershipDays } = input;
  const isValid =
    maxMembershipDays === null ||
    (Number.isInteger(maxMembershipDays) &&
      maxMembershipDays > 0 &&
      maxMembershipDays <= maxDaysPerMembership);
  if (!isValid) {
    throw new Refusal(
      'invalid',
      `Enter the longest membership in whole days, from 1 to ${maxDaysPerMembership}, or leave it empty.`,
      'longest',
    );
  }
  return {
    name,
    nameKey: foldText(name),
    description: description || null,
    leaving: validateLeaving(input.leaving),
    maxMembershipDays,
    ownerIds: await validateOwners(ctx, input.ownerIds),
  };
}

function validateLeaving(leaving: Leaving): Leaving {
  const known: readonly string[] = [
    'leave',
    'revoke_all',
    'revoke_unjustified',
  ] satisfies Leaving[];
  if (known.includes(leaving)) return leaving;
  throw new Refusal(
    'invalid',
    "Choose what happens to members' access when they leave.",
    'leaving',
  );
}

async function validateOwners(ctx: ActorCtx, ids: readonly number[]): Promise<number[]> {
  const owners = await listPeopleById(ctx.db, ids);
  const inactive = owners.find((person) => !person.active || person.closedAt);
  if (inactive) {
    const problem = `${inactive.name} is not active and cannot own an access profile.`;
    throw new Refusal('invalid', problem, 'owners');
  }
  return owners.map(({ id }) => id);
}

/**
 * Returns the ids of the entitlements that exist.
 * @throws Refusal invalid (names one that no longer exists).
 */
export async function validateEntitlements(
  ctx: ActorCtx,
  ids: readonly number[],
  field: string,
): Promise<number[]> {
  const rows = await listEntitlementsById(ctx.db, ids);
  const closed = rows.find(({ closedAt }) => closedAt);
  if (closed) {
    throw new Refusal('invalid', `${closed.app} · ${closed.name} no longer exists.`, field);
  }
  return rows.map(({ id }) => id);
}

export function refuseTakenName(name: string): Refusal {
  return new Refusal(
    'conflict',
    `An access profile named "${name}" already exists or is archived; choose another name.`,
    'name',
  );
}

export function validateName(name: string): string {
  const trimmed = name.trim().replace(/\s+/g, ' ');
  if (!trimmed) throw new Refusal('invalid', 'Enter a name for the access profile.', 'name');
  if (trimmed.length > maxNameLength) {
    throw new Refusal(
      'invalid',
      `The name has ${trimmed.length} characters; use at most ${maxNameLength}.`,
      'name',
    );
  }
  return trimmed;
}
