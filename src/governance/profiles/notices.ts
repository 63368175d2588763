import { listRoleHolders } from '../../store/people/roles.ts';
import {
  findProfileNotice,
  insertProfileNotice,
  type NewProfileNotice,
} from '../../store/profiles/profile-notices.ts';
import { type AccessProfile, listProfileOwners } from '../../store/profiles/profiles.ts';
import { type Ctx, notify } from '../context.ts';
import type { Notice } from '../notifications/notice.ts';
import { formatDate } from '../wording/relative-time.ts';

/**
 * The rule of a profile would remove many members. Its owners, Access Request Admins and Super Admins get a message,
 * but not the person who acts.
 */
export async function notifyProfileAdmins(
  ctx: Ctx,
  profile: AccessProfile,
  removalCount: number,
): Promise<void> {
  const owners = (await listProfileOwners(ctx.db, profile.id)).filter(
    (one) => one.active && !one.closedAt,
  );
  const admins = await listRoleHolders(ctx.db, ['access_request_admin', 'super_admin']);
  const readers = new Set([...owners.map(({ id }) => id), ...admins]);
  readers.delete(ctx.actor?.personId ?? 0);
  const notice = { profileId: profile.id, kind: 'removals_pending', removalCount } as const;
  await notifyOfProfile(ctx, [...readers], notice);
}

/** A message about a profile to each of these people. */
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

/** The text of a message about a profile. */
export async function describeProfileNews(ctx: Ctx, noticeId: number): Promise<Notice | undefined> {
  const found = await findProfileNotice(ctx.db, noticeId);
  if (!found) return undefined;
  const { kind, removalCount, endedAt, leaving } = found.notice;
  const name = `"${found.name}"`;
  switch (kind) {
    case 'removals_pending':
      return noticeOf(`The rule of ${name} would remove ${removalCount} members at once`, [
        'So many leave only with a yes: nobody was removed.',
        `Open ${name} in /rolemine profiles and choose Apply removals or Keep them.`,
      ]);
    case 'membership_ended':
      return noticeOf(`You are no longer a member of the access profile ${name}`, [
        endedAt ? `It was until ${formatDate(endedAt)}.` : 'Its time is over.',
        leaving === 'leave'
          ? 'What you hold with it stays with you.'
          : 'What you hold with it may be taken away; you are told of each decision.',
      ]);
    case 'enrolled':
      return noticeOf(`You are now a member of the access profile ${name}`, [
        'You have everything in it that you asked for.',
      ]);
  }
}

function noticeOf(title: string, lines: string[]): Notice {
  return { title, lines, summary: [`${title}.`, ...lines].join(' ') };
}
