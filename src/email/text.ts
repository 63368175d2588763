import { clean } from '../text.ts';

/** Foreign text on one line. */
export function oneLine(text: string): string {
  return clean(text).replace(/\s+/g, ' ').trim();
}

/**
 * Foreign text for a header: on one line, also without the zero-width joiners that scripts and emoji need
 * in running text but that only disguise a subject or a name.
 */
export function headerText(text: string, max: number): string {
  return cut(oneLine(text.replace(/[\u200c\u200d]/g, '')), max);
}

/** At most `max` UTF-16 units, ending in `…` when cut, never inside a surrogate pair. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = /[\ud800-\udbff]/.test(text.charAt(max - 2)) ? max - 2 : max - 1;
  return `${text.slice(0, end).trimEnd()}…`;
}
