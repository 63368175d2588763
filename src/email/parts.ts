import type { PersonalMessage } from '../governance/messages/messages.ts';
import { cleanText } from '../text.ts';
import { shortenText } from './text.ts';

/** The content of a mail in order, for HTML and plain text alike. All text in it is clean already. */
export interface MailParts {
  title: string;
  /** "#1042 · step 1 of 2" */
  subtitle: string | undefined;
  body: Part[];
}

export type Part =
  /** Text that a person typed, with its line breaks. */
  | { type: 'quote'; label?: string; text: string }
  | { type: 'facts'; facts: [label: string, value: string][] }
  | { type: 'lines'; lines: string[]; quiet: boolean }
  | { type: 'rows'; rows: Row[] }
  /** The place in Slack where the reader can act, for mails without a link. */
  | { type: 'place'; text: string }
  /** The first button stands out, or warns. */
  | { type: 'buttons'; buttons: MailButton[]; note: string | undefined };

export interface MailButton {
  label: string;
  url: string;
}

interface Row {
  title: string;
  detail?: string;
  /** The page that the title opens. */
  url?: string | undefined;
}

/** A line below the mail. Its link comes last. */
export interface FooterLine {
  text: string;
  link?: { text: string; url: string };
}

/** The pages that a mail links to. */
export interface MailLinks {
  /** By task number. */
  tasks: ReadonlyMap<number, string>;
  /** The way into the inbox, and the notification settings. */
  inbox: string;
}

/** The reader of a mail, and the settings its text depends on. */
export interface MailContext {
  personalMessage: PersonalMessage;
  /** The time zone of all times in the mail. */
  timeZone: string;
  links: MailLinks | undefined;
}

const maxQuoteLength = 4_000;

/** Quotes text that a person typed. A note follows where the text is too long for a mail. */
export function quoteParts(text: string, label?: string): Part[] {
  const words = cleanText(text).trim();
  const quote: Part = {
    type: 'quote',
    text: shortenText(words, maxQuoteLength),
    ...(label ? { label } : {}),
  };
  if (words.length <= maxQuoteLength) return [quote];
  return [
    quote,
    { type: 'lines', lines: ['This is only the beginning of the text.'], quiet: true },
  ];
}
