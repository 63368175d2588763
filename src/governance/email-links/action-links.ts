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
import { guestReason, inactiveReason } from '../people/person-search.ts';
import { formatDate } from '../wording/relative-time.ts';

type LinkPage = ActionLink['page'];

const dayMs = 24 * 3_600_000;
const lifeDays = { task: 14, preferences: 90 } as const satisfies Record<LinkPage, number>;
/** For so long a link that has expired is told from one that never was. */
const rememberedDays = 90;

/** What stands between the address of the installation and the token. */
const linkPaths = {
  task: '/t/',
  preferences: '/p/',
} as const satisfies Record<LinkPage, string>;

/** The address of a link. @param publicUrl without a slash at the end. */
export function linkUrl(publicUrl: string, page: LinkPage, token: string): string {
  return `${publicUrl}${linkPaths[page]}${token}`;
}

/**
 * Makes a link to the page of a task, for one person, to be put into one mail. It may decide the step once, while
 * that step is with the person.
 * @param about.stepId null: the page has nothing to decide; left out: the step that is with the person now, if any
 * @returns the token, which is kept nowhere.
 */
export async function createTaskLink(
  ctx: Ctx,
  about: { personId: number; taskId: number; stepId?: number | null },
): Promise<string> {
  const { personId, taskId, stepId } = about;
  const found = stepId === undefined ? await findStepWith(ctx, taskId, personId) : stepId;
  return createLink(ctx, 'task', { personId, taskId, stepId: found });
}

/** The step of a task that somebody may act on now. */
async function findStepWith(ctx: Ctx, taskId: number, personId: number): Promise<number | null> {
  const active = (await listSteps(ctx.db, taskId)).find((step) => step.state === 'active');
  const assignees = active ? await listAssignees(ctx.db, [active.id]) : [];
  const isTheirs = ({ assignee }: (typeof assignees)[number]) =>
    assignee.active && assignee.personId === personId;
  return active && assignees.some(isTheirs) ? active.id : null;
}

/** Makes a link to the page of a person's preferences. @returns the token, which is kept nowhere. */
export async function createPreferencesLink(
  ctx: Ctx,
  about: { personId: number },
): Promise<string> {
  return createLink(ctx, 'preferences', { ...about, taskId: null, stepId: null });
}

async function createLink(
  ctx: Ctx,
  page: LinkPage,
  about: Pick<ActionLink, 'personId' | 'taskId' | 'stepId'>,
): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await insertActionLink(ctx.db, {
    ...about,
    page,
    tokenHash: hashOf(token),
    createdAt: ctx.now,
    expiresAt: new Date(ctx.now.getTime() + lifeDays[page] * dayMs),
  });
  return token;
}

/** A link that somebody holds, and a context in which its person acts. */
export interface OpenLink {
  link: ActionLink;
  person: { id: number; name: string; email: string | null };
  ctx: ActorCtx;
}

/**
 * The link behind a token; reading it changes nothing.
 * @throws Refusal missing (there is none), conflict (it has expired), forbidden (its person cannot act).
 */
export async function openLink(ctx: Ctx, token: string, page: LinkPage): Promise<OpenLink> {
  const open = await openAnyLink(ctx, token, page);
  if (open.link.expiresAt > ctx.now) return open;
  throw new Refusal(
    'conflict',
    `This link worked until ${formatDate(open.link.expiresAt, readerZone(open.ctx))}.`,
  );
}

/** The same, also when it has expired. @throws Refusal missing (there is none), forbidden (its person cannot act). */
export async function openAnyLink(ctx: Ctx, token: string, page: LinkPage): Promise<OpenLink> {
  const hash = hashOf(token);
  const link = await findActionLink(ctx.db, hash);
  // The index compares bytes until they differ; what it found is compared again in constant time.
  const isIt = link && timingSafeEqual(Buffer.from(link.tokenHash), Buffer.from(hash));
  if (!isIt || link.page !== page) {
    throw new Refusal(
      'missing',
      'This link opens nothing here. Perhaps part of it was cut off: open it from the mail again.',
    );
  }
  const person = await findPerson(ctx.db, link.personId);
  const identity = person && (await findSlackIdentity(ctx.db, person.id));
  // Everybody who is written to chooses how, those who cannot act as well.
  const against = person
    ? (inactiveReason(person) ?? (page === 'preferences' ? undefined : guestReason(identity)))
    : 'is not known here any more';
  if (!person || against) {
    const whose = person?.name ?? 'Somebody';
    throw new Refusal('forbidden', `This is a link of ${whose}, who ${against}: it opens nothing.`);
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

/**
 * The links of people whose address has changed expire: whoever reads the old mailbox may be somebody else by now.
 * What still waits is sent anew, to the new address, from the page of an expired link.
 */
export async function expireLinks(ctx: Ctx, personIds: readonly number[]): Promise<void> {
  await expireActionLinks(ctx.db, personIds, ctx.now);
}

/**
 * Makes sure, until the end of the transaction, that a mail with links goes to an address that is still its reader's.
 * @throws Refusal conflict.
 */
export async function requireAddress(
  ctx: Ctx,
  { id, email }: { id: number; email: string | null },
): Promise<void> {
  if ((await lockEmail(ctx.db, id)) === email) return;
  throw new Refusal('conflict', 'The address has changed since the mail was written.');
}

/** Forgets links that nobody can wonder about any more. */
export async function deleteOldLinks(ctx: Ctx): Promise<void> {
  await deleteActionLinks(ctx.db, new Date(ctx.now.getTime() - rememberedDays * dayMs));
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
