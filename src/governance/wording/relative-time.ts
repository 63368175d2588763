/** "just now", "2 minutes ago", "3 days ago": in whole units. */
export function formatAgo(then: Date, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - then.getTime()) / 1000));
  if (seconds < 45) return 'just now';
  const [amount, unit] =
    seconds < 45 * 60
      ? [Math.round(seconds / 60), 'minute']
      : seconds < 22 * 3600
        ? [Math.round(seconds / 3600), 'hour']
        : [Math.round(seconds / 86_400), 'day'];
  return `${amount} ${unit}${amount === 1 ? '' : 's'} ago`;
}

/** "30 Jun 2027", the day of a moment for a reader in a time zone. */
export function formatDate(at: Date, timeZone: string): string {
  return formatterOf(timeZone).day.format(at);
}

/** "30 Jun 2027, 14:05" for a reader in a time zone: the one form of times on every surface. */
export function formatTime(at: Date, timeZone: string): string {
  return `${formatDate(at, timeZone)}, ${formatterOf(timeZone).time.format(at)}`;
}

/** The end of something: "30 Jun 2027" for the last minute of a day there, "30 Jun 2027, 14:05" for any other moment. */
export function formatEnd(at: Date, timeZone: string): string {
  const isEndOfDay = formatterOf(timeZone).time.format(at) === '23:59';
  return isEndOfDay ? formatDate(at, timeZone) : formatTime(at, timeZone);
}

/** The start of something: "30 Jun 2027" for the first minute of a day there, "30 Jun 2027, 14:05" for any other moment. */
export function formatStart(at: Date, timeZone: string): string {
  const isStartOfDay = formatterOf(timeZone).time.format(at) === '00:00';
  return isStartOfDay ? formatDate(at, timeZone) : formatTime(at, timeZone);
}

interface Formatters {
  day: Intl.DateTimeFormat;
  time: Intl.DateTimeFormat;
}

/** A formatter takes about a millisecond to build; a list has hundreds of dates. */
const formatters = new Map<string, Formatters>();

function formatterOf(timeZone: string): Formatters {
  const known = formatters.get(timeZone);
  if (known) return known;
  const both = {
    day: new Intl.DateTimeFormat('en-GB', {
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      timeZone,
    }),
    time: new Intl.DateTimeFormat('en-GB', {
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      timeZone,
    }),
  };
  formatters.set(timeZone, both);
  return both;
}
