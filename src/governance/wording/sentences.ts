/**
 * Ends a text with a period unless it already ends like a sentence, also inside quotation marks:
 * 'Why? "It hangs."' stays as it is. Empty text stays empty.
 */
export function toSentence(text: string): string {
  const trimmed = text.trim();
  return trimmed === '' || /[.!?…]["'”’]*$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

/** Joins texts to one paragraph, each as a sentence with exactly one end mark. Empty texts are left out. */
export function joinSentences(texts: readonly (string | undefined)[]): string {
  return texts
    .map((text) => toSentence(text ?? ''))
    .filter((sentence) => sentence !== '')
    .join(' ');
}
