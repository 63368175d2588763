import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildColumn, buildMatrix } from '../../../src/mining/matrix/matrix.ts';
import { findOutliers } from '../../../src/mining/outliers/outliers.ts';
import { type SmallCompany, smallCompanies, toMatrix } from '../small-company.ts';

interface Thresholds {
  minCohortSize: number;
  maxDepth: number;
  minOutlierCohortSize: number;
  maxOutlierPercent: number;
  minExplainingPercent: number;
}

function listSelectableTasks(dimensions: number, depth: number): number[][] {
  let all: number[][] = [[]];
  for (let d = 0; d < dimensions; d++) all = all.flatMap((choice) => [choice, [...choice, d]]);
  return all.filter((choice) => choice.length > 0 && choice.length <= depth);
}

/** The smallest share in a cohort where the grant is rare, by definition; undefined: no outlier. */
function findRarest(company: SmallCompany, p: number, e: number, t: Thresholds) {
  const { people } = company;
  const peersOf = (choice: number[]) => {
    const values = choice.map((d) => people[p]!.attributes[d]);
    if (values.includes(null)) return [];
    return people.filter((other) => choice.every((d, i) => other.attributes[d] === values[i]));
  };
  const shareOf = (peers: typeof people) =>
    (100 * peers.filter(({ holds }) => holds.has(e)).length) / peers.length;
  const choices = listSelectableTasks(company.dimensions, t.maxDepth).map(peersOf);
  const large = [people, ...choices.filter((peers) => peers.length >= t.minCohortSize)];
  if (large.some((peers) => shareOf(peers) >= t.minExplainingPercent - 1e-9)) return undefined;
  const shares = listSelectableTasks(company.dimensions, 1)
    .map(peersOf)
    .filter((peers) => peers.length >= t.minOutlierCohortSize && peers.length < people.length)
    .map(shareOf)
    .filter((share) => share <= t.maxOutlierPercent + 1e-9);
  return shares.length > 0 ? Math.min(...shares) : undefined;
}

describe('findOutliers', () => {
  test('matches the definition for every grant', () => {
    const thresholds = fc.record({
      minCohortSize: fc.integer({ min: 1, max: 5 }),
      maxDepth: fc.integer({ min: 1, max: 3 }),
      minOutlierCohortSize: fc.integer({ min: 1, max: 10 }),
      maxOutlierPercent: fc.constantFrom(5, 20, 34, 50),
      minExplainingPercent: fc.constantFrom(30, 50, 80, 100),
    });
    let seen = 0;
    fc.assert(
      fc.property(smallCompanies, thresholds, (company, options) => {
        const { outliers, found } = findOutliers(toMatrix(company), options);
        const figures = new Map(
          outliers.map((o) => [`${o.person} ${o.entitlement}`, o.confidencePercent]),
        );
        expect(figures.size).toBe(found);
        seen += found;
        company.people.forEach(({ holds }, p) => {
          for (const e of holds) {
            const expected = findRarest(company, p, e, options);
            const figure = figures.get(`${p} ${e}`);
            if (expected === undefined) expect(figure).toBeUndefined();
            else expect(figure).toBeCloseTo(expected, 6);
          }
        });
      }),
      { numRuns: 600 },
    );
    expect(seen).toBeGreaterThan(10);
  });

  test('finds the only person of 41 in Payroll with an entitlement of Engineering', () => {
    const people = Array.from({ length: 100 }, (_, p) => (p < 41 ? 'Payroll' : 'Engineering'));
    const holders = people.flatMap((team, p) => (team === 'Engineering' || p === 7 ? [p] : []));
    const matrix = buildMatrix(100, 1, holders, new Uint32Array(holders.length), [
      buildColumn('department', people),
    ]);
    const rare = { minExplainingPercent: 80 };
    expect(findOutliers(matrix, rare)).toEqual({
      found: 1,
      outliers: [
        {
          person: 7,
          entitlement: 0,
          cohort: { department: ['Payroll'] },
          people: 41,
          holders: 1,
          confidencePercent: 100 / 41,
        },
      ],
    });
    expect(findOutliers(matrix, { ...rare, excludedEntitlements: [0] }).found).toBe(0);
    expect(findOutliers(matrix, { ...rare, maxOutliers: 0 })).toEqual({ outliers: [], found: 1 });
  });

  test('rejects options out of range with their names', () => {
    const matrix = buildMatrix(0, 0, [], []);
    expect(() => findOutliers(matrix, { maxOutlierPercent: 500 })).toThrow('maxOutlierPercent');
    expect(() => findOutliers(matrix, { minCohortSize: 0 })).toThrow('minCohortSize');
    expect(findOutliers(matrix)).toEqual({ outliers: [], found: 0 });
  });
});
