import { Refusal } from '../../errors.ts';
import {
  findPerson,
  findPersonByEmail,
  findSlackIdentity,
  listReports,
  type Person,
  searchMembers,
  searchPeople,
} from '../../store/people/people.ts';
import type { ActorCtx, Ctx } from '../context.ts';
import { hasPermission } from '../permissions.ts';

const maxFound = 50;

/**
 * Active people for a search field. `forRequest`: only those the actor may ask for — themselves and their
 * direct reports, or by role anyone.
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

/** Who could be a delegate of the actor, or (for a Super Admin) of anybody. */
export async function findDelegates(ctx: ActorCtx, query: string): Promise<Person[]> {
  const isForAnyone = hasPermission(ctx.actor.roles, 'delegateForAnyone');
  return findActivePeople(ctx, query, isForAnyone ? [] : [ctx.actor.personId]);
}

/** People who can be given tasks, but for these. */
export async function findActivePeople(
  ctx: Ctx,
  query: string,
  except: readonly number[],
): Promise<Person[]> {
  return searchMembers(ctx.db, query, maxFound, except);
}

/** Why somebody is nobody here any more, as what follows their name; undefined when they are. */
export function inactiveReason(person: Person): string | undefined {
  return person.active && !person.closedAt ? undefined : 'is not active';
}

/** Why somebody can be given no tasks at all, as what follows their name; undefined when they can. */
export async function cannotActReason(ctx: Ctx, person: Person): Promise<string | undefined> {
  const left = inactiveReason(person);
  if (left) return left;
  const identity = await findSlackIdentity(ctx.db, person.id);
  return identity?.state === 'guest' ? 'is a guest in Slack' : undefined;
}

/**
 * The one person whom words name, by e-mail address or by name.
 * @throws Refusal missing (nobody), invalid (several, some of whom it names).
 */
export async function resolvePerson(ctx: ActorCtx, words: string): Promise<Person> {
  const byEmail = await findPersonByEmail(ctx.db, words);
  if (byEmail) return byEmail;
  const found = await searchPeople(ctx.db, words.replace(/^@/, ''), 4);
  const exact = found.filter((one) => one.name.toLowerCase() === words.trim().toLowerCase());
  const [only, ...others] = exact.length > 0 ? exact : found;
  if (!only)
    throw new Refusal('missing', `Nobody here is called "${words}"; try the e-mail address.`);
  if (others.length === 0) return only;
  const some = [only, ...others].slice(0, 3).map((one) => one.email ?? one.name);
  throw new Refusal(
    'invalid',
    `Several people match "${words}": ${some.join(', ')}. Write the e-mail address.`,
  );
}
