import fc from 'fast-check';
import { expect } from 'vitest';
import { Refusal } from '../../src/errors.ts';
import type { Codec } from '../../src/slack/state/codec.ts';

// The tests of each codec of `src/slack/state`: values of all kinds, and texts it must refuse.

export interface CodecCase {
  name: string;
  /** Texts that this version did not write. */
  foreign: readonly string[];
  checkRoundTrip(): void;
  /** The sentence of the refusal; undefined if the text is accepted. Any other error is thrown. */
  refusalOf(text: string | undefined): string | undefined;
}

/** Codecs of numbers and fixed words refuse these texts. */
export const foreignTexts = [
  '',
  'x-y',
  '{"id":1}',
  '1.2.3.4.5.6.7',
  '-1',
  '01',
  ' 1',
  '1.',
  '99999999999999999999',
  '\u0000',
];

export function codecCase<T>(
  name: string,
  codec: Codec<T>,
  values: fc.Arbitrary<T>,
  foreign: readonly string[] = foreignTexts,
): CodecCase {
  return {
    name,
    foreign,
    checkRoundTrip: () =>
      fc.assert(
        fc.property(values, (value) => {
          expect(codec.fits(value)).toBe(true);
          expect(codec.decode(codec.encode(value))).toEqual(value);
        }),
      ),
    refusalOf: (text) => {
      try {
        codec.decode(text);
        return undefined;
      } catch (error) {
        if (error instanceof Refusal && error.code === 'invalid') return error.message;
        throw error;
      }
    },
  };
}

export const whole = fc.nat();
export const version = fc.nat({ max: 1_000_000 });
export const text = fc.string({ unit: 'grapheme', maxLength: 40 });
export const someText = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
/** The id of a view in Slack. */
export const window = fc.constantFrom('V0123456789', 'V1');
export const choice = <T extends string>(...all: T[]) => fc.constantFrom(...all);
