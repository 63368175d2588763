import {
  listOwnedApplicationIds,
  searchViewableEntitlements,
} from '../../store/access/holdings.ts';
import type { EntitlementRow } from '../../store/catalog/entitlements.ts';
import { findPersonByEmail, type Person, searchPeople } from '../../store/people/people.ts';
import { findIdentityByUser } from '../../store/people/slack-identities.ts';
import type { ActorCtx } from '../context.ts';
import { findAssignable } from '../people/person-search.ts';
import type { SlackUser } from '../people/slack-user.ts';
import { hasPermission } from '../permissions.ts';

/** Active people of whom the reader may see some access, for a search field. */
export async function findViewablePeople(ctx: ActorCtx, query: string): Promise<Person[]> {
  const owned = await listOwnedApplicationIds(ctx.db, ctx.actor.personId);
  const seesAnybody = owned.length > 0 || hasPermission(ctx.actor.roles, 'viewAnyAccess');
  return findAssignable(ctx, query, !seesAnybody);
}

/** People by e-mail address or name, whoever may see their access; one alone when only one is meant. */
export async function findPeopleByWords(ctx: ActorCtx, words: string): Promise<Person[]> {
  const byEmail = await findPersonByEmail(ctx.db, words);
  if (byEmail) return [byEmail];
  const found = await searchPeople(ctx.db, words, 50);
  const named = found.filter(({ name }) => name.toLowerCase() === words.trim().toLowerCase());
  return named.length === 1 ? named : found;
}

/** The person behind a mention, also one who has left or who has never written to Rolemine. */
export async function findMentioned(
  ctx: ActorCtx,
  user: Pick<SlackUser, 'teamId' | 'userId' | 'email'>,
): Promise<Person | undefined> {
  const known = await findIdentityByUser(ctx.db, user.teamId, user.userId);
  if (known) return known.person;
  return user.email ? findPersonByEmail(ctx.db, user.email) : undefined;
}

/** Entitlements of which the reader may see who holds them. */
export async function findViewableEntitlements(
  ctx: ActorCtx,
  query: string,
): Promise<EntitlementRow[]> {
  const seesAll = hasPermission(ctx.actor.roles, 'viewAnyAccess');
  const ownerId = seesAll ? undefined : ctx.actor.personId;
  const found = await searchViewableEntitlements(ctx.db, { query, limit: 100, ownerId });
  const words = query.toLowerCase().replaceAll('·', ' ').split(/\s+/).filter(Boolean).join(' ');
  const named = found.filter(({ app, name }) => `${app} ${name}`.toLowerCase() === words);
  return named.length === 1 ? named : found;
}
