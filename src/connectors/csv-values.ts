import { fromWallClock } from '../time-zones.ts';
import type { EntitlementRecord } from './records.ts';

const emailShape = /^[^\s@<>(),;:"[\]\\]+@[^\s@<>(),;:"[\]\\.]+(\.[^\s@<>(),;:"[\]\\.]+)+$/;

/** Checks whether a text has the form of an e-mail address: one @ and a domain with a dot. */
export function isEmail(text: string): boolean {
  return text.length <= 254 && emailShape.test(text);
}

const activeWords = new Map([
  ...['', 'true', 'yes', '1', 't', 'y'].map((word) => [word, true] as const),
  ...['false', 'no', '0', 'f', 'n'].map((word) => [word, false] as const),
]);

/** Reads `active`; an empty value is true. undefined: not a known word. */
export function readActive(text: string): boolean | undefined {
  return activeWords.get(text.toLowerCase());
}

/** Reads a whole number from `min` to `max`. undefined: not such a number. */
export function readWhole(text: string, min: number, max: number): number | undefined {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : undefined;
}

const risks = new Map<string, NonNullable<EntitlementRecord['risk']>>([
  ['low', 'low'],
  ['medium', 'medium'],
  ['high', 'high'],
  // Some products have a fourth level. Rolemine treats it like high.
  ['critical', 'high'],
]);

/** Reads a risk level. undefined: not a known level. */
export function readRisk(text: string): EntitlementRecord['risk'] | undefined {
  return risks.get(text.toLowerCase());
}

const dateShape =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)? ?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/**
 * Reads `2027-06-30` or `2027-06-30 17:00[:00][Z|+02:00]`; without an offset it is local to `timeZone`. Dates with the
 * day or month first are ambiguous and rejected. undefined: not a date, or not in the calendar.
 */
export function readDate(text: string, timeZone: string): Date | undefined {
  const parts = splitDate(text);
  return parts && toMoment(parts, timeZone);
}

/**
 * Reads the end of something. Exports write a day as its midnight, so a day alone and a midnight mean the last second of
 * that day.
 */
export function readEnd(text: string, timeZone: string): Date | undefined {
  const parts = splitDate(text);
  if (!parts) return undefined;
  // 24:00 is the midnight after the day already.
  const isMidnight = parts.wall.getTime() === Date.parse(parts.day);
  if (!isMidnight) return toMoment(parts, timeZone);
  const next = toMoment({ ...parts, wall: new Date(parts.wall.getTime() + dayMs) }, timeZone);
  return new Date(next.getTime() - 1000);
}

const dayMs = 86_400_000;

interface DateParts {
  /** "2027-06-30" */
  day: string;
  /** The date and time as written, in the UTC fields. */
  wall: Date;
  /** "+02:00" or "Z"; undefined without an offset. */
  offset: string | undefined;
}

function splitDate(text: string): DateParts | undefined {
  const match = dateShape.exec(text);
  if (!match) return undefined;
  const [, day = '', time = '00:00', second = '00', fraction = '0', zone] = match;
  // Date accepts 31 February as a day in March. If the day changes, it was not in the calendar.
  const midnight = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(day)) return undefined;
  const wall = new Date(`${day}T${time}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}Z`);
  const offset = zone === undefined ? undefined : toOffset(zone);
  const isDate =
    !Number.isNaN(wall.getTime()) && !Number.isNaN(Date.parse(`${day}T00:00${offset ?? 'Z'}`));
  return isDate ? { day, wall, offset } : undefined;
}

function toMoment({ wall, offset }: DateParts, timeZone: string): Date {
  if (offset === undefined) return fromWallClock(wall, timeZone);
  return new Date(wall.toISOString().replace('Z', offset));
}

function toOffset(zone: string): string {
  if (/^z$/i.test(zone)) return 'Z';
  const digits = zone.replace(':', '').padEnd(5, '0');
  return `${digits.slice(0, 3)}:${digits.slice(3)}`;
}

/** Splits several e-mail addresses in one cell at semicolons or commas. */
export function readList(text: string): string[] {
  return text === ''
    ? []
    : text
        .split(/[;,]/)
        .map((part) => part.trim())
        .filter((part) => part !== '');
}
