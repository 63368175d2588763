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
  test('files that are missing, empty or spreadsheets', async () => {
    const dir = createFolder({
      'people.csv': 'email\nana@acme.example\n',
      'applications.csv': '',
      'entitlements.csv': Buffer.from('PK\u0003\u0004…'),
    });
    const found = await read(await openCsvFolder(dir));
    expect(found.problems).toEqual([
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

  test('two active people with one id, two rows of one application, a quote without an end', async () => {
    const found = await readFiles({
      'people.csv': 'email,id,active\nana@acme.example,1,true\nANA@acme.example,1,yes\n',
      'applications.csv': 'app,instructions\nJira,Ask Bo\njira,Ask Cy\n',
      'entitlements.csv': 'app,entitlement,risk\nJira,User,low\nJira,User,high\n',
      'grants.csv': 'person,app,entitlement\na@acme.example,Jira,A\n"b,Jira,A\n',
    });
    expect(found.problems).toEqual([
      'people.csv:3 id "1": the same id is on line 2, and both rows are active; each must be unique.',
      'applications.csv:3 app "jira": the same application is on line 2; each must be unique.',
      'entitlements.csv:3 entitlement "User": the same entitlement is on line 2; each must be unique.',
      'grants.csv:3: a quote opens here and is never closed.',
    ]);
  });

  test('a file of which a large part cannot be read; thousands of warnings are counted', async () => {
    const bad = Array.from({ length: 1_370 }, (_, i) => `person ${i}\n`).join('');
    const { people, problems, warnings } = await readFiles({
      'people.csv': `email\nana@acme.example\n${bad}`,
    });
    expect(people).toHaveLength(1);
    expect(problems).toEqual([
      'people.csv: 1,370 of 1,371 rows cannot be read, as the warnings say. Correct the file.',
    ]);
    expect(warnings[0]).toBe(
      'people.csv:3 email "person 0": this is not an e-mail address. The row is skipped.',
    );
    expect(warnings.at(-1)).toBe('and 1,350 more');
  });

  test('no kind of warning hides another', async () => {
    const rows = Array.from({ length: 400 }, (_, i) => `p${i}@acme.example,Jira,User,soon,soon\n`);
    const { warnings } = await readFiles({
      'grants.csv': `person,app,entitlement,granted_at,last_used_at\n${rows.join('')}`,
    });
    expect(warnings.filter((one) => one.includes('granted_at'))).toHaveLength(20);
    expect(warnings.filter((one) => one.includes('last_used_at'))).toHaveLength(20);
    expect(warnings.at(-1)).toBe('and 760 more');
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
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 5);
  await collect(source.grants());
  clearInterval(timer);
  expect(turns).toBeGreaterThan(10);
}, 60_000);
