import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildColumn, buildMatrix } from '../../../src/mining/matrix/matrix.ts';
import { findHiddenTeams } from '../../../src/mining/suggestions/hidden-teams.ts';
import { mine } from '../../../src/mining/suggestions/mine.ts';
import { smallCompanies, toMatrix } from '../small-company.ts';

const search = { now: () => 0, seconds: 0.02 };

/** 60 people in 3 departments with one entitlement each; 8 people across them handle incidents. */
function buildCompany() {
  const departments = ['Sales', 'Support', 'Engineering'];
  const people = Array.from({ length: 60 }, (_, p) => p);
  const team = new Set([1, 7, 22, 25, 31, 44, 47, 58]);
  const grants = people.flatMap((p): [number, number][] => {
    const departmentGrants: [number, number][] = [[p, Math.floor(p / 20)]];
    return team.has(p) ? [...departmentGrants, [p, 3], [p, 4]] : departmentGrants;
  });
  const matrix = buildMatrix(
    60,
    5,
    grants.map(([p]) => p),
    grants.map(([, e]) => e),
    [
      buildColumn(
        'department',
        people.map((p) => departments[Math.floor(p / 20)]),
      ),
      buildColumn(
        'pager',
        people.map((p) => (team.has(p) && p !== 58 ? 'yes' : null)),
      ),
    ],
  );
  return { matrix, team };
}

describe('findHiddenTeams', () => {
  test('finds people of several departments who share access, and the value that describes them', () => {
    const { matrix, team } = buildCompany();
    const { suggestions } = mine(matrix, { dimensions: ['department'] });
    expect(suggestions).toHaveLength(3);
    const teams = findHiddenTeams(matrix, suggestions, search);
    expect(teams).toHaveLength(1);
    expect(teams[0]).toMatchObject({
      kind: 'members',
      members: Uint32Array.from(team),
      cohort: { pager: ['yes'] },
      matching: 7,
      described: 7,
      people: 8,
      peopleWithAll: 8,
      gaining: new Uint32Array(0),
    });
    expect(teams[0]!.entitlements.map(({ entitlement }) => entitlement)).toEqual([3, 4]);
  });

  test('skips a team equal to an existing profile, and excluded entitlements', () => {
    const { matrix } = buildCompany();
    const { suggestions } = mine(matrix, { dimensions: ['department'] });
    const known = { existingProfiles: [[4, 3]] };
    expect(findHiddenTeams(matrix, suggestions, search, known)).toEqual([]);
    const excluded = { excludedEntitlements: [3] };
    expect(findHiddenTeams(matrix, suggestions, search, excluded)).toEqual([]);
  });

  test('does not repeat grants that a suggestion explains', () => {
    fc.assert(
      fc.property(smallCompanies, (company) => {
        const matrix = toMatrix(company);
        const options = { minCohortSize: 2, minLowerBoundPercent: 20 };
        const { suggestions } = mine(matrix, options);
        const explained = new Set(
          suggestions.flatMap(({ members, entitlements }) =>
            [...members].flatMap((p) => entitlements.map((e) => `${p} ${e.entitlement}`)),
          ),
        );
        for (const team of findHiddenTeams(matrix, suggestions, search, options)) {
          expect(team.people).toBeGreaterThanOrEqual(2);
          for (const p of team.members) {
            for (const { entitlement } of team.entitlements) {
              expect(company.people[p]!.holds.has(entitlement)).toBe(true);
              expect(explained.has(`${p} ${entitlement}`)).toBe(false);
            }
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});
