import { expect, test } from 'vitest';
import { GrantColumns } from '../../../src/governance/sync/grant-columns.ts';

test('groups grants by person, in the order they were added, with their dates', () => {
  const columns = new GrantColumns();
  const expected: number[][] = [[], [], [], [], []];
  for (let i = 0; i < 150_000; i++) {
    const person = (i * 7) % 4;
    columns.add(person, i, i % 1_000 === 0 ? { expiresAt: i } : {});
    expected[person]!.push(i);
  }
  const grantsOf = columns.groupByPerson(5);
  expected.forEach((entitlements, person) => {
    expect(grantsOf(person).map(({ entitlement }) => entitlement)).toEqual(entitlements);
  });
  const dated = grantsOf(0).filter(({ expiresAt }) => !Number.isNaN(expiresAt));
  expect(dated).toHaveLength(150);
  expect(dated.at(-1)).toMatchObject({ entitlement: 149_000, expiresAt: 149_000 });
  expect(grantsOf(0)[1]).toEqual({
    entitlement: 4,
    grantedAt: Number.NaN,
    expiresAt: Number.NaN,
    lastUsedAt: Number.NaN,
  });
  expect(columns.hasDates).toBe(true);
  expect(new GrantColumns().groupByPerson(1)(0)).toEqual([]);
});
