import type { Ctx } from '../governance/context.ts';
import type { Miner } from '../governance/role-mining/miner.ts';
import { type RunReport, runNextAnalysis } from '../governance/role-mining/runs.ts';
import { runNextSimulation } from '../governance/simulations/run.ts';
import { log, logBug } from '../log.ts';

const pollMs = 2_000;

/** Runs all queued analyses, one after the other. */
export async function runQueuedAnalyses(ctx: Ctx, miner: Miner): Promise<RunReport[]> {
  const reports: RunReport[] = [];
  for (;;) {
    const report = await runNextAnalysis({ ...ctx, now: new Date() }, miner);
    if (!report) return reports;
    reports.push(report);
    const { run, found, newSuggestions, failed, isCanceled } = report;
    if (isCanceled) log.info('role mining was canceled', { run: run.id });
    else if (failed === undefined)
      log.info('role mining is done', { run: run.id, found, new: newSuggestions });
    else log.error('role mining failed', { run: run.id, error: failed });
  }
}

/** Runs all queued simulations of mining rules, one after the other. */
async function runQueuedSimulations(ctx: Ctx, miner: Miner): Promise<void> {
  for (;;) {
    const report = await runNextSimulation({ ...ctx, now: new Date() }, miner);
    if (!report) return;
    const { simulation, figures, failed, canceled } = report;
    const { added, removed, kept } = figures ?? {};
    if (canceled) log.info('a simulation was canceled', { simulation: simulation.id });
    else if (failed !== undefined) {
      log.error('a simulation failed', { simulation: simulation.id, error: failed });
    } else log.info('a simulation is done', { simulation: simulation.id, added, removed, kept });
  }
}

/** Looks for queued analyses and simulations when woken, and regularly, because other processes queue some as well. */
export function startAnalyses(parts: { newCtx(): Ctx; miner: Miner }): {
  wake(): void;
  close(): Promise<void>;
} {
  let running: Promise<void> | undefined;
  let isWakePending = false;
  const run = async () => {
    do {
      isWakePending = false;
      await runQueuedAnalyses(parts.newCtx(), parts.miner).catch(
        (error) => void logBug('the queue of analyses could not be read', error),
      );
      await runQueuedSimulations(parts.newCtx(), parts.miner).catch(
        (error) => void logBug('the queue of simulations could not be read', error),
      );
    } while (isWakePending);
    running = undefined;
  };
  const wake = () => {
    isWakePending = true;
    running ??= run();
  };
  const timer = setInterval(wake, pollMs);
  wake();
  return {
    wake,
    close: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
