import { schedule } from 'node-cron';
import { forgetLinks } from '../governance/action-links.ts';
import { type Ctx, inTransaction } from '../governance/context.ts';
import { escalateDue } from '../governance/escalations.ts';
import { watchEnds } from '../governance/expiry.ts';
import { forgetChanges } from '../governance/load-access.ts';
import { endMemberships } from '../governance/membership-ends.ts';
import { queueAnalysis, whyNothingToMine } from '../governance/mining-runs.ts';
import { retryReaddressed } from '../governance/outbox.ts';
import type { SlackUser } from '../governance/people-links.ts';
import { forgetReceipts } from '../governance/receipts.ts';
import { remindDue } from '../governance/reminders.ts';
import { endGracePeriods } from '../governance/rule-grace.ts';
import { noteSlackUsers } from '../governance/slack-directory.ts';
import { summarizeDue } from '../governance/summaries.ts';
import { type SlackGroup, saveUserGroups } from '../governance/user-groups.ts';
import { logBug } from '../log.ts';

export interface ScheduleParts {
  newCtx(): Ctx;
  /** When role mining runs by itself (cron). */
  miningSchedule: string;
  timeZone: string;
  /** Reads all of Slack, which may take minutes. */
  slack: {
    readUsers(): Promise<SlackUser[]>;
    readUserGroups(): Promise<SlackGroup[] | undefined>;
  };
  /** What the embedded database does not do by itself. */
  tidy(): Promise<void>;
  /** Told that something was queued. */
  wake(): void;
}

/** What happens by the clock, one line a job. */
export function startSchedule(parts: ScheduleParts): { close(): Promise<void> } {
  const jobs: [string, string, () => Promise<unknown>][] = [
    ['role mining', parts.miningSchedule, () => mineOnSchedule(parts)],
    ['ends of access', '*/10 * * * *', () => watchEnds(parts.newCtx())],
    ['ends of memberships', '5 * * * *', () => endMemberships(parts.newCtx())],
    ['ends of grace periods', '25 * * * *', () => endGracePeriods(parts.newCtx())],
    ['reminders and summaries', '*/15 * * * *', () => tellOnSchedule(parts)],
    ['people in Slack', '47 3 * * *', () => readSlack(parts)],
    ['old receipts', '17 3 * * *', () => forgetReceipts(parts.newCtx())],
    ['old links', '22 3 * * *', () => forgetLinks(parts.newCtx())],
    ['old changes', '27 3 * * *', () => forgetChanges(parts.newCtx())],
    ['a tidy store', '37 3 * * *', parts.tidy],
  ];
  const tasks = jobs.map(([name, expression, run]) =>
    schedule(
      expression,
      () => run().catch((error) => void logBug(`the scheduled job "${name}" failed`, error)),
      { name, timezone: parts.timeZone, noOverlap: true },
    ),
  );
  return {
    close: async () => {
      for (const task of tasks) await task.destroy();
    },
  };
}

/** Who is asked for the first time is not reminded of it in the same minute. */
async function tellOnSchedule({ newCtx, timeZone }: ScheduleParts): Promise<void> {
  await escalateDue(newCtx(), timeZone);
  await remindDue(newCtx(), timeZone);
  await summarizeDue(newCtx(), timeZone);
  await retryReaddressed(newCtx());
}

/** What Slack tells while it is read is newer than what is read: the context is of before. */
async function readSlack({ newCtx, slack }: ScheduleParts): Promise<void> {
  const ctx = newCtx();
  await noteSlackUsers(ctx, await slack.readUsers());
  const groups = await slack.readUserGroups();
  if (groups) await saveUserGroups(newCtx(), groups);
}

async function mineOnSchedule(parts: ScheduleParts): Promise<void> {
  const ctx = parts.newCtx();
  if (await whyNothingToMine(ctx)) return;
  await inTransaction(ctx, (ctx) => queueAnalysis(ctx, 'schedule'));
  parts.wake();
}
