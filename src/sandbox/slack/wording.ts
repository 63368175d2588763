import { type Dict, isDict, listAt } from '../dict.ts';

/** The words of a text object. */
export const plainOf = (text: unknown): string =>
  isDict(text) && typeof text.text === 'string' ? text.text : '';

/** Every word a person can read in these blocks, one text a line: for finding things, not for showing them. */
export const wordsOf = (blocks: Dict[]): string => collect(blocks).join('\n');

function collect(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(collect);
  if (!isDict(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const isWords = typeof inner === 'string' && ['text', 'title', 'label', 'name'].includes(key);
    return isWords ? [inner] : collect(inner);
  });
}

/** The buttons a person sees in these blocks, by their words. */
export const buttonTexts = (blocks: Dict[]): string[] =>
  blocks
    .flatMap((block) => [
      ...listAt(block, 'elements'),
      ...(isDict(block.accessory) ? [block.accessory] : []),
    ])
    .filter((element) => element.type === 'button')
    .map((element) => plainOf(element.text));
