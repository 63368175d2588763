import { Refusal } from '../../errors.ts';
import type { EntitlementRow } from '../../store/catalog/entitlements.ts';
import { endOfDay, toIsoDay } from '../wording/calendar-days.ts';
import { formatMoment } from '../wording/relative-time.ts';

const dayMs = 86_400_000;

/** Days within which what is given in an emergency ends. */
const maxEmergencyDays = 7;

/** The end of the day that is so many days away. */
function endInDays(days: number, now: Date): Date {
  return endOfDay(toIsoDay(new Date(now.getTime() + days * dayMs)));
}

/**
 * The end that a form asks for: `choice` is a number of days, 'date' (then `day` says which), or nothing for
 * no end. One day is 24 hours; longer ones last until the end of their last day.
 * @throws Refusal 'invalid' when a date was to follow and did not.
 */
export function toEndDate(choice: string, day: string | undefined, now: Date): Date | null {
  if (choice === 'date') {
    if (!day) throw new Refusal('invalid', 'Choose the last day of the access.', 'until');
    return endOfDay(day);
  }
  const days = Number(choice);
  if (!(days > 0)) return null;
  return days === 1 ? new Date(now.getTime() + dayMs) : endInDays(days, now);
}

/** @throws Refusal 'invalid' when access cannot end then, whatever it is to. */
export function validateEnd(until: Date | null, emergency: boolean, now: Date): void {
  const refuse = (sentence: string): never => {
    throw new Refusal('invalid', sentence, 'until');
  };
  if (until && !(until > now)) refuse('That is over already; choose an end in the future.');
  if (!emergency) return;
  const latest = endInDays(maxEmergencyDays, now);
  if (!until || until > latest) {
    refuse(
      `What is given in an emergency ends within ${maxEmergencyDays} days: by ${formatMoment(latest)}.`,
    );
  }
}

/** The latest end an entitlement may be asked for with; undefined: it need not end. */
export function latestEndOf(
  { longestGrantDays }: Pick<EntitlementRow, 'longestGrantDays'>,
  now: Date,
): Date | undefined {
  return longestGrantDays === null ? undefined : endInDays(longestGrantDays, now);
}

/** Why an entitlement cannot be given until then; undefined when it can. */
export function endRefusalReason(
  entitlement: Pick<EntitlementRow, 'app' | 'name' | 'longestGrantDays'>,
  until: Date | null,
  now: Date,
): string | undefined {
  const latest = latestEndOf(entitlement, now);
  if (!latest || !until || until <= latest) return undefined;
  const { app, name, longestGrantDays: days } = entitlement;
  return `${app} · ${name} is given for ${days === 1 ? '1 day' : `${days} days`} at most: until ${formatMoment(latest)}.`;
}
