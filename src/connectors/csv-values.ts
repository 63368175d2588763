import type { EntitlementRecord } from './records.ts';

const emailShape = /^[^\s@<>(),;:"[\]\\]+@[^\s@<>(),;:"[\]\\.]+(\.[^\s@<>(),;:"[\]\\.]+)+$/;

/** Whether a text has the shape of an address mail can be sent to: one @, a domain with a dot. */
export function isEmail(text: string): boolean {
  return text.length <= 254 && emailShape.test(text);
}

const activeWords = new Map([
  ...['', 'true', 'yes', '1', 't', 'y'].map((word) => [word, true] as const),
  ...['false', 'no', '0', 'f', 'n'].map((word) => [word, false] as const),
]);

/** Reads `active`; an empty value is true. undefined: no word for yes or no. */
export function readActive(text: string): boolean | undefined {
  return activeWords.get(text.toLowerCase());
}

/** Reads a whole number within these bounds. undefined: it is none. */
export function readWhole(text: string, least: number, most: number): number | undefined {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : undefined;
}

const risks = new Map<string, NonNullable<EntitlementRecord['risk']>>([
  ['low', 'low'],
  ['medium', 'medium'],
  ['high', 'high'],
  // Other products have a fourth level; here nothing treats it differently from high.
  ['critical', 'high'],
]);

/** Reads a risk level. undefined: not one of them. */
export function readRisk(text: string): EntitlementRecord['risk'] | undefined {
  return risks.get(text.toLowerCase());
}

const dateShape =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)? ?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/**
 * Reads `2027-06-30` or `2027-06-30 17:00[:00][Z|+02:00]`; without an offset it is UTC. Day-first
 * and month-first dates are not guessed at. undefined: not a date, or not one in the calendar.
 */
export function readDate(text: string): Date | undefined {
  const match = dateShape.exec(text);
  if (!match) return undefined;
  const [, day = '', time = '00:00', second = '00', fraction = '0', zone = 'Z'] = match;
  // Date accepts 31 February and moves it on to March; a day that does not come back was not one.
  const midnight = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(day)) return undefined;
  const at = new Date(
    `${day}T${time}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}${offset(zone)}`,
  );
  return Number.isNaN(at.getTime()) ? undefined : at;
}

/** Reads when something ends: a day is meant with all its hours. */
export function readEnd(text: string): Date | undefined {
  return readDate(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text} 23:59:59` : text);
}

function offset(zone: string): string {
  if (/^z$/i.test(zone)) return 'Z';
  const digits = zone.replace(':', '').padEnd(5, '0');
  return `${digits.slice(0, 3)}:${digits.slice(3)}`;
}

/** Several e-mails in one cell are separated by semicolons (or commas). */
export function readList(text: string): string[] {
  return text === ''
    ? []
    : text
        .split(/[;,]/)
        .map((part) => part.trim())
        .filter((part) => part !== '');
}
