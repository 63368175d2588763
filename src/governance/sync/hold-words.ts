import type { IdentityShifts } from '../../store/schema/sync.ts';
import type { Fall } from '../../store/sync/held-imports.ts';
import { formatNumber } from '../wording/counts.ts';
import { formatShifts } from './identity-shifts.ts';

/** How many people and grants of its source an import would close. */
export interface Figures {
  people: Fall;
  grants: Fall;
  /** People who would become somebody else. */
  identities?: IdentityShifts | undefined;
}

/** "120 of 400 people (30 %) and 1,830 of 6,092 grants (30 %)" */
function formatFall({ people, grants }: Figures): string {
  const parts = [
    ['people', people],
    ['grants', grants],
  ] as const;
  return parts
    .filter(([, { closing }]) => closing > 0)
    .map(([noun, { closing, before }]) => {
      const percent = Math.round((closing / before) * 100);
      return `${closing.toLocaleString('en')} of ${before.toLocaleString('en')} ${noun} (${percent} %)`;
    })
    .join(' and ');
}

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
