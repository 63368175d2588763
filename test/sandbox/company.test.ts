import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openCsvFolder } from '../../src/connectors/csv.ts';
import { type Company, grantAt, makeCompany } from '../../src/sandbox/company/company.ts';
import { toCsv } from '../../src/sandbox/company/csv.ts';

const company = makeCompany();
const findByEmail = (email: string) => company.people.find((person) => person.email === email)!;

function listAccess({ people, grants, ...of }: Company, email: string): string[] {
  const person = people.findIndex((one) => one.email === email);
  return Array.from(grants.entitlement).flatMap((index, grant) => {
    if (grants.person[grant] !== person) return [];
    const { name, application } = of.entitlements[index]!;
    return `${of.applications[application]!.name} · ${name}`;
  });
}

describe('the generated company', () => {
  test('has the requested sizes, and about fifteen grants per person', () => {
    expect(company.people).toHaveLength(400);
    expect(company.applications).toHaveLength(12);
    expect(company.entitlements).toHaveLength(150);
    expect(company.grants.person.length).toBeGreaterThan(5_800);
    expect(company.grants.person.length).toBeLessThan(6_400);
    expect(new Set(company.people.map(({ email }) => email)).size).toBe(400);
    const pairs = company.grants.person.map((p, i) => p * 150 + company.grants.entitlement[i]!);
    expect(new Set(pairs).size).toBe(pairs.length);
  });

  test('is the same for the same seed, and different for another seed', () => {
    expect(toCsv(makeCompany({ seed: 7 }))).toEqual(toCsv(makeCompany({ seed: 7 })));
    expect(toCsv(makeCompany({ seed: 7 })).get('people.csv')).not.toBe(
      toCsv(company).get('people.csv'),
    );
  });

  test('is led by one person, at the top of every chain of managers', () => {
    for (const person of company.people) {
      let steps = 0;
      for (let one = person; one.manager !== undefined; one = company.people[one.manager]!) {
        steps += 1;
        expect(steps).toBeLessThan(6);
      }
    }
    expect(company.people.filter(({ manager }) => manager === undefined)).toHaveLength(1);
  });

  test('contains the planted access, except for the noise', () => {
    const holders = new Set(
      company.grants.person.map((p, i) => p * 150 + company.grants.entitlement[i]!),
    );
    let planted = 0;
    let held = 0;
    for (const { cohort, entitlements } of company.planted) {
      const [[dimension, values] = ['', []]] = Object.entries(cohort);
      company.people.forEach((person, index) => {
        const manager = company.people[person.manager ?? -1]?.email;
        const attributes: Record<string, unknown> = {
          ...person,
          job_title: person.jobTitle,
          manager,
          employment_type: person.employmentType,
        };
        if (dimension && !values.includes(String(attributes[dimension]))) return;
        planted += entitlements.length;
        held += entitlements.filter((entitlement) => holders.has(index * 150 + entitlement)).length;
      });
    }
    expect(held / planted).toBeGreaterThan(0.97);
    expect(held / planted).toBeLessThan(0.99);
    const dimensions = new Set(company.planted.flatMap(({ cohort }) => Object.keys(cohort)));
    expect([...dimensions].sort()).toEqual([
      'department',
      'employment_type',
      'job_title',
      'location',
      'manager',
    ]);
    expect(company.outliers).toHaveLength(5);
  });

  test('has a cast that can complete a request', () => {
    const { employee, manager, applicationOwner, superAdmin, withoutSlack, inactive } =
      company.cast;
    expect(new Set(Object.values(company.cast)).size).toBe(6);
    expect(company.people[findByEmail(employee).manager!]!.email).toBe(manager);
    expect(listAccess(company, employee)).not.toContain('GitHub · Admin');
    const github = company.applications.find(({ name }) => name === 'GitHub')!;
    expect(github.owners.map((index) => company.people[index]!.email)).toEqual([applicationOwner]);
    expect(findByEmail(superAdmin).department).toBe('IT');
    const doors = company.applications.find(({ name }) => name === 'Office Doors')!;
    expect(doors.provisioners.map((index) => company.people[index])).toEqual([
      findByEmail(withoutSlack),
    ]);
    expect(company.people.filter(({ slack }) => slack === 'none')).toEqual([
      findByEmail(withoutSlack),
    ]);
    const managerIndex = company.people.indexOf(findByEmail(withoutSlack));
    expect(company.people.some((person) => person.manager === managerIndex)).toBe(true);
    expect(findByEmail(inactive).active).toBe(false);
  });

  test('dates its grants relative to its day', () => {
    const today = new Date('2030-05-01T00:00:00Z');
    const later = makeCompany({ today });
    for (let index = 0; index < later.grants.person.length; index += 50) {
      const { grantedAt, lastUsedAt, expiresAt } = grantAt(later, index);
      expect(grantedAt < today).toBe(true);
      expect(lastUsedAt === undefined || (lastUsedAt > grantedAt && lastUsedAt <= today)).toBe(
        true,
      );
      expect(expiresAt === undefined || expiresAt > today).toBe(true);
    }
  });

  test('describes every entitlement differently, at any size', () => {
    for (const { applications, entitlements } of [
      company,
      makeCompany({ people: 6_000, applications: 40, entitlements: 900 }),
    ]) {
      const texts = entitlements.map(({ application, description }) => {
        expect(description).toMatch(/^[A-Z].*\.$/);
        return `${applications[application]!.name}: ${description}`;
      });
      expect(new Set(texts).size).toBe(entitlements.length);
    }
  });

  test('can be small, or have more departments, titles and applications', () => {
    expect(makeCompany({ people: 20, applications: 2, entitlements: 10 }).people).toHaveLength(20);
    const large = makeCompany({
      people: 6_000,
      applications: 40,
      entitlements: 900,
      grantsPerPerson: 30,
    });
    expect(large.grants.person.length).toBeGreaterThan(6_000 * 28);
    expect(new Set(large.people.map(({ department }) => department)).size).toBe(20);
    expect(() => makeCompany({ people: 3 })).toThrow(RangeError);
  });
});

test('the CSV files of the company are read completely and without problems', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'rolemine-company-'));
  for (const [name, text] of toCsv(company)) writeFileSync(join(dir, name), text);
  const source = await openCsvFolder(dir);
  const count = async (batches: AsyncIterable<unknown[]>) => {
    let all = 0;
    for await (const batch of batches) all += batch.length;
    return all;
  };
  expect(await count(source.people())).toBe(400);
  expect(await count(source.applications())).toBe(12);
  expect(await count(source.entitlements())).toBe(150);
  expect(await count(source.grants())).toBe(company.grants.person.length);
  expect([source.problems.count, source.warnings.count]).toEqual([0, 0]);
  rmSync(dir, { recursive: true });
});
