import { listLastSummaries } from '../../store/messages/digests.ts';
import { listUnansweredAssignees, lockReminders } from '../../store/tasks/reminders.ts';
import { type Ctx, inTransaction } from '../context.ts';
import { notifyOpenSteps } from '../notifications/notify-or-digest.ts';
import { loadPreferences, type Preferences } from '../notifications/preferences.ts';
import { isWorkingTime, localTime, type WorkTime } from '../notifications/working-hours.ts';

/**
 * Sends the summary of open tasks to people who chose one: every working day or every Monday, after their working
 * hours have begun, and only if they have open tasks.
 * @param timeZone the time zone for people whose own is unknown
 * @returns the number of people who got one
 */
export async function sendDueSummaries(ctx: Ctx, timeZone: string): Promise<number> {
  return inTransaction(ctx, async (ctx) => {
    await lockReminders(ctx.db);
    const awaited = await listUnansweredAssignees(ctx.db, { assignedBefore: ctx.now });
    const readers = new Map(awaited.map((one) => [one.personId, one]));
    const preferencesOf = await loadPreferences(ctx, [...readers.keys()]);
    const last = await listLastSummaries(ctx.db, [...readers.keys()]);
    const due = [...readers.values()].filter((reader) =>
      isDue(ctx.now, {
        preferences: preferencesOf(reader.personId),
        last: last.get(reader.personId),
        zones: [reader.timeZone, timeZone],
      }),
    );
    const people = new Set(due.map(({ personId }) => personId));
    await notifyOpenSteps(
      ctx,
      awaited.filter(({ personId }) => people.has(personId)),
      { kind: 'summary', askedBy: null },
    );
    return people.size;
  });
}

/** Whether a summary is due. Nobody gets two on one day of their calendar. */
function isDue(
  now: Date,
  reader: { preferences: Preferences; last: Date | undefined; zones: WorkTime['zones'] },
): boolean {
  const { last, zones } = reader;
  const { summary, workFromHour, workUntilHour } = reader.preferences;
  if (summary === 'off') return false;
  if (!isWorkingTime(now, { workFromHour, workUntilHour, zones })) return false;
  const today = localTime(now, zones);
  if (summary === 'weekly' && today.weekday !== 'Mon') return false;
  return last === undefined || localTime(last, zones).day !== today.day;
}
