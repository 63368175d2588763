import type { Source } from '../../connectors/records.ts';
import { Refusal } from '../../errors.ts';
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
import { noteFailedSync } from './failure-notice.ts';
import { endHolds, fallWords, findLeave, HeldImport, noteHeldImport } from './held-imports.ts';
import { type Staged, stageSource } from './staging.ts';
import { type AccessChange, syncAccess } from './sync-catalog.ts';
import { type GrantsChange, noGrants, syncGrants } from './sync-grants.ts';
import { type PeopleChange, syncPeople } from './sync-people.ts';
import { checkClaims } from './verify-claims.ts';

export type SyncCounts = PeopleChange['counts'] & AccessChange['counts'] & GrantsChange['counts'];

export interface SyncResult {
  /** undefined after a dry run. */
  runId: number | undefined;
  counts: SyncCounts;
  /** Warnings themselves are in the source's `warnings`. */
  warnings: number;
  /** After a dry run: what would be closed, in words, where an import would be held for it. */
  held: string | undefined;
}

interface SyncOptions {
  dryRun?: boolean;
  /** The operator says that so much may go. */
  acceptFall?: boolean;
}

/** Rows changed by a sync from which on the planner's statistics are made anew. */
const bulk = 5_000;

/**
 * One sync run: brings people, applications, entitlements and grants in line with a source, in one
 * transaction, and queues an analysis. A dry run does all of it and takes it back.
 * @throws Refusal invalid: the source has problems, which are in `source.problems`; conflict: it would close so
 * much that it is held. Nothing is changed then.
 */
export async function syncSource(
  ctx: Ctx,
  source: Source,
  options: SyncOptions = {},
): Promise<SyncResult> {
  // Read to the end before the transaction begins: on the embedded database it keeps everyone waiting.
  const started = performance.now();
  try {
    const staged = await stageSource(source, await listOtherPeople(ctx.db, source.name));
    refuseProblems(source);
    const result = await inTransaction(ctx, async (ctx) => {
      const result = await applySource(ctx, source, staged, { ...options, started });
      if (options.dryRun) throw new TakenBack(result);
      return result;
    });
    const { peopleAdded, peopleUpdated, grantsAdded, grantsUnchanged } = result.counts;
    const changed = peopleAdded + peopleUpdated + grantsAdded + grantsUnchanged;
    if (changed >= bulk) await analyzeTables(ctx.db);
    return result;
  } catch (error) {
    if (error instanceof TakenBack) return error.result;
    if (error instanceof HeldImport) {
      throw new Refusal('conflict', await noteHeldImport(ctx, error.fall));
    }
    if (!options.dryRun) await noteFailedSync(ctx, source.name, error);
    throw error;
  }
}

/** Ends the transaction of a dry run. */
class TakenBack extends Error {
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
  const people = await syncPeople(ctx, source, staged, runId);
  refuseProblems(source);
  const access = await syncAccess(ctx, source.name, staged, people.ids);
  const grants = source.hasPeopleOnly
    ? noGrants
    : await syncGrants(ctx, source.name, staged, {
        people: people.ids,
        entitlements: access.entitlementIds,
        runId,
      });
  warnOfGrants(source, grants);
  const fall = { connector: source.name, runId, people: people.fall, grants: grants.fall };
  const leave = await findLeave(ctx, fall, options.acceptFall ?? false);
  if (leave === undefined && !options.dryRun) throw new HeldImport(fall);
  // Before anything else about tasks: who changes a profile locks it first, too, and then the tasks.
  await reconcileMembers(ctx);
  await reconcileRoleRules(ctx);
  await closeObsoleteTasks(ctx);
  if (!source.hasPeopleOnly) {
    await checkClaims(ctx, {
      connector: source.name,
      runId,
      confirmedTasks: grants.confirmedTasks,
    });
  }
  await redrawEndedGrants(ctx);
  await replaceLeavers(ctx);
  const counts = { ...people.counts, ...access.counts, ...grants.counts };
  const finished = new Date(ctx.now.getTime() + performance.now() - options.started);
  await finishSyncRun(ctx.db, { id: runId, counts, now: finished });
  await audit(ctx, 'sync.complete', subjectOf.syncRun(runId), {
    after: {
      connector: source.name,
      ...counts,
      closedPeople: people.closed.slice(0, 1_000),
      ...(leave === 'usual' ? {} : { fall: { people: people.fall, grants: grants.fall }, leave }),
    },
  });
  await endSyncFailure(ctx.db, source.name, finished);
  await endHolds(ctx, source.name, leave);
  await redrawOpenSimulations(ctx);
  await queueAnalysis(ctx, 'import');
  const held = leave === undefined ? fallWords(fall) : undefined;
  return { runId, counts, warnings: source.warnings.count, held };
}

function warnOfGrants(source: Source, { repeated, expired }: GrantsChange): void {
  const file = source.files.grants ?? 'grants';
  const are = (count: number) => (count === 1 ? '1 grant is' : `${count} grants are`);
  if (repeated > 0) {
    const message = `${are(repeated)} in it more than once; each counts once.`;
    source.warnings.add({ file, line: 0, message });
  }
  if (expired > 0) {
    const message = `${are(expired)} past the end (expires_at) and not counted as held.`;
    source.warnings.add({ file, line: 0, message });
  }
}

function refuseProblems({ problems }: Source): void {
  if (problems.count === 0) return;
  const what = problems.count === 1 ? 'There is 1 problem' : `There are ${problems.count} problems`;
  throw new Refusal('invalid', `${what} in what was to be imported; nothing was changed.`);
}
