import type { CastIndexes } from './cast.ts';
import { outlierNeeds, plannedNeeds, rareNeeds } from './needs.ts';
import type { CompanyPerson } from './people.ts';
import { type Chance, createChance } from './random.ts';

/** Access planted in a cohort, which role mining should find. */
export interface PlantedProfile {
  /** Dimension → values; empty means everyone. */
  cohort: Record<string, string[]>;
  /** Indexes of entitlements, ascending. */
  entitlements: number[];
  /** Number of people with these values, including inactive people. */
  people: number;
}

/** Grants as two columns: grant i gives `entitlement[i]` to `person[i]`. */
export interface CompanyGrantColumns {
  person: Uint32Array;
  entitlement: Uint32Array;
}

interface Cohort {
  dimension: string;
  value: string;
  people: number;
  entitlements: Set<number>;
}

type Cohorts = Map<string, Cohort>;

const minCohortSize = 5;

/** The plan of Sales applies to `Sales Nordic`, that of Accountant to `Accountant 2`. */
function matchesPlan(value: string, plan: string): boolean {
  return value === plan || value.startsWith(`${plan} `);
}

function listValues(person: CompanyPerson, people: CompanyPerson[]): [string, string][] {
  const manager = person.manager === undefined ? '' : (people[person.manager]?.email ?? '');
  return [
    ['', ''],
    ['department', person.department],
    ['job_title', person.jobTitle],
    ['employment_type', person.employmentType],
    ['location', person.location],
    ['manager', manager],
  ];
}

function findCohorts(people: CompanyPerson[]): Cohorts {
  const cohorts: Cohorts = new Map();
  for (const person of people) {
    for (const [dimension, value] of listValues(person, people)) {
      const key = `${dimension}=${value}`;
      const cohort = cohorts.get(key);
      if (cohort) cohort.people += 1;
      else cohorts.set(key, { dimension, value, people: 1, entitlements: new Set() });
    }
  }
  return cohorts;
}

/**
 * Plants the planned needs in cohorts. Spare entitlements go to teams first, then to any cohort.
 */
function plantProfiles(
  cohorts: Cohorts,
  accessPlan: { byAccess: Map<string, number>; spare: number[] },
  chance: Chance,
): void {
  const all = [...cohorts.values()];
  for (const { cohort, access } of plannedNeeds) {
    const [dimension, plan] = Object.entries(cohort)[0] ?? ['', ''];
    const fitting = all.filter((c) => c.dimension === dimension && matchesPlan(c.value, plan));
    const indexes = access.flatMap((name) => accessPlan.byAccess.get(name) ?? []);
    for (const { entitlements } of fitting) for (const index of indexes) entitlements.add(index);
  }
  const large = all.filter(({ dimension, people }) => dimension !== '' && people >= minCohortSize);
  const teams = chance.shuffled(
    large.filter(({ dimension, value }) => dimension === 'manager' && value !== ''),
  );
  if (large.length === 0) return;
  for (const [nth, entitlement] of accessPlan.spare.entries()) {
    const cohort = teams[nth] ?? chance.pick(large);
    cohort.entitlements.add(entitlement);
  }
}

/**
 * Adds spare entitlements to departments and titles until the target number of grants is reached.
 */
function addSpareAccess(
  cohorts: Cohorts,
  spare: number[],
  target: { grants: number },
  chance: Chance,
): void {
  const all = [...cohorts.values()];
  const broad = all.filter(
    ({ dimension, people }) => /department|job_title/.test(dimension) && people >= minCohortSize,
  );
  let grants = all.reduce((sum, { people, entitlements }) => sum + people * entitlements.size, 0);
  let attempts = broad.length * spare.length;
  while (grants < target.grants && attempts > 0) {
    attempts -= 1;
    const cohort = chance.pick(broad);
    const before = cohort.entitlements.size;
    cohort.entitlements.add(chance.pick(spare));
    grants += (cohort.entitlements.size - before) * cohort.people;
  }
}

/** Creates two growing columns of grants. */
function createGrantColumns() {
  let person = new Uint32Array(1 << 14);
  let entitlement = new Uint32Array(1 << 14);
  let length = 0;
  return {
    add(p: number, e: number) {
      if (length === person.length) {
        const [oldPeople, oldEntitlements] = [person, entitlement];
        person = new Uint32Array(length * 2);
        entitlement = new Uint32Array(length * 2);
        person.set(oldPeople);
        entitlement.set(oldEntitlements);
      }
      person[length] = p;
      entitlement[length] = e;
      length += 1;
    },
    columns: (): CompanyGrantColumns => ({
      person: person.slice(0, length),
      entitlement: entitlement.slice(0, length),
    }),
  };
}

/** Plans access of individual people: rare access, and outliers that no peer has. */
function planIndividualAccess(
  people: CompanyPerson[],
  byAccess: Map<string, number>,
  cast: CastIndexes,
  chance: Chance,
) {
  const grantsOf = new Map<number, Set<number>>();
  const addGrant = (person: number, entitlement: number) => {
    grantsOf.set(person, (grantsOf.get(person) ?? new Set()).add(entitlement));
  };
  const indexesOf = (matches: (person: CompanyPerson) => boolean) =>
    people.flatMap((person, index) =>
      matches(person) && person.active && index !== cast.employee ? index : [],
    );
  for (const { department, access, holders } of rareNeeds) {
    const entitlement = byAccess.get(access);
    if (entitlement === undefined) continue;
    const candidates = indexesOf((person) => matchesPlan(person.department, department));
    for (const person of chance.shuffled(candidates).slice(0, holders))
      addGrant(person, entitlement);
  }
  const outliers: { person: number; entitlement: number }[] = [];
  for (const { title, access } of outlierNeeds) {
    const entitlement = byAccess.get(access);
    const candidates = indexesOf((person) => matchesPlan(person.jobTitle, title));
    if (entitlement === undefined || candidates.length === 0) continue;
    const person = chance.pick(candidates);
    addGrant(person, entitlement);
    outliers.push({ person, entitlement });
  }
  return { individualAccess: grantsOf, outliers };
}

/**
 * Generates the grants: planted profiles, rare access and a few outliers. Of the planted grants
 * `noisePercent` are left out, and the same number of random grants is added.
 */
export function makeGrants(
  people: CompanyPerson[],
  accessPlan: { byAccess: Map<string, number>; spare: number[]; entitlements: number },
  options: { seed: number; noisePercent: number; grantsPerPerson: number; cast: CastIndexes },
): {
  grants: CompanyGrantColumns;
  planted: PlantedProfile[];
  outliers: { person: number; entitlement: number }[];
} {
  const chance = createChance(options.seed ^ 0x5eed);
  const cohorts = findCohorts(people);
  plantProfiles(cohorts, accessPlan, chance);
  addSpareAccess(
    cohorts,
    accessPlan.spare,
    { grants: options.grantsPerPerson * people.length },
    chance,
  );
  const { individualAccess, outliers } = planIndividualAccess(
    people,
    accessPlan.byAccess,
    options.cast,
    chance,
  );

  const grants = createGrantColumns();
  // By entitlement the last person who received it + 1: two cohorts of a person may have the same
  // entitlement.
  const lastPerson = new Uint32Array(accessPlan.entitlements);
  const addGrant = (person: number, entitlement: number) => {
    if (lastPerson[entitlement] === person + 1) return;
    lastPerson[entitlement] = person + 1;
    grants.add(person, entitlement);
  };
  const isNoise = () => chance.percent(options.noisePercent);
  people.forEach((person, index) => {
    // The cast's employee requests access in the sandbox and must not already hold it by chance.
    const hasExtras = index !== options.cast.employee;
    for (const entitlement of individualAccess.get(index) ?? []) addGrant(index, entitlement);
    for (const entitlement of listPlannedEntitlements(person, people, cohorts)) {
      if (!isNoise()) addGrant(index, entitlement);
      if (hasExtras && isNoise()) addGrant(index, chance.below(accessPlan.entitlements));
    }
  });
  return { grants: grants.columns(), planted: listPlanted(cohorts), outliers };
}

function listPlannedEntitlements(
  person: CompanyPerson,
  people: CompanyPerson[],
  cohorts: Cohorts,
): number[] {
  return listValues(person, people).flatMap(([dimension, value]) => [
    ...(cohorts.get(`${dimension}=${value}`)?.entitlements ?? []),
  ]);
}

function listPlanted(cohorts: Cohorts): PlantedProfile[] {
  return [...cohorts.values()]
    .filter(({ entitlements }) => entitlements.size > 0)
    .map(({ dimension, value, people, entitlements }) => ({
      cohort: dimension === '' ? {} : { [dimension]: [value] },
      entitlements: [...entitlements].sort((a, b) => a - b),
      people,
    }));
}
