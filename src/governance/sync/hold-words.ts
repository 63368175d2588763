import { formatNumber } from '../wording/counts.ts';
import { formatShifts } from './identity-shifts.ts';
import { type Figures, formatFall } from './import-fall.ts';

/** "remove 120 of 400 people (30 %), and 2 people would become somebody else" */
export function formatHold(figures: Figures, { isShort = false } = {}): string {
  const fall = formatFall(figures);
  const shifts = figures.identities && formatShifts(figures.identities, { isShort });
  if (!shifts) return `it would remove ${fall}`;
  return fall ? `it would remove ${fall}, and ${shifts}` : shifts;
}

/** Each fact on a line of its own, for the card. */
export function describeFigures(figures: Figures): string[] {
  const fall = formatFall(figures);
  const removal = fall ? [`It would remove ${fall}.`] : [];
  if (!figures.identities) return removal;
  const { total, lines } = figures.identities;
  const more = total > lines.length ? [`And ${formatNumber(total - lines.length)} more.`] : [];
  const head = `${formatShifts(figures.identities, { isShort: true })}:`;
  return [...removal, head, ...lines.map((line) => `${line}.`), ...more];
}
