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
import { type Leaving, leaveProfile, type TakenAway } from './unenroll.ts';

const maxNameLength = 80;
const maxDescriptionLength = 300;
const maxDaysPerMembership = 3650;

/** What is said of a profile, as a form has it. */
export interface ProfileWords {
  name: string;
  description: string;
  ownerIds: readonly number[];
  leaving: Leaving;
  /** In days; null: without an end. */
  maxMembershipDays: number | null;
}

/**
 * A profile made by hand, in which nobody is enrolled.
 * @throws Refusal forbidden, invalid (a field), conflict (the name is taken).
 */
export async function makeProfile(
  ctx: ActorCtx,
  input: ProfileWords & { entitlementIds: readonly number[] },
): Promise<AccessProfile> {
  await requirePermission(ctx, 'manageProfiles');
  return inTransaction(ctx, async (ctx) => {
    const { ownerIds, ...words } = await checkWords(ctx, input);
    const entitlementIds = await checkEntitlements(ctx, input.entitlementIds, 'entitlements');
    if (entitlementIds.length === 0) {
      throw new Refusal(
        'invalid',
        'Choose at least one entitlement; a profile cannot be empty.',
        'entitlements',
      );
    }
    const profile = await insertProfile(
      ctx.db,
      { ...words, createdBy: ctx.actor.personId, createdAt: ctx.now },
      entitlementIds,
    );
    if (!profile) throw nameTaken(words.name);
    await replaceProfileOwners(ctx.db, profile.id, ownerIds);
    await audit(ctx, 'profile.create', subjectOf.profile(profile.id), {
      after: { ...input, entitlements: entitlementIds },
    });
    return profile;
  });
}

/**
 * Changes what is said of a profile. A new longest membership counts for who is enrolled from now on.
 * @param input.version the form was drawn with.
 * @throws Refusal forbidden, invalid (a field), conflict (changed meanwhile, archived, the name is taken).
 */
export async function editProfile(
  ctx: ActorCtx,
  input: ProfileWords & { profileId: number; version: number },
): Promise<AccessProfile> {
  await requirePermission(ctx, 'manageProfiles');
  return inTransaction(ctx, async (ctx) => {
    const profile = await lockForChange(ctx, input.profileId, input.version);
    const { ownerIds, nameKey, ...words } = await checkWords(ctx, input);
    const owners = (await listProfileOwners(ctx.db, profile.id)).map(({ id }) => id);
    const before = { ...profile, owners: [...owners].sort() };
    const wanted = { ...words, owners: [...ownerIds].sort() };
    const keys = (Object.keys(wanted) as (keyof typeof wanted)[]).filter(
      (key) => JSON.stringify(before[key]) !== JSON.stringify(wanted[key]),
    );
    if (keys.length === 0) return profile;
    const version = profile.version + 1;
    const changed = await changeProfile(ctx.db, profile.id, { ...words, nameKey, version });
    if (!changed) throw nameTaken(words.name);
    await replaceProfileOwners(ctx.db, profile.id, ownerIds);
    await audit(ctx, 'profile.edit', subjectOf.profile(profile.id), {
      before: Object.fromEntries(keys.map((key) => [key, before[key]])),
      after: Object.fromEntries(keys.map((key) => [key, wanted[key]])),
    });
    return changed;
  });
}

/**
 * Puts a profile away for good: its rule is off, its members leave it, nobody joins it any more.
 * @returns what became of what the members held with it.
 */
export async function archiveProfile(
  ctx: ActorCtx,
  input: { profileId: number; version: number; leaving: Leaving },
): Promise<TakenAway & { profile: AccessProfile; removed: number }> {
  await requirePermission(ctx, 'manageProfiles');
  return inTransaction(ctx, async (ctx) => {
    const profile = await lockForChange(ctx, input.profileId, input.version);
    const members = await listEnrolled(ctx.db, profile.id);
    const openedBy = ctx.actor.personId;
    const rest = await leaveProfile(ctx, profile, members, input.leaving, openedBy);
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
    return { ...rest, profile, removed: members.length };
  });
}

async function checkWords(ctx: ActorCtx, input: ProfileWords) {
  const name = checkName(input.name);
  const description = input.description.trim();
  if (description.length > maxDescriptionLength) {
    const is = `The description has ${description.length} characters`;
    throw new Refusal('invalid', `${is}; use at most ${maxDescriptionLength}.`, 'description');
  }
  const { maxMembershipDays } = input;
  const isDays =
    maxMembershipDays === null || (Number.isInteger(maxMembershipDays) && maxMembershipDays > 0);
  if (!isDays || (maxMembershipDays ?? 0) > maxDaysPerMembership) {
    throw new Refusal(
      'invalid',
      `Write the longest membership in whole days, from 1 to ${maxDaysPerMembership}, or leave it empty.`,
      'longest',
    );
  }
  return {
    name,
    nameKey: foldText(name),
    description: description || null,
    leaving: checkLeaving(input.leaving),
    maxMembershipDays,
    ownerIds: await checkOwners(ctx, input.ownerIds),
  };
}

function checkLeaving(leaving: Leaving): Leaving {
  const known: readonly string[] = [
    'leave',
    'revoke_all',
    'revoke_unjustified',
  ] satisfies Leaving[];
  if (known.includes(leaving)) return leaving;
  throw new Refusal('invalid', 'Choose what becomes of the access of who leaves.', 'leaving');
}

async function checkOwners(ctx: ActorCtx, ids: readonly number[]): Promise<number[]> {
  const owners = await listPeopleById(ctx.db, ids);
  const gone = owners.find((person) => !person.active || person.closedAt);
  if (gone) {
    throw new Refusal('invalid', `${gone.name} is not active and cannot own it.`, 'owners');
  }
  return owners.map(({ id }) => id);
}

/** Those of these entitlements that there are. @throws Refusal invalid naming one that is gone. */
export async function checkEntitlements(
  ctx: ActorCtx,
  ids: readonly number[],
  field: string,
): Promise<number[]> {
  const rows = await listEntitlementsById(ctx.db, ids);
  const gone = rows.find(({ closedAt }) => closedAt);
  if (gone) {
    throw new Refusal('invalid', `${gone.app} · ${gone.name} does not exist any more.`, field);
  }
  return rows.map(({ id }) => id);
}

export function nameTaken(name: string): Refusal {
  return new Refusal(
    'conflict',
    `There is an access profile called "${name}" already, in use or archived; choose another name.`,
    'name',
  );
}

export function checkName(name: string): string {
  const trimmed = name.trim().replace(/\s+/g, ' ');
  if (!trimmed) throw new Refusal('invalid', 'Give the access profile a name.', 'name');
  if (trimmed.length > maxNameLength) {
    throw new Refusal(
      'invalid',
      `The name has ${trimmed.length} characters; use at most ${maxNameLength}.`,
      'name',
    );
  }
  return trimmed;
}
