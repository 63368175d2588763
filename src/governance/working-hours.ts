/** From nine to six, Monday to Friday: reminders and escalations wait for that (GOVERNANCE.md section 3). */
const [firstHour, lastHour] = [9, 17];
const freeDays = new Set(['Sat', 'Sun']);

/** Whether somebody is at work at a moment, by the first of these time zones that is known. */
export function isWorkingTime(at: Date, ...zones: (string | null | undefined)[]): boolean {
  const timeZone = zones.map(knownZone).find((zone) => zone !== undefined) ?? 'UTC';
  const parts = new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    hour: 'numeric',
    hourCycle: 'h23',
    timeZone,
  }).formatToParts(at);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  const hour = Number(part('hour'));
  return !freeDays.has(part('weekday')) && hour >= firstHour && hour <= lastHour;
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
