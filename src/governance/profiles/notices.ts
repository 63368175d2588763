import { findAudit } from '../../store/audit.ts';
import { listRoleHolders } from '../../store/people/roles.ts';
import {
  type AccessProfile,
  findProfile,
  listProfileOwners,
} from '../../store/profiles/profiles.ts';
import { type Ctx, notify } from '../context.ts';
import type { Notice } from '../notifications/notice.ts';
import { onDay } from '../wording/calendar-days.ts';

/** Tells who can decide about a profile: its owners, Access Request Admins and Super Admins; not who acts. */
export async function notifyProfileAdmins(
  ctx: Ctx,
  profile: AccessProfile,
  auditId: number,
): Promise<void> {
  const owners = (await listProfileOwners(ctx.db, profile.id)).filter(
    (one) => one.active && !one.closedAt,
  );
  const admins = await listRoleHolders(ctx.db, ['access_request_admin', 'super_admin']);
  const told = new Set([...owners.map(({ id }) => id), ...admins]);
  told.delete(ctx.actor?.personId ?? 0);
  await notifyProfileChange(ctx, [...told], auditId);
}

/** What the row says becomes a message to each of these people. */
export async function notifyProfileChange(
  ctx: Ctx,
  personIds: readonly number[],
  auditId: number,
): Promise<void> {
  await notify(
    ctx,
    personIds.map((recipientId) => ({
      recipientId,
      kind: 'profile',
      subjectId: auditId,
      priority: 1,
    })),
  );
}

/** The parts of a row's `after` that are told. */
interface Told {
  name?: string;
  held?: number[];
  until?: string;
  leaving?: string;
}

/** What people are told about a profile of theirs. @param auditId the row of what happened. */
export async function describeProfileNews(ctx: Ctx, auditId: number): Promise<Notice | undefined> {
  const row = await findAudit(ctx.db, auditId);
  const profile = await findProfile(ctx.db, Number(row?.subject.replace('profile:', '')));
  if (!row || !profile) return undefined;
  const { held = [], until, leaving } = (row.after ?? {}) as Told;
  const name = `"${profile.name}"`;
  switch (row.verb) {
    case 'profile.hold':
      return noticeOf(`The rule of ${name} would remove ${held.length} members at once`, [
        'So many leave only with a yes: nobody was removed.',
        `Open ${name} in /rolemine profiles and choose Apply removals or Keep them.`,
      ]);
    case 'profile.expire': {
      const when = until ? `It was until ${onDay(new Date(until))}.` : 'Its time is over.';
      return noticeOf(`You are no longer a member of the access profile ${name}`, [
        when,
        leaving === 'leave'
          ? 'What you hold with it stays with you.'
          : 'What you hold with it may be taken away; you are told of each decision.',
      ]);
    }
    case 'profile.enroll':
      return noticeOf(`You are now a member of the access profile ${name}`, [
        'You have everything in it that you asked for.',
      ]);
    default:
      return undefined;
  }
}

function noticeOf(title: string, lines: string[]): Notice {
  return { title, lines, summary: [`${title}.`, ...lines].join(' ') };
}
