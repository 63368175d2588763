import { Refusal } from '../../errors.ts';
import { findLastChange } from '../../store/audit.ts';
import {
  type AccessProfile,
  findProfile,
  listOwnedProfileIds,
  lockProfile,
} from '../../store/profiles/profiles.ts';
import type { AuditAction } from '../audit-actions.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, type Ctx, requirePermission } from '../context.ts';
import { hasPermission } from '../permissions.ts';

/**
 * Requires that the actor may view a profile and change its members: profile admins and its owners may.
 * @throws Refusal forbidden.
 */
export async function requireMayEnroll(ctx: ActorCtx, profileId: number): Promise<void> {
  if (!(await mayEnroll(ctx, profileId))) await requirePermission(ctx, 'manageProfiles');
}

/** Whether `requireMayEnroll` lets the actor pass. */
export async function mayEnroll(ctx: ActorCtx, profileId: number): Promise<boolean> {
  if (hasPermission(ctx.actor.roles, 'manageProfiles')) return true;
  return (await listOwnedProfileIds(ctx.db, ctx.actor.personId)).includes(profileId);
}

/** @throws Refusal missing. */
export async function readProfile(ctx: Ctx, id: number): Promise<AccessProfile> {
  return requireProfile(await findProfile(ctx.db, id));
}

/**
 * Locks a profile for a change until the transaction ends.
 * @param version the version that the form showed; left out for changes that are no edits.
 * @throws Refusal missing, conflict (archived, or somebody changed it in the meantime).
 */
export async function lockForChange(
  ctx: ActorCtx,
  id: number,
  version?: number,
): Promise<AccessProfile> {
  const profile = requireProfile(await lockProfile(ctx.db, id));
  if (profile.archivedAt) {
    throw new Refusal('conflict', `"${profile.name}" is archived and cannot be changed.`);
  }
  if (version !== undefined && version !== profile.version) {
    throw new Refusal('conflict', await describeLastChange(ctx, profile));
  }
  return profile;
}

const edits = [
  'profile.edit',
  'profile.rule',
  'profile.entitlements',
  'profile.extend',
] as const satisfies AuditAction[];

const partNames: Record<string, string> = {
  name: 'name',
  description: 'description',
  owners: 'owners',
  leaving: 'access after leaving',
  longestDays: 'longest membership',
  rule: 'membership rule',
  excluded: 'excluded people',
  added: 'entitlements',
  removed: 'entitlements',
  entitlements: 'entitlements',
};

/** "Kim changed the name and owners of "Finance" in the meantime. Open it again and look before you change it." */
async function describeLastChange(ctx: ActorCtx, { id, name }: AccessProfile): Promise<string> {
  const last = await findLastChange(ctx.db, {
    subject: subjectOf.profile(id),
    verbs: edits,
    exceptActorId: ctx.actor.personId,
  });
  const keys = Object.keys(last?.change.after ?? {});
  const changed = [...new Set(keys.flatMap((key) => partNames[key] ?? []))];
  const part = changed.length > 0 ? `the ${changed.join(' and ')} of ` : '';
  return `${last?.name ?? 'Somebody'} changed ${part}"${name}" in the meantime. Open it again and look before you change it.`;
}

function requireProfile(profile: AccessProfile | undefined): AccessProfile {
  if (!profile) throw new Refusal('missing', 'This access profile no longer exists.');
  return profile;
}
