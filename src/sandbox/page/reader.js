/** @typedef {import('./dom.js').Json} Json */

/** The current person: names for mentions, and the time zone of dates. */
export const reader = {
  tz: 'UTC',
  /** @type {Map<string, Json>} */
  people: new Map(),
};

/** @param {number} ms @param {Intl.DateTimeFormatOptions} options */
export function formatTime(ms, options) {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone: reader.tz, ...options }).format(ms);
  } catch {
    return new Intl.DateTimeFormat('en-GB', options).format(ms);
  }
}

/** @param {string} ts */
export const timeOf = (ts) => formatTime(Number(ts) * 1000, { hour: '2-digit', minute: '2-digit' });

/** “Today”, “Yesterday” or the date. @param {number} ms @param {boolean} [isLong] */
export function dayOf(ms, isLong = true) {
  /** @param {number} at */
  const day = (at) => formatTime(at, { dateStyle: 'short' });
  if (day(ms) === day(Date.now())) return 'Today';
  if (day(ms) === day(Date.now() - 86_400_000)) return 'Yesterday';
  return formatTime(
    ms,
    isLong
      ? { weekday: 'long', day: 'numeric', month: 'long' }
      : { day: 'numeric', month: 'short' },
  );
}

/** @param {number} ms */
function ago(ms) {
  const seconds = Math.round((ms - Date.now()) / 1000);
  const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
  /** @type {[Intl.RelativeTimeFormatUnit, number][]} */
  const units = [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
  ];
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
  return format.format(Math.trunc(seconds / size), unit);
}

/** Formats Slack's date tokens, for example `{date_short_pretty} at {time}`. @param {number} ms @param {string} format */
export function formatDate(ms, format) {
  /** @param {Intl.DateTimeFormatOptions} options */
  const as = (options) => formatTime(ms, options);
  /** @param {Intl.DateTimeFormatOptions} options */
  const pretty = (options) => {
    const day = dayOf(ms);
    return day === 'Today' || day === 'Yesterday' ? day.toLowerCase() : as(options);
  };
  /** @type {Record<string, Intl.DateTimeFormatOptions>} */
  const dates = {
    date_num: { year: 'numeric', month: '2-digit', day: '2-digit' },
    date: { year: 'numeric', month: 'long', day: 'numeric' },
    date_short: { year: 'numeric', month: 'short', day: 'numeric' },
    date_long: { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' },
    time: { hour: '2-digit', minute: '2-digit' },
    time_secs: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  };
  return format.replace(/\{(\w+)\}/g, (whole, name) => {
    if (name === 'ago') return ago(ms);
    const plain = dates[name.replace(/_pretty$/, '')];
    if (!plain) return whole;
    return name.endsWith('_pretty') ? pretty(plain) : as(plain);
  });
}
