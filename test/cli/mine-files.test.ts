import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFolder, createSmallCompany, runRolemine } from './command-line.ts';

function mine(files: Record<string, string>, ...words: string[]) {
  const folder = createFolder(files);
  const flags = ['people', 'grants', 'entitlements'].flatMap((kind) =>
    files[`${kind}.csv`] === undefined ? [] : [`--${kind}`, join(folder, `${kind}.csv`)],
  );
  return runRolemine(['mine', ...flags, ...words]);
}

describe('mining files', () => {
  it('prints suggestions with their evidence as text', async () => {
    const { exit, out, err } = await mine(createSmallCompany());
    expect(err).toBe('');
    expect(exit).toBe(0);
    expect(out).toMatch(
      /^24 people, 3 entitlements, 24 grants \(.* s, \d+ MB\)\n1 suggestion, explaining 23 grants\n/,
    );
    expect(out).toContain('1. department: Sales · 12 people · 1 would gain access');
    expect(out).toContain('CRM · Read: 12 of 12 (100 %, at least 76 %)');
    expect(out).toContain('CRM · Reports: 11 of 12 (92 %, at least 65 %)');
  });

  it('prints the same as one JSON object', async () => {
    const { out } = await mine(createSmallCompany(), '--json');
    expect(JSON.parse(out)).toEqual({
      people: 24,
      entitlements: 3,
      grants: 24,
      runtimeMs: expect.any(Number),
      peakMemoryMb: expect.any(Number),
      suggestions: [
        {
          cohort: { department: ['Sales'] },
          people: 12,
          peopleWithAll: 11,
          averageCoverage: 0.9583,
          entitlements: [
            {
              app: 'CRM',
              entitlement: 'Read',
              holders: 12,
              confidencePercent: 100,
              lowerBoundPercent: 75.75,
              lift: 2,
            },
            {
              app: 'CRM',
              entitlement: 'Reports',
              holders: 11,
              confidencePercent: 91.67,
              lowerBoundPercent: 64.61,
              lift: 2,
            },
          ],
          gaining: 1,
          seenRuns: 0,
        },
      ],
    });
  });

  it('applies the thresholds of its options', async () => {
    const files = createSmallCompany();
    const suggested = async (...words: string[]) =>
      JSON.parse((await mine(files, '--json', ...words)).out).suggestions.flatMap(
        (one: { entitlements: { entitlement: string }[] }) =>
          one.entitlements.map(({ entitlement }) => entitlement),
      );
    expect(await suggested('--min-confidence', '95')).toEqual(['Read']);
    expect(await suggested('--min-cohort', '13')).toEqual([]);
    expect(await suggested('--max-suggestions', '0')).toEqual([]);
    expect(await suggested('--dimensions', 'manager')).toEqual(['Read', 'Reports']);
  });

  it('lists the known attributes when an option names an unknown one', async () => {
    const { exit, err } = await mine(createSmallCompany(), '--dimensions', 'departmnt');
    expect(exit).toBe(1);
    expect(err).toBe(
      'There is no attribute "departmnt". Did you mean department? There are: department, manager.',
    );
  });

  it('reads files with other headers, and people from the grants without a people file', async () => {
    const rows = ['a', 'b', 'c', 'd', 'e'].map((user) => `${user},Login`);
    const files = { 'grants.csv': ['USER,PERMISSION', ...rows].join('\n') };
    const { out } = await mine(files, '--map', 'person=USER', '--map', 'entitlement=PERMISSION');
    expect(out).toContain('1. Everyone · 5 people · nobody would gain access');
    expect(out).toContain('grants · Login: 5 of 5');
  });

  it('ignores inactive people, expired grants and grants of unknown people', async () => {
    const files = {
      'people.csv': 'id,active\nana,\nbo,no\n',
      'grants.csv':
        'person,app,entitlement,expires_at\nana,A,x,\nana,A,y,2001-01-01\nbo,A,x,\nzoe,A,x,\n',
    };
    const { out, err } = await mine(files, '--json');
    expect(JSON.parse(out)).toMatchObject({ people: 1, grants: 1 });
    expect(err).toMatch(/^warning: ignored 1 grant of people missing in the people file\.$/);
  });

  it('reports where files are wrong and mines nothing', async () => {
    const files = {
      ...createSmallCompany(),
      'grants.csv': 'person,app,entitlement\np1@acme.example,CRM',
    };
    const { exit, out, err } = await mine(files);
    expect(err).toMatch(
      /grants\.csv:2 .*has 2 values but the header has 3.*1 of 1 rows cannot be read/s,
    );
    expect(out).toBe('');
    expect(exit).toBe(1);
  });

  it('gives the reason when there are no suggestions', async () => {
    const files = { 'people.csv': 'id\nana\n', 'grants.csv': 'person,app,entitlement\n' };
    expect((await mine(files)).out).toMatch(/No suggestions: active people have no grants\.$/);
  });

  describe('for roles and outliers', () => {
    const entitlementsOf = { ana: ['x', 'y'], bo: ['x', 'y'], cy: ['x', 'y', 'z'], di: ['z'] };
    const rows = Object.entries(entitlementsOf).flatMap(([user, rights]) =>
      rights.map((right) => `${user},${right}`),
    );
    const users = (lines: string[]) => ({ 'grants.csv': ['USER,PERMISSION', ...lines].join('\n') });
    const maps = ['--map', 'person=USER', '--map', 'entitlement=PERMISSION'];
    const mineUsers = (lines: string[], ...words: string[]) =>
      mine(users(lines), ...maps, '--roles', ...words);

    it('lists the people and entitlements of every role, independent of the order of rows', async () => {
      const report = JSON.parse((await mineUsers(rows, '--json')).out);
      const named = (...names: string[]) =>
        names.map((entitlement) => ({ app: 'grants', entitlement }));
      expect(report).toMatchObject({
        roles: [
          { people: ['ana', 'bo', 'cy'], entitlements: named('x', 'y') },
          { people: ['cy', 'di'], entitlements: named('z') },
        ],
        userAssignments: 5,
        permissionAssignments: 3,
      });
      expect(report.outliers).toBeUndefined();
      const reversed = JSON.parse((await mineUsers(rows.toReversed(), '--json')).out);
      expect(reversed.roles).toEqual(report.roles);
    });

    it('prints roles as text', async () => {
      const { out } = await mineUsers(rows, '--objective', 'edges', '--seconds', '0.1');
      expect(out).toContain(
        '2 roles, an exact cover of all grants: 5 user assignments + 3 permission assignments = 8',
      );
      expect(out).toContain('Role 1 · 3 people × 2 entitlements\n     people: ana, bo, cy');
    });

    it('lists people with unusual access', async () => {
      const departments = ['Payroll', 'Payroll', 'Legal'];
      const people = Array.from({ length: 60 }, (_, at) => `p${at},${departments[at % 3]}`);
      const files = {
        'people.csv': ['id,department', ...people].join('\n'),
        'grants.csv': 'person,app,entitlement\np7,GitHub,Admin\n',
      };
      expect(JSON.parse((await mine(files, '--outliers', '--json')).out).outliers).toEqual([
        {
          person: 'p7',
          app: 'GitHub',
          entitlement: 'Admin',
          cohort: { department: ['Payroll'] },
          people: 40,
          holders: 1,
          confidencePercent: 2.5,
        },
      ]);
      expect((await mine(files, '--outliers')).out).toContain(
        'p7 · GitHub · Admin: held by 1 of 40 people in department Payroll',
      );
      expect((await mine(createSmallCompany(), '--outliers')).out).toContain('No outliers');
    });

    it.each([
      [['--seconds', '-1'], /'--seconds <seconds>' .* must be a number from 0 to 86400\.$/],
      [['--seconds', 'soon'], /'--seconds <seconds>' .* must be a number from 0 to 86400\.$/],
      [['--seed', '1.5'], /'--seed <number>' .* must be a whole number/],
      [['--objective', 'fun'], /'--objective <what>' .* Allowed choices are roles, edges\.$/],
    ])('rejects %j with the option and its range', async (words, sentence) => {
      const { exit, out, err } = await mineUsers(rows, ...words);
      expect(err).toMatch(sentence);
      expect([exit, out]).toEqual([2, '']);
    });

    it('rejects options that require --roles', async () => {
      const { exit, err } = await mine(users(rows), ...maps, '--seconds', '3');
      expect(err).toBe('error: --seconds needs --roles');
      expect(exit).toBe(2);
    });
  });
});
