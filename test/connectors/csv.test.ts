import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { openCsvFolder } from '../../src/connectors/csv.ts';
import { readColumnMap } from '../../src/connectors/csv-columns.ts';
import { formatProblems } from '../../src/connectors/problems.ts';
import type { Source } from '../../src/connectors/records.ts';

const folders: string[] = [];
afterAll(() => {
  for (const dir of folders) rmSync(dir, { recursive: true });
});

function createFolder(files: Record<string, string | Buffer>): string {
  const dir = mkdtempSync(join(tmpdir(), 'rolemine-csv-'));
  folders.push(dir);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content);
  return dir;
}

async function collect<T>(batches: AsyncIterable<T[]>): Promise<T[]> {
  const records: T[] = [];
  for await (const batch of batches) records.push(...batch);
  return records;
}

async function read(source: Source) {
  return {
    people: await collect(source.people()),
    applications: await collect(source.applications()),
    entitlements: await collect(source.entitlements()),
    grants: await collect(source.grants()),
    problems: formatProblems(source.problems),
    warnings: formatProblems(source.warnings),
  };
}

/** Reads a folder with these files. Other files default to one person with one grant. */
async function readFiles(files: Record<string, string | Buffer>, map: string[] = []) {
  const dir = createFolder({
    'people.csv': 'email\nana@acme.example\n',
    'grants.csv': 'person,app,entitlement\nana@acme.example,Jira,User\n',
    ...files,
  });
  return read(await openCsvFolder(dir, { map: readColumnMap(map) }));
}

const filesWithEveryColumn = {
  'people.csv':
    'email,id,name,department,job_title,employment_status,employment_type,manager_email,location,active,Cost Center\n' +
    'ana@acme.example,7,Ana Ruiz,Engineering,SRE,Active,Employee,bo@acme.example,Lyon,yes,R-10\n' +
    'bo@acme.example,,,,,,,,,0,\n',
  'applications.csv':
    'app,owner_email,provisioner_email,instructions\nJira,ana@acme.example;bo@acme.example,,"1. Open\n2. Add"\n',
  'entitlements.csv':
    'app,entitlement,description,category,risk,owner_email,requestable,emergency,longest_days,approvals\n' +
    'Jira,Admin,All of it,Tools,Critical,ana@acme.example,No,yes,90,0\nJira,User,,,,,,,,\n',
  'grants.csv':
    'person,app,entitlement,granted_at,expires_at,last_used_at\n' +
    'ana@acme.example,Jira,Admin,2024-02-29,2027-06-30T17:00:00+02:00,2026-11-20 08:30\n' +
    'bo@acme.example,Jira,Admin,,2027-06-30,\n',
};

describe('a folder of CSV files', () => {
  test('yields people, applications, entitlements and grants with every column', async () => {
    const found = await readFiles(filesWithEveryColumn);
    expect(found.problems).toEqual([]);
    expect(found.people).toEqual([
      {
        line: 2,
        email: 'ana@acme.example',
        id: '7',
        name: 'Ana Ruiz',
        department: 'Engineering',
        jobTitle: 'SRE',
        employmentStatus: 'Active',
        employmentType: 'Employee',
        managerRef: 'bo@acme.example',
        location: 'Lyon',
        active: true,
        attributes: { cost_center: 'R-10' },
      },
      { line: 3, email: 'bo@acme.example', active: false, attributes: {} },
    ]);
    expect(found.applications).toEqual([
      {
        line: 2,
        app: 'Jira',
        owners: ['ana@acme.example', 'bo@acme.example'],
        provisioners: [],
        instructions: '1. Open\n2. Add',
      },
    ]);
    expect(found.entitlements).toMatchObject([
      {
        risk: 'high',
        category: 'Tools',
        requestable: false,
        emergencyAllowed: true,
        maxGrantDays: 90,
        approvals: 0,
      },
      { line: 3, app: 'Jira', entitlement: 'User', owners: [] },
    ]);
    expect(found.grants[0]).toMatchObject({
      grantedAt: new Date('2024-02-29T00:00:00Z'),
      expiresAt: new Date('2027-06-30T15:00:00Z'),
      lastUsedAt: new Date('2026-11-20T08:30:00Z'),
    });
    // A day without a time ends at its last second.
    expect(found.grants[1]?.expiresAt).toEqual(new Date('2027-06-30T23:59:59Z'));
  });

  test('may use semicolons, CRLF, a byte order mark, quoted line breaks, any case and gzip', async () => {
    const people =
      '\ufeffEmail;Job Title;Notes\r\nana@acme.example;SRE;"two\r\nlines; one cell"\r\n\r\nbo@acme.example;"5"" disks";\r\n';
    const found = await readFiles({ 'people.csv': people });
    expect(found.problems).toEqual([]);
    expect(found.people).toMatchObject([
      { line: 2, jobTitle: 'SRE', attributes: { notes: 'two\r\nlines; one cell' } },
      { line: 5, email: 'bo@acme.example', jobTitle: '5" disks' },
    ]);
    const zipped = await read(
      await openCsvFolder(
        createFolder({ 'users.csv.gz': gzipSync(people), 'Grants.csv': 'person,entitlement\n' }),
      ),
    );
    expect(zipped.problems).toEqual([]);
    expect(zipped.people).toHaveLength(2);
  });

  test('may have other headings through --map; the application defaults to the file name', async () => {
    const found = await readFiles(
      {
        'people.csv': 'USER,BOSS\nu1,u2\nu2,\n',
        'grants.csv': 'USER,PERMISSION\nu1,P7\n',
      },
      ['person=USER', 'entitlement=PERMISSION', 'manager_email=boss'],
    );
    expect(found.problems).toEqual([]);
    expect(found.people).toMatchObject([{ id: 'u1', managerRef: 'u2' }, { id: 'u2' }]);
    expect(found.grants).toEqual([{ line: 2, person: 'u1', app: 'grants', entitlement: 'P7' }]);
  });

  test('warns about columns and files that it does not use', async () => {
    const found = await readFiles({
      'grants.csv': 'person,app,entitlement,color\nana@acme.example,Jira,User,blue\n',
      'grant.csv': 'x\n',
    });
    expect(found.problems).toEqual([]);
    expect(found.warnings).toEqual([
      'grants.csv:1 color: this column is not used.',
      'grant.csv: this file is not used.',
    ]);
  });
});

describe('problems are listed with file, line, column and value', () => {
  test('files that are missing, empty, spreadsheets or UTF-16', async () => {
    const dir = createFolder({
      'people.csv': Buffer.from('\ufeffemail\nana@acme.example\n', 'utf16le'),
      'applications.csv': '',
      'entitlements.csv': Buffer.from('PK\u0003\u0004…'),
    });
    const found = await read(await openCsvFolder(dir));
    expect(found.problems).toEqual([
      'people.csv:1: this file is in UTF-16: save it as UTF-8 ("CSV UTF-8" in Excel).',
      'applications.csv:1: is empty; it needs a header.',
      'entitlements.csv:1: this is a spreadsheet or a ZIP archive: save it as CSV (UTF-8).',
      `grants.csv: is missing. ${dir} contains: applications.csv, entitlements.csv, people.csv.`,
    ]);
    await expect(openCsvFolder(join(dir, 'nowhere'))).rejects.toThrow(
      'nowhere is not a readable folder.',
    );
  });

  test('headers that lack or repeat a column, or lack a column of --map', async () => {
    const found = await readFiles(
      { 'people.csv': 'email,Name,name\n', 'grants.csv': 'who,app,PERMISSION\n' },
      ['entitlement=RIGHT'],
    );
    expect(found.problems).toEqual([
      'people.csv:1 name: this heading occurs twice; give each column its own name.',
      expect.stringMatching(
        /^grants.csv:1: there is no column "person"\. Expected: person, app, .* Found: who, app, PERMISSION\. .* --map person=who$/,
      ),
      expect.stringMatching(/--map entitlement=PERMISSION$/),
      'grants.csv: has no column "RIGHT" for --map entitlement=RIGHT.',
    ]);
    expect(() => readColumnMap(['owner=X'])).toThrow(/unknown target\. Targets: active, app, /);
    expect(() => readColumnMap(['person'])).toThrow(/write target=COLUMN/);
  });

  test('rows and values', async () => {
    const found = await readFiles({
      'people.csv':
        'email,id,active\nana@acme.example,1,true\nANA@acme.example,1,maybe\nbo@,2,\n,,\nshort,row\n',
      'applications.csv': 'app\nJira\njira\n\n""\n',
      'entitlements.csv':
        'app,entitlement,risk,requestable,emergency,longest_days,approvals\nJira,User,huge,maybe,,0,4\nJira,User,low,,often,90.5,two\n',
      'grants.csv': 'person,app,entitlement,granted_at\nana@acme.example,Jira,,31/12/2026\n',
    });
    expect(found.problems).toEqual([
      'people.csv:3 id "1": the same id is on line 2; each must be unique.',
      'people.csv:3 email "ANA@acme.example": the same e-mail is on line 2; each must be unique.',
      'people.csv:3 active "maybe": write true or false (yes or no, 1 or 0).',
      'people.csv:4 email "bo@": this is not an e-mail address.',
      'people.csv:5 email "": this person has neither e-mail nor id.',
      'people.csv:6 "short,row": has 2 values but the header has 3.',
      'applications.csv:3 app "jira": the same application is on line 2; each must be unique.',
      'entitlements.csv:2 risk "huge": write low, medium or high.',
      'entitlements.csv:2 requestable "maybe": write yes or no.',
      'entitlements.csv:2 longest_days "0": write a whole number of days, from 1 to 36500.',
      'entitlements.csv:2 approvals "4": write 0, 1, 2 or 3.',
      'entitlements.csv:3 entitlement "User": the same entitlement is on line 2; each must be unique.',
      'entitlements.csv:3 emergency "often": write yes or no.',
      'entitlements.csv:3 longest_days "90.5": write a whole number of days, from 1 to 36500.',
      'entitlements.csv:3 approvals "two": write 0, 1, 2 or 3.',
      'grants.csv:2 entitlement "": must not be empty.',
      'grants.csv:2 granted_at "31/12/2026": this is not a date; write 2027-06-30 or 2027-06-30T17:00:00Z.',
    ]);
  });

  test('lines that are not UTF-8, have NUL characters, or never close a quote', async () => {
    const found = await readFiles({
      'people.csv': Buffer.from(
        'email,name\na@acme.example,Ren\xe9\nb@acme.example,Zoë\n',
        'latin1',
      ),
      'grants.csv': 'person,app,entitlement\na@acme.example,Jira,A\n"b,Jira,A\n',
      'applications.csv': 'app\n'.padEnd(80, 'x').concat('\nJi\0ra\nGitHub\n'),
    });
    expect(found.problems).toEqual([
      'people.csv:2 "a@acme.example,René": is not UTF-8: save the file as UTF-8 ("CSV UTF-8" in Excel).',
      'people.csv:3 "b@acme.example,Zoë": is not UTF-8: save the file as UTF-8 ("CSV UTF-8" in Excel).',
      'applications.csv:3 "Ji\\u0000ra": has a NUL character.',
      'grants.csv:3: a quote opens here and is never closed.',
    ]);
    expect(found.applications.map(({ app }) => app)).toEqual(['x'.repeat(76), 'GitHub']);
  });

  test('the first hundred problems are listed, the rest counted', async () => {
    const bad = Array.from({ length: 137 }, (_, i) => `person ${i}\n`).join('');
    const { problems } = await readFiles({ 'people.csv': `email\n${bad}` });
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)).toBe('and 37 more');
  });
});

test('a character at a chunk boundary is read correctly', async () => {
  const name = 'ë'.repeat(400_001);
  const people = `email,name\nana@acme.example,x${name}\nbo@acme.example,${name}\n`;
  const found = await readFiles({ 'people.csv': people });
  expect(found.problems).toEqual([]);
  expect(found.people.map((person) => person.name)).toEqual([`x${name}`, name]);
});

test('a symbolic link in the folder is refused, since problems show lines of its target', async () => {
  const dir = createFolder({ 'grants.csv': 'person,app,entitlement\n' });
  symlinkSync('/etc/hostname', join(dir, 'people.csv'));
  const sentence = `people.csv in ${dir} is a symbolic link. Put the file itself into the folder.`;
  await expect(openCsvFolder(dir)).rejects.toThrow(sentence);
});

test('30,000 empty lines let other work go on', async () => {
  const dir = createFolder({
    'people.csv': 'email\n',
    'grants.csv': `person,app,entitlement${'\n'.repeat(30_000)}`,
  });
  const source = await openCsvFolder(dir);
  let [longest, last] = [0, performance.now()];
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 5);
  await collect(source.grants());
  clearInterval(timer);
  expect(longest).toBeLessThan(1_000);
}, 60_000);
