import { knownZone, toWallClock } from '../../time-zones.ts';

/** From nine to six, Monday to Friday, unless the person has chosen other hours (docs/governance.md#working-hours). */
export const workingHours = { from: 9, until: 18 };
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const freeDays = new Set(['Sat', 'Sun']);

/** Somebody's working hours, in the first of these time zones that is known. */
export interface WorkTime {
  workFromHour?: number | null;
  workUntilHour?: number | null;
  zones: readonly (string | null | undefined)[];
}

/** Whether a moment is in somebody's working hours. After midnight, the hours count for the new day. */
export function isWorkingTime(at: Date, { workFromHour, workUntilHour, zones }: WorkTime): boolean {
  const { weekday, hour } = localTime(at, zones);
  const from = workFromHour ?? workingHours.from;
  const until = workUntilHour ?? workingHours.until;
  const isWithin = from < until ? hour >= from && hour < until : hour >= from || hour < until;
  return !freeDays.has(weekday) && isWithin;
}

/** Returns the local weekday, hour and day: "Mon", 0 to 23, "2026-11-23". */
export function localTime(
  at: Date,
  zones: WorkTime['zones'],
): { weekday: string; hour: number; day: string } {
  const timeZone = zones.map(knownZone).find((zone) => zone !== undefined) ?? 'UTC';
  const wall = toWallClock(at, timeZone);
  return {
    weekday: weekdays[wall.getUTCDay()] ?? '',
    hour: wall.getUTCHours(),
    day: wall.toISOString().slice(0, 10),
  };
}
