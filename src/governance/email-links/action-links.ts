import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { Refusal } from '../../errors.ts';
import {
  type ActionLink,
  deleteActionLinks,
  expireActionLinks,
  findActionLink,
  insertActionLink,
} from '../../store/messages/action-links.ts';
import { findPerson, lockEmail } from '../../store/people/people.ts';
import { listRoles } from '../../store/people/roles.ts';
import { findSlackIdentity } from '../../store/people/slack-identities.ts';
import { listAssignees, listSteps } from '../../store/tasks/tasks.ts';
import { knownZone } from '../../time-zones.ts';
import { type ActorCtx, type Ctx, readerZone } from '../context.ts';
import { cannotActReason, inactiveReason } from '../people/person-search.ts';
import { formatDate } from '../wording/relative-time.ts';

type LinkPage = ActionLink['page'];

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** How long a link opens its page, and how long an inbox stays open. */
const maxAgesMs = {
  task: 14 * dayMs,
  preferences: 90 * dayMs,
  session: hourMs,
} as const satisfies Record<LinkPage, number>;
/** Expired links stay in the database for this long, so that their page can say when they expired. */
const retentionDays = 90;

/** A page that a mail links to. */
export type MailedPage = Exclude<LinkPage, 'session'>;

/** The part of a link between the address of the installation and the token. */
const linkPaths = {
  task: '/t/',
  preferences: '/p/',
} as const satisfies Record<MailedPage, string>;

/** Builds the address of a link. @param publicUrl without a slash at the end. */
export function linkUrl(publicUrl: string, page: MailedPage, token: string): string {
  return `${publicUrl}${linkPaths[page]}${token}`;
}

/** Whether a link is as young as one that decides. Older links to the notification settings open only those. */
export function opensInbox({ createdAt, expiresAt }: ActionLink, now: Date): boolean {
  return expiresAt > now && now.getTime() - createdAt.getTime() < maxAgesMs.task;
}

/**
 * Creates a link to the page of a task, for one person and one mail. It may decide the step once, while the person
 * is an assignee.
 * @param input.stepId null: the page has nothing to decide; undefined: the active step if it is assigned to the person
 * @returns the token. Only its hash is stored.
 */
export async function createTaskLink(
  ctx: Ctx,
  input: { personId: number; taskId: number; stepId?: number | null },
): Promise<string> {
  const { personId, taskId } = input;
  const stepId = input.stepId === undefined ? await findOwnStep(ctx, input) : input.stepId;
  return (await createLink(ctx, 'task', { personId, taskId, stepId })).token;
}

/** Finds the active step of a task if it is assigned to the person. */
export async function findOwnStep(
  ctx: Ctx,
  { taskId, personId }: { taskId: number; personId: number },
): Promise<number | null> {
  const active = (await listSteps(ctx.db, taskId)).find((step) => step.state === 'active');
  const assignees = active ? await listAssignees(ctx.db, [active.id]) : [];
  const isOwn = ({ assignee }: (typeof assignees)[number]) =>
    assignee.active && assignee.personId === personId;
  return active && assignees.some(isOwn) ? active.id : null;
}

/** Creates a link to the page of a person's preferences. @returns the token. Only its hash is stored. */
export async function createPreferencesLink(
  ctx: Ctx,
  { personId }: { personId: number },
): Promise<string> {
  return (await createLink(ctx, 'preferences', { personId, taskId: null, stepId: null })).token;
}

/** Creates the token of an open inbox, which a cookie carries. */
export async function createSession(
  ctx: Ctx,
  { personId }: { personId: number },
): Promise<{ id: number; token: string }> {
  return createLink(ctx, 'session', { personId, taskId: null, stepId: null });
}

async function createLink(
  ctx: Ctx,
  page: LinkPage,
  subject: Pick<ActionLink, 'personId' | 'taskId' | 'stepId'>,
): Promise<{ id: number; token: string }> {
  const token = randomBytes(32).toString('base64url');
  const id = await insertActionLink(ctx.db, {
    ...subject,
    page,
    tokenHash: hashToken(token),
    createdAt: ctx.now,
    expiresAt: new Date(ctx.now.getTime() + maxAgesMs[page]),
  });
  return { id, token };
}

/** A link with its person, and a context in which that person acts. */
export interface OpenLink {
  link: ActionLink;
  person: { id: number; name: string; email: string | null };
  ctx: ActorCtx;
}

/**
 * Finds the link of a token. Changes nothing.
 * @throws Refusal missing (there is no such link), conflict (it has expired), forbidden (its person cannot act).
 */
export async function openLink(ctx: Ctx, token: string, page: LinkPage): Promise<OpenLink> {
  const open = await openAnyLink(ctx, token, page);
  if (open.link.expiresAt > ctx.now) return open;
  const day = formatDate(open.link.expiresAt, readerZone(open.ctx));
  throw new Refusal('conflict', `This link expired on ${day}.`);
}

/**
 * Finds the link of a token like openLink, even if it has expired.
 * @throws Refusal missing (there is no such link), forbidden (its person cannot act).
 */
export async function openAnyLink(ctx: Ctx, token: string, page: LinkPage): Promise<OpenLink> {
  const hash = hashToken(token);
  const link = await findActionLink(ctx.db, hash);
  // The index stops at the first byte that differs. Comparing again in constant time hides how far a guess matched.
  const isMatch = link && timingSafeEqual(Buffer.from(link.tokenHash), Buffer.from(hash));
  if (!isMatch || link.page !== page) {
    throw new Refusal(
      'missing',
      'This link does not work. Part of it may be missing: open it from the e-mail again.',
    );
  }
  const person = await findPerson(ctx.db, link.personId);
  const identity = person && (await findSlackIdentity(ctx.db, person.id));
  // Everybody who gets messages may choose how, even somebody who cannot act on tasks.
  const reason = person
    ? page === 'preferences'
      ? inactiveReason(person)
      : cannotActReason(person, identity)
    : 'is no longer here';
  if (!person || reason) {
    const subject = person?.name ?? 'the person it belongs to';
    throw new Refusal('forbidden', `This link does not work: ${subject} ${reason}.`);
  }
  const { id, name, email } = person;
  const actor = {
    personId: id,
    name,
    roles: await listRoles(ctx.db, id),
    timeZone: knownZone(identity?.timeZone),
  };
  return { link, person: { id, name, email }, ctx: { ...ctx, via: 'email', actor } };
}

/** Every link to the page of a task has a task. */
export function taskIdOf({ link }: OpenLink): number {
  if (link.taskId === null) throw new Error(`link ${link.id} has no task`);
  return link.taskId;
}

/**
 * Expires the links of people whose address has changed, because somebody else may read the old mailbox by now.
 * The page of an expired link sends a new link to the new address.
 */
export async function expireLinks(ctx: Ctx, personIds: readonly number[]): Promise<void> {
  await expireActionLinks(ctx.db, personIds, ctx.now);
}

/**
 * Ensures that the address of a mail with links still belongs to its reader, until the end of the transaction.
 * @throws Refusal conflict when the address has changed.
 */
export async function requireAddress(
  ctx: Ctx,
  { id, email }: { id: number; email: string | null },
): Promise<void> {
  if ((await lockEmail(ctx.db, id)) === email) return;
  throw new Refusal('conflict', 'The address has changed since the mail was written.');
}

/** Deletes links that expired more than 90 days ago. */
export async function deleteOldLinks(ctx: Ctx): Promise<void> {
  await deleteActionLinks(ctx.db, new Date(ctx.now.getTime() - retentionDays * dayMs));
}

function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
