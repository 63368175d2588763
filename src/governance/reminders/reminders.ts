import { groupBy } from '../../collections.ts';
import { Refusal } from '../../errors.ts';
import {
  listReminders,
  listUnansweredAssignees,
  lockReminders,
  type UnansweredAssignee,
} from '../../store/tasks/reminders.ts';
import { findTask, type Task } from '../../store/tasks/tasks.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, type Ctx, inTransaction } from '../context.ts';
import { notifyOpenSteps } from '../notifications/notify-or-digest.ts';
import { isWorkingTime } from '../notifications/working-hours.ts';
import { formatAgo } from '../wording/relative-time.ts';

const hourMs = 3_600_000;
/** The default (docs/governance.md#reminders-and-escalation), in plain hours that include weekends. */
const remindAfterHours = 24;
const emergencyHours = 1;
/** Scheduled reminders to one person about one step. */
const maxReminders = 2;
/** Reminders to one person about one step that the requester sends. */
const maxRequestedReminders = 3;
const minRequestGapMs = 4 * hourMs;

type Reminder = Awaited<ReturnType<typeof listReminders>>[number];

/**
 * Reminds assignees who have not decided for a day, at most twice and in their working hours; for an emergency after
 * an hour and at any time. Each person gets all reminders in one message.
 * @param timeZone the time zone for people whose own is unknown
 * @returns the number of reminders
 */
export async function sendDueReminders(ctx: Ctx, timeZone: string): Promise<number> {
  return inTransaction(ctx, async (ctx) => {
    await lockReminders(ctx.db);
    const assignedBefore = new Date(ctx.now.getTime() - emergencyHours * hourMs);
    const awaited = await listUnansweredAssignees(ctx.db, { assignedBefore });
    const remindersOf = await loadReminders(ctx, awaited);
    const due = awaited.filter(
      (one) => isDue(ctx.now, one, remindersOf(one)) && mayNotify(ctx.now, one, timeZone),
    );
    await notifyOpenSteps(ctx, due, { kind: 'reminder', askedBy: null });
    return due.length;
  });
}

/**
 * Reminds the assignees of a request now, because the requester asks for it.
 * @returns the names of the reminded people
 * @throws Refusal missing, forbidden (somebody else's request), conflict (closed, or too many or too recent reminders).
 */
export async function sendReminder(ctx: ActorCtx, taskId: number): Promise<string[]> {
  return inTransaction(ctx, async (ctx) => {
    await lockReminders(ctx.db);
    const task = await findTask(ctx.db, taskId);
    if (!task) throw new Refusal('missing', `There is no request #${taskId}.`);
    requireOwn(ctx, task);
    if (task.state !== 'open') {
      throw new Refusal('conflict', `Task #${task.id} is closed; there is nobody to remind.`);
    }
    const awaited = await listUnansweredAssignees(ctx.db, { taskId });
    const others = awaited.filter((one) => one.personId !== ctx.actor.personId);
    if (others.length === 0) throw new Refusal('conflict', nobodyToRemindReason(task, awaited));
    const remindersOf = await loadReminders(ctx, others);
    const refusals = others.map((one) => reminderRefusalReason(ctx.now, one, remindersOf(one)));
    const due = others.filter((_, at) => refusals[at] === undefined);
    if (due.length === 0) throw new Refusal('conflict', refusals[0] ?? 'Nobody can be reminded.');
    await notifyOpenSteps(ctx, due, { kind: 'reminder', askedBy: ctx.actor.personId });
    await audit(ctx, 'task.remind', subjectOf.task(task.id), {
      after: { step: due[0]?.position, people: due.map((one) => one.personId) },
    });
    return due.map((one) => one.name);
  });
}

function requireOwn(ctx: ActorCtx, task: Task): void {
  const me = ctx.actor.personId;
  const isOwn = task.requesterId === me || (task.kind === 'grant' && task.personId === me);
  if (isOwn || ctx.actor.roles.includes('super_admin')) return;
  throw new Refusal(
    'forbidden',
    'Only the requester, the person it is for or a Super Admin can send a reminder.',
  );
}

function nobodyToRemindReason(task: Task, awaited: readonly UnansweredAssignee[]): string {
  return awaited.length > 0
    ? `You are the only assignee of task #${task.id}.`
    : `Task #${task.id} has no assignee who can be reminded. Ask a Super Admin to reassign it.`;
}

function reminderRefusalReason(
  now: Date,
  { name }: UnansweredAssignee,
  past: readonly Reminder[],
): string | undefined {
  const last = past.at(-1)?.at;
  if (past.filter((one) => one.askedBy !== null).length >= maxRequestedReminders) {
    return `${name} already had ${maxRequestedReminders} reminders. Talk to them, or ask a Super Admin to reassign the task.`;
  }
  const restMs = last ? last.getTime() + minRequestGapMs - now.getTime() : 0;
  return last && restMs > 0
    ? `${name} was reminded ${formatAgo(last, now)}. You can send the next reminder in ${formatDuration(restMs)}.`
    : undefined;
}

/** "a minute", "3 hours", rounded up */
function formatDuration(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  if (minutes < 60) return minutes === 1 ? 'a minute' : `${minutes} minutes`;
  const hours = Math.ceil(minutes / 60);
  return hours === 1 ? 'an hour' : `${hours} hours`;
}

function isDue(now: Date, one: UnansweredAssignee, past: readonly Reminder[]): boolean {
  if (past.length >= maxReminders) return false;
  const hours = one.emergency ? emergencyHours : (one.options.remindAfterHours ?? remindAfterHours);
  const last = past.at(-1)?.at ?? sinceOf(one);
  return now.getTime() - last.getTime() >= hours * hourMs;
}

function mayNotify(now: Date, one: UnansweredAssignee, timeZone: string): boolean {
  return one.emergency || isWorkingTime(now, { ...one, zones: [one.timeZone, timeZone] });
}

/** Reads the reminders that each person got since they have the step. A step that restarts counts again. */
async function loadReminders(ctx: Ctx, awaited: readonly UnansweredAssignee[]) {
  const all = await listReminders(
    ctx.db,
    awaited.map((one) => one.stepId),
  );
  const byPair = groupBy(all, pairOf);
  return (one: UnansweredAssignee) =>
    (byPair.get(pairOf(one)) ?? []).filter(({ at }) => at.getTime() >= sinceOf(one).getTime());
}

function sinceOf({ activatedAt, assignedAt }: UnansweredAssignee): Date {
  return activatedAt && activatedAt > assignedAt ? activatedAt : assignedAt;
}

function pairOf({ stepId, personId }: { stepId: number; personId: number }): string {
  return `${stepId}:${personId}`;
}
