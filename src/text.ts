// Control characters (except the newline) and characters that are invisible, blank or change the direction of text. A
// person must never see a name that reads differently from the stored one. Hangul fillers and the blank Braille
// pattern look like nothing, too.
const invisible =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb]|[\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]|\u034f|\u17b4|\u17b5|\u180b|\u180c|\u180d|\u180f/gu;

/** Letters that joiners connect or separate, and the parts of an emoji. */
const joined = String.raw`[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]`;
/** Joiners that some scripts and emoji need. Between other characters they only disguise. */
const needlessJoiners = new RegExp(
  String.raw`(?<!${joined})[\u200c\u200d]|[\u200c\u200d](?!${joined})`,
  'gu',
);

/** Removes control characters and invisible characters from foreign text; line breaks stay. */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replace(/\t/g, ' ')
    .replace(invisible, '')
    .replace(needlessJoiners, '')
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
