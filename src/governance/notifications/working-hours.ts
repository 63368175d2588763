/** From nine to six, Monday to Friday: what can wait comes then (docs/governance.md#working-hours), unless the person has other hours. */
export const workingHours = { from: 9, until: 18 };
const freeDays = new Set(['Sat', 'Sun']);

/** When somebody works: their own hours, in the first of these time zones that is known. */
export interface WorkTime {
  workFromHour?: number | null;
  workUntilHour?: number | null;
  zones: readonly (string | null | undefined)[];
}

/** Whether somebody is at work at a moment. Hours over midnight belong to the day they are on. */
export function isWorkingTime(at: Date, { workFromHour, workUntilHour, zones }: WorkTime): boolean {
  const { weekday, hour } = localTime(at, zones);
  const from = workFromHour ?? workingHours.from;
  const until = workUntilHour ?? workingHours.until;
  const isWithin = from < until ? hour >= from && hour < until : hour >= from || hour < until;
  return !freeDays.has(weekday) && isWithin;
}

/** The day and hour on somebody's clock: "Mon", 0 to 23, "2026-11-23". */
export function localTime(
  at: Date,
  zones: WorkTime['zones'],
): { weekday: string; hour: number; day: string } {
  const timeZone = zones.map(knownZone).find((zone) => zone !== undefined) ?? 'UTC';
  const parts = new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: 'numeric',
    hourCycle: 'h23',
    timeZone,
  }).formatToParts(at);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  return {
    weekday: part('weekday'),
    hour: Number(part('hour')),
    day: `${part('year')}-${part('month')}-${part('day')}`,
  };
}

/** The zone by its proper name, if there is such a zone. */
export function knownZone(name: string | null | undefined): string | undefined {
  if (!name) return undefined;
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}
