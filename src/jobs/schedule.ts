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
import { type PeriodicJob, startPeriodicJobs } from './periodic-jobs.ts';

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
  // Clocks change between 21:00 and 04:00; after four o'clock, every time exists once in each night.
  const jobs: PeriodicJob[] = [
    { name: 'role mining', expression: parts.miningSchedule, run: () => mineOnSchedule(parts) },
    {
      name: 'assignees of open steps',
      expression: '* * * * *',
      run: () => moveStepsOn(parts.newCtx()),
    },
    {
      name: 'ends of access',
      expression: '*/10 * * * *',
      run: () => reconcileExpiry(parts.newCtx()),
    },
    {
      name: 'ends of memberships',
      expression: '5 * * * *',
      run: () => endMemberships(parts.newCtx()),
    },
    {
      name: 'ends of grace periods',
      expression: '25 * * * *',
      run: () => endGracePeriods(parts.newCtx()),
    },
    {
      name: 'reminders and summaries',
      expression: '*/15 * * * *',
      run: () => notifyOnSchedule(parts),
    },
    { name: 'people in Slack', expression: '47 4 * * *', run: () => readSlack(parts) },
    { name: 'old receipts', expression: '7 4 * * *', run: () => deleteOldReceipts(parts.newCtx()) },
    { name: 'old links', expression: '12 4 * * *', run: () => deleteOldLinks(parts.newCtx()) },
    {
      name: 'old changes',
      expression: '17 4 * * *',
      run: () => deleteStaleChanges(parts.newCtx()),
    },
    { name: 'maintenance of the database', expression: '22 4 * * *', run: parts.tidy },
  ];
  return startPeriodicJobs(jobs, parts.timeZone);
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
