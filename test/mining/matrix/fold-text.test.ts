import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editDistance, findNearest } from '../../../src/mining/matrix/fold-text.ts';

/** Optimal string alignment without a band, straight from its recurrence. */
function distanceByDefinition(a: string, b: string): number {
  const d = Array.from({ length: a.length + 1 }, (_, i) => [i]);
  for (let j = 0; j <= b.length; j++) d[0]![j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const replace = d[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      d[i]![j] = Math.min(d[i - 1]![j]! + 1, d[i]![j - 1]! + 1, replace);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        d[i]![j] = Math.min(d[i]![j]!, d[i - 2]![j - 2]! + 1);
      }
    }
  }
  return d[a.length]![b.length]!;
}

describe('editDistance', () => {
  test('is the distance up to the limit, and limit + 1 above it', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 9 });
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 9 }), (a, b, limit) => {
        expect(editDistance(a, b, limit)).toBe(Math.min(distanceByDefinition(a, b), limit + 1));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('findNearest', () => {
  const values = ['Engineering', 'Sales', 'Marketing', 'Site Reliability Engineer'];

  test.each([
    ['Enginering', 'Engineering'],
    ['engineernig', 'Engineering'],
    ['SALE', 'Sales'],
    ['slaes', 'Sales'],
    ['Site', 'Site Reliability Engineer'],
    ['eng', 'Engineering'],
  ])('finds %s as %s', (typed, meant) => {
    expect(values[findNearest(typed, values)]).toBe(meant);
  });

  test.each(['', 'xyz', 'Purchasing'])('finds no value for "%s"', (typed) => {
    expect(findNearest(typed, values)).toBe(-1);
  });

  test('chooses between equally similar values alphabetically, not by their order', () => {
    expect(findNearest('team c', ['team b', 'team a'])).toBe(1);
    expect(findNearest('team c', ['team a', 'team b'])).toBe(0);
  });

  test('compares values of 10,000 characters', () => {
    const long = 'ab'.repeat(5000);
    expect(findNearest(`${long}c`, ['b'.repeat(10_000), long])).toBe(1);
  });
});
