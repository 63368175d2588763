/** A seeded random generator: the same seed gives the same company on every machine. */
export interface Chance {
  /** 0 ≤ x < 1 */
  next(): number;
  /** An integer 0..n − 1. */
  below(n: number): number;
  /** True in `percent` of 100 cases. */
  percent(percent: number): boolean;
  /** Picks an element. @throws RangeError the list is empty. */
  pick<T>(list: readonly T[]): T;
  /** Returns the elements in random order. */
  shuffled<T>(list: readonly T[]): T[];
}

/**
 * mulberry32 (Tommy Ettinger, public domain); 32 bits of state are enough for a generated company.
 */
export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number) => Math.floor(next() * n);
  const pick = <T>(list: readonly T[]): T => {
    if (list.length === 0) throw new RangeError('nothing to pick from');
    // The index is in the list, but its type does not say so.
    return list[below(list.length)] as T;
  };
  const shuffled = <T>(list: readonly T[]): T[] => {
    const result = [...list];
    for (let i = result.length - 1; i > 0; i--) {
      const j = below(i + 1);
      // Both indexes are in the list, but their types do not say so.
      [result[i], result[j]] = [result[j] as T, result[i] as T];
    }
    return result;
  };
  return { next, below, pick, shuffled, percent: (percent) => next() * 100 < percent };
}

/**
 * Hashes an index and a seed to an evenly distributed number, independent of the order of calls.
 */
export function hashIndex(index: number, seed: number): number {
  let h = Math.imul(index + 1, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}
