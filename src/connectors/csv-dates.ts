/** Whether dates such as 03/04/2027 begin with the day or with the month. */
export type DateOrder = 'day' | 'month';

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const weekday = /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? +/i;
const time =
  '(?:,?[T ] *(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:[.,]\\d{1,9})?)? *([ap]\\.?m\\.?)? *(z|utc|gmt|[+-]\\d{2}(?::?\\d{2})?)?)?$';
const yearFirst = new RegExp(`^(\\d{4})([/.])(\\d{1,2})\\2(\\d{1,2})${time}`, 'i');
const numeric = new RegExp(`^(\\d{1,2})([/.-])(\\d{1,2})\\2(\\d{4})${time}`, 'i');
const dayAndName = new RegExp(
  `^(\\d{1,2})\\.?[ /-]([a-z]{3,9})\\.?,?[ /-](\\d{4}|\\d{2})${time}`,
  'i',
);
const nameAndDay = new RegExp(
  `^([a-z]{3,9})\\.? (\\d{1,2})(?:st|nd|rd|th)?,? (\\d{4})${time}`,
  'i',
);
const isoWithWord = new RegExp(`^(\\d{4})-(\\d{2})-(\\d{2})${time}`, 'i');
const compactDay = /^((?:19|20)\d{2})(\d{2})(\d{2})$/;

/**
 * Writes a date in a common form as `2027-06-30` or `2027-06-30 17:00:00Z`.
 * @param order of dates whose day and month could be swapped.
 * @returns undefined: not such a form, or the order of day and month is unknown.
 */
export function toIsoDate(text: string, order: DateOrder | undefined): string | undefined {
  const written = text.replace(weekday, '');
  const compact = compactDay.exec(written);
  if (compact) return compact.slice(1).join('-');
  const iso = isoWithWord.exec(written) ?? undefined;
  if (iso) return join([iso[1], iso[2], iso[3]], iso.slice(4));
  const slashed = yearFirst.exec(written);
  if (slashed) return join([slashed[1], slashed[3], slashed[4]], slashed.slice(5));
  const named = dayAndName.exec(written);
  if (named) return join([named[3], monthOf(named[2]), named[1]], named.slice(4));
  const american = nameAndDay.exec(written);
  if (american) return join([american[3], monthOf(american[1]), american[2]], american.slice(4));
  return toIsoFromNumeric(written, order) ?? toIsoFromNumber(written);
}

/** The order that a date proves: 31/12/2027 begins with the day. */
export function orderOf(text: string): DateOrder | undefined {
  const match = numeric.exec(text.trim());
  if (!match) return undefined;
  // Points stand in dates of countries that write the day first.
  if (match[2] === '.' || Number(match[1]) > 12) return 'day';
  return Number(match[3]) > 12 ? 'month' : undefined;
}

/** Whether day and month of this date could be swapped. */
export function isAmbiguous(text: string): boolean {
  const match = numeric.exec(text.trim());
  return match !== null && orderOf(text) === undefined && match[1] !== match[3];
}

function toIsoFromNumeric(text: string, order: DateOrder | undefined): string | undefined {
  const match = numeric.exec(text);
  if (!match) return undefined;
  const [, first, , second, year] = match;
  const isSame = first === second;
  const found = orderOf(text) ?? order ?? (isSame ? 'day' : undefined);
  if (!found) return undefined;
  const [month, day] = found === 'day' ? [second, first] : [first, second];
  return join([year, month, day], match.slice(5));
}

const dayMs = 86_400_000;
/** Day 0 of spreadsheets. */
const spreadsheetStart = Date.UTC(1899, 11, 30);

/** A day number of a spreadsheet, which is local, or seconds or milliseconds since 1970, which are not. */
function toIsoFromNumber(text: string): string | undefined {
  if (/^[2-7]\d{4}([.,]\d+)?$/.test(text)) {
    const at = new Date(spreadsheetStart + Number(text.replace(',', '.')) * dayMs).toISOString();
    return /[.,]/.test(text) ? at.replace('Z', '') : at.slice(0, 10);
  }
  if (/^1\d{9}(\d{3})?$/.test(text)) {
    return new Date(Number(text.padEnd(13, '0'))).toISOString();
  }
  return undefined;
}

function monthOf(name = ''): string {
  return String(months.indexOf(name.slice(0, 3).toLowerCase()) + 1);
}

function join(
  [year = '', month = '', day = '']: (string | undefined)[],
  [hour, minute = '', second = '00', half, zone = '']: (string | undefined)[],
): string {
  const fullYear = year.length === 2 ? `${Number(year) < 70 ? '20' : '19'}${year}` : year;
  const date = `${fullYear}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  if (hour === undefined) return date;
  const isAfternoon = half?.toLowerCase().startsWith('p') ?? false;
  const hours = half ? (Number(hour) % 12) + (isAfternoon ? 12 : 0) : Number(hour);
  const offset = /^(z|utc|gmt)$/i.test(zone) ? 'Z' : zone;
  return `${date} ${String(hours).padStart(2, '0')}:${minute}:${second}${offset}`;
}
