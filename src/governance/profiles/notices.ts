import { listRoleHolders } from '../../store/people/roles.ts';
import {
  findProfileNotice,
  insertProfileNotice,
  type NewProfileNotice,
} from '../../store/profiles/profile-notices.ts';
import { type AccessProfile, listProfileOwners } from '../../store/profiles/profiles.ts';
import { type Ctx, notify, readerZone } from '../context.ts';
import type { Notice } from '../notifications/notice.ts';
import { formatEnd } from '../wording/relative-time.ts';
import { joinSentences } from '../wording/sentences.ts';

/**
 * Notifies the owners of a profile, Access Request Admins and Super Admins that its rule would remove many members.
 * The actor gets no message.
 */
export async function notifyProfileAdmins(
  ctx: Ctx,
  profile: AccessProfile,
  removalCount: number,
): Promise<void> {
  const owners = (await listProfileOwners(ctx.db, profile.id)).filter(
    (owner) => owner.active && !owner.closedAt,
  );
  const admins = await listRoleHolders(ctx.db, ['access_request_admin', 'super_admin']);
  const readers = new Set([...owners.map(({ id }) => id), ...admins]);
  if (ctx.actor) readers.delete(ctx.actor.personId);
  const notice = { profileId: profile.id, kind: 'removals_pending', removalCount } as const;
  await notifyOfProfile(ctx, [...readers], notice);
}

/** Sends each of these people a message about a profile. */
export async function notifyOfProfile(
  ctx: Ctx,
  personIds: readonly number[],
  notice: NewProfileNotice,
): Promise<void> {
  const subjectId = await insertProfileNotice(ctx.db, notice, ctx.now);
  await notify(
    ctx,
    personIds.map((recipientId) => ({ recipientId, kind: 'profile', subjectId, priority: 1 })),
  );
}

/** Returns the text of a message about a profile; undefined if the profile no longer exists. */
export async function describeProfileNotice(
  ctx: Ctx,
  noticeId: number,
): Promise<Notice | undefined> {
  const found = await findProfileNotice(ctx.db, noticeId);
  if (!found) return undefined;
  const { kind, removalCount, endedAt, leaving } = found.notice;
  const name = `"${found.name}"`;
  switch (kind) {
    case 'removals_pending':
      return noticeOf(`The rule of ${name} would remove ${removalCount} members at once`, [
        'Removals this large need confirmation. Nobody was removed.',
        `Open ${name} in /rolemine profiles and choose Apply removals or Keep them.`,
      ]);
    case 'membership_ended':
      return noticeOf(`You are no longer a member of the access profile ${name}`, [
        endedAt
          ? `Your membership ended on ${formatEnd(endedAt, readerZone(ctx))}.`
          : 'Your membership has ended.',
        leaving === 'leave'
          ? 'You keep your access from this profile.'
          : 'Access from this profile may be revoked. You are notified of each decision.',
      ]);
    case 'enrolled':
      return noticeOf(`You are now a member of the access profile ${name}`, [
        'You have access to everything in it.',
      ]);
  }
}

function noticeOf(title: string, lines: string[]): Notice {
  return { title, lines, summary: joinSentences([title, ...lines]) };
}
