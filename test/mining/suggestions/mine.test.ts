import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultMiningOptions, type MiningOptions } from '../../../src/mining/options.ts';
import { type MineResult, mine } from '../../../src/mining/suggestions/mine.ts';
import type { MinedSuggestion } from '../../../src/mining/suggestions/suggestion.ts';
import { mineByDefinition, type OracleCohort } from '../oracle.ts';
import { type SmallCompany, smallCompanies, toMatrix } from '../small-company.ts';

const thresholds = fc.record({
  minCohortSize: fc.integer({ min: 1, max: 6 }),
  minConfidencePercent: fc.constantFrom(0, 50, 60, 75, 80, 100),
  minLowerBoundPercent: fc.constantFrom(0, 20, 35, 50),
  minLift: fc.constantFrom(0, 1, 1.2, 1.5),
  maxDepth: fc.integer({ min: 1, max: 4 }),
  clusterJaccard: fc.constant(0),
  maxSuggestions: fc.constant(100_000),
});

/** One line per figure, so that a failure shows the figure. */
function listFigures(result: MineResult): string[] {
  return result.suggestions
    .flatMap(({ cohort, members, entitlements }) =>
      entitlements.map((figure) =>
        JSON.stringify([
          Object.entries(cohort).map(([d, [value]]) => [d, value]),
          [...members],
          figure.entitlement,
          figure.holders,
          figure.confidencePercent.toFixed(6),
          figure.lowerBoundPercent.toFixed(6),
        ]),
      ),
    )
    .sort();
}

function listOracleFigures(cohorts: OracleCohort[]): string[] {
  return cohorts
    .flatMap(({ criteria, members, entitlements }) =>
      entitlements.map(({ entitlement, holders, confidence, lowerBound }) =>
        JSON.stringify([
          [...criteria].map(([d, value]) => [`d${d}`, value]),
          members,
          entitlement,
          holders,
          (100 * confidence).toFixed(6),
          (100 * lowerBound).toFixed(6),
        ]),
      ),
    )
    .sort();
}

function mineBoth(company: SmallCompany, options: Partial<MiningOptions>) {
  const complete = { ...defaultMiningOptions, ...options };
  const result = mine(toMatrix(company), options);
  const { people, entitlements, dimensions } = company;
  return { result, expected: mineByDefinition(people, entitlements, dimensions, complete) };
}

/** Checks the figures about people; returns the grants the suggestion explains. */
function checkPeople(company: SmallCompany, suggestion: MinedSuggestion): string[] {
  const bundle = suggestion.entitlements.map(({ entitlement }) => entitlement);
  const grants = [...suggestion.members].map((p) =>
    bundle.filter((e) => company.people[p]!.holds.has(e)).map((e) => `${p} ${e}`),
  );
  const total = grants.flat().length;
  const lacking = [...suggestion.members].filter((_, m) => grants[m]!.length < bundle.length);
  expect([...suggestion.gaining]).toEqual(lacking);
  expect(suggestion.peopleWithAll).toBe(suggestion.people - lacking.length);
  expect(suggestion.explainedGrants).toBe(total);
  const coverage = (100 * total) / grants.length / bundle.length;
  expect(suggestion.averageCoveragePercent).toBeCloseTo(coverage);
  return grants.flat();
}

describe('mine', () => {
  test('matches a brute-force oracle on every figure for any thresholds', () => {
    fc.assert(
      fc.property(smallCompanies, thresholds, (company, options) => {
        const { result, expected } = mineBoth(company, options);
        expect(listFigures(result)).toEqual(listOracleFigures(expected));
      }),
      { numRuns: 400 },
    );
  });

  test('counts people with all entitlements, coverage, people gaining access and explained grants', () => {
    fc.assert(
      fc.property(smallCompanies, thresholds, (company, options) => {
        const result = mine(toMatrix(company), { ...options, clusterJaccard: 0.6 });
        const explained = new Set<string>();
        for (const suggestion of result.suggestions) {
          const held = checkPeople(company, suggestion);
          for (const grant of held) explained.add(grant);
        }
        expect(result.explainedGrants).toBe(explained.size);
      }),
      { numRuns: 200 },
    );
  });

  test('never repeats an entitlement in nested cohorts', () => {
    fc.assert(
      fc.property(smallCompanies, thresholds, (company, options) => {
        const { suggestions } = mine(toMatrix(company), { ...options, clusterJaccard: 0.6 });
        suggestions.forEach((wide, i) => {
          const people = new Set(wide.members);
          const bundle = new Set(wide.entitlements.map(({ entitlement }) => entitlement));
          suggestions.forEach((narrow, j) => {
            if (i === j || ![...narrow.members].every((p) => people.has(p))) return;
            expect(narrow.entitlements.some((e) => bundle.has(e.entitlement))).toBe(false);
          });
        });
      }),
      { numRuns: 300 },
    );
  });

  test('the order of grants and people does not change the result', () => {
    fc.assert(
      fc.property(smallCompanies, thresholds, (company, options) => {
        const reversed = { ...company, people: company.people.toReversed() };
        const last = company.people.length - 1;
        const plain = mine(toMatrix(company), options);
        const mirrored = mine(toMatrix(reversed, true), options);
        const mirror = (people: Uint32Array) => people.map((p) => last - p).reverse();
        const back = mirrored.suggestions.map((suggestion) => ({
          ...suggestion,
          members: mirror(suggestion.members),
          gaining: mirror(suggestion.gaining),
        }));
        expect({ ...mirrored, suggestions: back }).toEqual(plain);
      }),
      { numRuns: 200 },
    );
  });

  test('measures the lift over the best parent of a conjunction', () => {
    fc.assert(
      fc.property(smallCompanies, thresholds, ({ people, ...company }, options) => {
        for (const suggestion of mine(toMatrix({ people, ...company }), options).suggestions) {
          const criteria = Object.entries(suggestion.cohort).map(
            ([d, v]) => [+d.slice(1), v[0]] as const,
          );
          for (const figure of suggestion.entitlements) {
            const parents = criteria.map((_, left) => {
              const rest = criteria.filter((_, i) => i !== left);
              const members = people.filter((p) => rest.every(([d, v]) => p.attributes[d] === v));
              const holding = members.filter((p) => p.holds.has(figure.entitlement));
              return (100 * holding.length) / members.length;
            });
            if (criteria.length < 2) expect(figure.liftOverParent).toBeUndefined();
            else {
              const best = figure.confidencePercent / Math.max(...parents);
              expect(figure.liftOverParent).toBeCloseTo(best);
            }
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});
