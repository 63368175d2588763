import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  buildColumn,
  buildMatrix,
  countHolders,
  wilsonLowerBound,
} from '../../../src/mining/matrix/matrix.ts';
import { readHoldings, wilson } from '../oracle.ts';

describe('wilsonLowerBound', () => {
  test.each([
    [3, 3, 43.85],
    [47, 48, 89.1],
    [0, 10, 0],
    [0, 0, 0],
  ])('%i of %i is at least %f %%', (k, n, percent) => {
    expect(100 * wilsonLowerBound(k, n)).toBeCloseTo(percent, 2);
  });

  test('matches the formula, stays below the share and rises with the holders', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.nat(), (n, roll) => {
        const k = roll % n;
        expect(wilsonLowerBound(k, n)).toBeCloseTo(Math.max(0, wilson(k, n)), 12);
        expect(wilsonLowerBound(k, n)).toBeLessThanOrEqual(k / n);
        expect(wilsonLowerBound(k + 1, n)).toBeGreaterThan(wilsonLowerBound(k, n));
      }),
    );
  });
});

describe('buildMatrix', () => {
  test('contains exactly the input grants, sorted and each once', () => {
    const grants = fc.array(
      fc.tuple(fc.integer({ max: 8, min: 0 }), fc.integer({ max: 6, min: 0 })),
    );
    fc.assert(
      fc.property(grants, (pairs) => {
        const people = pairs.map(([p]) => p);
        const entitlements = pairs.map(([, e]) => e);
        const matrix = buildMatrix(9, 7, people, Uint32Array.from(entitlements));
        readHoldings(matrix).forEach((held, person) => {
          const expected = pairs.filter(([p]) => p === person).map(([, e]) => e);
          expect([...held]).toEqual([...new Set(expected)].sort((a, b) => a - b));
        });
        expect(matrix.items.length).toBe(new Set(pairs.map(String)).size);
        expect(countHolders(matrix).reduce((a, b) => a + b, 0)).toBe(matrix.items.length);
      }),
    );
  });

  test('rejects indexes out of range and lists of different lengths', () => {
    expect(() => buildMatrix(2, 2, [2], [0])).toThrow('personOf[0] is 2, outside 0..1');
    expect(() => buildMatrix(2, 2, [0], [-1])).toThrow(RangeError);
    expect(() => buildMatrix(2, 2, [0, 1], [0])).toThrow(RangeError);
    const column = buildColumn('team', ['a']);
    expect(() => buildMatrix(2, 2, [], [], [column])).toThrow('column team has 1 of 2 people');
  });
});

describe('buildColumn', () => {
  test('compares values trimmed, in NFC and case-folded, and shows their first spelling', () => {
    const raw = [' Sales ', 'SALES', 'Caf\u00e9', 'cafe\u0301', 'Stra\u00dfe', 'STRASSE'];
    const column = buildColumn('team', raw);
    expect(column.values).toEqual(['Sales', 'Caf\u00e9', 'Stra\u00dfe']);
    expect([...column.codes]).toEqual([1, 1, 2, 2, 3, 3]);
  });

  test('creates no cohort for empty values', () => {
    const column = buildColumn('team', ['', '   ', null, undefined, 'x']);
    expect([...column.codes]).toEqual([0, 0, 0, 0, 1]);
  });
});
