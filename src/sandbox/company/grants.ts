import type { CastIndexes } from './cast.ts';
import { planned, rare, strays } from './needs.ts';
import type { CompanyPerson } from './people.ts';
import { type Chance, chanceOf } from './random.ts';

/** Access planted in a cohort: what role mining should find again. */
export interface PlantedProfile {
  /** Dimension → values; empty is everyone. */
  cohort: Record<string, string[]>;
  /** Indexes of entitlements, ascending. */
  entitlements: number[];
  /** How many people, the inactive ones included, have these values. */
  people: number;
}

/** Who holds what, as two columns: grant i is held by `person[i]` and gives `entitlement[i]`. */
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

const smallestCohort = 5;

/** `Sales Nordic` is planned as Sales, `Accountant 2` as Accountant. */
function isPlannedAs(value: string, plan: string): boolean {
  return value === plan || value.startsWith(`${plan} `);
}

function valuesOf(person: CompanyPerson, people: CompanyPerson[]): [string, string][] {
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
    for (const [dimension, value] of valuesOf(person, people)) {
      const key = `${dimension}=${value}`;
      const cohort = cohorts.get(key);
      if (cohort) cohort.people += 1;
      else cohorts.set(key, { dimension, value, people: 1, entitlements: new Set() });
    }
  }
  return cohorts;
}

/** Gives cohorts what they are planned to need, and the spare entitlements to teams and then to any. */
function plant(
  cohorts: Cohorts,
  known: { byAccess: Map<string, number>; spare: number[] },
  chance: Chance,
): void {
  const all = [...cohorts.values()];
  for (const { cohort, access } of planned) {
    const [dimension, plan] = Object.entries(cohort)[0] ?? ['', ''];
    const fitting = all.filter((c) => c.dimension === dimension && isPlannedAs(c.value, plan));
    const indexes = access.flatMap((name) => known.byAccess.get(name) ?? []);
    for (const { entitlements } of fitting) for (const index of indexes) entitlements.add(index);
  }
  const large = all.filter(({ dimension, people }) => dimension !== '' && people >= smallestCohort);
  const teams = chance.shuffled(
    large.filter(({ dimension, value }) => dimension === 'manager' && value !== ''),
  );
  if (large.length === 0) return;
  for (const [nth, entitlement] of known.spare.entries()) {
    const cohort = teams[nth] ?? chance.pick(large);
    cohort.entitlements.add(entitlement);
  }
}

/** Gives departments and titles more of the spare entitlements, until people hold so many each. */
function thicken(
  cohorts: Cohorts,
  spare: number[],
  wanted: { grants: number },
  chance: Chance,
): void {
  const all = [...cohorts.values()];
  const broad = all.filter(
    ({ dimension, people }) => /department|job_title/.test(dimension) && people >= smallestCohort,
  );
  let grants = all.reduce((sum, { people, entitlements }) => sum + people * entitlements.size, 0);
  let attempts = broad.length * spare.length;
  while (grants < wanted.grants && attempts > 0) {
    attempts -= 1;
    const cohort = chance.pick(broad);
    const before = cohort.entitlements.size;
    cohort.entitlements.add(chance.pick(spare));
    grants += (cohort.entitlements.size - before) * cohort.people;
  }
}

/** A column that grows. */
function pairs() {
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

/** What single people hold beside their cohorts: rare access, and what nobody like them has. */
function singleOut(
  people: CompanyPerson[],
  byAccess: Map<string, number>,
  cast: CastIndexes,
  chance: Chance,
) {
  const held = new Map<number, Set<number>>();
  const give = (person: number, entitlement: number) => {
    held.set(person, (held.get(person) ?? new Set()).add(entitlement));
  };
  const indexesOf = (fits: (person: CompanyPerson) => boolean) =>
    people.flatMap((person, index) =>
      fits(person) && person.active && index !== cast.employee ? index : [],
    );
  for (const { department, access, holders } of rare) {
    const entitlement = byAccess.get(access);
    if (entitlement === undefined) continue;
    const candidates = indexesOf((person) => isPlannedAs(person.department, department));
    for (const person of chance.shuffled(candidates).slice(0, holders)) give(person, entitlement);
  }
  const outliers: { person: number; entitlement: number }[] = [];
  for (const { title, access } of strays) {
    const entitlement = byAccess.get(access);
    const candidates = indexesOf((person) => isPlannedAs(person.jobTitle, title));
    if (entitlement === undefined || candidates.length === 0) continue;
    const person = chance.pick(candidates);
    give(person, entitlement);
    outliers.push({ person, entitlement });
  }
  return { held, outliers };
}

/**
 * Makes the grants: planted profiles, of which `noisePercent` of the grants are missing and as many
 * are added at random; rare access; a few outliers.
 */
export function makeGrants(
  people: CompanyPerson[],
  known: { byAccess: Map<string, number>; spare: number[]; entitlements: number },
  options: { seed: number; noisePercent: number; grantsPerPerson: number; cast: CastIndexes },
): {
  grants: CompanyGrantColumns;
  planted: PlantedProfile[];
  outliers: { person: number; entitlement: number }[];
} {
  const chance = chanceOf(options.seed ^ 0x5eed);
  const cohorts = findCohorts(people);
  plant(cohorts, known, chance);
  thicken(cohorts, known.spare, { grants: options.grantsPerPerson * people.length }, chance);
  const { held, outliers } = singleOut(people, known.byAccess, options.cast, chance);

  const grants = pairs();
  // Which person an entitlement was last given to: a person may be in two cohorts that have it.
  const givenTo = new Uint32Array(known.entitlements);
  const give = (person: number, entitlement: number) => {
    if (givenTo[entitlement] === person + 1) return;
    givenTo[entitlement] = person + 1;
    grants.add(person, entitlement);
  };
  const noise = () => chance.percent(options.noisePercent);
  people.forEach((person, index) => {
    // The cast's employee asks for access in the sandbox: nothing may be there by chance.
    const hasExtras = index !== options.cast.employee;
    for (const entitlement of held.get(index) ?? []) give(index, entitlement);
    for (const entitlement of plannedFor(person, people, cohorts)) {
      if (!noise()) give(index, entitlement);
      if (hasExtras && noise()) give(index, chance.below(known.entitlements));
    }
  });
  return { grants: grants.columns(), planted: listPlanted(cohorts), outliers };
}

function plannedFor(person: CompanyPerson, people: CompanyPerson[], cohorts: Cohorts): number[] {
  return valuesOf(person, people).flatMap(([dimension, value]) => [
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
