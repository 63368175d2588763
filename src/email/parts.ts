import type { TaskCard } from '../governance/describe.ts';
import type { Line } from '../governance/describe-trail.ts';
import type { DigestView } from '../governance/digest-view.ts';
import type { ExpiryNote } from '../governance/expiry.ts';
import type { Letter, Notice } from '../governance/messages.ts';
import type { RunView, SuggestionView } from '../governance/suggestions.ts';
import { clean, cut, oneLine } from './text.ts';

/** What a mail says, in order; HTML and plain text draw the same parts. All text is clean already. */
export interface MailParts {
  title: string;
  /** "#1042 · step 1 of 2" */
  under: string | undefined;
  body: Part[];
  footer: string[];
}

export type Part =
  /** Words somebody typed, line breaks kept. */
  | { type: 'quote'; label?: string; text: string }
  | { type: 'facts'; facts: [label: string, value: string][] }
  | { type: 'lines'; lines: string[]; quiet: boolean }
  | { type: 'rows'; rows: { title: string; detail: string }[] }
  /** Where the reader can act. */
  | { type: 'where'; text: string };

const quoteMax = 4_000;
/** How many suggestions a mail lists. */
const rowsMax = 10;
/** How many tasks a mail names that tells of several. */
const titlesMax = 30;

/** The parts of a task's mail: the same lines as its card, and where it can be answered. */
export function taskParts(card: TaskCard, letter: Letter, timeZone: string): MailParts {
  const body: Part[] = [];
  if (card.quote) body.push({ type: 'quote', text: quotation(card.quote) });
  if (card.facts.length > 0) {
    const facts = card.facts.map(([label, value]): [string, string] => [
      oneLine(label),
      oneLine(value),
    ]);
    body.push({ type: 'facts', facts });
  }
  if (card.howTo) body.push({ type: 'quote', label: 'How', text: quotation(card.howTo) });
  if (card.notes.length > 0) {
    body.push({ type: 'lines', lines: card.notes.map(oneLine), quiet: false });
  }
  if (card.records.length > 0) {
    const lines = card.records.map((line) => recordLine(line, timeZone));
    body.push({ type: 'lines', lines, quiet: true });
  }
  const where = whereToAnswer(card, letter);
  if (where) body.push({ type: 'where', text: where });
  return {
    title: oneLine(card.title),
    under: oneLine(card.number),
    body,
    footer: [whyByMail(letter)],
  };
}

/** The parts of a mail that only tells something. */
export function noticeParts({ title, lines }: Notice, letter: Letter): MailParts {
  return {
    title: oneLine(title),
    under: undefined,
    body: [{ type: 'lines', lines: lines.map(oneLine), quiet: false }],
    footer: [whyByMail(letter)],
  };
}

/** The parts of a mail that tells of several tasks: how many of which kind, and their titles. */
export function digestParts(digest: DigestView, letter: Letter, timeZone: string): MailParts {
  const since = digest.since ? `Waiting since ${formatTime(digest.since, timeZone)}.` : undefined;
  const asks = digest.askedBy ? `${oneLine(digest.askedBy)} asks for your answer.` : undefined;
  const lines = [since, asks].filter((line) => line !== undefined);
  const titles = digest.titles.slice(0, titlesMax).map(oneLine);
  const more = digest.titles.length - titles.length;
  const body: Part[] = [
    ...(lines.length > 0 ? [{ type: 'lines' as const, lines, quiet: false }] : []),
    { type: 'lines', lines: titles, quiet: false },
  ];
  if (more > 0) body.push({ type: 'lines', lines: [`and ${more} more`], quiet: true });
  if (digest.waiting > 0) {
    const without = 'ask a Super Admin of Rolemine to reassign them to somebody who has one';
    const text = inSlack('To decide about them,', letter, { word: 'tasks', without });
    body.push({ type: 'where', text });
  }
  return {
    title: oneLine(digest.title),
    under: digest.detail && oneLine(digest.detail),
    body,
    footer: [whyByMail(letter)],
  };
}

/** The parts of the mail about access that ends soon. */
export function expiryParts({ title, note, canExtend }: ExpiryNote, letter: Letter): MailParts {
  const body: Part[] = [{ type: 'lines', lines: [oneLine(note)], quiet: false }];
  if (canExtend) body.push({ type: 'where', text: inSlack('To extend it,', letter) });
  return { title: oneLine(title), under: undefined, body, footer: [whyByMail(letter)] };
}

/** The parts of the mail about one analysis of the whole organisation. */
export function runParts(view: RunView, letter: Letter, timeZone: string): MailParts {
  const footer = [whyByMail(letter)];
  const where: Part = {
    type: 'where',
    text: inSlack('To review them,', letter, { word: 'suggestions' }),
  };
  const { run, fresh, waiting } = view;
  if (run.state === 'failed') {
    const why = sentence(run.error ?? 'The reason is not known.');
    const text = `${why} The suggestions there were stay.`;
    const body: Part[] = [{ type: 'lines', lines: [text], quiet: false }];
    return { title: 'The role mining run failed', under: undefined, body, footer };
  }
  if (view.cancelled) {
    const text = `It was ${oneLine(view.cancelled)}. The suggestions there were stay.`;
    const body: Part[] = [{ type: 'lines', lines: [text], quiet: false }];
    return { title: 'The role mining run was cancelled', under: undefined, body, footer };
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
    return { title: 'Role mining found nothing new', under, body, footer };
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
    footer,
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

/** "Approved by Bo Chen · 21 Nov 2026, 14:02 CET · “ok for the rotation”" */
function recordLine(line: Line, timeZone: string): string {
  const at = line.at ? ` · ${formatTime(line.at, timeZone)}` : '';
  const said = line.quote ? ` · “${cut(oneLine(line.quote), 1_000)}”` : '';
  return `${oneLine(line.text)}${at}${said}`;
}

function whereToAnswer(card: TaskCard, letter: Letter): string | undefined {
  if (card.canCancel) return inSlack('To see where it is, or to cancel it,', letter);
  if (!card.choice) return undefined;
  const { yes, no, reassignable } = card.choice;
  const help = reassignable
    ? `to reassign task #${card.taskId} to somebody who has one`
    : `for help with task #${card.taskId}`;
  return inSlack(`To decide (${yes} or ${no}),`, letter, {
    word: 'tasks',
    without: `ask a Super Admin of Rolemine ${help}`,
  });
}

/**
 * @param more.word what to write to the app instead of looking for the place
 * @param more.without what to do without an account in Slack
 */
function inSlack(
  what: string,
  { identity, person }: Letter,
  more: { word?: string; without?: string } = {},
): string {
  const write = more.word ? `, or write “${more.word}” to it` : '';
  const place = `${what} open Rolemine in Slack and look at its Home tab${write}.`;
  if (identity?.state === 'linked') return place;
  const account = `a member account with the address ${oneLine(person.email ?? '')}`;
  const without = more.without ? `; if you have none, ${more.without}` : '';
  return `${place} For that you need ${account}${without}.`;
}

const reasons = {
  linked: 'Rolemine could not reach you in Slack',
  not_found: 'Slack knows no account with this e-mail address',
  guest: 'you are a guest in Slack, and Rolemine works with full members only',
  deactivated: 'your Slack account is deactivated',
} as const;

function whyByMail({ identity }: Letter): string {
  return `You get this by e-mail because ${reasons[identity?.state ?? 'linked']}. Replies are not read.`;
}

/** "21 Nov 2026, 14:02 CET"; the zone is always named. */
function formatTime(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
    timeZone,
  }).format(at);
}

function quotation(text: string): string {
  return cut(clean(text).trim(), quoteMax);
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
