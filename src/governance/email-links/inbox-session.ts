import { Refusal } from '../../errors.ts';
import {
  countSessions,
  endSessions,
  findActionLinkById,
  findLastRenewal,
  markRenewal,
} from '../../store/messages/action-links.ts';
import { findPerson } from '../../store/people/people.ts';
import { findSlackIdentity } from '../../store/people/slack-identities.ts';
import { subjectOf } from '../audit-subjects.ts';
import { audit, type Ctx, inTransaction, notify, readerZone } from '../context.ts';
import type { Notice } from '../notifications/notice.ts';
import { cannotActReason } from '../people/person-search.ts';
import { type Inbox, loadInbox } from '../task-cards/inbox.ts';
import { formatAgo, formatDate } from '../wording/relative-time.ts';
import {
  createSession,
  type MailedPage,
  type OpenLink,
  openAnyLink,
  openLink,
  opensInbox,
} from './action-links.ts';

/** The time between two new links, so that somebody with an old mail cannot flood its reader's mailbox. */
const minRenewalIntervalMs = 4 * 3_600_000;

/** Each opening ends the earlier session, so a person who works on two devices opens it often. */
const maxOpeningsAnHour = 20;

export const closedInbox = 'Your inbox is closed.';

/** An open inbox: its person, a context in which they act, and until when it stays open. */
export interface InboxSession extends Pick<OpenLink, 'person' | 'ctx'> {
  closesAt: Date;
}

/** The token of an open session, and its person. */
interface CurrentSession {
  session: string;
  personId: number;
}

/** The entrance to an inbox on the page of a link. */
export interface InboxDoor {
  /** The number of open tasks of each kind. */
  counts: Inbox['counts'];
  /** Why the link does not open the inbox; undefined when it does. */
  closed: string | undefined;
}

/**
 * Opens the inbox of a link's person for an hour, and closes an earlier one.
 * @param input.current the open session of the browser, which stays open if it is the same person's
 * @returns the token of the session
 * @throws Refusal as openLink; forbidden (the person cannot act, or the link is too old), conflict
 * (opened too often).
 */
export async function openInbox(
  ctx: Ctx,
  token: string,
  { page, current }: { page: MailedPage; current?: CurrentSession | undefined },
): Promise<string> {
  return inTransaction(ctx, async (ctx) => {
    const open = await openLink(ctx, token, page);
    const closed = whyClosed(open, await findBar(ctx, open.person.id));
    if (closed) throw new Refusal('forbidden', closed);
    const { id: personId } = open.person;
    if (current?.personId === personId) return current.session;
    const anHourAgo = new Date(ctx.now.getTime() - 3_600_000);
    if ((await countSessions(ctx.db, personId, anHourAgo)) >= maxOpeningsAnHour) {
      const sentence = `This inbox was opened ${maxOpeningsAnHour} times within an hour. Try again later.`;
      throw new Refusal('conflict', sentence);
    }
    await endSessions(ctx.db, personId, ctx.now);
    const session = await createSession(ctx, { personId });
    await audit(open.ctx, 'inbox.open', subjectOf.person(personId), {
      after: { session: session.id, link: open.link.id },
    });
    return session.token;
  });
}

/**
 * Reads who acts in an open inbox. Roles give nothing there: a mail can be forwarded, so its reader decides and requests
 * as any user.
 * @throws Refusal missing (there was no such session), conflict (it is closed), forbidden (its person cannot act).
 */
export async function enterInbox(ctx: Ctx, session: string): Promise<InboxSession> {
  const { link, person, ctx: own } = await openAnyLink(ctx, session, 'session');
  if (link.expiresAt <= ctx.now) throw new Refusal('conflict', closedInbox);
  return {
    person,
    closesAt: link.expiresAt,
    ctx: { ...own, actor: { ...own.actor, roles: [] } },
  };
}

/** Closes an open inbox. A closed one stays closed. @throws Refusal as enterInbox, except conflict. */
export async function closeInbox(ctx: Ctx, session: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const open = await openAnyLink(ctx, session, 'session');
    const sessions = await endSessions(ctx.db, open.person.id, ctx.now);
    if (sessions.length === 0) return;
    await audit(open.ctx, 'inbox.close', subjectOf.person(open.person.id), { after: { sessions } });
  });
}

/** Reads the entrance on the page of a link; undefined for a person who cannot act. Changes nothing. */
export async function readInboxDoor(ctx: Ctx, token: string): Promise<InboxDoor | undefined> {
  const open = await openAnyLink(ctx, token, 'preferences');
  if (await findBar(ctx, open.person.id)) return undefined;
  const { counts } = await loadInbox(open.ctx, undefined, 1);
  return { counts, closed: whyClosed(open, undefined) };
}

/** Says when a link to the inbox and the settings expired; undefined while it works. @throws Refusal as openAnyLink. */
export async function readExpiry(ctx: Ctx, token: string): Promise<string | undefined> {
  const { link, ctx: own } = await openAnyLink(ctx, token, 'preferences');
  if (link.expiresAt > ctx.now) return undefined;
  return `This link expired on ${formatDate(link.expiresAt, readerZone(own))}.`;
}

/** Why a person cannot act, to follow their name; undefined when they can. */
async function findBar(ctx: Ctx, personId: number): Promise<string | undefined> {
  const person = await findPerson(ctx.db, personId);
  return person && cannotActReason(person, await findSlackIdentity(ctx.db, personId));
}

/** Says why a link does not open the inbox now; undefined when it does. */
function whyClosed(
  { link, person, ctx }: OpenLink,
  reason: string | undefined,
): string | undefined {
  if (reason) return `This link does not open the inbox: ${person.name} ${reason}.`;
  if (opensInbox(link, ctx.now)) return undefined;
  return `This e-mail is too old to open the inbox: it was sent on ${formatDate(link.createdAt, readerZone(ctx))}. Use the link in a newer e-mail.`;
}

/**
 * Sends a mail with a new link to the person of an old one.
 * @throws Refusal as openAnyLink; conflict (the last one was sent in the last 4 hours).
 */
export async function renewInboxLink(ctx: Ctx, token: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const { link, person, ctx: own } = await openAnyLink(ctx, token, 'preferences');
    const last = await findLastRenewal(ctx.db, person.id);
    if (last && ctx.now.getTime() - last.getTime() < minRenewalIntervalMs) {
      const when = formatAgo(last, ctx.now);
      throw new Refusal(
        'conflict',
        `A new link was sent ${when}. Look for it in your e-mail and in Slack.`,
      );
    }
    await markRenewal(ctx.db, link.id, ctx.now);
    await notify(ctx, [{ recipientId: person.id, kind: 'inbox', subjectId: link.id, priority: 1 }]);
    await audit(own, 'inbox.renew', subjectOf.person(person.id), { after: { link: link.id } });
  });
}

/** Reads the message that brings a new link, as a message with its news. */
export async function readInboxNotice(
  ctx: Ctx,
  linkId: number,
): Promise<{ message: { kind: 'notice'; notice: Notice }; isNews: true; since: Date } | undefined> {
  const link = await findActionLinkById(ctx.db, linkId);
  if (!link?.usedAt) return undefined;
  const title = 'Your Rolemine inbox';
  const line = 'You asked for a new link to it. In Slack, it is the Home tab of Rolemine.';
  const notice = { title, lines: [line], summary: `${title}. ${line}` };
  return { message: { kind: 'notice', notice }, isNews: true, since: link.usedAt };
}
