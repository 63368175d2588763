import { Refusal } from '../../errors.ts';
import { log } from '../../log.ts';
import { findFormerHolder, findLeaverOfSlackUser } from '../../store/people/departures.ts';
import {
  contactConnector,
  findPerson,
  findPersonByEmail,
  insertPerson,
  type Person,
} from '../../store/people/people.ts';
import { insertRole, listRoles, listSuperAdmins, wasRoleTaken } from '../../store/people/roles.ts';
import {
  findIdentityByUser,
  findSlackIdentity,
  type SlackIdentity,
  saveSlackIdentity,
  updateSlackIdentity,
} from '../../store/people/slack-identities.ts';
import type { RoleName } from '../../store/schema/people.ts';
import { knownZone } from '../../time-zones.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type Actor, type ActorCtx, audit, type Ctx, inTransaction } from '../context.ts';
import { isHandedOn } from './leaver-accounts.ts';
import { notifySlackChanges } from './slack-directory.ts';
import { toSlackIdentity, toSlackState } from './slack-observation.ts';
import type { SlackUser } from './slack-user.ts';
import { assertOwnWorkspace } from './store-identity.ts';

const barredWords = {
  bot: 'Bots cannot use Rolemine.',
  guest: 'Guests of the workspace cannot use Rolemine. Ask a full member.',
  deactivated: 'Your Slack account is deactivated.',
  external: 'Only members of this workspace can use Rolemine.',
} as const;

const inactiveWords =
  'You are marked as inactive in your company, so you cannot use Rolemine. Ask a Super Admin if this is wrong.';

/**
 * Finds the person of a known Slack user, with their current roles.
 * @returns undefined when only Slack can say who this is
 * @throws Refusal 'forbidden' for people who may not act.
 */
export async function findActor(
  ctx: Ctx,
  teamId: string,
  userId: string,
): Promise<Actor | undefined> {
  const found = await findIdentityByUser(ctx.db, teamId, userId);
  if (!found) return undefined;
  if (found.identity.state === 'guest') throw new Refusal('forbidden', barredWords.guest);
  if (found.identity.state !== 'linked') return undefined;
  // Slack says whether the address is somebody else's by now.
  if (found.person.closedAt) return undefined;
  return toActor(ctx, found.person, found.identity.timeZone);
}

/**
 * Links a Slack user at their first contact to the person with the same e-mail address. A Slack user whom no import
 * contains becomes a new person, a Basic User.
 * @throws Refusal forbidden (may not act, no address, another account is linked), conflict (a lost race).
 */
export async function linkSlackUser(
  ctx: Ctx,
  user: SlackUser,
  adminEmail: string | undefined,
): Promise<Actor> {
  if (user.barred) throw new Refusal('forbidden', barredWords[user.barred]);
  const { email } = user;
  if (!email) {
    throw new Refusal(
      'forbidden',
      'Slack does not share your e-mail address, so Rolemine cannot identify you. Ask a workspace admin to give the app the scope users:read.email.',
    );
  }
  return inTransaction(ctx, async (ctx) => {
    await assertOwnWorkspace(ctx, user.teamId);
    // A Slack user who returns is the same person, even with a new address.
    const known = await findIdentityByUser(ctx.db, user.teamId, user.userId);
    const person =
      known?.person ??
      (await findPersonOfAddress(ctx, user, email)) ??
      (await insertPerson(ctx.db, { connector: contactConnector, email, name: user.name }));
    if (!person) throw new Refusal('conflict', 'Please try again.');
    if (person.closedAt) throw new Refusal('forbidden', inactiveWords);
    const before = await findSlackIdentity(ctx.db, person.id);
    if (isTaken(before, user)) {
      throw new Refusal(
        'forbidden',
        `${person.name} is already linked to another Slack account. Ask a Super Admin to check this.`,
      );
    }
    await saveIdentity(ctx, person, user);
    if (adminEmail && email.toLowerCase() === adminEmail.toLowerCase()) {
      await makeFirstAdmin(ctx, person);
    }
    return toActor(ctx, person, user.timeZone);
  });
}

/**
 * Finds the person with a user's address. The account of somebody who has left is theirs, not that of somebody new.
 * @throws Refusal forbidden.
 */
async function findPersonOfAddress(
  ctx: Ctx,
  user: SlackUser,
  email: string,
): Promise<Person | undefined> {
  const leaver = await findLeaverOfSlackUser(ctx.db, user);
  const person = await findPersonByEmail(ctx.db, email);
  if (leaver && person) requireOwnName(user, { leaver, person });
  return person ?? leaver;
}

/**
 * Slack may still show the account of somebody who has left, while somebody new has the address.
 * @throws Refusal forbidden.
 */
function requireOwnName(
  user: SlackUser,
  { leaver, person }: { leaver: Person; person: Person },
): void {
  if (leaver.id === person.id || isHandedOn(user, { leaver, person })) return;
  throw new Refusal(
    'forbidden',
    `This Slack account was linked to ${leaver.name}, who has left. Its address is now that of ${person.name}. Ask a workspace admin to correct the account.`,
  );
}

/** Saves the result of a look-up by e-mail address. @param user undefined when Slack has no such user */
export async function saveLookup(ctx: Ctx, personId: number, user: SlackUser | undefined) {
  await inTransaction(ctx, async (ctx) => {
    if (!user) {
      await saveSlackIdentity(ctx.db, { personId, state: 'not_found', checkedAt: ctx.now });
      return;
    }
    if (!user.barred) await assertOwnWorkspace(ctx, user.teamId);
    const taken = await findIdentityByUser(ctx.db, user.teamId, user.userId);
    const person = await findPerson(ctx.db, personId);
    const before = await findSlackIdentity(ctx.db, personId);
    const leaver = taken ? undefined : await findLeaverOfSlackUser(ctx.db, user);
    const isOther =
      (taken && taken.person.id !== personId) ||
      (leaver && person && leaver.id !== person.id && !isHandedOn(user, { leaver, person }));
    if (!person || isOther) {
      await saveSlackIdentity(ctx.db, { personId, state: 'not_found', checkedAt: ctx.now });
    } else if (!isTaken(before, user)) {
      await saveIdentity(ctx, person, user);
    }
  });
}

/** Whether a person is linked to another account. Only a deactivated account may be replaced. */
function isTaken(before: SlackIdentity | undefined, user: SlackUser): boolean {
  if (!before?.userId || before.state === 'deactivated') return false;
  return before.userId !== user.userId || before.teamId !== user.teamId;
}

/** Saves the conversation with a person, so that Slack is asked for it once. */
export async function saveChannel(ctx: Ctx, personId: number, channelId: string): Promise<void> {
  await updateSlackIdentity(ctx.db, personId, { channelId });
}

async function saveIdentity(ctx: Ctx, person: Person, user: SlackUser): Promise<void> {
  const before = await findSlackIdentity(ctx.db, person.id);
  const isSame = before?.userId === user.userId;
  const observation = { person, before: isSame ? before : undefined, user };
  await saveSlackIdentity(ctx.db, {
    ...toSlackIdentity(observation, ctx.now),
    ...(isSame ? {} : { channelId: null }),
  });
  if (isSame) return;
  const isNewAccount = before?.userId != null;
  await audit(ctx, isNewAccount ? 'slack.relink' : 'slack.link', subjectOf.person(person.id), {
    ...(isNewAccount ? { before: { team: before.teamId, user: before.userId } } : {}),
    after: { team: user.teamId, user: user.userId, state: toSlackState(user), email: user.email },
  });
  const email = user.email ?? person.email;
  if (!isNewAccount || !email) return;
  await notifySlackChanges(ctx, [{ personId: person.id, kind: 'account', email }]);
}

/** Makes the configured first Super Admin one, and adds the person if no import contains them. */
export async function ensureSuperAdmin(ctx: Ctx, adminEmail: string | undefined): Promise<void> {
  if (!adminEmail) return;
  await inTransaction(ctx, async (ctx) => {
    const person =
      (await findPersonByEmail(ctx.db, adminEmail)) ??
      (await insertPerson(ctx.db, {
        connector: contactConnector,
        email: adminEmail,
        name: nameIn(adminEmail),
      }));
    if (person) await makeFirstAdmin(ctx, person);
  });
}

/** Replaces `<@U123>` by `@Kim Lee`, for readers outside this Slack. */
export async function nameMentions(ctx: ActorCtx, text: string): Promise<string> {
  const identity = await findSlackIdentity(ctx.db, ctx.actor.personId);
  const userIds = [...text.matchAll(mentions)].map(([, userId = '']) => userId);
  const names = new Map<string, string>();
  for (const userId of [...new Set(userIds)].slice(0, maxMentions)) {
    const found = await findIdentityByUser(ctx.db, identity?.teamId ?? '', userId);
    names.set(userId, found?.person.name ?? userId);
  }
  return text.replace(mentions, (_, userId: string) => `@${names.get(userId) ?? userId}`);
}

const mentions = /<@([A-Z0-9]+)(?:\|[^<>]*)?>/g;
/** Each takes a query. Further mentions show the id. */
const maxMentions = 50;

/** Finds the person with an e-mail address, as an actor. @throws Refusal 'forbidden' for people who may not act. */
export async function findActorByEmail(ctx: Ctx, email: string): Promise<Actor | undefined> {
  const person = await findPersonByEmail(ctx.db, email);
  return person && toActor(ctx, person);
}

/** ana.ruiz@acme.example → Ana Ruiz, until an import or Slack provides the name. */
function nameIn(email: string): string {
  const words = (email.split('@')[0] ?? email).split(/[._-]+/).filter(Boolean);
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ') || email;
}

/**
 * Makes a person a Super Admin, unless they lost that role, by another Super Admin or because they left. Nor does
 * ADMIN_EMAIL make anybody one to whom the address came from somebody else.
 */
async function makeFirstAdmin(ctx: Ctx, { id, email }: Person): Promise<void> {
  const former = email === null ? undefined : await findFormerHolder(ctx.db, email, id);
  if (former) {
    log.warn(
      `ADMIN_EMAIL makes nobody a Super Admin: ${email} was the address of ${former.name} before. Set another address.`,
    );
    return;
  }
  const isRemoved =
    (await wasRoleTaken(ctx.db, id, 'super_admin')) && (await listSuperAdmins(ctx.db)).length > 0;
  if (!isRemoved) await makeSuperAdmin(ctx, id);
}

async function makeSuperAdmin(ctx: Ctx, personId: number): Promise<void> {
  if (await insertRole(ctx.db, personId, 'super_admin')) {
    await audit(ctx, 'role.grant', subjectOf.person(personId), { after: { role: 'super_admin' } });
  }
}

/**
 * Makes the first owner or admin of the workspace who runs `/rolemine setup` a Super Admin, unless ADMIN_EMAIL names
 * one.
 * @returns whether the actor became one just now
 * @throws Refusal forbidden (there is one, ADMIN_EMAIL names one, not an owner or admin).
 */
export async function claimSetup(
  ctx: ActorCtx,
  adminEmail: string | undefined,
  isWorkspaceAdmin: boolean,
): Promise<boolean> {
  return inTransaction(ctx, async (ctx) => {
    const admins = await listSuperAdmins(ctx.db);
    if (admins.some((admin) => admin.id === ctx.actor.personId)) return false;
    if (admins.length > 0) {
      const names = admins.slice(0, 3).map((admin) => admin.name);
      throw new Refusal(
        'forbidden',
        `Rolemine is already set up. Ask ${names.join(' or ')} if you need a role.`,
      );
    }
    if (adminEmail && !(await findFormerHolder(ctx.db, adminEmail, 0))) {
      throw new Refusal(
        'forbidden',
        `ADMIN_EMAIL names ${adminEmail} as the first Super Admin. They have to write to Rolemine once.`,
      );
    }
    if (!isWorkspaceAdmin) {
      throw new Refusal(
        'forbidden',
        'The first Super Admin must be an owner or admin of this Slack workspace. Ask one of them to run `/rolemine setup`.',
      );
    }
    await makeSuperAdmin(ctx, ctx.actor.personId);
    return true;
  });
}

async function toActor(ctx: Ctx, person: Person, timeZone?: string | null): Promise<Actor> {
  if (!person.active || person.closedAt) {
    throw new Refusal('forbidden', inactiveWords);
  }
  const roles: RoleName[] = await listRoles(ctx.db, person.id);
  return { personId: person.id, name: person.name, roles, timeZone: knownZone(timeZone) };
}
