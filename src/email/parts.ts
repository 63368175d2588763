import type { PersonalMessage } from '../governance/messages/messages.ts';
import { clean } from '../text.ts';
import { cut } from './text.ts';

/** What a mail says, in order; HTML and plain text draw the same parts. All text is clean already. */
export interface MailParts {
  title: string;
  /** "#1042 · step 1 of 2" */
  under: string | undefined;
  body: Part[];
}

export type Part =
  /** Words somebody typed, line breaks kept. */
  | { type: 'quote'; label?: string; text: string }
  | { type: 'facts'; facts: [label: string, value: string][] }
  | { type: 'lines'; lines: string[]; quiet: boolean }
  | { type: 'rows'; rows: Row[] }
  /** Where the reader can act, without a link. */
  | { type: 'where'; text: string }
  /** All of them open one page; the first is the one that stands out. */
  | { type: 'buttons'; labels: [string, ...string[]]; url: string; note: string | undefined };

interface Row {
  title: string;
  detail?: string;
  /** What its title opens. */
  url?: string | undefined;
}

/** A line below the mail; the link is the last of it. */
export interface FooterLine {
  text: string;
  link?: { text: string; url: string };
}

/** The pages that a mail leads to. */
export interface MailLinks {
  /** By the number of the task. */
  tasks: ReadonlyMap<number, string>;
  preferences: string;
}

/** For whom a mail is drawn. */
export interface MailContext {
  personalMessage: PersonalMessage;
  /** Of the times in it. */
  timeZone: string;
  links: MailLinks | undefined;
}

const maxQuoteLength = 4_000;

/** Words somebody typed; where they are too many for a mail, it says so. */
export function quotation(text: string, label?: string): Part[] {
  const words = clean(text).trim();
  const said: Part = {
    type: 'quote',
    text: cut(words, maxQuoteLength),
    ...(label ? { label } : {}),
  };
  if (words.length <= maxQuoteLength) return [said];
  return [said, { type: 'lines', lines: ['That is its beginning only.'], quiet: true }];
}

/** "21 Nov 2026, 14:02 CET"; the zone is always named. */
export function formatTime(at: Date, timeZone: string): string {
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
