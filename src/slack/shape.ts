/** Small parts to say what a Block Kit payload looks like; each names what is wrong as Slack does. */
/** Where blocks are to be shown; some blocks are allowed on some surfaces only. */
export type BlockSurface = 'message' | 'modal' | 'home';

/** What a check has seen so far; the sums are limited over the whole payload. */
export interface Found {
  problems: string[];
  surface: BlockSurface;
  counted: number;
  markdown: number;
  tables: number;
  charts: number;
  hasInput: boolean;
  blockIds: Set<string>;
}
/** Notes in `found` what is wrong with the value at that JSON pointer. */
export type Rule = (value: unknown, at: string, found: Found) => void;
export type ShapeFields = Record<string, Rule>;

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const refuse = (found: Found, at: string, problem: string) =>
  found.problems.push(`${problem} [json-pointer:${at}]`);

/** Slack counts `& < >` in their escaped form, whether or not the app had escaped them. */
const countedLength = (text: string) =>
  text.length + 4 * count(text, /&(?!(?:amp|lt|gt);)/g) + 3 * count(text, /[<>]/g);
const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;

export const string =
  (max: number, min = 0): Rule =>
  (value, at, found) => {
    if (typeof value !== 'string') refuse(found, at, 'must be a string');
    else if (value.length < min) refuse(found, at, `must be at least ${min} characters`);
    else if (value.length > max) refuse(found, at, `must be no more than ${max} characters`);
  };
/** A string a person reads: it also counts against the whole message. */
export const words =
  (max: number, min = 1): Rule =>
  (value, at, found) => {
    string(max, min)(value, at, found);
    if (typeof value === 'string') found.counted += countedLength(value);
  };
export const flag: Rule = (value, at, found) => {
  if (typeof value !== 'boolean') refuse(found, at, 'must be a boolean');
};
export const number =
  (min = -Infinity, max = Infinity): Rule =>
  (value, at, found) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) refuse(found, at, 'must be a number');
    else if (value < min || value > max) refuse(found, at, `must be between ${min} and ${max}`);
  };
export const matchingText =
  (pattern: RegExp, noun: string): Rule =>
  (value, at, found) => {
    if (typeof value !== 'string' || !pattern.test(value)) refuse(found, at, `must be ${noun}`);
  };
export const oneOf =
  (...allowed: string[]): Rule =>
  (value, at, found) => {
    if (!allowed.includes(String(value))) refuse(found, at, `must be one of ${allowed.join(', ')}`);
  };
export const list =
  (item: Rule, max: number, min = 1): Rule =>
  (value, at, found) => {
    if (!Array.isArray(value)) return void refuse(found, at, 'must be an array');
    if (value.length < min) refuse(found, at, `no fewer than ${min} items allowed`);
    if (value.length > max) refuse(found, at, `no more than ${max} items allowed`);
    value.forEach((entry, index) => {
      item(entry, `${at}/${index}`, found);
    });
  };
const unknownKeys = (value: object, fields: ShapeFields) =>
  Object.keys(value).filter((key) => !(key in fields) && !(`${key}!` in fields));

/** An object with exactly these fields; `name!` is required. Slack refuses unknown fields. */
export const object =
  (fields: ShapeFields, extra?: Rule): Rule =>
  (value, at, found) => {
    if (!isRecord(value)) return void refuse(found, at, 'must be an object');
    for (const name of Object.keys(fields)) {
      const key = name.replace('!', '');
      const given = value[key];
      if (given !== undefined) fields[name]?.(given, `${at}/${key}`, found);
      else if (name.endsWith('!')) refuse(found, at, `missing required field: ${key}`);
    }
    for (const key of unknownKeys(value, fields)) {
      refuse(found, at, `invalid additional property: ${key}`);
    }
    extra?.(value, at, found);
  };
/** One of several shapes, told apart by `type`. */
export const typed =
  (shapes: Record<string, Rule>): Rule =>
  (value, at, found) => {
    const type = isRecord(value) ? String(value.type) : '';
    const shape = Object.hasOwn(shapes, type) ? shapes[type] : undefined;
    if (shape) shape(value, at, found);
    else refuse(found, `${at}/type`, `unsupported type: ${type || 'none'}`);
  };
