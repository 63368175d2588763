import { foldText } from '../../mining/matrix/fold-text.ts';

/** How names are compared: no finer than the unique indexes of the store, which go by lower(). */
export function foldName(name: string): string {
  return foldText(name.replaceAll('İ', 'i'));
}
