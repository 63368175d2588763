import type { ViewOutput } from '@slack/bolt';
import type { Codec } from './state/codec.ts';

// Reads the fields of a submitted form. A block id begins with the name of its field. The part after the dot names
// the subject of the field, so that Slack does not restore text typed into another form.

export type FieldValues = ViewOutput['state']['values'];

/** Whether the block belongs to the field. */
export function isBlockOf(field: string, blockId: string): boolean {
  return blockId === field || blockId.startsWith(`${field}.`);
}

/** The element of a field; undefined if the form does not have the field. */
export function findField(
  values: FieldValues,
  field: string,
): FieldValues[string][string] | undefined {
  const blockId = Object.keys(values).find((one) => isBlockOf(field, one));
  return blockId === undefined ? undefined : Object.values(values[blockId] ?? {})[0];
}

/** All texts typed into the fields of a form, in their order. */
export function listTypedTexts(values: FieldValues): string[] {
  return Object.values(values)
    .flatMap((fields) => Object.values(fields))
    .flatMap(({ type, value }) => (type === 'plain_text_input' && value ? [value] : []));
}

/** The text typed in a field. */
export function readTypedText(values: FieldValues, field: string): string {
  return findField(values, field)?.value ?? '';
}

/** A typed number. An empty field is NaN, which verbs refuse, and not 0. */
export function readNumber(values: FieldValues, field: string): number {
  const text = readTypedText(values, field).trim();
  return text === '' ? Number.NaN : Number(text);
}

/** The chosen option; undefined if none is chosen. @throws Refusal if the codec cannot read it. */
export function readChoice<T>(values: FieldValues, field: string, codec: Codec<T>): T | undefined {
  const value = findField(values, field)?.selected_option?.value;
  return value === undefined ? undefined : codec.decode(value);
}

/** The chosen option of a field that always has one. @throws Refusal */
export function requireChoice<T>(values: FieldValues, field: string, codec: Codec<T>): T {
  return codec.decode(findField(values, field)?.selected_option?.value);
}

/** The chosen options; undefined if the form does not have the field. @throws Refusal */
export function readChoices<T>(
  values: FieldValues,
  field: string,
  codec: Codec<T>,
): T[] | undefined {
  return findField(values, field)?.selected_options?.map(({ value }) => codec.decode(value));
}

/** The values of the ticked boxes. */
export function readTicks(values: FieldValues, field: string): string[] {
  const ticked = findField(values, field)?.selected_options ?? [];
  return ticked.map(({ value }) => value ?? '');
}

export function isTicked(values: FieldValues, field: string): boolean {
  return readTicks(values, field).length > 0;
}

/** The chosen day, YYYY-MM-DD; undefined if none is chosen. */
export function readDay(values: FieldValues, field: string): string | undefined {
  return findField(values, field)?.selected_date ?? undefined;
}

/**
 * Reads the boxes of the shown page of a list.
 * @returns the values of all boxes on the page, and of the ticked ones. @throws Refusal
 */
export function readTickedPage<T>(
  { blocks, state }: Pick<ViewOutput, 'blocks' | 'state'>,
  codec: Codec<T>,
): { shown: T[]; ticked: T[] } {
  const shown = blocks.flatMap((block) => {
    const element = 'element' in block ? block.element : undefined;
    return element?.type === 'checkboxes' && 'options' in element ? element.options : [];
  });
  const ticked = Object.entries(state.values)
    .filter(([blockId]) => isBlockOf(tickedBlock, blockId))
    .flatMap(([, fields]) => Object.values(fields))
    .flatMap((field) => field.selected_options ?? []);
  const read = ({ value }: { value?: string | undefined }) => codec.decode(value);
  return { shown: shown.map(read), ticked: ticked.map(read) };
}

/** The field whose boxes `readTickedPage` reads. */
export const tickedBlock = 'ticks';
