import { groupBy } from '../../collections.ts';
import type { ScopeFall } from '../../store/schema/sync.ts';
import { listEntitlementNames } from '../../store/sync/catalog.ts';
import type { Fall } from '../../store/sync/held-imports.ts';
import type { Ctx } from '../context.ts';
import {
  isMassRemoval,
  requiresConfirmation,
  requiresEntitlementConfirmation,
} from '../mass-removal.ts';

/**
 * Finds the applications and entitlements that an import would take from many holders at once. One application of
 * many can lose all its grants without a large share of the source's grants.
 * @param falls by id of the entitlement. @returns the largest first.
 */
export async function findScopeFalls(
  ctx: Ctx,
  falls: ReadonlyMap<number, Fall>,
): Promise<ScopeFall[]> {
  const closing = [...falls.values()].reduce((sum, fall) => sum + fall.closing, 0);
  if (!isMassRemoval(closing)) return [];
  const named = (await listEntitlementNames(ctx.db)).flatMap((row) => {
    const fall = falls.get(row.id);
    return fall ? { ...row, ...fall } : [];
  });
  const scopes: ScopeFall[] = [];
  for (const list of groupBy(named, ({ applicationId }) => applicationId).values()) {
    const [{ applicationId: id, app: name } = { applicationId: 0, app: '' }] = list;
    const sum = (field: 'before' | 'closing') => list.reduce((total, one) => total + one[field], 0);
    const all = { before: sum('before'), closing: sum('closing') };
    if (requiresConfirmation(all.closing, all.before)) {
      scopes.push({ kind: 'application', id, name, ...all });
      continue;
    }
    for (const { id, app, entitlement, before, closing } of list) {
      if (!requiresEntitlementConfirmation(closing, before)) continue;
      scopes.push({ kind: 'entitlement', id, name: `${app} · ${entitlement}`, before, closing });
    }
  }
  return scopes.sort((a, b) => b.closing - a.closing || a.id - b.id);
}

/** Whether a confirmed import covers these scopes: none is new, and none loses more. */
export function coversScopes(
  confirmed: readonly ScopeFall[],
  scopes: readonly ScopeFall[],
): boolean {
  return scopes.every(({ kind, id, closing }) =>
    confirmed.some((one) => one.kind === kind && one.id === id && one.closing >= closing),
  );
}

const shownScopes = 5;

/** "Jira (40 of 40) and SAP · Read (12 of 30)" */
export function formatScopes(scopes: readonly ScopeFall[]): string {
  const shown = scopes
    .slice(0, shownScopes)
    .map(({ name, closing, before }) => `${name} (${closing} of ${before})`);
  const more = scopes.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
