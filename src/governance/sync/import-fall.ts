import type { IdentityShifts, ScopeFall } from '../../store/schema/sync.ts';
import type { Fall, Weakening } from '../../store/sync/held-imports.ts';
import { requiresConfirmation } from '../mass-removal.ts';
import { coversScopes, formatScopes } from './scope-falls.ts';

/** What an import would do that a person may have to confirm. */
export interface Figures {
  /** How many people and grants of its source it would close. */
  people: Fall;
  grants: Fall;
  /** The applications and entitlements that would lose many grants. */
  scopes: readonly ScopeFall[];
  /** People who would become somebody else. */
  identities?: IdentityShifts | undefined;
  weakening: Weakening;
}

export interface ImportFall extends Figures {
  connector: string;
  runId: number;
}

/** Whether only Super Admins let an import through: it weakens control, or concerns people with a role. */
export function isForSuperAdmins({ identities, weakening }: Figures): boolean {
  return weakening.count > 0 || (identities?.concernsRoles ?? false);
}

/** The figures as the audit log has them. */
export function auditedFigures({ people, grants, scopes, identities, weakening }: Figures) {
  const { lines: weakenings, count: weakeningCount } = weakening;
  return { people, grants, scopes, identities, weakenings, weakeningCount };
}

/** Whether an import closes so much that a person has to confirm it. */
export function isLargeFall({ people, grants, scopes }: Figures): boolean {
  return isLarge(people) || isLarge(grants) || scopes.length > 0;
}

function isLarge({ closing, before }: Fall): boolean {
  return requiresConfirmation(closing, before);
}

/**
 * "120 of 400 people (30 %) and 1,830 of 6,092 grants (30 %)". Where the share of all grants is small: "40 of 6,092
 * grants (1 %): Jira (40 of 40)"
 */
export function formatFall({ people, grants, scopes }: Figures): string {
  const names = scopes.length === 0 || isLarge(grants) ? '' : `: ${formatScopes(scopes)}`;
  const parts = [
    ['people', people],
    ['grants', grants],
  ] as const;
  const totals = parts
    .filter(([, { closing }]) => closing > 0)
    .map(([noun, { closing, before }]) => {
      const percent = Math.round((closing / before) * 100);
      return `${closing.toLocaleString('en')} of ${before.toLocaleString('en')} ${noun} (${percent} %)`;
    });
  return `${totals.join(' and ')}${names}`;
}

/**
 * Whether two imports would close the same numbers, make the same people somebody else and weaken control alike. The
 * totals may differ where they close nothing.
 */
export function isSameFall(a: Figures, b: Figures): boolean {
  if (a.identities?.fingerprint !== b.identities?.fingerprint) return false;
  if (a.weakening.hash !== b.weakening.hash) return false;
  const isSameTotal = (['people', 'grants'] as const).every(
    (noun) =>
      a[noun].closing === b[noun].closing &&
      (a[noun].closing === 0 || a[noun].before === b[noun].before),
  );
  return isSameTotal && coversScopes(a.scopes, b.scopes) && coversScopes(b.scopes, a.scopes);
}
