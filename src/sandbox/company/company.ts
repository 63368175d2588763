import {
  assignOwners,
  type CompanyApplication,
  type CompanyEntitlement,
  planApplications,
  planEntitlements,
} from './access.ts';
import { type CastIndexes, castPeople } from './cast.ts';
import { type CompanyGrantColumns, makeGrants, type PlantedProfile } from './grants.ts';
import { type CompanyPerson, makePeople } from './people.ts';
import { createChance, hashIndex } from './random.ts';

export interface CompanyOptions {
  /** The same seed and sizes give the same company. */
  seed?: number;
  /** Minimum 20. */
  people?: number;
  applications?: number;
  entitlements?: number;
  /** Percentage of planted grants that are left out; the same number of random grants is added. */
  noisePercent?: number;
  /**
   * Minimum average of grants per person, if there are enough entitlements; default: no minimum.
   */
  grantsPerPerson?: number;
  /** The dates of grants are relative to this day. */
  today?: Date;
}

/** A generated company. People, applications and entitlements are referenced by index. */
export interface Company {
  people: CompanyPerson[];
  applications: CompanyApplication[];
  entitlements: CompanyEntitlement[];
  grants: CompanyGrantColumns;
  /** The profiles that role mining should find. */
  planted: PlantedProfile[];
  /** Grants that an access review should question. */
  outliers: { person: number; entitlement: number }[];
  /** E-mail addresses of the people suggested for a tour of the sandbox. */
  cast: Record<keyof CastIndexes, string>;
  seed: number;
  today: Date;
}

/**
 * Generates a company: a tree of people and managers, applications with owners and provisioners,
 * noise, a few outliers, and planted profiles of everyone, departments, job titles, offices,
 * contractors and teams. Default: 400 people, 12 applications, 150 entitlements and about 6,000
 * grants.
 * @throws RangeError fewer than 20 people, 1 application or 1 entitlement.
 */
export function makeCompany(options: CompanyOptions = {}): Company {
  const { seed = 1, noisePercent = 2, grantsPerPerson = 0 } = options;
  const sizes = { people: 400, applications: 12, entitlements: 150, ...options };
  if (sizes.people < 20 || sizes.applications < 1 || sizes.entitlements < 1) {
    throw new RangeError('a company needs at least 20 people, 1 application and 1 entitlement');
  }
  const chance = createChance(seed);
  const people = makePeople(sizes.people, chance);
  const cast = castPeople(people);

  const candidates = createCandidateSearch(people);
  const plans = planApplications(sizes.applications);
  const applications = plans.map((plan) => {
    const owner = plan.name === 'GitHub' ? cast.applicationOwner : undefined;
    const fixed = { owner, facilities: cast.withoutSlack };
    const { name, category, instructions } = plan;
    return { name, category, instructions, ...assignOwners(plan, candidates, fixed, chance) };
  });

  const { entitlements, byAccess, spare } = planEntitlements(sizes.entitlements, plans);
  for (const entitlement of entitlements) {
    if (entitlement.risk !== 'high') continue;
    entitlement.owners = applications[entitlement.application]?.owners ?? [];
  }
  const accessPlan = { byAccess, spare, entitlements: entitlements.length };
  const grantParts = makeGrants(people, accessPlan, { seed, noisePercent, grantsPerPerson, cast });
  const emailOf = (index: number) => people[index]?.email ?? '';
  return {
    people,
    applications,
    entitlements,
    ...grantParts,
    cast: {
      superAdmin: emailOf(cast.superAdmin),
      manager: emailOf(cast.manager),
      applicationOwner: emailOf(cast.applicationOwner),
      employee: emailOf(cast.employee),
      withoutSlack: emailOf(cast.withoutSlack),
      inactive: emailOf(cast.inactive),
    },
    seed,
    today: options.today ?? new Date('2026-11-20T00:00:00Z'),
  };
}

/**
 * Creates a search for people by department and title. Few searches differ, so results are cached.
 */
function createCandidateSearch(
  people: CompanyPerson[],
): (department: string, titles: string) => number[] {
  const cache = new Map<string, number[]>();
  return (department, titles) => {
    const key = `${department}: ${titles}`;
    const pattern = new RegExp(titles);
    const candidates =
      cache.get(key) ??
      people.flatMap((person, index) => {
        const isIn = person.department.startsWith(department) && pattern.test(person.jobTitle);
        return isIn && person.active && person.slack === 'member' ? index : [];
      });
    cache.set(key, candidates);
    return candidates;
  };
}

/**
 * One grant with its dates. Dates are calculated on demand, so millions of grants take two columns.
 */
export interface CompanyGrant {
  person: CompanyPerson;
  entitlement: CompanyEntitlement;
  application: CompanyApplication;
  grantedAt: Date;
  lastUsedAt: Date | undefined;
  expiresAt: Date | undefined;
}

const dayMs = 86_400_000;

/** Reads a grant by index. @throws RangeError there is no such grant. */
export function grantAt(company: Company, index: number): CompanyGrant {
  const person = company.people[company.grants.person[index] ?? -1];
  const entitlement = company.entitlements[company.grants.entitlement[index] ?? -1];
  const application = company.applications[entitlement?.application ?? -1];
  if (!person || !entitlement || !application) throw new RangeError(`there is no grant ${index}`);
  const random = hashIndex(index, company.seed);
  const age = 30 + (random % 1_400);
  const addDays = (days: number) => new Date(company.today.getTime() + days * dayMs);
  return {
    person,
    entitlement,
    application,
    grantedAt: addDays(-age),
    lastUsedAt: random % 7 === 0 ? undefined : addDays(-((random >>> 8) % Math.min(age, 120))),
    expiresAt:
      person.employmentType === 'Contractor' ? addDays(60 + ((random >>> 4) % 300)) : undefined,
  };
}
