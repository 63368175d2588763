import { formatProblems } from '../../connectors/problems.ts';
import type { Source } from '../../connectors/records.ts';
import type { Ctx } from '../../governance/context.ts';
import { ensureSuperAdmin } from '../../governance/people/slack-accounts.ts';
import { type SyncCounts, syncSource } from '../../governance/sync/sync-source.ts';
import { formatCount } from '../../governance/wording/counts.ts';
import type { Output } from '../../jobs/command-socket.ts';
import { runQueuedAnalyses } from '../../jobs/mining.ts';
import type { StoreDeps } from '../store-deps.ts';
import { printWarnings } from './warnings.ts';

export interface ImportOptions {
  dryRun: boolean;
  /** Imports even if many people or grants would be removed. */
  acceptFall?: boolean;
}

/**
 * Imports a source into the store, prints the changes, and starts role mining.
 * @param options `startedAt` by `performance.now()`; `then` runs after the import unless it is a
 * dry run.
 * @returns the exit code.
 * @throws Refusal invalid: problems in the source, already printed; conflict: the import needs
 * confirmation.
 */
export async function importSource(
  { miner, adminEmail }: StoreDeps,
  ctx: Ctx,
  source: Source,
  options: ImportOptions & { startedAt: number; then?: () => Promise<unknown> },
  output: Output,
): Promise<number> {
  const { counts, held } = await syncSource(ctx, source, options).finally(() => {
    printWarnings(source, output);
    for (const line of formatProblems(source.problems)) output.err(line);
  });
  for (const line of describeCounts(counts)) output.out(line);
  if (held) {
    output.err(
      `warning: this import would ${held.effect} and needs confirmation by a ${held.changes.length > 0 ? 'Super' : 'Connector'} Admin in Slack.`,
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
    return `${noun.padEnd(12)}  ${words.join(', ') || 'no change'}`;
  });
}
