import { describe, expect, test } from 'vitest';
import { type AccessMatrix, buildColumn, buildMatrix } from '../../src/mining/matrix/matrix.ts';
import { analyzeCohort } from '../../src/mining/suggestions/analyze.ts';
import { mine } from '../../src/mining/suggestions/mine.ts';

/** People with one department each; `holds` lists the entitlements of each person. */
function build(
  values: (string | null)[],
  entitlements: number,
  holds: (person: number) => number[],
): AccessMatrix {
  const grants = values.flatMap((_, p) => holds(p).map((e) => [p, e] as const));
  return buildMatrix(
    values.length,
    entitlements,
    grants.map(([p]) => p),
    grants.map(([, e]) => e),
    [buildColumn('department', values)],
  );
}

describe('mining of small or extreme input', () => {
  test('finds nothing among 0 people', () => {
    expect(mine(build([], 3, () => []))).toMatchObject({ people: 0, grants: 0, suggestions: [] });
    expect(mine(buildMatrix(0, 0, [], []))).toMatchObject({ suggestions: [], found: 0 });
    const result = analyzeCohort(buildMatrix(0, 0, [], []), {});
    expect(result).toMatchObject({ reason: 'too-small', people: 0 });
  });

  test('finds nothing without grants', () => {
    const matrix = build(Array(20).fill('Sales'), 4, () => []);
    expect(mine(matrix)).toMatchObject({ people: 20, grants: 0, suggestions: [] });
    expect(analyzeCohort(matrix, {})).toMatchObject({ reason: 'no-grants' });
  });

  test('does not treat one person as a cohort by default', () => {
    expect(mine(build(['Sales'], 2, () => [0, 1])).suggestions).toEqual([]);
    const lenient = { minCohortSize: 1, minLowerBoundPercent: 0 };
    expect(
      mine(
        build(['Sales'], 2, () => [0, 1]),
        lenient,
      ).suggestions,
    ).toHaveLength(1);
  });

  test('makes one suggestion for everyone when everyone is identical', () => {
    const { suggestions } = mine(build(Array(50).fill('Sales'), 3, () => [0, 2]));
    expect(suggestions).toHaveLength(1);
    expect(suggestions[0]).toMatchObject({ kind: 'everyone', cohort: {}, peopleWithAll: 50 });
  });

  test('finds nothing when every person is unique', () => {
    const values = Array.from({ length: 200 }, (_, p) => `team ${p}`);
    expect(mine(build(values, 200, (p) => [p]))).toMatchObject({ suggestions: [], found: 0 });
  });

  test('suggests an entitlement that all hold for everyone, and not again for departments', () => {
    const values = Array.from({ length: 60 }, (_, p) => `team ${p % 3}`);
    const { suggestions } = mine(build(values, 1, () => [0]));
    expect(suggestions.map(({ kind }) => kind)).toEqual(['everyone']);
  });

  test('handles 100,000 values in one dimension', () => {
    const values = Array.from({ length: 100_000 }, (_, p) => `person ${p}`);
    const matrix = build(values, 2, (p) => (p % 4 === 0 ? [0] : [1]));
    expect(mine(matrix).suggestions).toEqual([]);
    expect(analyzeCohort(matrix, { department: ['PERSON 99999'] })).toMatchObject({
      reason: 'too-small',
      people: 1,
    });
    expect(analyzeCohort(matrix, { department: ['person 99999x'] })).toMatchObject({
      reason: 'unknown-value',
      nearest: { people: 1 },
    });
  });

  test('handles an attribute value of 10,000 characters', () => {
    const long = 'x'.repeat(10_000);
    const values = Array.from({ length: 40 }, (_, p) => (p < 10 ? long : 'other'));
    const { suggestions } = mine(build(values, 1, (p) => (p < 10 ? [0] : [])));
    expect(suggestions[0]?.cohort).toEqual({ department: [long] });
  });

  test('finds no cohorts without dimensions', () => {
    const matrix = buildMatrix(10, 2, [0, 1, 2], [0, 0, 0]);
    expect(mine(matrix).suggestions).toEqual([]);
  });
});

describe('options', () => {
  const matrix = build(Array(10).fill('Sales'), 1, () => [0]);

  test.each([
    [{ minCohortSize: 0 }, 'minCohortSize must be a whole number from 1 to 1000000000, not 0'],
    [{ minConfidencePercent: 101 }, 'minConfidencePercent'],
    [{ minLowerBoundPercent: -1 }, 'minLowerBoundPercent'],
    [{ minLift: Number.NaN }, 'minLift'],
    [{ maxDepth: 2.5 }, 'maxDepth'],
    [{ maxSuggestions: -1 }, 'maxSuggestions'],
    [{ clusterJaccard: 60 }, 'clusterJaccard must be a number from 0 to 1, not 60'],
  ])('%o is rejected with the name of the option', (options, message) => {
    expect(() => mine(matrix, options)).toThrow(RangeError);
    expect(() => mine(matrix, options)).toThrow(message);
    expect(() => analyzeCohort(matrix, {}, options)).toThrow(message);
  });

  test('an undefined option keeps its default', () => {
    expect(mine(matrix, { dimensions: undefined }).suggestions).toHaveLength(1);
  });

  test('an unknown dimension is listed in the result, and the others are mined', () => {
    const result = mine(matrix, { dimensions: ['Department', 'shoe size'] });
    expect(result.unknownDimensions).toEqual(['shoe size']);
    expect(result.suggestions).toHaveLength(1);
  });

  test('an excluded entitlement is not counted', () => {
    const result = mine(matrix, { excludedEntitlements: [0] });
    expect(result).toMatchObject({ grants: 0, suggestions: [] });
    const analysis = analyzeCohort(matrix, {}, { excludedEntitlements: [0] });
    expect(analysis).toMatchObject({ reason: 'no-grants' });
  });

  test('at most maxSuggestions are returned, and all are counted as found', () => {
    const values = Array.from({ length: 60 }, (_, p) => `team ${p % 6}`);
    const teams = build(values, 6, (p) => [p % 6]);
    const result = mine(teams, { maxSuggestions: 2 });
    expect(result.suggestions).toHaveLength(2);
    expect(result.found).toBe(6);
  });

  test('a suggestion equal to an existing profile is left out, and a partial overlap is listed', () => {
    const values = Array.from({ length: 60 }, (_, p) => `team ${p % 6}`);
    const teams = build(values, 12, (p) => [p % 6, 6 + (p % 6)]);
    const result = mine(teams, { existingProfiles: [[0, 6], [1], [9, 3, 8]] });
    expect(result.found).toBe(5);
    const overlapOf = (entitlement: number) =>
      result.suggestions.find((s) => s.entitlements[0]?.entitlement === entitlement)?.overlaps;
    expect(overlapOf(1)).toEqual([{ profile: 1, relation: 'partial', overlap: [1], missing: [7] }]);
    expect(overlapOf(3)).toEqual([
      { profile: 2, relation: 'superset', overlap: [3, 9], missing: [] },
    ]);
  });
});
