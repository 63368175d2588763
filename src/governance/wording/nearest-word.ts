import { findNearest } from '../../mining/matrix/fold-text.ts';

/** Finds the known word with the nearest spelling. @returns undefined when none is near. */
export function findNearestWord(word: string, known: readonly string[]): string | undefined {
  return known[findNearest(word, known)];
}
