import {
  contactConnector,
  findIdentityByUser,
  listSuperAdmins,
} from '../../store/people/people.ts';
import { insertSlackChanges, saveSlackDirectory } from '../../store/people/slack-changes.ts';
import {
  insertUnknownToSlack,
  type Link,
  type LinkedPerson,
  listLinks,
  listUnlinkedPeople,
  renamePeople,
  saveSlackIdentities,
} from '../../store/people/slack-links.ts';
import type { SlackState } from '../../store/schema/people.ts';
import { subjectOf } from '../audit-subjects.ts';
import { audit, auditMany, type Ctx, inTransaction, notify } from '../context.ts';
import type { SlackUser } from './slack-user.ts';

/** A Slack user with the person they are, and what was known of them before. */
interface Note {
  person: LinkedPerson;
  before: Link['identity'] | undefined;
  user: SlackUser;
}

/** Of how many Slack users it was written what changed. */
export interface DirectoryCounts {
  users: number;
  linked: number;
  changed: number;
  unknown: number;
}

/** Sources whose people are called what they call themselves in Slack. */
const namedBySlack = new Set([contactConnector, 'slack']);
/** Changes a transaction: on the embedded database it keeps everyone waiting. */
const atOnce = 500;
const maxTwins = 50;

/** What a Slack user may do here, as it is remembered. */
export function toSlackState({ barred }: SlackUser): SlackState {
  if (barred === undefined) return 'linked';
  return barred === 'deactivated' ? 'deactivated' : 'guest';
}

/** Slack told that a user changed: what is known of them follows, and the link stays as it is. */
export async function recordSlackUser(ctx: Ctx, user: SlackUser): Promise<void> {
  const found = await findIdentityByUser(ctx.db, user.teamId, user.userId);
  if (!found) return;
  await writeNotes(ctx, [{ person: found.person, before: found.identity, user }].filter(isNews));
}

/**
 * Brings what is known of Slack's users in line with all of them: states, names, time zones and addresses follow,
 * people who are not linked yet are linked by their verified e-mail address where one member alone has it, and
 * who is not in Slack is remembered as that.
 * @param ctx its `now` is when the reading began: what Slack has told since then is newer than the list.
 */
export async function recordSlackUsers(
  ctx: Ctx,
  users: readonly SlackUser[],
): Promise<DirectoryCounts> {
  const links = new Map((await listLinks(ctx.db)).map((link) => [keyOf(link.identity), link]));
  const changes = users.flatMap((user): Note[] => {
    const link = links.get(keyOf(user));
    return link ? [{ person: link.person, before: link.identity, user }] : [];
  });
  const unlinked = await listUnlinkedPeople(ctx.db);
  const byEmail = groupByEmail(users.filter((user) => user.email && !links.has(keyOf(user))));
  const twins = [...groupByEmail(users.filter((user) => user.email && !user.barred)).values()]
    .filter((same) => same.length > 1)
    .map((same) => ({ email: same[0]?.email ?? '', names: same.map(({ name }) => name).sort() }));
  const ambiguous = new Set(twins.map(({ email }) => fold(email)));
  const fresh = unlinked.flatMap((person): Note[] => {
    const user = soleUser(byEmail.get(fold(person.email ?? '')) ?? [], ambiguous);
    return user ? [{ person, before: undefined, user }] : [];
  });
  const met = new Set(fresh.map(({ person }) => person.id));
  const unknown = unlinked.filter(({ id }) => !met.has(id));
  const news = changes.filter((note) => isNews(note) && !isOvertaken(note, ctx.now));

  const notes = [...news, ...fresh];
  for (let at = 0; at < notes.length; at += atOnce) {
    await writeNotes(ctx, notes.slice(at, at + atOnce));
  }
  const counts = {
    users: users.length,
    linked: fresh.filter(({ user }) => !user.barred).length,
    changed: news.length,
    unknown: unknown.length,
  };
  await inTransaction(ctx, async (ctx) => {
    const strangers = unknown.filter(({ isNew }) => isNew);
    await insertUnknownToSlack(
      ctx.db,
      strangers.map(({ id }) => id),
      ctx.now,
    );
    const keptTwins = twins.slice(0, maxTwins);
    await saveSlackDirectory(ctx.db, { twins: keptTwins, readAt: ctx.now });
    await audit(ctx, 'slack.directory', subjectOf.slackUsers(), {
      after: { ...counts, twins: keptTwins },
    });
  });
  return counts;
}

/** The one Slack user an address leads to: a member before a guest; nobody where two members have it. */
function soleUser(
  users: readonly SlackUser[],
  ambiguous: ReadonlySet<string>,
): SlackUser | undefined {
  if (users.some(({ email }) => ambiguous.has(fold(email ?? '')))) return undefined;
  return (
    users.find(({ barred }) => barred === undefined) ??
    users.find(({ barred }) => barred === 'guest')
  );
}

async function writeNotes(ctx: Ctx, notes: readonly Note[]): Promise<void> {
  if (notes.length === 0) return;
  await inTransaction(ctx, async (ctx) => {
    await saveSlackIdentities(
      ctx.db,
      notes.map((note) => toSlackIdentity(note, ctx.now)),
    );
    const links = notes.filter(({ before }) => before === undefined);
    await auditMany(
      ctx,
      'slack.link',
      links.map(({ person, user }) => ({
        subject: subjectOf.person(person.id),
        after: linkOf(user),
      })),
    );
    const states = notes.filter(
      ({ before, user }) => before && before.state !== toSlackState(user),
    );
    await auditMany(
      ctx,
      'slack.state',
      states.map(({ person, before, user }) => ({
        subject: subjectOf.person(person.id),
        before: { state: before?.state },
        after: { state: toSlackState(user) },
      })),
    );
    const renamed = notes.filter(isRenamed);
    await renamePeople(
      ctx.db,
      renamed.map(({ person, user }) => ({ id: person.id, name: user.name })),
    );
    await auditMany(
      ctx,
      'person.rename',
      renamed.map(({ person, user }) => ({
        subject: subjectOf.person(person.id),
        before: { name: person.name },
        after: { name: user.name },
      })),
    );
    await notifyAddressChanges(ctx, notes.filter(isOtherAddress));
  });
}

/** Super Admins get a message about every address that has become another one. */
async function notifyAddressChanges(ctx: Ctx, notes: readonly Note[]): Promise<void> {
  const changes = notes.flatMap(({ person, before, user }) =>
    user.email === undefined ? [] : [{ person, before, user, email: user.email }],
  );
  await auditMany(
    ctx,
    'slack.address',
    changes.map(({ person, before, user, email }) => ({
      subject: subjectOf.person(person.id),
      before: { email: before?.email ?? person.email },
      after: { email, user: user.userId },
    })),
  );
  await notifySlackChanges(
    ctx,
    changes.map(({ person, email }) => ({ personId: person.id, kind: 'address', email })),
  );
}

/** Super Admins get a message about each of these changes of somebody's Slack user. */
export async function notifySlackChanges(
  ctx: Ctx,
  changes: readonly { personId: number; kind: 'address' | 'account'; email: string }[],
): Promise<void> {
  if (changes.length === 0) return;
  const ids = await insertSlackChanges(
    ctx.db,
    changes.map((change) => ({ ...change, changedAt: ctx.now })),
  );
  const admins = await listSuperAdmins(ctx.db);
  await notify(
    ctx,
    ids.flatMap((subjectId) =>
      admins.map(({ id }) => ({
        recipientId: id,
        kind: 'address' as const,
        subjectId,
        priority: 1 as const,
      })),
    ),
  );
}

/** What is remembered of a Slack user; an address that is not what it was waits for a Super Admin. */
export function toSlackIdentity(note: Note, now: Date) {
  const { person, before, user } = note;
  const isOwn = user.email !== undefined && fold(user.email) === fold(person.email ?? '');
  const flaggedBefore = isOwn ? null : (before?.emailChangedAt ?? null);
  return {
    personId: person.id,
    teamId: user.teamId,
    userId: user.userId,
    state: toSlackState(user),
    // Slack says neither of a deactivated user.
    timeZone: user.timeZone ?? before?.timeZone ?? null,
    email: user.email ?? before?.email ?? null,
    emailChangedAt: isOtherAddress(note) ? now : flaggedBefore,
    isWorkspaceAdmin: user.isWorkspaceAdmin,
    checkedAt: now,
  };
}

function isNews(note: Note): boolean {
  const { before, user } = note;
  if (!before || isRenamed(note)) return true;
  const after = toSlackIdentity(note, before.checkedAt);
  return (
    before.state !== toSlackState(user) ||
    (['timeZone', 'email', 'isWorkspaceAdmin'] as const).some(
      (key) => before[key] !== after[key],
    ) ||
    (before.emailChangedAt === null) !== (after.emailChangedAt === null)
  );
}

function isOvertaken({ before }: Note, readAt: Date): boolean {
  return before !== undefined && before.checkedAt > readAt;
}

/** Another address than the person's, and not the one that Slack had before. */
function isOtherAddress({ person, before, user }: Note): boolean {
  if (!before || user.email === undefined) return false;
  const email = fold(user.email);
  return email !== fold(person.email ?? '') && email !== fold(before.email ?? '');
}

function isRenamed({ person, user }: Note): boolean {
  return namedBySlack.has(person.connector) && !user.barred && user.name !== person.name;
}

function linkOf(user: SlackUser) {
  return { team: user.teamId, user: user.userId, state: toSlackState(user) };
}

function keyOf({ teamId, userId }: { teamId: string | null; userId: string | null }): string {
  return `${teamId} ${userId}`;
}

function groupByEmail(users: readonly SlackUser[]): Map<string, SlackUser[]> {
  const groups = new Map<string, SlackUser[]>();
  for (const user of users) {
    const key = fold(user.email ?? '');
    const group = groups.get(key);
    if (group) group.push(user);
    else groups.set(key, [user]);
  }
  return groups;
}

function fold(email: string): string {
  return email.toLowerCase();
}
