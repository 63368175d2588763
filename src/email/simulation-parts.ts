import {
  figuresOfRule,
  sizeOfSimulation,
  sumsOfSimulation,
  titleOfSimulation,
} from '../governance/simulations/describe.ts';
import type { SimulationCard } from '../governance/simulations/report.ts';
import { formatTime } from '../governance/wording/relative-time.ts';
import { describeSlackPlace } from './action-parts.ts';
import type { MailContext, MailParts, Part } from './parts.ts';
import { toOneLine } from './text.ts';

/** A mail lists this many rules. */
const maxRows = 10;

const changeWords = { added: 'Added', removed: 'Removed', kept: 'Kept' } as const;

/** Builds the mail about one simulation of mining rules. */
export function buildSimulationParts(
  card: SimulationCard,
  { personalMessage, timeZone }: MailContext,
): MailParts {
  const title = toOneLine(titleOfSimulation(card));
  if (card.ended) {
    const { text, at } = card.ended;
    const line = `${toOneLine(text)}${at ? ` · ${formatTime(at, timeZone)}` : ''}`;
    const body: Part[] = [{ type: 'lines', lines: [line], quiet: false }];
    return { title, subtitle: undefined, body };
  }
  const lines = [...sumsOfSimulation(card), ...(card.stale ? [card.stale] : [])].map(toOneLine);
  const changes = card.rules.filter(({ change }) => change !== 'kept');
  const body: Part[] = [
    { type: 'lines', lines, quiet: false },
    {
      type: 'rows',
      rows: changes.slice(0, maxRows).map((rule) => ({
        title: toOneLine(`${changeWords[rule.change]}: ${rule.entitlement} — ${rule.words}`),
        detail: toOneLine(`${rule.type} · ${figuresOfRule(rule)}`),
      })),
    },
  ];
  const more = changes.length - maxRows;
  if (more > 0) body.push({ type: 'lines', lines: [`and ${more} more`], quiet: true });
  const place = describeSlackPlace('To apply it,', personalMessage);
  body.push({ type: 'place', text: `Nothing changes until the simulation is applied. ${place}` });
  return { title, subtitle: sizeOfSimulation(card), body };
}
