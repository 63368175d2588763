import { type Dict, isDict, listAt } from '../dict.ts';

/** The text of a text object. */
export const toPlainText = (text: unknown): string =>
  isDict(text) && typeof text.text === 'string' ? text.text : '';

/** All visible text in these blocks, one text per line. For searching, not for display. */
export const toVisibleText = (blocks: Dict[]): string => collect(blocks).join('\n');

function collect(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(collect);
  if (!isDict(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const isWords = typeof inner === 'string' && ['text', 'title', 'label', 'name'].includes(key);
    return isWords ? [inner] : collect(inner);
  });
}

/** The texts of the buttons in these blocks. */
export const listButtonTexts = (blocks: Dict[]): string[] =>
  blocks
    .flatMap((block) => [
      ...listAt(block, 'elements'),
      ...(isDict(block.accessory) ? [block.accessory] : []),
    ])
    .filter((element) => element.type === 'button')
    .map((element) => toPlainText(element.text));
