import type { Ctx } from '../governance/context.ts';
import type { Miner } from '../governance/role-mining/miner.ts';
import { type RunReport, runNextAnalysis } from '../governance/role-mining/runs.ts';
import { runNextSimulation } from '../governance/simulations/run.ts';
import { log, logBug } from '../log.ts';

const pollMs = 2_000;

/** Carries out every analysis that is queued, one after the other. */
export async function runQueuedAnalyses(ctx: Ctx, miner: Miner): Promise<RunReport[]> {
  const reports: RunReport[] = [];
  for (;;) {
    const report = await runNextAnalysis({ ...ctx, now: new Date() }, miner);
    if (!report) return reports;
    reports.push(report);
    const { run, found, newSuggestions, failed, isCanceled } = report;
    if (isCanceled) log.info('role mining was cancelled', { run: run.id });
    else if (failed === undefined) log.info('role mining is done', { run: run.id, found, new: newSuggestions });
    else log.error('role mining failed', { run: run.id, error: failed });
  }
}

/** Carries out every simulation of mining rules that is queued, one after the other. */
async function runQueuedSimulations(ctx: Ctx, miner: Miner): Promise<void> {
  for (;;) {
    const report = await runNextSimulation({ ...ctx, now: new Date() }, miner);
    if (!report) return;
    const { simulation, figures, failed, cancelled } = report;
    const { added, removed, kept } = figures ?? {};
    if (cancelled) log.info('a simulation was cancelled', { simulation: simulation.id });
    else if (failed !== undefined) {
      log.error('a simulation failed', { simulation: simulation.id, error: failed });
    } else log.info('a simulation is done', { simulation: simulation.id, added, removed, kept });
  }
}

/** Looks for queued analyses and simulations when woken, and now and then: another process may queue one. */
export function startAnalyses(parts: { newCtx(): Ctx; miner: Miner }): {
  wake(): void;
  close(): Promise<void>;
} {
  let underWay: Promise<void> | undefined;
  let isAskedAgain = false;
  const run = async () => {
    do {
      isAskedAgain = false;
      await runQueuedAnalyses(parts.newCtx(), parts.miner).catch(
        (error) => void logBug('the queue of analyses could not be read', error),
      );
      await runQueuedSimulations(parts.newCtx(), parts.miner).catch(
        (error) => void logBug('the queue of simulations could not be read', error),
      );
    } while (isAskedAgain);
    underWay = undefined;
  };
  const wake = () => {
    isAskedAgain = true;
    underWay ??= run();
  };
  const timer = setInterval(wake, pollMs);
  wake();
  return {
    wake,
    close: async () => {
      clearInterval(timer);
      await underWay;
    },
  };
}
