import type { Source } from '../../connectors/records.ts';
import { Refusal } from '../../errors.ts';
import { loadControls } from '../../store/sync/controls.ts';
import { listReferredPeople } from '../../store/sync/people.ts';
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
import { moveStepsOn } from '../tasks/move-on.ts';
import { formatCount } from '../wording/counts.ts';
import { closeGrantedRequests } from './close-granted.ts';
import { compareControls } from './control-changes.ts';
import { describeControlChanges } from './control-lines.ts';
import { recordControlChanges } from './control-notice.ts';
import { recordFailedSync } from './failure-notice.ts';
import {
  closeHeldImports,
  findConfirmation,
  HeldImportError,
  recordHeldImport,
} from './held-imports.ts';
import { describeHold, type Hold } from './hold-words.ts';
import { auditedFigures } from './import-fall.ts';
import { checkOrphans, type Orphans, recordUnknownAccounts } from './orphans.ts';
import { findScopeFalls } from './scope-falls.ts';
import { type Staged, stageSource } from './staging.ts';
import { type CatalogChange, syncCatalog } from './sync-catalog.ts';
import { type GrantsChange, noGrants, syncGrants } from './sync-grants.ts';
import { type PeopleChange, syncPeople } from './sync-people.ts';
import { verifyClaims } from './verify-claims.ts';
import { toWeakening } from './weakening.ts';

export type SyncCounts = PeopleChange['counts'] & CatalogChange['counts'] & GrantsChange['counts'];

export interface SyncResult {
  /** undefined after a dry run. */
  runId: number | undefined;
  counts: SyncCounts;
  /** The number of the source's `warnings`. */
  warnings: number;
  /** After a dry run, if the import would be held. */
  held: Hold | undefined;
  /** Grants of people who left, and of nobody known. */
  orphans: Orphans;
  /** Status words that say that a person left, with the number of people. */
  leftBy: Record<string, number>;
}

interface SyncOptions {
  dryRun?: boolean;
  /** The operator confirms a large removal. */
  acceptFall?: boolean;
  /** The operator confirms that people become somebody else. */
  acceptIdentities?: boolean;
  /** The largest share of orphaned grants, in percent; undefined: the default. */
  maxOrphansPercent?: number;
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
    const staged = await stageSource(source, await listReferredPeople(ctx.db, source.name));
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
  const orphans = checkOrphans(source, staged, {
    personIds: people.ids,
    maxPercent: options.maxOrphansPercent,
  });
  refuseProblems(source);
  const connector = source.name;
  const { catalog, grants } = await applyAccess(ctx, source, {
    staged,
    runId,
    personIds: people.ids,
  });
  const changes = compareControls(controlsBefore, await loadControls(ctx.db));
  const lines = await describeControlChanges(ctx, changes);
  const figures = {
    people: people.fall,
    grants: grants.fall,
    scopes: await findScopeFalls(ctx, grants.falls),
    identities: people.identities,
    weakening: toWeakening(lines),
  };
  const fall = { connector, runId, ...figures };
  const confirmation = await findConfirmation(ctx, fall, options);
  if (confirmation === undefined && !options.dryRun) throw new HeldImportError(fall);
  const { confirmedTasks } = grants;
  await reconcileWork(ctx, source.hasPeopleOnly ? undefined : { connector, runId, confirmedTasks });
  const counts = { ...people.counts, ...catalog.counts, ...grants.counts };
  const leftBy = countLeavingWords(staged);
  const finished = new Date(ctx.now.getTime() + performance.now() - options.started);
  await finishSyncRun(ctx.db, { id: runId, counts, now: finished });
  await audit(ctx, 'sync.complete', subjectOf.syncRun(runId), {
    after: {
      connector,
      ...counts,
      closedPeople: people.closed.slice(0, 1_000),
      ...(confirmation === 'usual' ? {} : { fall: auditedFigures(figures), leave: confirmation }),
      ...(orphans.ofLeavers + orphans.unknown > 0 ? { orphans } : {}),
      ...(Object.keys(leftBy).length > 0 ? { leftBy } : {}),
    },
  });
  await recordControlChanges(ctx, { runId, changes, lines, managers: people.managers });
  await endSyncFailure(ctx.db, connector, finished);
  await closeHeldImports(ctx, connector, confirmation);
  await redrawOpenSimulations(ctx);
  await queueAnalysis(ctx, 'import');
  const held = confirmation === undefined ? describeHold(fall) : undefined;
  return { runId, counts, warnings: source.warnings.count, held, orphans, leftBy };
}

async function applyAccess(
  ctx: Ctx,
  source: Source,
  { staged, runId, personIds }: { staged: Staged; runId: number; personIds: number[] },
): Promise<{ catalog: CatalogChange; grants: GrantsChange }> {
  const connector = source.name;
  const catalog = await syncCatalog(ctx, { connector, staged, personIds });
  if (source.hasPeopleOnly) return { catalog, grants: noGrants };
  const { entitlementIds } = catalog;
  const grants = await syncGrants(ctx, { connector, staged, runId, personIds, entitlementIds });
  warnAboutGrants(source, grants);
  await recordUnknownAccounts(ctx, { connector, runId, staged, entitlementIds });
  return { catalog, grants };
}

const maxLeavingWords = 20;
const maxWordLength = 40;

function countLeavingWords({ people }: Staged): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { leftBy } of people) {
    const word = leftBy?.replace(/\p{C}/gu, '').slice(0, maxWordLength);
    if (word !== undefined) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  return Object.fromEntries(sorted.slice(0, maxLeavingWords));
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
  await closeGrantedRequests(ctx);
  if (run) await verifyClaims(ctx, run);
  await redrawEndedGrants(ctx);
  await moveStepsOn(ctx);
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
