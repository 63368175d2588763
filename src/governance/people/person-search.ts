import { Refusal } from '../../errors.ts';
import {
  findPerson,
  findPersonByEmail,
  listReports,
  type Person,
  searchMembers,
  searchPeople,
} from '../../store/people/people.ts';
import type { SlackIdentity } from '../../store/people/slack-identities.ts';
import { containsSearchWords, cutSearch } from '../../text.ts';
import type { ActorCtx, Ctx } from '../context.ts';
import { hasPermission } from '../permissions.ts';
import { withNames } from './display-name.ts';
import { loadStandings, slackBarReason } from './standing.ts';

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
    return withNames(ctx, await searchPeople(ctx.db, query, maxFound));
  }
  const me = await findPerson(ctx.db, ctx.actor.personId);
  const own = [...(me ? [me] : []), ...(await listReports(ctx.db, ctx.actor.personId))];
  const found = own.filter(({ name }) => containsSearchWords(name, query));
  return withNames(ctx, found.slice(0, maxFound));
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
  const limit = maxFound;
  return withNames(ctx, await searchMembers(ctx.db, { words: query, limit, exceptIds: except }));
}

/** "is not active", to follow a name; undefined for an active person. */
export function inactiveReason(person: Person): string | undefined {
  return person.active && !person.closedAt ? undefined : 'is not active';
}

/** The reason why somebody cannot act on any surface, to follow their name; undefined when they can. */
export function cannotActReason(
  person: Person,
  identity: SlackIdentity | undefined,
): string | undefined {
  return inactiveReason(person) ?? slackBarReason(identity);
}

/** The reason why somebody can have no step to decide, to follow their name; undefined when they can. */
export async function cannotDecideReason(ctx: Ctx, person: Person): Promise<string | undefined> {
  return inactiveReason(person) ?? (await loadStandings(ctx, [person]))(person).barred;
}

/**
 * Finds the one person with this e-mail address, name, or label as cards print it.
 * @throws Refusal missing (nobody), invalid (several people match; it names some).
 */
export async function resolvePerson(ctx: ActorCtx, words: string): Promise<Person> {
  const typed = cutSearch(words)
    .replace(/^["'@]+|["']+$/g, '')
    .trim();
  // Cards print "Ana Ruiz (ana@acme.example), Engineer".
  const [, printed] = /\(([^()\s]+@[^()\s]+)\)/.exec(typed) ?? [];
  const byEmail = await findPersonByEmail(ctx.db, printed ?? typed);
  if (byEmail) return byEmail;
  const found = await searchPeople(ctx.db, typed, 4);
  const exact = found.filter((one) => one.name.toLowerCase() === typed.toLowerCase());
  const [only, ...others] = exact.length > 0 ? exact : found;
  if (!only)
    throw new Refusal(
      'missing',
      `Nobody has the name "${cutSearch(words)}". Try the e-mail address.`,
    );
  if (others.length === 0) return only;
  const some = [only, ...others].slice(0, 3).map((one) => one.email ?? one.name);
  throw new Refusal(
    'invalid',
    `Several people match "${cutSearch(words)}": ${some.join(', ')}. Write the e-mail address.`,
  );
}
