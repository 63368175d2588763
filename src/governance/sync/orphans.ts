import { mustAt } from '../../collections.ts';
import type { Source } from '../../connectors/records.ts';
import { replaceOrphanedAccounts } from '../../store/sync/orphaned-accounts.ts';
import type { Ctx } from '../context.ts';
import type { Staged } from './staging.ts';

/** Grants of a source that belong to nobody who is here. */
export interface Orphans {
  /** Of people whom the source no longer has. */
  ofLeavers: number;
  /** Of nobody in the source or in Rolemine. */
  unknown: number;
}

/** The share of orphaned grants that an import may have, in percent. */
const defaultMaxOrphansPercent = 5;

/** So few never stop an import by default: in a small file one leaver is a large share. */
const maxFewOrphans = 5;

/**
 * Counts the orphaned grants, with a warning for each account. Too many are a problem: then the files probably name
 * people in different ways.
 * @param input.personIds database id of each staged person and outsider.
 * @param input.maxPercent undefined: the default, and a few pass in any case.
 */
export function checkOrphans(
  source: Source,
  staged: Staged,
  { personIds, maxPercent }: { personIds: readonly number[]; maxPercent: number | undefined },
): Orphans {
  const file = source.files.grants ?? 'grants';
  const warn = (place: { line: number; reference: string }, message: string) =>
    source.warnings.add({
      ...{ file, line: place.line, column: 'person', value: place.reference },
      message,
    });
  const present = new Set(personIds.slice(0, staged.people.length));
  let ofLeavers = 0;
  for (const [index, holder] of staged.missing) {
    if (present.has(mustAt(personIds, index))) continue;
    ofLeavers += holder.grants;
    warn(holder, 'this person has left; the account is listed as orphaned.');
  }
  const warned = new Set<string>();
  for (const account of staged.unknown) {
    if (warned.has(account.reference)) continue;
    warned.add(account.reference);
    const people = source.files.people ?? 'the people';
    warn(account, `no such person in ${people} or in Rolemine; the account is listed as orphaned.`);
  }
  const orphans = { ofLeavers, unknown: staged.unknown.length };
  const total = staged.grants.length + staged.unknown.length;
  if (isTooMany(orphans, total, maxPercent)) {
    const sum = ofLeavers + orphans.unknown;
    const limit = maxPercent ?? defaultMaxOrphansPercent;
    const message =
      `${sum.toLocaleString('en')} of ${total.toLocaleString('en')} grants (${formatPercent(sum / total)}) belong to nobody who is here; at most ${limit} % may. ` +
      'Check that both files name people in the same way, or allow more with --max-orphans.';
    source.problems.add({ file, line: 0, message });
  }
  return orphans;
}

function isTooMany({ ofLeavers, unknown }: Orphans, total: number, maxPercent?: number): boolean {
  const sum = ofLeavers + unknown;
  const isOverLimit = sum * 100 > (maxPercent ?? defaultMaxOrphansPercent) * total;
  if (maxPercent !== undefined) return isOverLimit;
  const isNobodyKnown = total > 0 && unknown === total;
  return isOverLimit && (sum > maxFewOrphans || isNobodyKnown);
}

function formatPercent(share: number): string {
  return `${(share * 100).toFixed(1).replace(/\.0$/, '')} %`;
}

/** Lists the accounts of nobody in place of those of the last sync. Grants of leavers are listed by themselves. */
export async function recordUnknownAccounts(
  ctx: Ctx,
  input: { connector: string; runId: number; staged: Staged; entitlementIds: readonly number[] },
): Promise<void> {
  const { connector, runId, staged, entitlementIds } = input;
  const accounts = new Map(
    staged.unknown.map(({ reference, entitlement }) => {
      const entitlementId = mustAt(entitlementIds, entitlement);
      return [`${entitlementId}\n${reference}`, { reference, entitlementId }] as const;
    }),
  );
  const run = { connector, runId, now: ctx.now };
  await replaceOrphanedAccounts(ctx.db, [...accounts.values()], run);
}
