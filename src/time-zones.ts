const dayMs = 86_400_000;

/** A formatter takes about a millisecond to build, and some 20,000 reminders need one at once. */
const formatters = new Map<string, Intl.DateTimeFormat>();

/** The time zone of the machine, or of the variable TZ; UTC where that is empty, which Node calls Etc/Unknown. */
export function systemZone(): string {
  return knownZone(Intl.DateTimeFormat().resolvedOptions().timeZone) ?? 'UTC';
}

/** Returns the proper name of an IANA time zone, undefined for an unknown one. */
export function knownZone(name: string | null | undefined): string | undefined {
  if (!name) return undefined;
  try {
    return wallClockFormatter(name).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/**
 * Returns what a clock on the wall of a zone shows, as a Date whose UTC fields are the local ones. Arithmetic on it is
 * arithmetic of the calendar: a day always has 24 hours.
 * @throws RangeError for an unknown zone.
 */
export function toWallClock(at: Date, timeZone: string): Date {
  const parts = new Map(
    wallClockFormatter(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  return new Date(
    Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
      at.getUTCMilliseconds(),
    ),
  );
}

/**
 * Returns the moment at which a clock on the wall of a zone shows this. A time that occurs twice, when clocks go back,
 * is the first of both. A time that does not exist, when clocks go forward, is as long after the change as it would have
 * been: 02:30 is 03:30.
 */
export function fromWallClock(wall: Date, timeZone: string): Date {
  // No zone changes its clocks twice within two days.
  const withOffsetOf = (day: number) =>
    new Date(wall.getTime() - offsetAt(new Date(wall.getTime() + day * dayMs), timeZone));
  const before = withOffsetOf(-1);
  const after = withOffsetOf(1);
  const fits = (at: Date) => toWallClock(at, timeZone).getTime() === wall.getTime();
  // When clocks go back, both fit, and the offset before the change gives the first.
  return fits(before) || !fits(after) ? before : after;
}

/** Milliseconds by which the clocks of a zone are ahead of UTC. */
function offsetAt(at: Date, timeZone: string): number {
  return toWallClock(at, timeZone).getTime() - at.getTime();
}

function wallClockFormatter(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known) return known;
  const formatter = new Intl.DateTimeFormat('en-GB', {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
    timeZone,
  });
  formatters.set(timeZone, formatter);
  return formatter;
}
