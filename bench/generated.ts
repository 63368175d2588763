import { type AccessMatrix, buildColumn, buildMatrix } from '../src/mining/matrix/matrix.ts';
import { type Company, makeCompany } from '../src/sandbox/company/company.ts';
import type { CompanyPerson } from '../src/sandbox/company/people.ts';

/** A generated company as a matrix: its active people, and all dimensions of an import. */
export interface GeneratedMatrix {
  matrix: AccessMatrix;
  /**
   * Access planted in at least five of these people: their indexes, joined, and the entitlements.
   */
  planted: { cohort: Record<string, string[]>; key: string; entitlements: number[] }[];
}

const minCohortSize = 5;

export function generate(people: number, noisePercent: number, seed: number): GeneratedMatrix {
  const company = makeCompany({ people, noisePercent, seed });
  const places = new Map<number, number>();
  const active = company.people.filter(({ active }, at) => {
    if (active) places.set(at, places.size);
    return active;
  });
  const columns = buildColumns(company, active);
  const grants = Array.from(company.grants.person, (person, at) => ({
    person: places.get(person),
    entitlement: company.grants.entitlement[at]!,
  })).filter(({ person }) => person !== undefined);
  const matrix = buildMatrix(
    active.length,
    company.entitlements.length,
    grants.map(({ person }) => person!),
    grants.map(({ entitlement }) => entitlement),
    columns,
  );
  const planted = company.planted.map(({ cohort, entitlements }) => {
    const members = listMembers(matrix, cohort);
    return { cohort, key: members.join(), size: members.length, entitlements };
  });
  return { matrix, planted: planted.filter(({ size }) => size >= minCohortSize) };
}

function buildColumns({ people }: Company, active: readonly CompanyPerson[]) {
  const read: Record<string, (person: CompanyPerson) => string | undefined> = {
    department: (person) => person.department,
    job_title: (person) => person.jobTitle,
    employment_status: (person) => person.employmentStatus,
    employment_type: (person) => person.employmentType,
    manager: (person) => people[person.manager ?? -1]?.email,
    location: (person) => person.location,
    cost_center: (person) => person.costCenter,
  };
  return Object.entries(read).map(([dimension, of]) => buildColumn(dimension, active.map(of)));
}

/** The people with the values of a cohort, ascending. */
export function listMembers(matrix: AccessMatrix, cohort: Record<string, string[]>): number[] {
  const criteria = Object.entries(cohort).map(([dimension, [value = '']]) => {
    const column = matrix.columns.find((one) => one.dimension === dimension);
    return { codes: column?.codes, code: (column?.values.indexOf(value) ?? -1) + 1 };
  });
  return Array.from({ length: matrix.people }, (_, person) => person).filter((person) =>
    criteria.every(({ codes, code }) => code > 0 && codes?.[person] === code),
  );
}

/** Each entitlement of each cohort as one text; cohorts with the same people are equal. */
export function listCells(
  profiles: readonly { key: string; entitlements: readonly number[] }[],
): Set<string> {
  return new Set(
    profiles.flatMap(({ key, entitlements }) => entitlements.map((one) => `${key}:${one}`)),
  );
}

export function jaccard<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): number {
  if (a.size === 0 && b.size === 0) return 1;
  let both = 0;
  for (const one of a) if (b.has(one)) both++;
  return both / (a.size + b.size - both);
}
