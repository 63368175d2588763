import { createTask, parse, schedule } from 'node-cron';
import { log, logBug } from '../log.ts';
import { toWallClock } from '../time-zones.ts';

/** A job that runs by the clock of the organization. */
export interface PeriodicJob {
  name: string;
  /** A cron expression. Seconds are ignored. */
  expression: string;
  run(): Promise<unknown>;
}

const minuteMs = 60_000;
/** A process that slept longer does not catch up on what was before. */
const maxCatchUpMinutes = 24 * 60;

/** Runs each job at its times until closed. A job that still runs is not started a second time. */
export function startPeriodicJobs(
  jobs: readonly PeriodicJob[],
  timeZone: string,
): { close(): Promise<void> } {
  const startedAt = new Date();
  const checks = jobs.map(({ expression }) => createDueCheck(expression, timeZone, startedAt));
  const running = new Set<string>();
  const start = async ({ name, run }: PeriodicJob) => {
    if (running.has(name)) return log.warn(`the scheduled job "${name}" still runs`);
    running.add(name);
    await run().catch((error) => void logBug(`the scheduled job "${name}" failed`, error));
    running.delete(name);
  };
  const tick = () => {
    const now = new Date();
    for (const [at, job] of jobs.entries()) if (checks[at]?.(now)) void start(job);
  };
  // A missed minute is caught up by the next one.
  const options = { timezone: 'Etc/UTC', suppressMissedWarning: true };
  const ticks = schedule('* * * * *', tick, options);
  return { close: async () => void (await ticks.destroy()) };
}

/**
 * Creates a function that is called about once a minute and says whether a job became due since the last call.
 *
 * When clocks change, node-cron passes over a time that does not exist that night, and pauses a job of every ten minutes
 * for the hour that occurs twice. Here, a job of certain hours runs once in both nights: a skipped time right after the change, a repeated
 * one the first time. A job of every hour goes on in real time.
 */
export function createDueCheck(
  expression: string,
  timeZone: string,
  startedAt: Date,
): (now: Date) => boolean {
  const pattern = createTask(dropSeconds(expression), () => {}, { timezone: 'Etc/UTC' });
  // Only its match is used; node-cron would keep the task for ever.
  void pattern.destroy();
  const isOfEveryHour = parse(expression).hour.length === 24;
  const isMatch = (wallMinute: number) => pattern.match(new Date(wallMinute * minuteMs));
  let lastMinute = toMinute(startedAt);
  let lastWallMinute = toMinute(toWallClock(startedAt, timeZone));

  const isDueAt = (wallMinute: number): boolean => {
    if (isOfEveryHour) return isMatch(wallMinute);
    let isDue = false;
    for (let minute = lastWallMinute + 1; minute <= wallMinute; minute++) {
      isDue = isMatch(minute) || isDue;
    }
    lastWallMinute = Math.max(lastWallMinute, wallMinute);
    return isDue;
  };
  return (now) => {
    const minute = toMinute(now);
    // A clock that somebody set back starts again from there.
    lastMinute = Math.max(Math.min(lastMinute, minute - 1), minute - maxCatchUpMinutes);
    let isDue = false;
    while (lastMinute < minute) {
      lastMinute++;
      const wall = toWallClock(new Date(lastMinute * minuteMs), timeZone);
      isDue = isDueAt(toMinute(wall)) || isDue;
    }
    return isDue;
  };
}

function toMinute(at: Date): number {
  return Math.floor(at.getTime() / minuteMs);
}

function dropSeconds(expression: string): string {
  const fields = expression.trim().split(/\s+/);
  return fields.length === 6 ? fields.slice(1).join(' ') : expression;
}
