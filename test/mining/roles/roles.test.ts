import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AccessMatrix, buildMatrix } from '../../../src/mining/matrix/matrix.ts';
import { buildTable, collapse } from '../../../src/mining/roles/binary-table.ts';
import { findEssentialCells } from '../../../src/mining/roles/essential-cells.ts';
import { boundRoles } from '../../../src/mining/roles/fewest-roles.ts';
import {
  assertExactCover,
  findRoles,
  type MinedRole,
  mineRoles,
} from '../../../src/mining/roles/roles.ts';
import { readHoldings } from '../oracle.ts';

/** A clock that never advances: only work ends a search. */
const stopped = () => 0;

function fromRows(rows: readonly (readonly number[])[], entitlements: number): AccessMatrix {
  const grants = rows.flatMap((held, p) => held.map((e) => [p, e] as const));
  return buildMatrix(
    rows.length,
    entitlements,
    grants.map(([p]) => p),
    grants.map(([, e]) => e),
  );
}

/** Up to 12 people and 8 entitlements, as unions of a few random roles. */
const matrices = fc
  .record({
    roles: fc.array(fc.subarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 1 }), { maxLength: 6 }),
    picks: fc.array(fc.array(fc.nat(), { maxLength: 3 }), { maxLength: 12 }),
  })
  .map(({ roles, picks }) => {
    const heldBy = (pick: number[]) =>
      pick.flatMap((i) => roles[i % Math.max(1, roles.length)] ?? []);
    return fromRows(picks.map(heldBy), 8);
  });

function unite(people: number, roles: readonly MinedRole[]): Set<number>[] {
  const held = Array.from({ length: people }, () => new Set<number>());
  for (const role of roles) {
    for (const p of role.people) for (const e of role.entitlements) held[p]!.add(e);
  }
  return held;
}

/** All maximal sets of entitlements that some people share, with those people. */
function listConcepts(holdings: Set<number>[]): { people: number[]; entitlements: number[] }[] {
  const found = new Map<string, { people: number[]; entitlements: number[] }>();
  for (let mask = 1; mask < 256; mask++) {
    const chosen = [0, 1, 2, 3, 4, 5, 6, 7].filter((e) => mask & (1 << e));
    const people = holdings.flatMap((held, p) => (chosen.every((e) => held.has(e)) ? [p] : []));
    if (people.length === 0) continue;
    const entitlements = [...holdings[people[0]!]!].filter((e) =>
      people.every((p) => holdings[p]!.has(e)),
    );
    found.set(String(people), { people, entitlements });
  }
  return [...found.values()];
}

/** The smallest number of concepts that cover all grants, by trying 1, 2, 3 … of them. */
function countFewest(holdings: Set<number>[]): number {
  const concepts = listConcepts(holdings);
  const findUncovered = (covered: Set<string>) => {
    for (const [p, held] of holdings.entries()) {
      for (const e of held) if (!covered.has(`${p} ${e}`)) return [p, e] as const;
    }
    return undefined;
  };
  const isEnough = (remaining: number, covered: Set<string>): boolean => {
    const uncovered = findUncovered(covered);
    if (!uncovered) return true;
    if (remaining === 0) return false;
    return concepts
      .filter(
        ({ people, entitlements }) =>
          people.includes(uncovered[0]) && entitlements.includes(uncovered[1]),
      )
      .some(({ people, entitlements }) => {
        const more = people.flatMap((p) => entitlements.map((e) => `${p} ${e}`));
        return isEnough(remaining - 1, new Set([...covered, ...more]));
      });
  };
  let fewest = 0;
  while (!isEnough(fewest, new Set())) fewest++;
  return fewest;
}

describe('mineRoles', () => {
  test.each(['roles', 'edges'] as const)(
    'covers all grants exactly for the objective %s',
    (objective) => {
      fc.assert(
        fc.property(matrices, fc.integer({ min: 1, max: 5 }), (matrix, seed) => {
          const result = mineRoles(matrix, { objective, seconds: 0.01, seed, now: stopped });
          expect(unite(matrix.people, result.roles)).toEqual(readHoldings(matrix));
          const users = result.roles.reduce((sum, role) => sum + role.people.length, 0);
          const permissions = result.roles.reduce((sum, role) => sum + role.entitlements.length, 0);
          expect(result.userAssignments).toBe(users);
          expect(result.permissionAssignments).toBe(permissions);
          expect(result.isOutOfTime).toBe(false);
        }),
        { numRuns: 100 },
      );
    },
  );

  test('finds the minimum number of roles in small matrices', () => {
    fc.assert(
      fc.property(matrices, (matrix) => {
        const { roles } = mineRoles(matrix, { seconds: 0.02, now: stopped });
        expect(roles.length).toBe(countFewest(readHoldings(matrix)));
      }),
      { numRuns: 60 },
    );
  });

  test('needs no more edges than the cover with fewest roles', () => {
    fc.assert(
      fc.property(matrices, (matrix) => {
        const [few, cheap] = (['roles', 'edges'] as const).map((objective) => {
          const found = mineRoles(matrix, { objective, seconds: 0.05, now: stopped });
          return found.userAssignments + found.permissionAssignments;
        });
        expect(cheap).toBeLessThanOrEqual(few!);
        const trivial = matrix.items.length + matrix.people;
        expect(cheap).toBeLessThanOrEqual(trivial);
      }),
      { numRuns: 60 },
    );
  });

  test('finds the same roles for the same seed if time does not run out', () => {
    fc.assert(
      fc.property(matrices, fc.constantFrom('roles', 'edges'), (matrix, objective) => {
        const options = { objective, seconds: 0.01, seed: 7, now: stopped } as const;
        expect(mineRoles(matrix, options)).toEqual(mineRoles(matrix, options));
      }),
      { numRuns: 40 },
    );
  });

  test('still returns an exact cover when time runs out', () => {
    const rows = Array.from({ length: 60 }, (_, p) =>
      Array.from({ length: 30 }, (_, e) => e).filter((e) => (p * 7 + e * 13 + p * e) % 5 < 2),
    );
    const matrix = fromRows(rows, 30);
    let time = 0;
    const now = () => (time += 100);
    const result = mineRoles(matrix, { objective: 'edges', seconds: 2, now });
    expect(result.isOutOfTime).toBe(true);
    expect(result.rounds).toBeLessThan(25);
    expect(unite(60, result.roles)).toEqual(readHoldings(matrix));
  });

  test('finds no roles without grants, and one role for identical people', () => {
    expect(mineRoles(fromRows([[], []], 3), { now: stopped }).roles).toEqual([]);
    expect(mineRoles(buildMatrix(0, 0, [], []), { now: stopped }).roles).toEqual([]);
    const alike = mineRoles(fromRows([[0, 2], [], [0, 2]], 3), { now: stopped });
    expect(alike.roles).toEqual([
      { people: Uint32Array.of(0, 2), entitlements: Uint32Array.of(0, 2) },
    ]);
  });

  test('rejects options out of range with their names', () => {
    const matrix = fromRows([[0]], 1);
    expect(() => mineRoles(matrix, { seconds: -1, now: stopped })).toThrow('seconds');
    expect(() => mineRoles(matrix, { seconds: Number.NaN, now: stopped })).toThrow(RangeError);
    expect(() => mineRoles(matrix, { seed: 0.5, now: stopped })).toThrow('seed');
  });
});

describe('assertExactCover', () => {
  const matrix = fromRows([[0, 1], [1]], 2);
  const role = (people: number[], entitlements: number[]): MinedRole => ({
    people: Uint32Array.from(people),
    entitlements: Uint32Array.from(entitlements),
  });

  test('accepts an exact cover', () => {
    expect(() => assertExactCover(matrix, [role([0], [0, 1]), role([0, 1], [1])])).not.toThrow();
  });

  test('throws when a grant is lost', () => {
    expect(() => assertExactCover(matrix, [role([0, 1], [1])])).toThrow('person 0 holds 2');
  });

  test('throws when a grant is added', () => {
    expect(() => assertExactCover(matrix, [role([0, 1], [0, 1])])).toThrow('person 1 holds 1');
  });
});

describe('findRoles', () => {
  const entitlementsOf = (matrix: AccessMatrix, person: number) =>
    matrix.items.subarray(matrix.offsets[person]!, matrix.offsets[person + 1]!);

  test('finds roles of entitlements that people hold, even with very little work', () => {
    fc.assert(
      fc.property(matrices, fc.constantFrom(0.00002, 0.001, 0.02), (matrix, seconds) => {
        const roles = findRoles(matrix, { seconds, now: stopped });
        for (const { people, entitlements } of roles) {
          for (const p of people) {
            expect([...entitlementsOf(matrix, p)]).toEqual(
              expect.arrayContaining([...entitlements]),
            );
          }
        }
        expect(roles.length > 0).toBe(matrix.items.length > 0);
      }),
    );
  });

  test('returns an exact cover if there is enough work for one', () => {
    fc.assert(
      fc.property(matrices, (matrix) => {
        const options = { seconds: 0.02, now: stopped };
        expect(findRoles(matrix, options)).toEqual(mineRoles(matrix, options).roles);
      }),
    );
  });
});

test('boundRoles never exceeds the minimum number of roles', () => {
  fc.assert(
    fc.property(matrices, ({ people, entitlements, offsets, items }) => {
      const { table } = collapse(buildTable(people, entitlements, offsets, items));
      const holdings = readHoldings({ people, entitlements, offsets, items, columns: [] });
      const bound = boundRoles(table, findEssentialCells(table));
      expect(bound).toBeLessThanOrEqual(countFewest(holdings));
    }),
    { numRuns: 60 },
  );
});

const data = new URL('../../../../shared/data/', import.meta.url);
const isDataThere = existsSync(data);

describe(`published sets${isDataThere ? '' : ' (skipped: ../shared/data is not there)'}`, () => {
  test.skipIf(!isDataThere).each([
    ['hp-role-mining/healthcare', 14, 207],
    ['hp-role-mining/domino', 20, 498],
    ['hp-role-mining/firewall1', 64, 1953],
    ['university-rbac/grants', 18, 721],
    ['rmplib/PLAIN_small_03', 25, 417],
  ])('%s needs at most %i roles or %i edges', (name, fewestRoles, fewestEdges) => {
    const text = gunzipSync(readFileSync(new URL(`${name}.csv.gz`, data))).toString();
    const pairs = text
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(','));
    const numberBy = (column: 0 | 1) => {
      const keys = [...new Set(pairs.map((pair) => pair[column]!))];
      const numbers = new Map(keys.map((key, i) => [key, i]));
      return { size: keys.length, of: pairs.map((pair) => numbers.get(pair[column]!)!) };
    };
    const [users, permissions] = [numberBy(0), numberBy(1)];
    const matrix = buildMatrix(users.size, permissions.size, users.of, permissions.of);
    const fewest = mineRoles(matrix, { now: stopped, seconds: 0.2 });
    expect(fewest.roles.length).toBeLessThanOrEqual(fewestRoles);
    const cheapest = mineRoles(matrix, { objective: 'edges', now: stopped, seconds: 0.4 });
    const edges = cheapest.userAssignments + cheapest.permissionAssignments;
    expect(edges).toBeLessThanOrEqual(fewestEdges);
  });
});
