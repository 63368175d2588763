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

const own = ['department', 'title'];

/** What a loader would read of these people. */
function toRows(people: readonly Person[]): AccessRows {
  const sorted = [...people].sort((a, b) => a.id - b.id);
  const ids = Int32Array.from(new Set(sorted.flatMap(({ holds }) => holds))).sort();
  const offsets = new Uint32Array(sorted.length + 1);
  sorted.forEach(({ holds }, p) => {
    offsets[p + 1] = offsets[p]! + new Set(holds).size;
  });
  const items = sorted.flatMap(({ holds }) => [...new Set(holds)].sort((a, b) => a - b));
  const further = new Set(sorted.flatMap(({ attributes }) => Object.keys(attributes)));
  for (const dimension of own) further.delete(dimension);
  return {
    personIds: Int32Array.from(sorted, ({ id }) => id),
    entitlementIds: ids,
    offsets,
    items: Uint32Array.from(items, (id) => ids.indexOf(id)),
    columns: [...own, ...[...further].sort()].map((dimension) =>
      spellColumn(
        dimension,
        sorted.map(({ attributes }) => attributes[dimension]),
      ),
    ),
    ownColumns: own.length,
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

/** People whose access follows their department, but for a few. */
const person = fc
  .record({
    id: fc.integer({ min: 1, max: 30 }),
    attributes,
    noise: fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 3 }),
  })
  .map(({ id, attributes, noise }) => {
    const place = ['Sales', 'Finance', 'IT'].indexOf(attributes.department?.trim() ?? '');
    const usual = place < 0 ? [] : [10 * place + 5, 10 * place + 7];
    return { id, attributes, holds: [40, ...usual, ...noise] } as Person;
  });

const isOther = { selector: ({ id }: Person) => id };
const staff = fc.uniqueArray(person, { ...isOther, maxLength: 30 });
/** Who is as in `people` now, whoever was there; who is only in `gone` has left. */
const change = fc.record({
  people: fc.uniqueArray(person, { ...isOther, maxLength: 8 }),
  gone: fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 3 }),
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

function apply(people: Person[], { people: fresh, gone }: { people: Person[]; gone: number[] }) {
  const changed = new Set([...fresh.map(({ id }) => id), ...gone]);
  return { changed, after: [...people.filter(({ id }) => !changed.has(id)), ...fresh] };
}

/** A clock by which a search for teams is over as soon as it begins. */
let time = 0;
const now = () => {
  time += 1_000_000;
  return time;
};

describe('access that is held', () => {
  test('after any changes, every run finds exactly what it finds in all of it read anew', () => {
    fc.assert(
      fc.property(staff, thresholds, steps, (before, first, list) => {
        let people = before;
        const held = new MiningSession(toRows(people));
        held.findAll(first, now);
        for (const { change, isRun, options } of list) {
          const { changed, after } = apply(people, change);
          held.refresh([...changed], toRows(change.people));
          people = after;
          const anew = new MiningSession(toRows(people));
          // The same thresholds mostly: others would have every cohort counted again.
          const asked: Partial<MiningOptions> = isRun ? first : options;
          expect(held.mine(asked)).toEqual(anew.mine(asked));
          if (isRun) expect(held.findAll(asked, now).result).toEqual(anew.mine(asked));
          const filter = { department: ['SALES'] };
          expect(held.analyze(filter, asked)).toEqual(anew.analyze(filter, asked));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('a run counts only cohorts in which more changed than the memory allows for', () => {
    const people: Person[] = Array.from({ length: 400 }, (_, at) => ({
      id: at + 1,
      attributes: { department: `d${at % 4}`, title: `t${at % 20}` },
      holds: [1 + (at % 4), 100 + (at % 20), 200 + (at % 7)],
    }));
    const held = new MiningSession(toRows(people));
    const first = held.findAll({}, now);
    expect(first).toMatchObject({ cohorts: 24, recounted: 24 });
    expect(held.findAll({}, now)).toMatchObject({ cohorts: 24, recounted: 0 });

    const few = people.slice(0, 4).map((one) => ({ ...one, holds: [...one.holds, 300] }));
    held.refresh(
      few.map(({ id }) => id),
      toRows(few),
    );
    expect(held.findAll({}, now)).toMatchObject({ recounted: 0 });

    // Three lose what they hold and have it back before anybody looks.
    const three = people.slice(5, 8);
    const ids = three.map(({ id }) => id);
    held.refresh(ids, toRows(three.map((one) => ({ ...one, holds: [] }))));
    held.refresh(ids, toRows(three));
    const same = held.findAll({}, now);
    expect(same.recounted).toBe(0);
    const counts = same.result.suggestions.flatMap(({ entitlements }) => entitlements);
    expect(new Set(counts.map(({ holders }) => holders))).toEqual(new Set([20, 100]));

    // All twenty of a title come to hold more; of their department's hundred they are a fifth.
    const title = people.filter(({ attributes }) => attributes.title === 't3');
    const more = title.map((one) => ({ ...one, holds: [...one.holds, 301] }));
    held.refresh(
      more.map(({ id }) => id),
      toRows(more),
    );
    const { result, recounted } = held.findAll({}, now);
    expect(recounted).toBe(1);
    const ofTitle = result.suggestions.find(({ cohort }) => cohort.title?.[0] === 't3');
    expect(ofTitle?.entitlements.map(({ entitlement }) => entitlement)).toContain(301);
  });
});
