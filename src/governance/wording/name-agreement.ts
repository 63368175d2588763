import { foldName } from './fold-name.ts';

/** A person or a record, as far as it is compared. */
export interface Named {
  name?: string | null | undefined;
  email?: string | null | undefined;
  id?: string | null | undefined;
}

/** "Lee, Jo" → ["jo", "lee"]. Accents, case and punctuation do not count. */
function wordsOf(name: string): string[] {
  const [last = '', ...first] = name.split(',');
  const ordered = first.length > 0 ? `${first.join(' ')} ${last}` : last;
  const plain = foldName(ordered.normalize('NFD').replace(/\p{M}/gu, ''));
  const words = plain.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const long = words.filter((word) => word.length > 1);
  return long.length > 0 ? long : words;
}

/** The name for comparison, whatever the order of its words; undefined for one that only repeats address or id. */
export function nameKey({ name, email, id }: Named): string | undefined {
  if (!name) return undefined;
  const folded = foldName(name);
  const repeated = [email, email?.split('@')[0], id].map((text) => foldName(text ?? ''));
  if (repeated.includes(folded)) return undefined;
  const words = wordsOf(name);
  return words.length > 0 ? words.sort().join(' ') : folded;
}

/** How two names agree. `unknown`: one of them says nothing. */
export type NameAgreement = 'equal' | 'similar' | 'different' | 'unknown';

/** Compares the names of two people. Names are similar that share a word of two or more letters. */
export function compareNames(a: Named, b: Named): NameAgreement {
  const [left, right] = [nameKey(a), nameKey(b)];
  if (left === undefined || right === undefined) return 'unknown';
  if (left === right) return 'equal';
  const words = new Set(left.split(' '));
  return right.split(' ').some((word) => words.has(word)) ? 'similar' : 'different';
}

/** Whether two names begin with the same given name, as after a marriage. */
export function haveSameGivenName(a: string, b = ''): boolean {
  const [left] = wordsOf(a);
  return left !== undefined && left === wordsOf(b)[0];
}
