import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AccessMatrix, buildColumn, buildMatrix } from '../../../src/mining/matrix/matrix.ts';
import { defaultMiningOptions } from '../../../src/mining/options.ts';
import { analyzeCohort } from '../../../src/mining/suggestions/analyze.ts';
import { wilson } from '../oracle.ts';
import { smallCompanies, toMatrix } from '../small-company.ts';

/**
 * 30 people: 10 in Sales, 10 in Marketing, 10 in Engineering; odd ones in Lyon, even ones in Paris.
 * Everyone holds entitlement 0, Sales holds 1, Engineering in Lyon holds 2, and one person holds 3.
 */
function buildCompany(): AccessMatrix {
  const people = Array.from({ length: 30 }, (_, p) => p);
  const department = (p: number) => ['Sales', 'Marketing', 'Engineering'][Math.floor(p / 10)]!;
  const location = (p: number) => (p % 2 === 1 ? 'Lyon' : 'Paris');
  const grants: [number, number][] = people.map((p) => [p, 0]);
  for (const p of people) {
    if (department(p) === 'Sales') grants.push([p, 1]);
    if (department(p) === 'Engineering' && location(p) === 'Lyon') grants.push([p, 2]);
  }
  grants.push([29, 3]);
  return buildMatrix(
    30,
    4,
    grants.map(([p]) => p),
    grants.map(([, e]) => e),
    [
      buildColumn('department', people.map(department)),
      buildColumn('location', people.map(location)),
    ],
  );
}

const company = buildCompany();

describe('analyzeCohort', () => {
  test('finds the entitlements of a cohort, and lists those that everyone shares', () => {
    const result = analyzeCohort(company, { Department: ['sales'] });
    expect(result).toMatchObject({
      reason: 'found',
      sharedByEveryone: [0],
      suggestion: {
        kind: 'cohort',
        cohort: { department: ['Sales'] },
        people: 10,
        peopleWithAll: 10,
        entitlements: [{ entitlement: 1, holders: 10, confidencePercent: 100, lift: 3 }],
      },
    });
  });

  test('combines dimensions by AND and the values of one dimension by OR', () => {
    const filter = { location: ['lyon'], department: ['ENGINEERING', 'engineering '] };
    expect(analyzeCohort(company, filter)).toMatchObject({
      suggestion: {
        cohort: { department: ['Engineering'], location: ['Lyon'] },
        people: 5,
        entitlements: [{ entitlement: 2, holders: 5 }],
      },
    });
    const either = analyzeCohort(company, { department: ['Sales', 'Marketing'] });
    expect(either).toMatchObject({ reason: 'nothing-qualifies', people: 20 });
  });

  test('analyzes everyone without a filter', () => {
    expect(analyzeCohort(company, { department: [] })).toMatchObject({
      suggestion: { kind: 'everyone', cohort: {}, people: 30, entitlements: [{ entitlement: 0 }] },
    });
  });

  test('lists the known dimensions and the nearest spelling for an unknown one', () => {
    expect(analyzeCohort(company, { departmnet: ['Sales'] })).toEqual({
      reason: 'unknown-dimension',
      dimension: 'departmnet',
      known: ['department', 'location'],
      nearest: 'department',
    });
  });

  test('returns the nearest value and its number of people for an unknown one', () => {
    expect(analyzeCohort(company, { department: ['Enginering'] })).toEqual({
      reason: 'unknown-value',
      dimension: 'department',
      value: 'Enginering',
      nearest: { value: 'Engineering', people: 10 },
    });
    expect(analyzeCohort(company, { department: ['?'] })).toEqual({
      reason: 'unknown-value',
      dimension: 'department',
      value: '?',
    });
  });

  test('returns the size of a cohort that is too small, and ways to widen it', () => {
    const filter = { department: ['Sales'], location: ['Lyon'] };
    expect(analyzeCohort(company, filter, { minCohortSize: 6 })).toMatchObject({
      reason: 'too-small',
      people: 5,
      minimum: 6,
      refinements: {
        widen: [
          { dimension: 'department', people: 15 },
          { dimension: 'location', people: 10 },
        ],
      },
    });
  });

  test('reports a cohort without any grants', () => {
    const column = buildColumn('team', Array(6).fill('x'));
    const empty = buildMatrix(6, 2, [], [], [column]);
    expect(analyzeCohort(empty, { team: ['x'] })).toMatchObject({ reason: 'no-grants', people: 6 });
  });

  test('returns the best entitlement and its confidence if none reaches the thresholds', () => {
    expect(analyzeCohort(company, { department: ['engineering'] })).toMatchObject({
      reason: 'nothing-qualifies',
      people: 10,
      best: { entitlement: 2, holders: 5, confidencePercent: 50 },
      sharedByEveryone: [0],
    });
  });

  test('lists the most common values of members, to narrow the cohort', () => {
    const result = analyzeCohort(company, { department: ['Engineering'] });
    expect(result).toHaveProperty('refinements', {
      narrow: [
        { dimension: 'location', value: 'Lyon', people: 5 },
        { dimension: 'location', value: 'Paris', people: 5 },
      ],
      widen: [{ dimension: 'department', people: 30 }],
    });
  });

  test('matches a simple count for any filter', () => {
    const choice = fc.subarray(['v1', 'v2', 'v3', 'v4']);
    const filters = fc.record({ d0: choice, d1: choice }, { requiredKeys: [] });
    fc.assert(
      fc.property(smallCompanies, filters, (small, filter) => {
        const options = { ...defaultMiningOptions, minCohortSize: 1, minLowerBoundPercent: 30 };
        const result = analyzeCohort(toMatrix(small), filter, options);
        if (result.reason !== 'found') return;
        const chosen = Object.entries(filter).filter(([, values]) => values.length > 0);
        const members = small.people.filter(({ attributes }) =>
          chosen.every(([d, values]) => values.includes(attributes[+d.slice(1)] ?? '')),
        );
        expect(result.suggestion.people).toBe(members.length);
        const listed = new Map(result.suggestion.entitlements.map((f) => [f.entitlement, f]));
        for (let e = 0; e < small.entitlements; e++) {
          const k = members.filter(({ holds }) => holds.has(e)).length;
          const everyone = small.people.filter(({ holds }) => holds.has(e)).length;
          const isExpected =
            k / members.length >= 0.8 &&
            wilson(k, members.length) >= 0.3 &&
            (chosen.length === 0 || (k * small.people.length) / (members.length * everyone) >= 1.2);
          expect(listed.has(e)).toBe(isExpected);
          if (isExpected) expect(listed.get(e)!.holders).toBe(k);
        }
      }),
      { numRuns: 400 },
    );
  });
});
