import type { Source } from '../../connectors/records.ts';
import { Refusal } from '../../errors.ts';
import { loadControls } from '../../store/sync/controls.ts';
import { listOtherPeople } from '../../store/sync/people.ts';
import { endSyncFailure } from '../../store/sync/sync-failures.ts';
import {
  analyzeTables,
  finishSyncRun,
  lockSyncs,
  startSyncRun,
} from '../../store/sync/sync-runs.ts';
import { redrawEndedGrants } from '../access/expiry.ts';
import { subjectOf } from '../audit-subjects.ts';
import { audit, type Ctx, inTransaction } from '../context.ts';
import { reconcileMembers } from '../profiles/reconcile-members.ts';
import { queueAnalysis } from '../role-mining/runs.ts';
import { reconcileRoleRules } from '../role-rules/reconcile.ts';
import { redrawOpenSimulations } from '../simulations/simulations.ts';
import { closeObsoleteTasks } from '../tasks/close-obsolete.ts';
import { replaceLeavers } from '../tasks/replace-leavers.ts';
import { formatCount } from '../wording/counts.ts';
import { compareControls } from './control-changes.ts';
import { describeControlChanges } from './control-lines.ts';
import { recordControlChanges } from './control-notice.ts';
import { recordFailedSync } from './failure-notice.ts';
import {
  closeHeldImports,
  findConfirmation,
  formatEffect,
  HeldImportError,
  recordHeldImport,
} from './held-imports.ts';
import { type Staged, stageSource } from './staging.ts';
import { type CatalogChange, syncCatalog } from './sync-catalog.ts';
import { type GrantsChange, noGrants, syncGrants } from './sync-grants.ts';
import { type PeopleChange, syncPeople } from './sync-people.ts';
import { verifyClaims } from './verify-claims.ts';
import { listWeakenings, toWeakening } from './weakening.ts';

export type SyncCounts = PeopleChange['counts'] & CatalogChange['counts'] & GrantsChange['counts'];

export interface SyncResult {
  /** undefined after a dry run. */
  runId: number | undefined;
  counts: SyncCounts;
  /** The number of the source's `warnings`. */
  warnings: number;
  /** After a dry run, if the import would be held: its effect, as `formatEffect` writes it, and the weaker controls. */
  held: { effect: string; changes: string[] } | undefined;
}

interface SyncOptions {
  dryRun?: boolean;
  /** The operator confirms a large removal. */
  acceptFall?: boolean;
}

/** A sync of at least this many rows updates the statistics of the database's query planner. */
const minAnalyzedRows = 5_000;

/**
 * Brings people, applications, entitlements and grants in line with a source in one transaction, and queues an
 * analysis. A dry run does the same and rolls back.
 * @throws Refusal invalid: the source has errors, listed in `source.problems`; conflict: the import is held, because it
 * would close too much. Then nothing is changed.
 */
export async function syncSource(
  ctx: Ctx,
  source: Source,
  options: SyncOptions = {},
): Promise<SyncResult> {
  // The source is read before the transaction, because on the embedded database a transaction blocks all others.
  const started = performance.now();
  try {
    const staged = await stageSource(source, await listOtherPeople(ctx.db, source.name));
    refuseProblems(source);
    const result = await inTransaction(ctx, async (ctx) => {
      const result = await applySource(ctx, source, staged, { ...options, started });
      if (options.dryRun) throw new DryRunRollback(result);
      return result;
    });
    const { peopleAdded, peopleUpdated, grantsAdded, grantsUnchanged } = result.counts;
    const changed = peopleAdded + peopleUpdated + grantsAdded + grantsUnchanged;
    if (changed >= minAnalyzedRows) await analyzeTables(ctx.db);
    return result;
  } catch (error) {
    if (error instanceof DryRunRollback) return error.result;
    if (error instanceof HeldImportError) {
      throw new Refusal('conflict', await recordHeldImport(ctx, error.fall));
    }
    if (!options.dryRun) await recordFailedSync(ctx, source.name, error);
    throw error;
  }
}

/** Rolls back the transaction of a dry run. */
class DryRunRollback extends Error {
  readonly result: SyncResult;

  constructor(result: SyncResult) {
    super('dry run');
    this.result = { ...result, runId: undefined };
  }
}

async function applySource(
  ctx: Ctx,
  source: Source,
  staged: Staged,
  options: SyncOptions & { started: number },
): Promise<SyncResult> {
  await lockSyncs(ctx.db);
  const runId = await startSyncRun(ctx.db, source.name, ctx.now);
  const controlsBefore = await loadControls(ctx.db);
  const people = await syncPeople(ctx, { source, staged, runId });
  refuseProblems(source);
  const connector = source.name;
  const catalog = await syncCatalog(ctx, { connector, staged, personIds: people.ids });
  const grants = source.hasPeopleOnly
    ? noGrants
    : await syncGrants(ctx, {
        connector,
        staged,
        runId,
        personIds: people.ids,
        entitlementIds: catalog.entitlementIds,
      });
  warnAboutGrants(source, grants);
  const changes = compareControls(controlsBefore, await loadControls(ctx.db));
  const lines = await describeControlChanges(ctx, changes);
  const weakening = toWeakening(lines);
  const fall = { connector, runId, people: people.fall, grants: grants.fall, weakening };
  const confirmation = await findConfirmation(ctx, fall, options.acceptFall ?? false);
  if (confirmation === undefined && !options.dryRun) throw new HeldImportError(fall);
  const { confirmedTasks } = grants;
  await reconcileWork(ctx, source.hasPeopleOnly ? undefined : { connector, runId, confirmedTasks });
  const counts = { ...people.counts, ...catalog.counts, ...grants.counts };
  const finished = new Date(ctx.now.getTime() + performance.now() - options.started);
  await finishSyncRun(ctx.db, { id: runId, counts, now: finished });
  await audit(ctx, 'sync.complete', subjectOf.syncRun(runId), {
    after: {
      connector,
      ...counts,
      closedPeople: people.closed.slice(0, 1_000),
      ...(confirmation === 'usual'
        ? {}
        : { fall: { people: people.fall, grants: grants.fall }, leave: confirmation }),
    },
  });
  await recordControlChanges(ctx, { runId, changes, lines, managers: people.managers });
  await endSyncFailure(ctx.db, connector, finished);
  await closeHeldImports(ctx, connector, confirmation);
  await redrawOpenSimulations(ctx);
  await queueAnalysis(ctx, 'import');
  const held =
    confirmation === undefined
      ? { effect: formatEffect(fall), changes: listWeakenings(weakening) }
      : undefined;
  return { runId, counts, warnings: source.warnings.count, held };
}

/** Brings profiles, role rules and tasks in line with the new data. */
async function reconcileWork(
  ctx: Ctx,
  run: Parameters<typeof verifyClaims>[1] | undefined,
): Promise<void> {
  // Members come first: a change of a profile locks the profile before its tasks, and so must a sync.
  await reconcileMembers(ctx);
  await reconcileRoleRules(ctx);
  await closeObsoleteTasks(ctx);
  if (run) await verifyClaims(ctx, run);
  await redrawEndedGrants(ctx);
  await replaceLeavers(ctx);
}

function warnAboutGrants(source: Source, { repeated, expired }: GrantsChange): void {
  const file = source.files.grants ?? 'grants';
  if (repeated > 0) {
    const message = `${formatCount(repeated, 'grant is', 'grants are')} repeated; each counts once.`;
    source.warnings.add({ file, line: 0, message });
  }
  if (expired > 0) {
    const message = `${formatCount(expired, 'expired grant is', 'expired grants are')} ignored (expires_at).`;
    source.warnings.add({ file, line: 0, message });
  }
}

function refuseProblems({ problems }: Source): void {
  if (problems.count === 0) return;
  const count = formatCount(problems.count, 'problem');
  throw new Refusal('invalid', `The imported data has ${count}; nothing was changed.`);
}
