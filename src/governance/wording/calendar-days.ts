import { Refusal } from '../../errors.ts';
import { fromWallClock, toWallClock } from '../../time-zones.ts';

const dayMs = 86_400_000;
const freeDays = new Set([0, 6]);

/**
 * Returns the first moment of a day such as "2027-01-10" in a time zone. Where clocks go forward at midnight, a day
 * begins at one.
 * @throws Refusal invalid when there is no such day.
 */
export function startOfDay(day: string, timeZone: string): Date {
  return fromWallClock(parseDay(day), timeZone);
}

/** Returns the last second of a day: access that ends on a day lasts through that day. */
export function endOfDay(day: string, timeZone: string): Date {
  return new Date(startOfDay(addDays(day, 1), timeZone).getTime() - 1000);
}

/** Returns the last second of the day that is `days` days after today: with 0, the end of today. */
export function endInDays(days: number, now: Date, timeZone: string): Date {
  return endOfDay(addDays(toIsoDay(now, timeZone), days), timeZone);
}

/** "2027-01-10": the day of a moment in a time zone. */
export function toIsoDay(at: Date, timeZone: string): string {
  return formatDay(toWallClock(at, timeZone));
}

/** Adds business days (Monday to Friday in a time zone) and keeps the time of day. */
export function addBusinessDays(at: Date, days: number, timeZone: string): Date {
  let wall = toWallClock(at, timeZone);
  for (let remaining = days; remaining > 0; ) {
    wall = new Date(wall.getTime() + dayMs);
    if (!freeDays.has(wall.getUTCDay())) remaining--;
  }
  return fromWallClock(wall, timeZone);
}

function addDays(day: string, days: number): string {
  return formatDay(new Date(parseDay(day).getTime() + days * dayMs));
}

/** A day as a Date whose UTC fields have it. */
function parseDay(day: string): Date {
  const at = new Date(`${day}T00:00:00Z`);
  // JavaScript reads 2027-02-30 as March 2.
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(at.getTime()) || formatDay(at) !== day) {
    throw new Refusal('invalid', `"${day.slice(0, 40)}" is not a date. Write it like 2027-01-10.`);
  }
  return at;
}

function formatDay(wall: Date): string {
  return wall.toISOString().slice(0, 10);
}
