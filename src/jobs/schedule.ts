import { schedule } from 'node-cron';
import { reconcileExpiry } from '../governance/access/expiry.ts';
import { type Ctx, inTransaction } from '../governance/context.ts';
import { deleteOldLinks } from '../governance/email-links/action-links.ts';
import { retryReaddressed } from '../governance/notifications/outbox.ts';
import { deleteOldReceipts } from '../governance/people/received-events.ts';
import { recordSlackUsers } from '../governance/people/slack-directory.ts';
import type { SlackUser } from '../governance/people/slack-user.ts';
import { type SlackGroup, saveUserGroups } from '../governance/people/slack-user-groups.ts';
import { endMemberships } from '../governance/profiles/end-memberships.ts';
import { escalateDueSteps } from '../governance/reminders/escalations.ts';
import { sendDueReminders } from '../governance/reminders/reminders.ts';
import { sendDueSummaries } from '../governance/reminders/summaries.ts';
import { deleteStaleChanges } from '../governance/role-mining/load-matrix.ts';
import { explainNothingToMine, queueAnalysis } from '../governance/role-mining/runs.ts';
import { endGracePeriods } from '../governance/role-rules/grace-periods.ts';
import { moveStepsOn } from '../governance/tasks/move-on.ts';
import { logBug } from '../log.ts';

export interface ScheduleParts {
  newCtx(): Ctx;
  /** The schedule of role mining, as a cron expression. */
  miningSchedule: string;
  timeZone: string;
  /** Reads all users and user groups of Slack, which can take minutes. */
  slack: {
    readUsers(): Promise<SlackUser[]>;
    readUserGroups(): Promise<SlackGroup[] | undefined>;
  };
  /** Maintenance that the embedded database does not do by itself. */
  tidy(): Promise<void>;
  /** Called after something was queued. */
  wake(): void;
}

/** Starts the periodic jobs. */
export function startSchedule(parts: ScheduleParts): { close(): Promise<void> } {
  const jobs: [string, string, () => Promise<unknown>][] = [
    ['role mining', parts.miningSchedule, () => mineOnSchedule(parts)],
    ['assignees of open steps', '* * * * *', () => moveStepsOn(parts.newCtx())],
    ['ends of access', '*/10 * * * *', () => reconcileExpiry(parts.newCtx())],
    ['ends of memberships', '5 * * * *', () => endMemberships(parts.newCtx())],
    ['ends of grace periods', '25 * * * *', () => endGracePeriods(parts.newCtx())],
    ['reminders and summaries', '*/15 * * * *', () => notifyOnSchedule(parts)],
    ['people in Slack', '47 3 * * *', () => readSlack(parts)],
    ['old receipts', '17 3 * * *', () => deleteOldReceipts(parts.newCtx())],
    ['old links', '22 3 * * *', () => deleteOldLinks(parts.newCtx())],
    ['old changes', '27 3 * * *', () => deleteStaleChanges(parts.newCtx())],
    ['maintenance of the database', '37 3 * * *', parts.tidy],
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

/** Escalations come first, so that a new assignee gets no reminder in the same minute. */
async function notifyOnSchedule({ newCtx, timeZone }: ScheduleParts): Promise<void> {
  await escalateDueSteps(newCtx(), timeZone);
  await sendDueReminders(newCtx(), timeZone);
  await sendDueSummaries(newCtx(), timeZone);
  await retryReaddressed(newCtx());
}

/** The context is older than the reading, so that a change which Slack reports meanwhile counts as newer. */
async function readSlack({ newCtx, slack }: ScheduleParts): Promise<void> {
  const ctx = newCtx();
  await recordSlackUsers(ctx, await slack.readUsers());
  const groups = await slack.readUserGroups();
  if (groups) await saveUserGroups(newCtx(), groups);
}

async function mineOnSchedule(parts: ScheduleParts): Promise<void> {
  const ctx = parts.newCtx();
  if (await explainNothingToMine(ctx)) return;
  await inTransaction(ctx, (ctx) => queueAnalysis(ctx, 'schedule'));
  parts.wake();
}
