import { Refusal } from '../../errors.ts';
import { listEntitlementsById, searchAllEntitlements } from '../../store/catalog/entitlements.ts';
import { listMemberIds } from '../../store/profiles/enrollments.ts';
import {
  type AccessProfile,
  changeProfile,
  deleteProfileEntitlements,
  insertProfileEntitlements,
  listProfileEntitlementIds,
} from '../../store/profiles/profiles.ts';
import { containsSearchWords } from '../../text.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, inTransaction, requirePermission } from '../context.ts';
import { validateEntitlements } from './edit.ts';
import { openMemberRequests } from './enroll.ts';
import { lockForChange, requireMayEnroll } from './rights.ts';
import { type WithdrawnAccess, withdrawAccess } from './unenroll.ts';

export interface ChangedEntitlements {
  profile: AccessProfile;
  added: number;
  removed: number;
  /** Requests opened for the added entitlements, and why others could not be opened. */
  requests: { opened: number; skipped: string[] };
  /** What happened to the members' access to the removed entitlements. */
  withdrawn: WithdrawnAccess;
}

/**
 * Adds entitlements to a profile and removes others. `createRequests` requests the added ones for the members.
 * `revoke` opens revocations of removed ones that a profile granted; otherwise members keep their access.
 * @param input.version the version that the form showed.
 */
export async function changeEntitlements(
  ctx: ActorCtx,
  input: {
    profileId: number;
    version: number;
    add: readonly number[];
    remove: readonly number[];
    createRequests: boolean;
    revoke: boolean;
  },
): Promise<ChangedEntitlements> {
  await requirePermission(ctx, 'manageProfiles');
  return inTransaction(ctx, async (ctx) => {
    const profile = await lockForChange(ctx, input.profileId, input.version);
    const { added, removed } = await chooseChange(ctx, profile, input);
    await insertProfileEntitlements(ctx.db, profile.id, added);
    await deleteProfileEntitlements(ctx.db, profile.id, removed);
    await changeProfile(ctx.db, profile.id, { version: profile.version + 1 });
    await audit(ctx, 'profile.entitlements', subjectOf.profile(profile.id), {
      after: {
        ...(added.length > 0 ? { added } : {}),
        ...(removed.length > 0 ? { removed, revoke: input.revoke } : {}),
      },
    });
    const openedBy = ctx.actor.personId;
    const reason = `It was removed from the access profile "${profile.name}".`;
    const members = await listMemberIds(ctx.db, profile.id);
    return {
      profile,
      added: added.length,
      removed: removed.length,
      requests:
        input.createRequests && added.length > 0
          ? await openMemberRequests(ctx, {
              profile,
              openedBy,
              personIds: members,
              entitlementIds: added,
            })
          : { opened: 0, skipped: [] },
      withdrawn: await withdrawAccess(ctx, {
        profile,
        personIds: removed.length > 0 ? members : [],
        entitlementIds: removed,
        leaving: input.revoke ? 'revoke_unjustified' : 'leave',
        openedBy,
        reason,
        toClosedReason: () => reason,
      }),
    };
  });
}

async function chooseChange(
  ctx: ActorCtx,
  profile: AccessProfile,
  { add, remove }: { add: readonly number[]; remove: readonly number[] },
): Promise<{ added: number[]; removed: number[] }> {
  const before = await listProfileEntitlementIds(ctx.db, profile.id);
  const removed = before.filter((id) => remove.includes(id) && !add.includes(id));
  const added = (await validateEntitlements(ctx, add, 'add')).filter((id) => !before.includes(id));
  if (added.length === 0 && removed.length === 0) {
    throw new Refusal('invalid', 'Choose entitlements to add or remove.', 'add');
  }
  if (before.length + added.length === removed.length) {
    const sentence = 'Keep at least one entitlement; a profile cannot be empty.';
    throw new Refusal('invalid', sentence, 'remove');
  }
  return { added, removed };
}

/** Searches entitlements, requestable or not, to add to a profile. */
export async function findForProfile(ctx: ActorCtx, query: string) {
  await requirePermission(ctx, 'manageProfiles');
  return (await searchAllEntitlements(ctx.db, { query, limit: 100 })).filter(
    ({ closedAt }) => !closedAt,
  );
}

/** Searches the entitlements of a profile; returns at most 100. */
export async function findInProfile(ctx: ActorCtx, profileId: number, query: string) {
  await requireMayEnroll(ctx, profileId);
  const ids = await listProfileEntitlementIds(ctx.db, profileId);
  return (await listEntitlementsById(ctx.db, ids))
    .map(({ id, app, name }) => ({ id, label: `${app} · ${name}` }))
    .filter(({ label }) => containsSearchWords(label, query))
    .sort((a, b) => (a.label < b.label ? -1 : 1))
    .slice(0, 100);
}
