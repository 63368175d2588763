import { Refusal } from '../../errors.ts';
import { formatMoment } from './relative-time.ts';

/** The first moment of a day that is written as 2027-01-10. @throws Refusal when there is no such day. */
export function startOfDay(day: string): Date {
  const at = new Date(`${day}T00:00:00Z`);
  // 2027-02-30 would be read as the second of March.
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(at.getTime()) || toIsoDay(at) !== day) {
    throw new Refusal('invalid', `"${day.slice(0, 40)}" is not a date; write it like 2027-01-10.`);
  }
  return at;
}

/** The last second of a day: what ends "on" that day still runs on it. */
export function endOfDay(day: string): Date {
  return new Date(startOfDay(day).getTime() + 86_399_000);
}

/** "10 Jan 2027", whatever the time of day. */
export function onDay(at: Date): string {
  return formatMoment(endOfDay(toIsoDay(at)));
}

/** 2027-01-10 */
export function toIsoDay(at: Date): string {
  return at.toISOString().slice(0, 10);
}
