// Control characters (except the newline) and characters that are invisible or change the direction
// of text. A person must never see a name that reads differently from the stored one.
const invisible =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;

/** Removes invisible characters from foreign text; line breaks stay. */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replace(/\t/g, ' ')
    .replace(invisible, '')
    .replace(/\p{Surrogate}/gu, '\ufffd');
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes text for element content and for quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => entities[mark] ?? mark);
}

const maxSearchCharacters = 100;
const maxSearchWords = 8;

/** The part of a typed search that counts. More text is ignored, which finds more and never less. */
export function cutSearch(typed: string): string {
  const start = cleanText(typed.slice(0, 2 * maxSearchCharacters)).trim();
  return [...start].slice(0, maxSearchCharacters).join('');
}

/**
 * The words that a search looks for, each once. Every search passes here: each word is a condition on each row, and a
 * search of a thousand words held the event loop for 15 s.
 */
export function searchWords(typed: string): string[] {
  const words = new Map<string, string>();
  for (const word of cutSearch(typed).split(/[\s·]+/)) {
    const key = word.toLowerCase();
    if (word !== '' && !words.has(key)) words.set(key, word);
  }
  return [...words.values()].slice(0, maxSearchWords);
}

/** Whether a text contains every word of a search. */
export function containsSearchWords(text: string, typed: string): boolean {
  const lower = text.toLowerCase();
  return searchWords(typed).every((word) => lower.includes(word.toLowerCase()));
}
