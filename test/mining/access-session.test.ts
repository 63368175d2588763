import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MiningSession } from '../../src/mining/access-session.ts';
import type { AccessRows } from '../../src/mining/matrix/access-rows.ts';
import { spellColumn } from '../../src/mining/matrix/matrix.ts';
import type { MiningOptions } from '../../src/mining/options.ts';

interface Person {
  id: number;
  attributes: Record<string, string>;
  holds: number[];
}

const fixedDimensions = ['department', 'title'];

/** The rows that a loader would read for these people. */
function toRows(people: readonly Person[]): AccessRows {
  const sorted = [...people].sort((a, b) => a.id - b.id);
  const ids = Int32Array.from(new Set(sorted.flatMap(({ holds }) => holds))).sort();
  const offsets = new Uint32Array(sorted.length + 1);
  sorted.forEach(({ holds }, p) => {
    offsets[p + 1] = offsets[p]! + new Set(holds).size;
  });
  const items = sorted.flatMap(({ holds }) => [...new Set(holds)].sort((a, b) => a - b));
  const further = new Set(sorted.flatMap(({ attributes }) => Object.keys(attributes)));
  for (const dimension of fixedDimensions) further.delete(dimension);
  return {
    personIds: Int32Array.from(sorted, ({ id }) => id),
    entitlementIds: ids,
    offsets,
    items: Uint32Array.from(items, (id) => ids.indexOf(id)),
    columns: [...fixedDimensions, ...[...further].sort()].map((dimension) =>
      spellColumn(
        dimension,
        sorted.map(({ attributes }) => attributes[dimension]),
      ),
    ),
    ownColumns: fixedDimensions.length,
  };
}

const attributes = fc.record(
  {
    department: fc.constantFrom('Sales', 'sales ', 'Finance', ' ', 'IT'),
    title: fc.constantFrom('A', 'B', 'b', 'C'),
    team: fc.constantFrom('x', 'y'),
    office: fc.constantFrom('', 'Lyon'),
  },
  { requiredKeys: [] },
);

/** People whose access follows their department, with some random entitlements. */
const person = fc
  .record({
    id: fc.integer({ min: 1, max: 30 }),
    attributes,
    noise: fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 3 }),
  })
  .map(({ id, attributes, noise }): Person => {
    const place = ['Sales', 'Finance', 'IT'].indexOf(attributes.department?.trim() ?? '');
    const usual = place < 0 ? [] : [10 * place + 5, 10 * place + 7];
    return { id, attributes, holds: [40, ...usual, ...noise] };
  });

const distinctIds = { selector: ({ id }: Person) => id };
const staff = fc.uniqueArray(person, { ...distinctIds, maxLength: 30 });
/**
 * `people` replaces people with the same ids or adds them; people only in `leavers` are removed.
 */
const change = fc.record({
  people: fc.uniqueArray(person, { ...distinctIds, maxLength: 8 }),
  leavers: fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 3 }),
});
const thresholds = fc.record({
  minCohortSize: fc.integer({ min: 1, max: 5 }),
  minConfidencePercent: fc.constantFrom(50, 80, 100),
  minLowerBoundPercent: fc.constantFrom(0, 35),
  minLift: fc.constantFrom(0, 1.2),
  maxDepth: fc.integer({ min: 1, max: 3 }),
  excludedEntitlements: fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 3 }),
});
const steps = fc.array(fc.record({ change, isRun: fc.boolean(), options: thresholds }), {
  minLength: 1,
  maxLength: 6,
});

function apply(
  people: Person[],
  { people: update, leavers }: { people: Person[]; leavers: number[] },
) {
  const changed = new Set([...update.map(({ id }) => id), ...leavers]);
  return { changed, after: [...people.filter(({ id }) => !changed.has(id)), ...update] };
}

/** A clock that ends each search for teams as soon as it begins. */
let time = 0;
const now = () => {
  time += 1_000_000;
  return time;
};

describe('MiningSession', () => {
  test('after any changes, every run finds the same as a new session with all rows', () => {
    fc.assert(
      fc.property(staff, thresholds, steps, (before, first, list) => {
        let people = before;
        const session = new MiningSession(toRows(people));
        session.findAll(first, now);
        for (const { change, isRun, options } of list) {
          const { changed, after } = apply(people, change);
          session.refresh([...changed], toRows(change.people));
          people = after;
          const rebuilt = new MiningSession(toRows(people));
          // Usually the same thresholds: with others every cohort would be counted again.
          const currentOptions: Partial<MiningOptions> = isRun ? first : options;
          expect(session.mine(currentOptions)).toEqual(rebuilt.mine(currentOptions));
          if (isRun)
            expect(session.findAll(currentOptions, now).result).toEqual(
              rebuilt.mine(currentOptions),
            );
          const filter = { department: ['SALES'] };
          expect(session.analyze(filter, currentOptions)).toEqual(
            rebuilt.analyze(filter, currentOptions),
          );
        }
      }),
      { numRuns: 300 },
    );
  });

  test('a run counts a cohort again only after more changes than the cache allows', () => {
    const people: Person[] = Array.from({ length: 400 }, (_, at) => ({
      id: at + 1,
      attributes: { department: `d${at % 4}`, title: `t${at % 20}` },
      holds: [1 + (at % 4), 100 + (at % 20), 200 + (at % 7)],
    }));
    const session = new MiningSession(toRows(people));
    const first = session.findAll({}, now);
    expect(first).toMatchObject({ cohorts: 24, recounted: 24 });
    expect(session.findAll({}, now)).toMatchObject({ cohorts: 24, recounted: 0 });

    const few = people.slice(0, 4).map((one) => ({ ...one, holds: [...one.holds, 300] }));
    session.refresh(
      few.map(({ id }) => id),
      toRows(few),
    );
    expect(session.findAll({}, now)).toMatchObject({ recounted: 0 });

    // Three people lose their entitlements and regain them before the next run.
    const three = people.slice(5, 8);
    const ids = three.map(({ id }) => id);
    session.refresh(ids, toRows(three.map((one) => ({ ...one, holds: [] }))));
    session.refresh(ids, toRows(three));
    const same = session.findAll({}, now);
    expect(same.recounted).toBe(0);
    const counts = same.result.suggestions.flatMap(({ entitlements }) => entitlements);
    expect(new Set(counts.map(({ holders }) => holders))).toEqual(new Set([20, 100]));

    // All 20 people of a title gain an entitlement. They are only a fifth of their department.
    const title = people.filter(({ attributes }) => attributes.title === 't3');
    const more = title.map((one) => ({ ...one, holds: [...one.holds, 301] }));
    session.refresh(
      more.map(({ id }) => id),
      toRows(more),
    );
    const { result, recounted } = session.findAll({}, now);
    expect(recounted).toBe(1);
    const ofTitle = result.suggestions.find(({ cohort }) => cohort.title?.[0] === 't3');
    expect(ofTitle?.entitlements.map(({ entitlement }) => entitlement)).toContain(301);
  });
});
