import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openCsvFolder } from '../../src/connectors/csv.ts';
import { formatProblems } from '../../src/connectors/problems.ts';

const folders: string[] = [];
afterAll(() => {
  for (const dir of folders) rmSync(dir, { recursive: true });
});

async function collect<T>(batches: AsyncIterable<T[]>): Promise<T[]> {
  const records: T[] = [];
  for await (const batch of batches) records.push(...batch);
  return records;
}

async function read(files: Record<string, string | Buffer>) {
  const dir = mkdtempSync(join(tmpdir(), 'rolemine-odd-'));
  folders.push(dir);
  const all = {
    'people.csv': 'email\nana@acme.example\n',
    'grants.csv': 'person,app,entitlement\nana@acme.example,Jira,User\n',
    ...files,
  };
  for (const [name, content] of Object.entries(all)) writeFileSync(join(dir, name), content);
  const source = await openCsvFolder(dir);
  return {
    people: await collect(source.people()),
    entitlements: await collect(source.entitlements()),
    grants: await collect(source.grants()),
    problems: formatProblems(source.problems),
    warnings: formatProblems(source.warnings),
    unread: [...(source.unreadPeople ?? [])],
  };
}

describe('an export is read as other programs write it', () => {
  const both = [{ email: 'ana@acme.example', name: 'Ana Ruiz' }, { email: 'bo@acme.example' }];

  test.each<[string, string | Buffer]>([
    [
      'a separator line of Excel',
      'sep=;\nemail;name\nana@acme.example;Ana Ruiz\nbo@acme.example;\n',
    ],
    ['| as separator', 'email|name\nana@acme.example|Ana Ruiz\nbo@acme.example|\n'],
    ['mixed line ends', 'email,name\r\nana@acme.example,Ana Ruiz\rbo@acme.example,\n'],
    ['separators at the end', 'email,name,,\nana@acme.example,Ana Ruiz,,\nbo@acme.example,,,\n'],
    ['rows of separators', 'email,name\n,\nana@acme.example,Ana Ruiz\n , \nbo@acme.example,\n,\n'],
    [
      'case and spaces in the header',
      ' E-Mail ,NAME\nana@acme.example,Ana Ruiz\nbo@acme.example,\n',
    ],
    [
      'UTF-16 with tabs',
      Buffer.from(
        '\ufeffemail\tname\r\nana@acme.example\tAna Ruiz\r\nbo@acme.example\t\r\n',
        'utf16le',
      ),
    ],
    [
      'UTF-16 without a byte order mark',
      Buffer.from('email,name\nana@acme.example,Ana Ruiz\nbo@acme.example,\n', 'utf16le'),
    ],
    [
      'the same row twice',
      'email,name\nana@acme.example,Ana Ruiz\nana@acme.example,Ana Ruiz\nbo@acme.example,\n',
    ],
  ])('%s', async (_, content) => {
    const { people, problems } = await read({ 'people.csv': content });
    expect(problems).toEqual([]);
    expect(people).toMatchObject(both);
    expect(people).toHaveLength(2);
  });

  test('title lines above the header are named', async () => {
    const { people, problems, warnings } = await read({
      'people.csv':
        'Users, exported 2 Dec 2026\n\nFilter: all\nemail,name\nana@acme.example,Ana Ruiz\nbo@acme.example,\n',
    });
    expect(problems).toEqual([]);
    expect(people).toMatchObject([{ ...both[0], line: 5 }, both[1]]);
    expect(warnings).toEqual([
      'people.csv:1 "Users  exported 2 Dec 2026": this is above the header, which is on line 4, and is not read.',
    ]);
  });

  test('text that is not UTF-8 is read as Windows-1252, with the lines', async () => {
    const { people, problems, warnings } = await read({
      'people.csv': Buffer.from(
        'email,name\na@acme.example,Ren\xe9\nb@acme.example,Zo\0e\n',
        'latin1',
      ),
    });
    expect(problems).toEqual([]);
    expect(people.map(({ name }) => name)).toEqual(['René', 'Zoe']);
    expect(warnings).toEqual([
      expect.stringMatching(/^people.csv:2 "a@acme.example,René": is not UTF-8 and was read as/),
      expect.stringMatching(/^people.csv:3 .* has a NUL character, which is left out\.$/),
    ]);
  });

  test('of repeated attributes the first counts; a header alone has no rows', async () => {
    const { people, grants, problems, warnings } = await read({
      'people.csv': 'email,Cost Center,cost center\nana@acme.example,R-10,R-20\n',
      'grants.csv': 'person,app,entitlement\n',
    });
    expect(problems).toEqual([]);
    expect(grants).toEqual([]);
    expect(people).toMatchObject([{ attributes: { cost_center: 'R-10' } }]);
    expect(warnings).toEqual([
      'people.csv:1 cost center: this heading occurs twice; the first column counts.',
    ]);
  });
});

describe('dates are read in common forms', () => {
  const dateOf = async (...texts: string[]) => {
    const rows = texts.map((text) => `ana@acme.example,Jira,User,"${text}"\n`).join('');
    const { grants, problems, warnings } = await read({
      'grants.csv': `person,app,entitlement,granted_at\n${rows}`,
    });
    expect(problems).toEqual([]);
    return {
      dates: grants.map(({ grantedAt }) => grantedAt?.toISOString().slice(0, 10)),
      warnings,
    };
  };

  test.each([
    '2027-06-30',
    '2027/6/30',
    '30.06.2027',
    '30.6.2027 17:00',
    '30-Jun-2027',
    '30 June 2027',
    'Jun 30, 2027',
    'Wed, 30 Jun 2027 17:00:00 GMT',
    '6/30/2027 5:00 PM',
    '30/06/2027',
    '20270630',
    '2027-06-30 17:00:00 UTC',
    '2027-06-30T17:00:00.000+0000',
    '46568',
    '46568,75',
    '1814374800',
    '1814374800000',
  ])('%s', async (text) => {
    expect(await dateOf(text)).toEqual({ dates: ['2027-06-30'], warnings: [] });
  });

  test.each(['Never', 'N/A', '-', '0000-00-00', 'never logged in'])(
    '%s is no date',
    async (text) => {
      expect(await dateOf(text)).toEqual({ dates: [undefined], warnings: [] });
    },
  );

  test('a date that shows the order of day and month decides about the others', async () => {
    expect((await dateOf('03/04/2027', '25/12/2027')).dates).toEqual(['2027-04-03', '2027-12-25']);
    expect((await dateOf('03/04/2027', '12/25/2027')).dates).toEqual(['2027-03-04', '2027-12-25']);
    const unknown = await dateOf('03/04/2027');
    expect(unknown.dates).toEqual([undefined]);
    expect(unknown.warnings).toEqual([
      'grants.csv:2 granted_at "03/04/2027": day and month could be swapped; write 2027-06-30. This value is ignored.',
    ]);
  });

  test('an end that cannot be read does not count as no end', async () => {
    const { grants, warnings } = await read({
      'grants.csv':
        'person,app,entitlement,expires_at,last_used_at\nana@acme.example,Jira,User,soon,Never\nana@acme.example,Jira,Admin,never,\n',
    });
    expect(grants).toMatchObject([{ isEndUnread: true }, { entitlement: 'Admin' }]);
    expect(grants[1]).not.toHaveProperty('isEndUnread');
    expect(warnings).toHaveLength(1);
  });
});

describe('what cannot be read is left out and named', () => {
  test('a bad value in an optional column', async () => {
    const { entitlements, problems, warnings } = await read({
      'entitlements.csv':
        'app,entitlement,risk,requestable,emergency,longest_days,approvals\nJira,User,huge,maybe,,0,4\nJira,Admin,low,,often,"90,0",two\n',
    });
    expect(problems).toEqual([]);
    expect(entitlements).toEqual([
      { line: 2, app: 'Jira', entitlement: 'User' },
      { line: 3, app: 'Jira', entitlement: 'Admin', risk: 'low', maxGrantDays: 90 },
    ]);
    expect(warnings).toEqual([
      'entitlements.csv:2 risk "huge": write low, medium or high. This value is ignored.',
      'entitlements.csv:2 requestable "maybe": write yes or no. This value is ignored.',
      'entitlements.csv:2 longest_days "0": write a whole number of days, from 1 to 36500. This value is ignored.',
      'entitlements.csv:2 approvals "4": write 0, 1, 2 or 3. This value is ignored.',
      'entitlements.csv:3 emergency "often": write yes or no. This value is ignored.',
      'entitlements.csv:3 approvals "two": write 0, 1, 2 or 3. This value is ignored.',
    ]);
  });

  test('rows without a key or with a separator too many; their people have not left', async () => {
    const good = Array.from({ length: 100 }, (_, i) => `p${i}@acme.example,${i},P\n`).join('');
    const { people, grants, problems, warnings, unread } = await read({
      'people.csv': `email,id,name\n${good}bo@,,Bo Chen\ncy@acme.example,7,Cy,Jr.\nshort@acme.example\n`,
      'grants.csv': 'person,app,entitlement\nana@acme.example,Jira,\nana@acme.example,Jira,User\n',
    });
    expect(problems).toEqual([]);
    expect(people.at(-1)).toMatchObject({ email: 'short@acme.example' });
    expect(grants).toHaveLength(1);
    expect(unread).toEqual(['bo@', 'bo chen', 'cy@acme.example', '7', 'cy']);
    expect(warnings).toEqual([
      'people.csv:102 email "bo@": this is not an e-mail address. The row is skipped.',
      'people.csv:103 "cy@acme.example,7,Cy,Jr.": has 4 values but the header has 3; is there a separator in a value without quotes? The row is skipped.',
      'people.csv:104 "short@acme.example": has 1 values but the header has 3; the missing ones count as empty.',
      'grants.csv:2 entitlement "": must not be empty. The row is skipped.',
    ]);
  });
});

describe('words of leaving', () => {
  test('count in status columns, without the column active', async () => {
    const { people, problems } = await read({
      'people.csv':
        'id,employment_status,Status [READ ONLY]\n1,Terminated,\n2,Active,Suspended\n3,On leave,\n4,Pending,DEPROVISIONED\n5,Left,\n6,Inactive - contract ended,\n7,,Disabled\n8,Left-handed,\n9,Retired,Active\n',
    });
    expect(problems).toEqual([]);
    expect(people.map(({ id, leftBy }) => [id, leftBy])).toEqual([
      ['1', 'Terminated'],
      ['2', 'Suspended'],
      ['3', undefined],
      ['4', 'DEPROVISIONED'],
      ['5', 'Left'],
      ['6', 'Inactive - contract ended'],
      ['7', 'Disabled'],
      ['8', undefined],
      ['9', 'Retired'],
    ]);
    expect(people.map(({ active }) => active)).toEqual(people.map(({ leftBy }) => !leftBy));
  });

  test('count beside active=yes, with a warning; an unknown state keeps the stored one', async () => {
    const { people, warnings } = await read({
      'people.csv':
        'id,active,employment_status\n1,yes,Terminated\n2,Deactivated,\n3,perhaps,\n4,Nein,\n5,N/A,\n',
    });
    expect(people.map(({ active }) => active)).toEqual([false, false, true, false, true]);
    expect(people[2]).toMatchObject({ isStateUnread: true });
    expect(warnings).toEqual([
      'people.csv:2 employment_status "Terminated": this counts as left, although the column active says yes.',
      'people.csv:4 active "perhaps": write yes or no. This value is ignored.',
    ]);
  });

  test('of an ended and a current row of one person the current one counts', async () => {
    const { people, problems, warnings } = await read({
      'people.csv':
        'id,email,active,department\n1,ana@acme.example,no,Sales\n2,bo@acme.example,yes,Sales\n1,ana@acme.example,yes,Finance\n2,bo@acme.example,no,Support\n',
    });
    expect(problems).toEqual([]);
    expect(people).toMatchObject([
      { id: '2', active: true, department: 'Sales' },
      { id: '1', active: true, department: 'Finance' },
    ]);
    expect(warnings).toEqual([
      'people.csv:2 id "1": the same id is on line 4, which is active and counts. The row is skipped.',
      'people.csv:5 id "2": the same id is on line 3, which is active and counts. The row is skipped.',
    ]);
  });
});
