import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countBits } from '../../../src/mining/matrix/bits.ts';
import { buildMatrix } from '../../../src/mining/matrix/matrix.ts';
import { splitBundle } from '../../../src/mining/suggestions/bundles.ts';
import { compareProfiles } from '../../../src/mining/suggestions/profile-overlap.ts';

/** Splits the columns of a small table of 0 and 1 (people × entitlements). */
function split(rows: number[][], clusterJaccard: number): number[][] {
  const grants = rows.flatMap((row, p) => row.flatMap((held, e) => (held ? [[p, e]] : [])));
  const width = rows[0]?.length ?? 0;
  const matrix = buildMatrix(
    rows.length,
    width,
    grants.map(([p]) => p!),
    grants.map(([, e]) => e!),
  );
  const entitlements = Uint32Array.from({ length: width }, (_, e) => e);
  const holders = entitlements.map((e) => rows.filter((row) => row[e]).length);
  const everyone = Uint32Array.from(rows.keys());
  return splitBundle(
    matrix,
    () => everyone,
    rows.length,
    { entitlements, holders },
    clusterJaccard,
  );
}

function jaccard(rows: number[][], a: number, b: number): number {
  const both = rows.filter((row) => row[a] && row[b]).length;
  const either = rows.filter((row) => row[a] || row[b]).length;
  return either === 0 ? 1 : both / either;
}

/** Mean Jaccard of all pairs of the bundle's entitlements. */
function meanJaccard(rows: number[][], bundle: number[]): number {
  const pairs = bundle.flatMap((a) => bundle.filter((b) => b < a).map((b) => jaccard(rows, a, b)));
  return pairs.reduce((sum, value) => sum + value, 0) / pairs.length;
}

describe('splitBundle', () => {
  test('keeps entitlements together that the same people hold', () => {
    const rows = Array.from({ length: 10 }, (_, p) => [1, 1, p < 8 ? 1 : 0]);
    expect(split(rows, 0.6)).toEqual([[0, 1, 2]]);
  });

  test('splits entitlements that different halves of the cohort hold', () => {
    const rows = Array.from({ length: 10 }, (_, p) => (p < 5 ? [1, 0, 1, 0] : [0, 1, 0, 1]));
    expect(split(rows, 0.6)).toEqual([
      [0, 2],
      [1, 3],
    ]);
  });

  test('puts every entitlement in one bundle, and splits only below the threshold', () => {
    const table = fc
      .tuple(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 1, max: 40 }))
      .chain(([width, height]) => {
        const row = fc.array(fc.integer({ min: 0, max: 1 }), {
          minLength: width,
          maxLength: width,
        });
        return fc.array(row, { minLength: height, maxLength: height });
      });
    fc.assert(
      fc.property(table, fc.constantFrom(0.3, 0.6, 0.9), (rows, threshold) => {
        const bundles = split(rows, threshold);
        const all = rows[0]!.map((_, e) => e);
        expect(bundles.flat().sort((a, b) => a - b)).toEqual(all);
        const above = meanJaccard(rows, all) - threshold;
        // So near to the threshold either answer is right: sums of fractions depend on their order.
        if (above > 1e-9) expect(bundles).toHaveLength(1);
        if (above < -1e-9) expect(bundles.length).toBeGreaterThan(1);
      }),
      { numRuns: 500 },
    );
  });
});

test('countBits counts the set bits of any word', () => {
  fc.assert(
    fc.property(fc.integer(), (word) => {
      expect(countBits(word)).toBe((word >>> 0).toString(2).replaceAll('0', '').length);
    }),
  );
});

describe('compareProfiles', () => {
  test('finds exact, superset and partial profiles, most similar first', () => {
    const profiles = [['x'], ['a'], ['a', 'b', 'z'], ['b', 'a'], ['b', 'c', 'a']];
    expect(compareProfiles(['a', 'b'], profiles)).toEqual([
      { profile: 3, relation: 'exact', overlap: ['a', 'b'], missing: [] },
      { profile: 2, relation: 'superset', overlap: ['a', 'b'], missing: [] },
      { profile: 4, relation: 'superset', overlap: ['a', 'b'], missing: [] },
      { profile: 1, relation: 'partial', overlap: ['a'], missing: ['b'] },
    ]);
  });

  test('finds nothing to compare for an empty suggestion', () => {
    expect(compareProfiles<string>([], [['a']])).toEqual([]);
  });
});
