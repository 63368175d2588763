import { formatProblems } from '../../connectors/problems.ts';
import type { Source } from '../../connectors/records.ts';
import type { Ctx } from '../../governance/context.ts';
import { ensureSuperAdmin } from '../../governance/people/slack-accounts.ts';
import { type SyncCounts, syncSource } from '../../governance/sync/sync-source.ts';
import { formatCount } from '../../governance/wording/counts.ts';
import type { Output } from '../../jobs/command-socket.ts';
import { runQueuedAnalyses } from '../../jobs/mining.ts';
import type { StoreDeps } from '../store-deps.ts';
import { printWarnings } from './tell-warnings.ts';

export interface ImportOptions {
  dryRun: boolean;
  /** Not to be held, however much is gone. */
  acceptFall?: boolean;
}

/**
 * Brings the store in line with a source, says what that changed, and has role mining run on it.
 * @param startedAt by `performance.now()`. `then`: what is to follow unless it was a dry run.
 * @returns the exit code. @throws Refusal invalid: the source has problems, which are on `output` by then;
 * conflict: it is held.
 */
export async function importSource(
  { miner, adminEmail }: StoreDeps,
  ctx: Ctx,
  source: Source,
  run: ImportOptions & { startedAt: number; then?: () => Promise<unknown> },
  output: Output,
): Promise<number> {
  const { counts, held } = await syncSource(ctx, source, run).finally(() => {
    printWarnings(source, output);
    for (const line of formatProblems(source.problems)) output.err(line);
  });
  for (const line of describeCounts(counts)) output.out(line);
  if (held) {
    output.err(
      `warning: this would remove ${held}, and be held until a Connector Admin lets it through in Slack.`,
    );
  }
  if (run.dryRun) {
    output.out('This is what would change; it was a dry run, and nothing was written.');
    return 0;
  }
  await run.then?.();
  output.out(`Imported in ${((performance.now() - run.startedAt) / 1000).toFixed(1)} s.`);
  await ensureSuperAdmin(ctx, adminEmail);
  if (ctx.wake) {
    output.out('Role mining follows in the running Rolemine, which tells the Super Admins.');
    return 0;
  }
  return mineNow(ctx, miner, output);
}

async function mineNow(ctx: Ctx, miner: StoreDeps['miner'], output: Output): Promise<number> {
  const reports = await runQueuedAnalyses(ctx, miner);
  for (const { found, fresh, failed, cancelled } of reports) {
    const suggestions = formatCount(found, 'suggestion');
    if (cancelled) output.out('Role mining was cancelled by a Super Admin.');
    else if (failed === undefined) output.out(`Role mining: ${suggestions}, ${fresh} of them new.`);
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
      [counts.peopleReopened, 'back'],
      [counts.peopleClosed, 'gone'],
    ],
    ['applications', [counts.applicationsAdded, 'new'], [counts.applicationsUpdated, 'changed']],
    [
      'entitlements',
      [counts.entitlementsAdded, 'new'],
      [counts.entitlementsUpdated, 'changed'],
      [counts.entitlementsReopened, 'back'],
      [counts.entitlementsClosed, 'gone'],
    ],
    ['owners', [counts.ownersChanged, 'changed']],
    [
      'grants',
      [counts.grantsAdded, 'new'],
      [counts.grantsConfirmed, 'confirmed'],
      [counts.grantsClosed, 'gone'],
      [counts.grantsUnchanged, 'as before'],
    ],
  ];
  return parts.map(([what, ...changes]) => {
    const told = changes.filter(([number]) => number > 0);
    const words = told.map(([number, words]) => `${number.toLocaleString('en')} ${words}`);
    return `${what.padEnd(12)}  ${words.join(', ') || 'no change'}`;
  });
}
