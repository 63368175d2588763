import { z } from 'zod';
import type { TextPart } from './codec.ts';

const maxId = 2_147_483_647;

function digits(schema: z.ZodType<number, number>) {
  return z.codec(z.string().regex(/^(0|[1-9]\d{0,15})$/), schema, {
    decode: Number,
    encode: String,
  });
}

/** The id of a row in the database. */
export const rowId = digits(z.int().min(1).max(maxId));

/** A count, an index, a page (the first is 0) or a version. */
export const wholeNumber = digits(z.int().min(0));

/** Text with any characters. Among several fields it has to be the last. */
export const freeText = z.string();

/** Text without a dot: an id of Slack's, a hash. */
export const dotless = z.string().regex(/^[^.]+$/);

/** 1 or 0. */
export const oneOrZero = z.codec(z.enum(['0', '1']), z.boolean(), {
  decode: (text) => text === '1',
  encode: (value) => (value ? '1' : '0'),
});

/** A key of a record. */
export function keyOf<K extends string>(record: Readonly<Record<K, unknown>>): TextPart<K> {
  return z.custom<K>((text) => typeof text === 'string' && Object.hasOwn(record, text));
}

/** undefined is written as an empty text. */
export function optional<T>(part: TextPart<T>): TextPart<T | undefined> {
  return z.codec(z.string(), z.union([part, z.undefined()]), {
    decode: (text) => (text === '' ? undefined : text),
    encode: (text) => text ?? '',
  });
}

/** null is written as `word`. */
export function orNull<T>(part: TextPart<T>, word: string): TextPart<T | null> {
  return z.codec(z.string(), part.nullable(), {
    decode: (text) => (text === word ? null : text),
    encode: (text) => text ?? word,
  });
}

/** A list, written with commas. Its parts must not write commas or empty texts. */
export function commaList<T>(part: TextPart<T>): TextPart<T[]> {
  return z.codec(z.string(), z.array(part), {
    decode: (text) => (text === '' ? [] : text.split(',')),
    encode: (texts) => texts.join(','),
  });
}

/**
 * Several fields in the order of `fields`, written with dots. The last one takes the rest of the text, so only it
 * may contain dots.
 */
export function dotted<S extends Record<string, TextPart<unknown>>>(fields: S) {
  const names = Object.keys(fields);
  const last = names.length - 1;
  return z
    .codec(z.string(), z.record(z.string(), z.unknown()), {
      decode: (text) => {
        const texts = text.split('.');
        const rest = texts.length > last ? [texts.slice(last).join('.')] : [];
        const all = [...texts.slice(0, last), ...rest];
        return Object.fromEntries(all.map((one, at) => [names[at], one]));
      },
      encode: (texts) => names.map((name) => texts[name] ?? '').join('.'),
    })
    .pipe(z.object(fields));
}

/**
 * A cohort as attribute → values, written as pairs within JSON. A record schema of zod would drop an attribute called
 * `__proto__` and so widen the cohort.
 */
export const cohort = z.codec(
  z.array(z.tuple([z.string(), z.array(z.string())])),
  z.custom<Record<string, string[]>>(),
  { decode: (pairs) => Object.fromEntries(pairs), encode: (values) => Object.entries(values) },
);

/** A nested value, or one with text of any characters, written as JSON. */
export function json<S extends z.ZodType>(schema: S) {
  return z
    .codec(z.string(), z.unknown(), {
      decode: (text, { issues }) => {
        try {
          return JSON.parse(text);
        } catch {
          issues.push({ code: 'invalid_format', format: 'json', input: text });
          return z.NEVER;
        }
      },
      encode: (value) => JSON.stringify(value),
    })
    .pipe(schema);
}
