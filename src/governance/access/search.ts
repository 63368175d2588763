import {
  listOwnedApplicationIds,
  searchViewableEntitlements,
} from '../../store/access/holdings.ts';
import type { EntitlementRow } from '../../store/catalog/entitlements.ts';
import { findPersonByEmail, type Person, searchPeople } from '../../store/people/people.ts';
import { findIdentityByUser } from '../../store/people/slack-identities.ts';
import { cutSearch } from '../../text.ts';
import type { ActorCtx } from '../context.ts';
import { findAssignable } from '../people/person-search.ts';
import type { SlackUser } from '../people/slack-user.ts';
import { hasPermission } from '../permissions.ts';

/** Searches active people whose access the reader may see at least partly. */
export async function findViewablePeople(ctx: ActorCtx, query: string): Promise<Person[]> {
  const ownedIds = await listOwnedApplicationIds(ctx.db, ctx.actor.personId);
  const mayViewAnybody = ownedIds.length > 0 || hasPermission(ctx.actor.roles, 'viewAnyAccess');
  return findAssignable(ctx, query, !mayViewAnybody);
}

/**
 * Finds people by e-mail address or name whose access the reader may see. An exact match stands alone.
 */
export async function findPeopleByNameOrEmail(ctx: ActorCtx, query: string): Promise<Person[]> {
  const byEmail = await findPersonByEmail(ctx.db, cutSearch(query));
  if (byEmail) return [byEmail];
  const found = await searchPeople(ctx.db, query, 50);
  const exactMatches = found.filter(
    ({ name }) => name.toLowerCase() === query.trim().toLowerCase(),
  );
  const named = exactMatches.length === 1 ? exactMatches : found;
  const visible = await keepViewable(ctx, named);
  // Where nobody may be shown, the refusal about one of them says why.
  return visible.length > 0 ? visible : named.slice(0, 1);
}

/** Those whose access the reader may see at least partly. */
async function keepViewable(ctx: ActorCtx, people: readonly Person[]): Promise<Person[]> {
  const { personId, roles } = ctx.actor;
  const ownedIds = await listOwnedApplicationIds(ctx.db, personId);
  if (ownedIds.length > 0 || hasPermission(roles, 'viewAnyAccess')) return [...people];
  return people.filter(({ id, managerId }) => [id, managerId].includes(personId));
}

/**
 * Finds a mentioned person, including people who have left and people who never wrote to Rolemine.
 */
export async function findMentioned(
  ctx: ActorCtx,
  user: Pick<SlackUser, 'teamId' | 'userId' | 'email'>,
): Promise<Person | undefined> {
  const identity = await findIdentityByUser(ctx.db, user.teamId, user.userId);
  if (identity) return identity.person;
  return user.email ? findPersonByEmail(ctx.db, user.email) : undefined;
}

/** Searches entitlements whose holders the reader may see. */
export async function findViewableEntitlements(
  ctx: ActorCtx,
  query: string,
): Promise<EntitlementRow[]> {
  const seesAll = hasPermission(ctx.actor.roles, 'viewAnyAccess');
  const ownerId = seesAll ? undefined : ctx.actor.personId;
  const found = await searchViewableEntitlements(ctx.db, { query, limit: 100, ownerId });
  const normalizedQuery = query
    .toLowerCase()
    .replaceAll('·', ' ')
    .split(/\s+/)
    .filter(Boolean)
    .join(' ');
  const exactMatches = found.filter(
    ({ app, name }) => `${app} ${name}`.toLowerCase() === normalizedQuery,
  );
  return exactMatches.length === 1 ? exactMatches : found;
}
