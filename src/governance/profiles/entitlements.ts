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
import { checkEntitlements } from './edit.ts';
import { openForMembers } from './enroll.ts';
import { lockForChange, requireMayEnroll } from './rights.ts';
import { type TakenAway, takeAway } from './unenroll.ts';

export interface ChangedEntitlements {
  profile: AccessProfile;
  added: number;
  removed: number;
  /** Of what was put in: requests opened, and why one could not be. */
  requests: { opened: number; skipped: string[] };
  /** What became of what members hold of what was taken out. */
  taken: TakenAway;
}

/**
 * Puts entitlements into a profile and takes others out. Members are given what is new only with
 * `createRequests`, and keep what was taken out unless `revoke` proposes to take away what a profile gave.
 * @param input.version the form was drawn with.
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
    const by = ctx.actor.personId;
    const members = await listMemberIds(ctx.db, profile.id);
    return {
      profile,
      added: added.length,
      removed: removed.length,
      requests:
        input.createRequests && added.length > 0
          ? await openForMembers(ctx, profile, by, { personIds: members, entitlementIds: added })
          : { opened: 0, skipped: [] },
      taken: await takeAway(ctx, {
        profile,
        personIds: removed.length > 0 ? members : [],
        entitlementIds: removed,
        leaving: input.revoke ? 'revoke_unjustified' : 'leave',
        openedBy: by,
        reason: `It was taken out of the access profile "${profile.name}".`,
        why: () => `It was taken out of the access profile "${profile.name}".`,
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
  const added = (await checkEntitlements(ctx, add, 'add')).filter((id) => !before.includes(id));
  if (added.length === 0 && removed.length === 0) {
    throw new Refusal('invalid', 'Choose what is to be put in or taken out.', 'add');
  }
  if (before.length + added.length === removed.length) {
    const sentence = 'Keep at least one entitlement; a profile cannot be empty.';
    throw new Refusal('invalid', sentence, 'remove');
  }
  return { added, removed };
}

/** Entitlements for a search field, requestable or not. */
export async function findForProfile(ctx: ActorCtx, query: string) {
  await requirePermission(ctx, 'manageProfiles');
  return (await searchAllEntitlements(ctx.db, { query, limit: 100 })).filter(
    ({ closedAt }) => !closedAt,
  );
}

/** What is in a profile, for a search field. */
export async function findInProfile(ctx: ActorCtx, profileId: number, query: string) {
  await requireMayEnroll(ctx, profileId);
  const ids = await listProfileEntitlementIds(ctx.db, profileId);
  return (await listEntitlementsById(ctx.db, ids))
    .map(({ id, app, name }) => ({ id, label: `${app} · ${name}` }))
    .filter(({ label }) => containsSearchWords(label, query))
    .sort((a, b) => (a.label < b.label ? -1 : 1))
    .slice(0, 100);
}
