import {
  figuresOfRule,
  sizeOfSimulation,
  sumsOfSimulation,
  titleOfSimulation,
} from '../governance/simulations/describe.ts';
import type { SimulationCard } from '../governance/simulations/report.ts';
import { inSlack } from './acting.ts';
import { formatTime, type MailContext, type MailParts, type Part } from './parts.ts';
import { oneLine } from './text.ts';

/** How many rules a mail lists. */
const rowsMax = 10;

/** The parts of the mail about one simulation of mining rules. */
export function simulationParts(
  card: SimulationCard,
  { personalMessage, timeZone }: MailContext,
): MailParts {
  const title = oneLine(titleOfSimulation(card));
  if (card.ended) {
    const { text, at } = card.ended;
    const line = `${oneLine(text)}${at ? ` · ${formatTime(at, timeZone)}` : ''}`;
    const body: Part[] = [{ type: 'lines', lines: [line], quiet: false }];
    return { title, under: undefined, body };
  }
  const lines = [...sumsOfSimulation(card), ...(card.stale ? [card.stale] : [])].map(oneLine);
  const rules = card.rules.filter(({ change }) => change !== 'kept');
  const body: Part[] = [
    { type: 'lines', lines, quiet: false },
    {
      type: 'rows',
      rows: rules.slice(0, rowsMax).map((rule) => ({
        title: oneLine(`${rule.change}: ${rule.entitlement} — ${rule.words}`),
        detail: oneLine(`${rule.type} · ${figuresOfRule(rule)}`),
      })),
    },
  ];
  const more = rules.length - rowsMax;
  if (more > 0) body.push({ type: 'lines', lines: [`and ${more} more`], quiet: true });
  const nothing = 'Nothing changes until it is applied.';
  body.push({ type: 'where', text: `${nothing} ${inSlack('To apply it,', personalMessage)}` });
  const size = sizeOfSimulation(card);
  return { title, under: size, body };
}
