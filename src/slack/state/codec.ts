import { z } from 'zod';
import { Refusal } from '../../errors.ts';
import { LIMITS } from '../limit-table.ts';

/** Writes a value as text and reads it back. zod checks both directions. */
export type TextPart<T> = z.ZodType<T, string>;

/** Codes the value that one kind of button, option, form or id carries through Slack. */
export interface Codec<T> {
  /** @throws Error if the text is too long for Slack or the value is of another kind. */
  encode(value: T): string;
  /** @throws Refusal invalid for text that this version of the program did not write. */
  decode(text: string | undefined): T;
  /** Whether the text is short enough for Slack. Only values that people type can be too long. */
  fits(value: T): boolean;
}

/** The value that a codec writes and reads. */
export type Decoded<C> = C extends Codec<infer T> ? T : never;

export const tooOldSentence = 'This button or form is too old to be understood. Open it again.';

function codec<T>(part: TextPart<T>, carrier: string, maxLength: number, prefix = ''): Codec<T> {
  return {
    encode(value) {
      const text = prefix + z.encode(part, value);
      if (text.length <= maxLength) return text;
      throw new Error(`${carrier} takes ${maxLength} characters, not ${text.length}`);
    },
    decode(text = '') {
      const isOurs = text.length <= maxLength && text.startsWith(prefix);
      const decoded = isOurs ? z.safeDecode(part, text.slice(prefix.length)) : undefined;
      if (!decoded?.success) throw new Refusal('invalid', tooOldSentence);
      return decoded.data;
    },
    fits(value) {
      const { data, success } = z.safeEncode(part, value);
      return success && prefix.length + data.length <= maxLength;
    },
  };
}

/** The value of a button. */
export function buttonCodec<T>(part: TextPart<T>): Codec<T> {
  return codec(part, 'A button value', LIMITS.buttonValue);
}

/** The value of an option in a menu, a search field or a group of checkboxes. */
export function optionCodec<T>(part: TextPart<T>): Codec<T> {
  return codec(part, 'An option value', LIMITS.optionValue);
}

/** The private_metadata of a modal. */
export function formCodec<T>(part: TextPart<T>): Codec<T> {
  return codec(part, 'A private_metadata', LIMITS.privateMetadata);
}

/** An action_id that carries a value after its name: `person:search.step.12`. */
export function actionIdCodec<T>(id: string, part: TextPart<T>): Codec<T> {
  return codec(part, 'An action_id', LIMITS.id, `${id}.`);
}

/** A block_id that carries a value after its name. */
export function blockIdCodec<T>(name: string, part: TextPart<T>): Codec<T> {
  return codec(part, 'A block_id', LIMITS.id, `${name}.`);
}
