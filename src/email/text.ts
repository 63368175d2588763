import { cleanText } from '../text.ts';

/** Puts text that people wrote on one line, without invisible characters. */
export function toOneLine(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ').trim();
}

/**
 * Makes text that people wrote safe for a header: one line of at most `max` UTF-16 units. Zero-width joiners go,
 * too. Scripts and emoji need them in running text, but in a subject or a name they only disguise.
 */
export function toHeaderText(text: string, max: number): string {
  return shortenText(toOneLine(text.replace(/[\u200c\u200d]/g, '')), max);
}

/** Shortens text to at most `max` UTF-16 units. Cut text ends in `…`, never inside a surrogate pair. */
export function shortenText(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = /[\ud800-\udbff]/.test(text.charAt(max - 2)) ? max - 2 : max - 1;
  return `${text.slice(0, end).trimEnd()}…`;
}
