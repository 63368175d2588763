import { foldText } from '../../mining/matrix/fold-text.ts';

/** Folds a name for comparison. It never tells apart names that the unique indexes of the store, with lower(), do not. */
export function foldName(name: string): string {
  return foldText(name.replaceAll('İ', 'i'));
}
