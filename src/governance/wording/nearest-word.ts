import { findNearest } from '../../mining/matrix/fold-text.ts';

/** The word that was probably meant, or undefined when none is near. */
export function findNearestWord(word: string, known: readonly string[]): string | undefined {
  return known[findNearest(word, known)];
}
