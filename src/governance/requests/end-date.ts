import { Refusal } from '../../errors.ts';
import type { EntitlementRow } from '../../store/catalog/entitlements.ts';
import { endInDays, endOfDay } from '../wording/calendar-days.ts';
import { formatEnd } from '../wording/relative-time.ts';

const dayMs = 86_400_000;

/** Emergency access ends within this many days. */
const maxEmergencyDays = 7;

/** The present, and the time zone of the person whose access ends: their days count. */
export interface EndClock {
  now: Date;
  zone: string;
}

/**
 * Returns the end of access that a form asks for. One day is 24 hours; longer periods last through their last day.
 * @param choice a number of days, 'date', or anything else for no end
 * @param day the last day for the choice 'date'
 * @throws Refusal 'invalid' when the day is missing.
 */
export function toEndDate(
  choice: string,
  day: string | undefined,
  { now, zone }: EndClock,
): Date | null {
  if (choice === 'date') {
    if (!day) throw new Refusal('invalid', 'Choose the last day of the access.', 'until');
    return endOfDay(day, zone);
  }
  const days = Number(choice);
  if (!(days > 0)) return null;
  return days === 1 ? new Date(now.getTime() + dayMs) : endInDays(days, now, zone);
}

/** @throws Refusal 'invalid' when no access can end then: in the past, or too late for an emergency. */
export function validateEnd(
  until: Date | null,
  { emergency, now, zone }: EndClock & { emergency: boolean },
): void {
  const refuse = (sentence: string): never => {
    throw new Refusal('invalid', sentence, 'until');
  };
  if (until && !(until > now)) refuse('Choose a date in the future.');
  if (!emergency) return;
  const latest = endInDays(maxEmergencyDays, now, zone);
  if (!until || until > latest) {
    refuse(
      `Emergency access must end within ${maxEmergencyDays} days, by ${formatEnd(latest, zone)}.`,
    );
  }
}

/** Returns the latest end of access to an entitlement that a request can have; undefined: none is needed. */
export function latestEndOf(
  { maxGrantDays }: Pick<EntitlementRow, 'maxGrantDays'>,
  { now, zone }: EndClock,
): Date | undefined {
  return maxGrantDays === null ? undefined : endInDays(maxGrantDays, now, zone);
}

/** The reason why access to an entitlement cannot end then; undefined when it can. */
export function endRefusalReason(
  entitlement: Pick<EntitlementRow, 'app' | 'name' | 'maxGrantDays'>,
  until: Date | null,
  clock: EndClock,
): string | undefined {
  const latest = latestEndOf(entitlement, clock);
  if (!latest || !until || until <= latest) return undefined;
  const { app, name, maxGrantDays: days } = entitlement;
  return `${app} · ${name} is available for at most ${days === 1 ? '1 day' : `${days} days`}, until ${formatEnd(latest, clock.zone)}.`;
}
