import { describe, expect, test } from 'vitest';
import { fingerprint } from '../../../src/mining/matrix/fingerprint.ts';

const base = fingerprint({ department: ['Sales', 'Marketing'], location: ['Lyon'] }, ['a', 'b']);

describe('fingerprint', () => {
  test('is 32 hexadecimal digits that stay the same between releases', () => {
    expect(base).toMatch(/^[0-9a-f]{32}$/);
    expect(fingerprint({}, ['crm:read'])).toBe('fc3bfa42c38057c6c8b8d409fb0abfd6');
  });

  test('does not depend on order, repetition, case, blanks or Unicode form of the cohort', () => {
    const same = fingerprint(
      { Location: [' LYON '], DEPARTMENT: ['marketing', 'Sales', 'sales'] },
      ['b', 'a', 'b'],
    );
    expect(same).toBe(base);
    expect(fingerprint({ team: ['cafe\u0301'] }, [])).toBe(
      fingerprint({ team: ['Caf\u00e9'] }, []),
    );
  });

  test.each([
    ['another value', fingerprint({ department: ['Sales'], location: ['Lyon'] }, ['a', 'b'])],
    [
      'another dimension',
      fingerprint({ unit: ['Sales', 'Marketing'], location: ['Lyon'] }, ['a', 'b']),
    ],
    [
      'another entitlement',
      fingerprint({ department: ['Sales', 'Marketing'], location: ['Lyon'] }, ['a', 'c']),
    ],
    [
      'an entitlement of other case',
      fingerprint({ department: ['Sales', 'Marketing'], location: ['Lyon'] }, ['A', 'b']),
    ],
    [
      'explicit members',
      fingerprint({ department: ['Sales', 'Marketing'], location: ['Lyon'] }, ['a', 'b'], ['p']),
    ],
  ])('differs for %s', (_, other) => {
    expect(other).not.toBe(base);
  });

  test('distinguishes values that look equal only when joined', () => {
    const one = fingerprint({ a: ['x","y'] }, []);
    const two = fingerprint({ a: ['x', 'y'] }, []);
    expect(one).not.toBe(two);
    expect(fingerprint({}, ['a,b'])).not.toBe(fingerprint({}, ['a', 'b']));
  });

  test('gives 200,000 similar suggestions different fingerprints', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 200_000; i++) seen.add(fingerprint({}, [`${i}`]));
    expect(seen.size).toBe(200_000);
    const halves = new Set([...seen].map((text) => text.slice(0, 16)));
    expect(halves.size).toBe(200_000);
  });
});
