import { fromWallClock } from '../time-zones.ts';
import type { EntitlementRecord } from './records.ts';

const emailShape = /^[^\s@<>(),;:"[\]\\]+@[^\s@<>(),;:"[\]\\.]+(\.[^\s@<>(),;:"[\]\\.]+)+$/;

/** Checks whether a text has the form of an e-mail address: one @ and a domain with a dot. */
export function isEmail(text: string): boolean {
  return text.length <= 254 && emailShape.test(text);
}

const yes = [
  '',
  'true',
  'yes',
  '1',
  't',
  'y',
  'x',
  'on',
  'enabled',
  'active',
  'current',
  'employed',
];
const no = ['false', 'no', '0', 'f', 'n', 'off'];
const yesAbroad = [
  'wahr',
  'ja',
  'j',
  'vrai',
  'oui',
  'si',
  'sí',
  'verdadero',
  'aktiv',
  'actif',
  'activo',
];
const noAbroad = ['falsch', 'nein', 'faux', 'non', 'falso'];
const activeWords = new Map<string, boolean>([
  ...[...yes, ...yesAbroad].map((word) => [word, true] as const),
  ...[...no, ...noAbroad].map((word) => [word, false] as const),
]);

/** Reads yes or no; an empty value is yes. undefined: not a known word. */
export function readActive(text: string): boolean | undefined {
  return activeWords.get(text.toLowerCase());
}

/** The first words of a status of people who have left. "On leave" and "Pending" are not among them. */
const leavingWords = [
  'terminated|deprovisioned|deactivated|disabled|inactive|not active|suspended|offboarded',
  'resigned|retired|dismissed|fired|laid off|separated|deceased|departed|former|ex|leaver|exited',
  'deleted|archived|no longer employed|ausgetreten|ausgeschieden|inaktiv|deaktiviert|gesperrt',
  'inactif|désactivé|inactivo|inativo|desligado|inattivo|cessato',
].join('|');
const leaving = new RegExp(
  `^(?:(?:${leavingWords})(?![\\p{L}\\p{N}])|left(?: (?:the )?(?:company|organi[sz]ation))?$)`,
  'iu',
);

/** Whether a status says that its person has left. */
export function isLeaving(text: string): boolean {
  return leaving.test(text.trim().replaceAll('_', ' '));
}

const blanks = new Set(
  [
    ['n/a', 'na', 'n.a.', '#n/a', 'none', 'null', 'nil', 'nan', 'undefined', 'unknown'],
    ['-', '--', '---', '–', '—', '?', '(blank)', '(none)', '(empty)', '[]'],
    ['not set', 'not available', 'not applicable', 'no data'],
    ['never', 'never logged in', 'never used', 'never expires', 'does not expire'],
    ['unlimited', 'no limit', 'no end', 'no expiry', 'permanent', 'indefinite'],
  ].flat(),
);
/** What programs store as "no date": zero, the year 1, the year 1601. */
const emptyDate = /^(?:0$|0000-00-00|0001-01-01|1601-01-01|0?1\/0?1\/(?:0001|1601))(?!\d)/;

/** Whether a value says that there is none: `N/A`, `-`, `Never`. */
export function isBlank(text: string): boolean {
  return text === '' || blanks.has(text.toLowerCase());
}

/** Whether a value says that there is no date. */
export function isBlankDate(text: string): boolean {
  return isBlank(text) || emptyDate.test(text);
}

/** Reads a whole number from `min` to `max`; `90.0` and `90,0` are whole. undefined: not such a number. */
export function readWhole(text: string, min: number, max: number): number | undefined {
  const [, whole] = /^(\d{1,9})(?:[.,]0+)?$/.exec(text) ?? [];
  const value = whole === undefined ? Number.NaN : Number(whole);
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

/** Splits several e-mail addresses in one cell at semicolons or commas. Words such as `N/A` are no address. */
export function readList(text: string): string[] {
  return text === ''
    ? []
    : text
        .split(/[;,]/)
        .map((part) => part.trim())
        .filter((part) => !isBlank(part));
}
