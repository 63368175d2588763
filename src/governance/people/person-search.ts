import { Refusal } from '../../errors.ts';
import {
  findPerson,
  findPersonByEmail,
  listReports,
  type Person,
  searchMembers,
  searchPeople,
} from '../../store/people/people.ts';
import { findSlackIdentity, type SlackIdentity } from '../../store/people/slack-identities.ts';
import type { ActorCtx, Ctx } from '../context.ts';
import { hasPermission } from '../permissions.ts';

const maxFound = 50;

/**
 * Finds active people for a search field.
 * @param forRequest only people for whom the actor may request access: themselves and their direct reports, or with
 * the permission anyone
 */
export async function findAssignable(
  ctx: ActorCtx,
  query: string,
  forRequest: boolean,
): Promise<Person[]> {
  if (!forRequest || hasPermission(ctx.actor.roles, 'requestForAnyone')) {
    return searchPeople(ctx.db, query, maxFound);
  }
  const me = await findPerson(ctx.db, ctx.actor.personId);
  const own = [...(me ? [me] : []), ...(await listReports(ctx.db, ctx.actor.personId))];
  const words = query.trim().toLowerCase();
  return own.filter((person) => person.name.toLowerCase().includes(words)).slice(0, maxFound);
}

/** Finds possible delegates of the actor, or of anybody for a Super Admin. */
export async function findDelegates(ctx: ActorCtx, query: string): Promise<Person[]> {
  const isForAnyone = hasPermission(ctx.actor.roles, 'delegateForAnyone');
  return findActivePeople(ctx, query, isForAnyone ? [] : [ctx.actor.personId]);
}

/** Finds people who can have tasks, except these. */
export async function findActivePeople(
  ctx: Ctx,
  query: string,
  except: readonly number[],
): Promise<Person[]> {
  return searchMembers(ctx.db, { words: query, limit: maxFound, exceptIds: except });
}

/** "is not active", to follow a name; undefined for an active person. */
export function inactiveReason(person: Person): string | undefined {
  return person.active && !person.closedAt ? undefined : 'is not active';
}

/** The reason why somebody can have no tasks, to follow their name; undefined when they can. */
export async function cannotActReason(ctx: Ctx, person: Person): Promise<string | undefined> {
  return inactiveReason(person) ?? guestReason(await findSlackIdentity(ctx.db, person.id));
}

/** The reason why a Slack account cannot act; undefined if it can, or if there is none. */
export function guestReason(identity: SlackIdentity | undefined): string | undefined {
  return identity?.state === 'guest' ? 'is a guest in Slack' : undefined;
}

/**
 * Finds the one person with this e-mail address or name.
 * @throws Refusal missing (nobody), invalid (several people match; it names some).
 */
export async function resolvePerson(ctx: ActorCtx, words: string): Promise<Person> {
  const byEmail = await findPersonByEmail(ctx.db, words);
  if (byEmail) return byEmail;
  const found = await searchPeople(ctx.db, words.replace(/^@/, ''), 4);
  const exact = found.filter((one) => one.name.toLowerCase() === words.trim().toLowerCase());
  const [only, ...others] = exact.length > 0 ? exact : found;
  if (!only)
    throw new Refusal('missing', `Nobody has the name "${words}". Try the e-mail address.`);
  if (others.length === 0) return only;
  const some = [only, ...others].slice(0, 3).map((one) => one.email ?? one.name);
  throw new Refusal(
    'invalid',
    `Several people match "${words}": ${some.join(', ')}. Write the e-mail address.`,
  );
}
