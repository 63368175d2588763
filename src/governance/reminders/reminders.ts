import { groupBy } from '../../collections.ts';
import { Refusal } from '../../errors.ts';
import {
  type Answerer,
  listAwaited,
  listReminders,
  lockReminders,
} from '../../store/tasks/reminders.ts';
import { findTask, type Task } from '../../store/tasks/tasks.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, type Ctx, inTransaction } from '../context.ts';
import { notifyOpenSteps } from '../notifications/notify-or-digest.ts';
import { isWorkingTime } from '../notifications/working-hours.ts';
import { formatAgo } from '../wording/relative-time.ts';

const hourMs = 3_600_000;
/** Unless the policy says otherwise (docs/governance.md#reminders-and-escalation); plain hours, weekends counted. */
const remindAfterHours = 24;
const emergencyHours = 1;
/** To one person about one step, by the clock. */
const maxReminders = 2;
/** The same, requested by the requester. */
const maxRequestedReminders = 3;
const minRequestGapMs = 4 * hourMs;

type Reminder = Awaited<ReturnType<typeof listReminders>>[number];

/**
 * Reminds people who have not answered for a day, twice at most, in their working hours; an emergency after an hour,
 * at any time. All reminders of one person come as one message.
 * @param timeZone of people whose own is not known.
 * @returns how many answers people were reminded of.
 */
export async function sendDueReminders(ctx: Ctx, timeZone: string): Promise<number> {
  return inTransaction(ctx, async (ctx) => {
    await lockReminders(ctx.db);
    const begunBy = new Date(ctx.now.getTime() - emergencyHours * hourMs);
    const awaited = await listAwaited(ctx.db, { begunBy });
    const remindersOf = await loadReminders(ctx, awaited);
    const due = awaited.filter(
      (one) => isDue(ctx.now, one, remindersOf(one)) && mayWrite(ctx.now, one, timeZone),
    );
    await notifyOpenSteps(ctx, due, { kind: 'reminder', askedBy: null });
    return due.length;
  });
}

/**
 * Reminds the people a request waits for, now, because its requester asks for it.
 * @returns the names of the people who were reminded.
 * @throws Refusal missing, forbidden (somebody else's), conflict (closed, reminded lately or often enough).
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
    const awaited = await listAwaited(ctx.db, { taskId });
    const others = awaited.filter((one) => one.personId !== ctx.actor.personId);
    if (others.length === 0) throw new Refusal('conflict', nobodyToRemindReason(task, awaited));
    const remindersOf = await loadReminders(ctx, others);
    const against = others.map((one) => reminderRefusalReason(ctx.now, one, remindersOf(one)));
    const due = others.filter((_, at) => against[at] === undefined);
    if (due.length === 0) throw new Refusal('conflict', against[0] ?? 'Nobody can be reminded.');
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
    'Only who asked for it, who it is for, or a Super Admin can send a reminder.',
  );
}

function nobodyToRemindReason(task: Task, awaited: readonly Answerer[]): string {
  return awaited.length > 0
    ? `Task #${task.id} waits for you.`
    : `Task #${task.id} waits for nobody who could be reminded; ask a Super Admin to reassign it.`;
}

function reminderRefusalReason(
  now: Date,
  { name }: Answerer,
  past: readonly Reminder[],
): string | undefined {
  const last = past.at(-1)?.at;
  if (past.filter((one) => one.askedBy !== null).length >= maxRequestedReminders) {
    return `${name} was reminded ${maxRequestedReminders} times already; talk to them, or ask a Super Admin to reassign it.`;
  }
  const restMs = last ? last.getTime() + minRequestGapMs - now.getTime() : 0;
  return last && restMs > 0
    ? `${name} was reminded ${formatAgo(last, now)}; you can send the next reminder in ${inWords(restMs)}.`
    : undefined;
}

function inWords(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  if (minutes < 60) return minutes === 1 ? 'a minute' : `${minutes} minutes`;
  const hours = Math.ceil(minutes / 60);
  return hours === 1 ? 'an hour' : `${hours} hours`;
}

function isDue(now: Date, one: Answerer, past: readonly Reminder[]): boolean {
  if (past.length >= maxReminders) return false;
  const hours = one.emergency ? emergencyHours : (one.options.remindAfterHours ?? remindAfterHours);
  const last = past.at(-1)?.at ?? sinceOf(one);
  return now.getTime() - last.getTime() >= hours * hourMs;
}

function mayWrite(now: Date, one: Answerer, timeZone: string): boolean {
  return one.emergency || isWorkingTime(now, { ...one, zones: [one.timeZone, timeZone] });
}

/** The reminders that each of these got since the step is with them: a step that starts again counts again. */
async function loadReminders(ctx: Ctx, awaited: readonly Answerer[]) {
  const all = await listReminders(
    ctx.db,
    awaited.map((one) => one.stepId),
  );
  const byPair = groupBy(all, pairOf);
  return (one: Answerer) =>
    (byPair.get(pairOf(one)) ?? []).filter(({ at }) => at.getTime() >= sinceOf(one).getTime());
}

function sinceOf({ activatedAt, assignedAt }: Answerer): Date {
  return activatedAt && activatedAt > assignedAt ? activatedAt : assignedAt;
}

function pairOf({ stepId, personId }: { stepId: number; personId: number }): string {
  return `${stepId}:${personId}`;
}
