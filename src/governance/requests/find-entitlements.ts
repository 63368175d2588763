import { findNearest } from '../../mining/matrix/fold-text.ts';
import { listHeldIds } from '../../store/access/grants.ts';
import {
  type EntitlementRow,
  listRequestableWords,
  searchEntitlements,
} from '../../store/catalog/entitlements.ts';
import { searchWords } from '../../text.ts';
import type { ActorCtx } from '../context.ts';

/** An entitlement that a search found. `held`: the person has it already. */
export interface FoundEntitlement extends EntitlementRow {
  held: boolean;
}

const maxFound = 100;

/**
 * Finds requestable entitlements by words of their application and name. A word that nothing has is read as the nearest
 * one, so a typo is forgiven; a word without a near one is left out, as in "a Figma license". What the person holds
 * comes last.
 * @param search.personId the person for whom access is requested
 */
export async function findEntitlements(
  ctx: ActorCtx,
  search: { query: string; personId: number; applicationId?: number | undefined },
): Promise<FoundEntitlement[]> {
  const { query, personId, applicationId } = search;
  const find = (query: string) =>
    searchEntitlements(ctx.db, { query, limit: maxFound, applicationId });
  const exact = await find(query);
  const found =
    exact.length > 0 || query.trim() === '' ? exact : await findAnyway(ctx, query, find);
  const held = await listHeldIds(ctx.db, personId);
  const marked = found.map((one) => ({ ...one, held: held.has(one.id) }));
  return marked.toSorted((a, b) => Number(a.held) - Number(b.held));
}

async function findAnyway(
  ctx: ActorCtx,
  query: string,
  find: (query: string) => Promise<EntitlementRow[]>,
): Promise<EntitlementRow[]> {
  const known = await listRequestableWords(ctx.db);
  const words = searchWords(query).flatMap((word) => {
    const isKnown = known.some((one) => one.toLowerCase().includes(word.toLowerCase()));
    const nearest = isKnown ? word : known[findNearest(word, known)];
    return nearest === undefined ? [] : [nearest];
  });
  return words.length === 0 ? [] : find(words.join(' '));
}
