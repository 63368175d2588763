// Parts that describe the shape of a Block Kit payload. They word problems as Slack does.

/** The place of blocks. Slack allows some blocks on some surfaces only. */
export type BlockSurface = 'message' | 'modal' | 'home';

/** The state of a check. The sums have limits over the whole payload. */
export interface ShapeCheck {
  problems: string[];
  surface: BlockSurface;
  counted: number;
  markdown: number;
  tables: number;
  charts: number;
  hasInput: boolean;
  blockIds: Set<string>;
}
/** Adds the problems of the value at that JSON pointer to `found`. */
export type ShapeRule = (value: unknown, at: string, found: ShapeCheck) => void;
export type ShapeFields = Record<string, ShapeRule>;

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const addProblem = (found: ShapeCheck, at: string, problem: string) =>
  found.problems.push(`${problem} [json-pointer:${at}]`);

/** Slack counts `& < >` in their escaped form, even if the app has not escaped them. */
const countLength = (text: string) =>
  text.length + 4 * countMatches(text, /&(?!(?:amp|lt|gt);)/g) + 3 * countMatches(text, /[<>]/g);
const countMatches = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;

export const string =
  (max: number, min = 0): ShapeRule =>
  (value, at, found) => {
    if (typeof value !== 'string') addProblem(found, at, 'must be a string');
    else if (value.length < min) addProblem(found, at, `must be at least ${min} characters`);
    else if (value.length > max) addProblem(found, at, `must be no more than ${max} characters`);
  };
/** Text that a person reads. It counts against the limit of the whole message. */
export const shownText =
  (max: number, min = 1): ShapeRule =>
  (value, at, found) => {
    string(max, min)(value, at, found);
    if (typeof value === 'string') found.counted += countLength(value);
  };
export const flag: ShapeRule = (value, at, found) => {
  if (typeof value !== 'boolean') addProblem(found, at, 'must be a boolean');
};
export const number =
  (min = -Infinity, max = Infinity): ShapeRule =>
  (value, at, found) => {
    if (typeof value !== 'number' || !Number.isFinite(value))
      addProblem(found, at, 'must be a number');
    else if (value < min || value > max) addProblem(found, at, `must be between ${min} and ${max}`);
  };
export const matchingText =
  (pattern: RegExp, noun: string): ShapeRule =>
  (value, at, found) => {
    if (typeof value !== 'string' || !pattern.test(value)) addProblem(found, at, `must be ${noun}`);
  };
export const oneOf =
  (...allowed: string[]): ShapeRule =>
  (value, at, found) => {
    if (!allowed.includes(String(value)))
      addProblem(found, at, `must be one of ${allowed.join(', ')}`);
  };
export const list =
  (item: ShapeRule, max: number, min = 1): ShapeRule =>
  (value, at, found) => {
    if (!Array.isArray(value)) return void addProblem(found, at, 'must be an array');
    if (value.length < min) addProblem(found, at, `no fewer than ${min} items allowed`);
    if (value.length > max) addProblem(found, at, `no more than ${max} items allowed`);
    value.forEach((entry, index) => {
      item(entry, `${at}/${index}`, found);
    });
  };
const unknownKeys = (value: object, fields: ShapeFields) =>
  Object.keys(value).filter((key) => !(key in fields) && !(`${key}!` in fields));

/** An object with exactly these fields; `name!` is required. Slack refuses unknown fields. */
export const object =
  (fields: ShapeFields, extra?: ShapeRule): ShapeRule =>
  (value, at, found) => {
    if (!isRecord(value)) return void addProblem(found, at, 'must be an object');
    for (const name of Object.keys(fields)) {
      const key = name.replace('!', '');
      const field = value[key];
      if (field !== undefined) fields[name]?.(field, `${at}/${key}`, found);
      else if (name.endsWith('!')) addProblem(found, at, `missing required field: ${key}`);
    }
    for (const key of unknownKeys(value, fields)) {
      addProblem(found, at, `invalid additional property: ${key}`);
    }
    extra?.(value, at, found);
  };
/** One of several shapes. `type` tells which. */
export const byType =
  (shapes: Record<string, ShapeRule>): ShapeRule =>
  (value, at, found) => {
    const type = isRecord(value) ? String(value.type) : '';
    const shape = Object.hasOwn(shapes, type) ? shapes[type] : undefined;
    if (shape) shape(value, at, found);
    else addProblem(found, `${at}/type`, `unsupported type: ${type || 'none'}`);
  };
