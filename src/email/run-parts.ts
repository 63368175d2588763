import type { RunView, SuggestionView } from '../governance/role-mining/suggestions.ts';
import { inSlack } from './acting.ts';
import { formatTime, type MailContext, type MailParts, type Part } from './parts.ts';
import { oneLine } from './text.ts';

/** How many suggestions a mail lists. */
const rowsMax = 10;

/** The parts of the mail about one analysis of the whole organisation. */
export function runParts(view: RunView, { personalMessage, timeZone }: MailContext): MailParts {
  const where: Part = {
    type: 'where',
    text: inSlack('To review them,', personalMessage, { word: 'suggestions' }),
  };
  const { run, fresh, waiting } = view;
  if (run.state === 'failed') {
    const why = sentence(run.error ?? 'The reason is not known.');
    const text = `${why} The suggestions there were stay.`;
    const body: Part[] = [{ type: 'lines', lines: [text], quiet: false }];
    return { title: 'The role mining run failed', under: undefined, body };
  }
  if (view.cancelled) {
    const text = `It was ${oneLine(view.cancelled)}. The suggestions there were stay.`;
    const body: Part[] = [{ type: 'lines', lines: [text], quiet: false }];
    return { title: 'The role mining run was cancelled', under: undefined, body };
  }
  const at = run.finishedAt ? `run of ${formatTime(run.finishedAt, timeZone)} · ` : '';
  const under = `${at}${format(run.people)} people, ${format(run.grants)} grants`;
  if (fresh.length === 0) {
    const text =
      waiting > 0
        ? `${count(waiting, 'suggestion')} from before still ${waiting === 1 ? 'waits' : 'wait'} for a decision.`
        : 'No suggestion waits for a decision.';
    const body: Part[] = [{ type: 'lines', lines: [text], quiet: false }];
    if (waiting > 0) body.push(where);
    return { title: 'Role mining found nothing new', under, body };
  }
  const explained = `They would explain ${view.explainedPercent} % of today's grants. Nothing changes until you create a profile.`;
  const body: Part[] = [
    { type: 'lines', lines: [explained], quiet: false },
    { type: 'rows', rows: fresh.slice(0, rowsMax).map(suggestionRow) },
  ];
  const more = fresh.length - rowsMax;
  if (more > 0) body.push({ type: 'lines', lines: [`and ${more} more`], quiet: true });
  body.push(where);
  return {
    title: `Role mining found ${count(fresh.length, 'new access profile')}`,
    under,
    body,
  };
}

function suggestionRow(view: SuggestionView): { title: string; detail: string } {
  const { suggestion, evidence } = view;
  const high = evidence.filter((one) => one.risk === 'high').length;
  const detail = [
    count(suggestion.people, 'person', 'people'),
    count(evidence.length, 'entitlement'),
    `${suggestion.gaining === 0 ? 'nobody' : count(suggestion.gaining, 'person', 'people')} would gain access`,
    ...(high > 0 ? [`${high} high-risk`] : []),
    ...(view.decided ? [oneLine(view.decided)] : []),
  ];
  const [name, words] = [oneLine(view.name), oneLine(view.words)];
  const title = name.toLowerCase() === words.toLowerCase() ? name : `${name} — ${words}`;
  return { title, detail: detail.join(' · ') };
}

function sentence(text: string): string {
  return oneLine(text).replace(/[.!]?$/, '.');
}

function format(number: number | null): string {
  return (number ?? 0).toLocaleString('en');
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${format(number)} ${number === 1 ? one : many}`;
}
