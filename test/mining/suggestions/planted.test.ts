import { describe, expect, test } from 'vitest';
import { generate, listCells, listMembers } from '../../../bench/generated.ts';
import { mine } from '../../../src/mining/suggestions/mine.ts';

describe('access planted in a generated company is found', () => {
  test.each([
    { noise: 0, least: 0.95 },
    { noise: 5, least: 0.9 },
  ])('with $noise % noise: precision and recall of at least $least', ({ noise, least }) => {
    const { matrix, planted } = generate(1_000, noise, 1);
    const { suggestions } = mine(matrix, { maxSuggestions: 1_000 });
    const found = listCells(
      suggestions.map(({ cohort, entitlements }) => ({
        key: listMembers(matrix, cohort).join(),
        entitlements: entitlements.map(({ entitlement }) => entitlement),
      })),
    );
    const plantedCells = listCells(planted);
    const right = [...found].filter((cell) => plantedCells.has(cell)).length;
    expect(right / found.size).toBeGreaterThanOrEqual(least);
    expect(right / plantedCells.size).toBeGreaterThanOrEqual(least);
  });
});
