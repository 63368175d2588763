/** JSON from the network: every value is checked before use. */
export type Dict = Record<string, unknown>;

/** Whether a value is a JSON object. */
export const isDict = (value: unknown): value is Dict =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object under a key, or an empty one. */
export const dictAt = (dict: Dict, key: string): Dict => {
  const value = dict[key];
  return isDict(value) ? value : {};
};

/** The objects in the list under a key; other values are left out. */
export const listAt = (dict: Dict, key: string): Dict[] => {
  const value = dict[key];
  return Array.isArray(value) ? value.filter(isDict) : [];
};

/** The text under a key; an empty text counts as missing, as in Slack's arguments. */
export const stringAt = (dict: Dict, key: string): string | undefined => {
  const value = dict[key];
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** Whether a flag is set, in JSON or in a form. */
export const flagAt = (dict: Dict, key: string): boolean =>
  dict[key] === true || dict[key] === 'true' || dict[key] === '1';

/** Parses JSON; undefined if the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
