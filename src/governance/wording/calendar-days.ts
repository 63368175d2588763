import { Refusal } from '../../errors.ts';

/** Returns the first moment of a day such as "2027-01-10", in UTC. @throws Refusal invalid when there is no such day. */
export function startOfDay(day: string): Date {
  const at = new Date(`${day}T00:00:00Z`);
  // JavaScript reads 2027-02-30 as March 2.
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(at.getTime()) || toIsoDay(at) !== day) {
    throw new Refusal('invalid', `"${day.slice(0, 40)}" is not a date. Write it like 2027-01-10.`);
  }
  return at;
}

/** Returns the last second of a day: access that ends on a day lasts through that day. */
export function endOfDay(day: string): Date {
  return new Date(startOfDay(day).getTime() + 86_399_000);
}

/** "2027-01-10", in UTC. */
export function toIsoDay(at: Date): string {
  return at.toISOString().slice(0, 10);
}
