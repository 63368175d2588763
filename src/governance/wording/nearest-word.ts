import { findNearest } from '../../mining/matrix/fold-text.ts';

/** The word that was probably meant, or undefined when none is near. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  return known[findNearest(word, known)];
}
