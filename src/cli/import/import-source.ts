import { formatProblems } from '../../connectors/problems.ts';
import type { Source } from '../../connectors/records.ts';
import type { Ctx } from '../../governance/context.ts';
import { ensureSuperAdmin } from '../../governance/people/slack-accounts.ts';
import { type SyncCounts, type SyncResult, syncSource } from '../../governance/sync/sync-source.ts';
import { formatCount } from '../../governance/wording/counts.ts';
import type { Output } from '../../jobs/command-socket.ts';
import { runQueuedAnalyses } from '../../jobs/mining.ts';
import type { StoreDeps } from '../store-deps.ts';
import { printWarnings } from './warnings.ts';

export interface ImportOptions {
  dryRun: boolean;
  /** Imports even if many people or grants would be removed. */
  acceptFall?: boolean;
  /** Imports even if people would become somebody else. */
  acceptIdentities?: boolean;
  /** The largest share of grants of people who left or are unknown, in percent. */
  maxOrphansPercent?: number;
}

/** Runs the sync, by default alone. */
type RunSync = (ctx: Ctx, sync: (ctx: Ctx) => Promise<SyncResult>) => Promise<SyncResult>;

/**
 * Imports a source into the store, prints the changes, and starts role mining.
 * @param options `startedAt` by `performance.now()`; `runSync` may put more into the transaction of the sync; `then` runs
 * after the import unless it is a dry run.
 * @returns the exit code.
 * @throws Refusal invalid: problems in the source, already printed; conflict: the import needs
 * confirmation.
 */
export async function importSource(
  { miner, adminEmail }: StoreDeps,
  ctx: Ctx,
  source: Source,
  options: ImportOptions & {
    startedAt: number;
    runSync?: RunSync | undefined;
    then?: () => Promise<unknown>;
  },
  output: Output,
): Promise<number> {
  const sync = (ctx: Ctx) => syncSource(ctx, source, options);
  const { counts, held, ...found } = await (options.runSync ?? runAlone)(ctx, sync).finally(() => {
    printWarnings(source, output);
    for (const line of formatProblems(source.problems)) output.err(line);
  });
  for (const line of [...describeCounts(counts), ...describeFindings(found)]) output.out(line);
  if (held) {
    output.err(
      `warning: ${held.effect.replace(/^it/, 'this import')} and needs confirmation by a ${held.decider} in Slack.`,
    );
    for (const line of held.changes) output.err(`  ${line}`);
  }
  if (options.dryRun) {
    output.out('Dry run: nothing was written.');
    return 0;
  }
  await options.then?.();
  output.out(`Imported in ${((performance.now() - options.startedAt) / 1000).toFixed(1)} s.`);
  await ensureSuperAdmin(ctx, adminEmail);
  if (ctx.wake) {
    output.out('The running Rolemine now mines roles and notifies the Super Admins.');
    return 0;
  }
  return mineNow(ctx, miner, output);
}

const runAlone: RunSync = (ctx, sync) => sync(ctx);

async function mineNow(ctx: Ctx, miner: StoreDeps['miner'], output: Output): Promise<number> {
  const reports = await runQueuedAnalyses(ctx, miner);
  for (const { found, newSuggestions, failed, isCanceled } of reports) {
    const suggestions = formatCount(found, 'suggestion');
    if (isCanceled) output.out('Role mining was canceled by a Super Admin.');
    else if (failed === undefined)
      output.out(`Role mining: ${suggestions}, ${newSuggestions} of them new.`);
    else output.err(`Imported, but role mining failed: ${failed}`);
  }
  return reports.some(({ failed }) => failed !== undefined) ? 1 : 0;
}

function describeCounts(counts: SyncCounts): string[] {
  const parts: [what: string, ...changes: [number: number, words: string][]][] = [
    [
      'people',
      [counts.peopleAdded, 'new'],
      [counts.peopleUpdated, 'changed'],
      [counts.peopleReopened, 'restored'],
      [counts.peopleClosed, 'removed'],
    ],
    ['applications', [counts.applicationsAdded, 'new'], [counts.applicationsUpdated, 'changed']],
    [
      'entitlements',
      [counts.entitlementsAdded, 'new'],
      [counts.entitlementsUpdated, 'changed'],
      [counts.entitlementsReopened, 'restored'],
      [counts.entitlementsClosed, 'removed'],
    ],
    ['owners', [counts.ownersChanged, 'changed']],
    [
      'grants',
      [counts.grantsAdded, 'new'],
      [counts.grantsConfirmed, 'confirmed'],
      [counts.grantsClosed, 'removed'],
      [counts.grantsUnchanged, 'unchanged'],
    ],
  ];
  return parts.map(([noun, ...changes]) => {
    const nonZero = changes.filter(([number]) => number > 0);
    const words = nonZero.map(([number, words]) => `${number.toLocaleString('en')} ${words}`);
    return formatLine(noun, words.join(', ') || 'no change');
  });
}

function formatLine(noun: string, words: string): string {
  return `${noun.padEnd(12)}  ${words}`;
}

/** "left          2 Terminated, 1 Suspended (by status)", and the accounts of nobody. */
function describeFindings({ leftBy, orphans }: Pick<SyncResult, 'leftBy' | 'orphans'>): string[] {
  const left = Object.entries(leftBy).map(
    ([word, count]) => `${count.toLocaleString('en')} ${word}`,
  );
  const orphaned = [
    [orphans.ofLeavers, 'of people who left'],
    [orphans.unknown, 'of nobody known'],
  ] as const;
  const accounts = orphaned
    .filter(([count]) => count > 0)
    .map(([count, words]) => `${count.toLocaleString('en')} ${words}`);
  return [
    ...(left.length > 0 ? [formatLine('left', `${left.join(', ')} (by status)`)] : []),
    ...(accounts.length > 0
      ? [formatLine('orphaned', `${accounts.join(', ')}; Super Admins see /rolemine orphans`)]
      : []),
  ];
}
