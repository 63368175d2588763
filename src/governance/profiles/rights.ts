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
 * Who may look into a profile and change who is in it: who manages profiles, and its owners.
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
  return requireThere(await findProfile(ctx.db, id));
}

/**
 * A profile that is to be changed, locked until the transaction ends.
 * @param version of the profile when the form was drawn, where the change is an edit of it.
 * @throws Refusal missing, conflict (archived, or somebody changed it in the meantime).
 */
export async function lockForChange(
  ctx: ActorCtx,
  id: number,
  version?: number,
): Promise<AccessProfile> {
  const profile = requireThere(await lockProfile(ctx.db, id));
  if (profile.archivedAt) {
    throw new Refusal('conflict', `"${profile.name}" is archived and cannot be changed.`);
  }
  if (version !== undefined && version !== profile.version) {
    throw new Refusal('conflict', await whoChanged(ctx, profile));
  }
  return profile;
}

const edits = [
  'profile.edit',
  'profile.rule',
  'profile.entitlements',
  'profile.extend',
] as const satisfies AuditAction[];

const parts: Record<string, string> = {
  name: 'name',
  description: 'description',
  owners: 'owners',
  leaving: 'access of who leaves',
  maxMembershipDays: 'longest membership',
  rule: 'membership rule',
  excluded: 'excluded people',
  added: 'entitlements',
  removed: 'entitlements',
  entitlements: 'entitlements',
};

/** "Kim changed the name and owners of "Finance" in the meantime. Look again before you change it." */
async function whoChanged(ctx: ActorCtx, { id, name }: AccessProfile): Promise<string> {
  const last = await findLastChange(ctx.db, {
    subject: subjectOf.profile(id),
    verbs: edits,
    exceptActorId: ctx.actor.personId,
  });
  const keys = Object.keys((last?.change.after ?? {}) as Record<string, unknown>);
  const what = [...new Set(keys.flatMap((key) => parts[key] ?? []))];
  const words = what.length > 0 ? `the ${what.join(' and ')} of ` : '';
  return `${last?.name ?? 'Somebody'} changed ${words}"${name}" in the meantime. Open it again and look before you change it.`;
}

function requireThere(profile: AccessProfile | undefined): AccessProfile {
  if (!profile) throw new Refusal('missing', 'This access profile is no longer here.');
  return profile;
}
