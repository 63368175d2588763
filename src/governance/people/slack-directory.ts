import { groupBy } from '../../collections.ts';
import { listLeaversSlackUsers } from '../../store/people/departures.ts';
import { listSuperAdmins } from '../../store/people/roles.ts';
import { insertSlackChanges, saveSlackDirectory } from '../../store/people/slack-changes.ts';
import { findIdentityByUser } from '../../store/people/slack-identities.ts';
import {
  insertUnknownToSlack,
  listLinks,
  listUnlinkedPeople,
  renamePeople,
  saveSlackIdentities,
} from '../../store/people/slack-links.ts';
import type { SharedAddress } from '../../store/schema/people.ts';
import { subjectOf } from '../audit-subjects.ts';
import { audit, auditMany, type Ctx, inTransaction, notify } from '../context.ts';
import { isHandedOn } from './leaver-accounts.ts';
import {
  fold,
  hasChanged,
  hasNewAddress,
  isOutdated,
  isRenamed,
  type Observation,
  toSlackIdentity,
  toSlackState,
} from './slack-observation.ts';
import type { SlackUser } from './slack-user.ts';
import { assertOwnWorkspace } from './store-identity.ts';

/** The result of a reading of all Slack users. */
export interface DirectoryCounts {
  users: number;
  linked: number;
  changed: number;
  unknown: number;
}

/** Changes in one transaction. On the embedded database, everybody waits for a transaction. */
const batchSize = 500;
const maxSharedAddresses = 50;

/** Records a change of one Slack user. The link to their person stays as it is. */
export async function recordSlackUser(ctx: Ctx, user: SlackUser): Promise<void> {
  const found = await findIdentityByUser(ctx.db, user.teamId, user.userId);
  if (!found) return;
  const observation = { person: found.person, before: found.identity, user };
  await saveObservations(ctx, [observation].filter(hasChanged));
}

/**
 * Records all users of Slack: states, names, time zones and addresses. Links people who have no account yet by their
 * verified e-mail address, if only one member has it, and marks people who are not in Slack.
 * @param ctx its `now` is the start of the reading. Changes that Slack has reported since then are newer than the list.
 */
export async function recordSlackUsers(
  ctx: Ctx,
  users: readonly SlackUser[],
): Promise<DirectoryCounts> {
  const teams = new Set(users.filter(({ barred }) => !barred).map(({ teamId }) => teamId));
  for (const teamId of teams) await assertOwnWorkspace(ctx, teamId);
  const links = new Map((await listLinks(ctx.db)).map((link) => [keyOf(link.identity), link]));
  const known = users.flatMap((user): Observation[] => {
    const link = links.get(keyOf(user));
    return link ? [{ person: link.person, before: link.identity, user }] : [];
  });
  const unlinked = await listUnlinkedPeople(ctx.db);
  const byEmail = groupByEmail(users.filter((user) => !links.has(keyOf(user))));
  const sharedAddresses = listSharedAddresses(users);
  const ambiguous = new Set(sharedAddresses.map(({ email }) => fold(email)));
  const leavers = new Map(
    (await listLeaversSlackUsers(ctx.db)).map((leaver) => [keyOf(leaver), leaver] as const),
  );
  const fresh = unlinked.flatMap((person): Observation[] => {
    const candidates = person.email === null ? [] : byEmail.get(fold(person.email));
    const user = findOnlyUser(candidates ?? [], ambiguous);
    const leaver = user && leavers.get(keyOf(user));
    if (leaver && leaver.id !== person.id && !isHandedOn(user, { leaver, person })) return [];
    return user ? [{ person, before: undefined, user }] : [];
  });
  const found = new Set(fresh.map(({ person }) => person.id));
  const unknown = unlinked.filter(({ id }) => !found.has(id));
  const changed = known.filter((one) => hasChanged(one) && !isOutdated(one, ctx.now));

  const observations = [...changed, ...fresh];
  for (let at = 0; at < observations.length; at += batchSize) {
    await saveObservations(ctx, observations.slice(at, at + batchSize));
  }
  const counts = {
    users: users.length,
    linked: fresh.filter(({ user }) => !user.barred).length,
    changed: changed.length,
    unknown: unknown.length,
  };
  await inTransaction(ctx, async (ctx) => {
    const newlyUnknown = unknown.filter(({ isNew }) => isNew);
    await insertUnknownToSlack(
      ctx.db,
      newlyUnknown.map(({ id }) => id),
      ctx.now,
    );
    const storedAddresses = sharedAddresses.slice(0, maxSharedAddresses);
    await saveSlackDirectory(ctx.db, { sharedAddresses: storedAddresses, readAt: ctx.now });
    await audit(ctx, 'slack.directory', subjectOf.slackUsers(), {
      after: { ...counts, sharedAddresses: storedAddresses },
    });
  });
  return counts;
}

/** Lists the addresses that several members of Slack have. */
function listSharedAddresses(users: readonly SlackUser[]): SharedAddress[] {
  const groups = groupByEmail(users.filter((user) => !user.barred)).values();
  return [...groups].flatMap((same) => {
    const email = same[0]?.email;
    if (same.length < 2 || email === undefined) return [];
    return [{ email, names: same.map(({ name }) => name).sort() }];
  });
}

/** Finds the one Slack user with an address. A member comes before a guest; nobody if several members have it. */
function findOnlyUser(
  users: readonly SlackUser[],
  ambiguous: ReadonlySet<string>,
): SlackUser | undefined {
  if (users.some(({ email }) => email !== undefined && ambiguous.has(fold(email)))) {
    return undefined;
  }
  return (
    users.find(({ barred }) => barred === undefined) ??
    users.find(({ barred }) => barred === 'guest')
  );
}

async function saveObservations(ctx: Ctx, observations: readonly Observation[]): Promise<void> {
  if (observations.length === 0) return;
  await inTransaction(ctx, async (ctx) => {
    await saveSlackIdentities(
      ctx.db,
      observations.map((one) => toSlackIdentity(one, ctx.now)),
    );
    const links = observations.filter(({ before }) => before === undefined);
    await auditMany(
      ctx,
      'slack.link',
      links.map(({ person, user }) => ({
        subject: subjectOf.person(person.id),
        after: linkOf(user),
      })),
    );
    const states = observations.filter(
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
    const renamed = observations.filter(isRenamed);
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
    await notifyAddressChanges(ctx, observations.filter(hasNewAddress));
  });
}

/** Audits changed addresses and notifies Super Admins of each. */
async function notifyAddressChanges(ctx: Ctx, observations: readonly Observation[]): Promise<void> {
  const changes = observations.flatMap(({ person, before, user }) =>
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

/** Notifies Super Admins of each of these changes of somebody's Slack user. */
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

function linkOf(user: SlackUser) {
  return { team: user.teamId, user: user.userId, state: toSlackState(user) };
}

function keyOf({ teamId, userId }: { teamId: string | null; userId: string | null }): string {
  return `${teamId} ${userId}`;
}

/** Groups the users who have an address by it. */
function groupByEmail(users: readonly SlackUser[]): Map<string, SlackUser[]> {
  return groupBy(
    users.filter(({ email }) => email),
    ({ email = '' }) => fold(email),
  );
}
