import { roleNames } from '../permissions.ts';
import { formatNumber } from '../wording/counts.ts';
import { formatShifts } from './identity-shifts.ts';
import { type Figures, formatFall, isForSuperAdmins } from './import-fall.ts';
import { formatWeakening, listWeakenings } from './weakening.ts';

/** Why an import is held, for the person who runs it. */
export interface Hold {
  /** As `formatHold` writes it. */
  effect: string;
  /** The changes that would weaken control. */
  changes: string[];
  /** The role that can let it through. */
  decider: string;
}

export function describeHold(figures: Figures): Hold {
  return {
    effect: formatHold(figures),
    changes: listWeakenings(figures.weakening),
    decider: roleNames[isForSuperAdmins(figures) ? 'super_admin' : 'connector_admin'],
  };
}

/** "it would remove 120 of 400 people (30 %) and weaken control with 3 changes, and 2 people would become somebody else" */
export function formatHold(figures: Figures, { isShort = false } = {}): string {
  const fall = formatFall(figures);
  const effects = [
    fall ? `remove ${fall}` : '',
    figures.weakening.count > 0 ? formatWeakening(figures.weakening) : '',
  ].filter(Boolean);
  const shifts = figures.identities && formatShifts(figures.identities, { isShort });
  const own = effects.length > 0 ? `it would ${effects.join(' and ')}` : '';
  return [own, shifts].filter(Boolean).join(', and ');
}

/** Each change of control and each person who would become somebody else, on a line of its own, for the card. */
export function listChanges({ identities, weakening }: Figures): string[] {
  const { total, lines } = identities ?? { total: 0, lines: [] };
  const more = total > lines.length ? [`and ${formatNumber(total - lines.length)} more`] : [];
  return [...listWeakenings(weakening), ...lines, ...more];
}
