import { countAccess } from '../../store/access/grants.ts';
import { countUndelivered } from '../../store/messages/outbox.ts';
import { findLastRun } from '../../store/mining/mining-runs.ts';
import { listNewSuggestions } from '../../store/mining/suggestions.ts';
import { countPeople } from '../../store/people/people.ts';
import { findLastSync } from '../../store/sync/sync-runs.ts';
import { countOpenTasks } from '../../store/tasks/task-lists.ts';
import type { Ctx } from '../context.ts';

/** Counts people, access, tasks and undelivered messages, with the times of the last sync and the last analysis. */
export async function loadStatus(ctx: Ctx) {
  const sync = await findLastSync(ctx.db);
  const run = await findLastRun(ctx.db);
  return {
    people: await countPeople(ctx.db),
    ...(await countAccess(ctx.db)),
    lastSync: sync?.finishedAt ? { at: sync.finishedAt, connector: sync.connector } : undefined,
    lastRun: run?.finishedAt
      ? { at: run.finishedAt, waiting: (await listNewSuggestions(ctx.db)).length }
      : undefined,
    openTasks: await countOpenTasks(ctx.db),
    undelivered: await countUndelivered(ctx.db),
  };
}
