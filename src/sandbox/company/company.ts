import {
  appoint,
  type CompanyApplication,
  type CompanyEntitlement,
  planApplications,
  planEntitlements,
} from './access.ts';
import { type CastIndexes, castPeople } from './cast.ts';
import { type CompanyGrantColumns, makeGrants, type PlantedProfile } from './grants.ts';
import { type CompanyPerson, makePeople } from './people.ts';
import { chanceOf, spread } from './random.ts';

export interface CompanyOptions {
  /** The same seed and sizes give the same company. */
  seed?: number;
  /** At least 20. */
  people?: number;
  applications?: number;
  entitlements?: number;
  /** Percent of the planted grants that are missing; as many are added where nothing was planted. */
  noisePercent?: number;
  /** At least so many grants a person, where there are entitlements to hold; by default what comes. */
  grantsPerPerson?: number;
  /** Dates of grants lie around this day. */
  today?: Date;
}

/** A made-up company; people, applications and entitlements are referred to by index. */
export interface Company {
  people: CompanyPerson[];
  applications: CompanyApplication[];
  entitlements: CompanyEntitlement[];
  grants: CompanyGrantColumns;
  /** What role mining should find. */
  planted: PlantedProfile[];
  /** Grants that an access review should question. */
  outliers: { person: number; entitlement: number }[];
  /** E-mails of the people worth being in the sandbox. */
  cast: Record<keyof CastIndexes, string>;
  seed: number;
  today: Date;
}

/**
 * Makes a company: people in a tree of managers, applications with owners and provisioners, planted
 * profiles of everyone, departments, job titles, offices, contractors and teams, noise, and a few
 * outliers. By default 400 people, 12 applications, 150 entitlements and about 6,000 grants.
 * @throws RangeError fewer than 20 people, 1 application or 1 entitlement.
 */
export function makeCompany(options: CompanyOptions = {}): Company {
  const { seed = 1, noisePercent = 2, grantsPerPerson = 0 } = options;
  const sizes = { people: 400, applications: 12, entitlements: 150, ...options };
  if (sizes.people < 20 || sizes.applications < 1 || sizes.entitlements < 1) {
    throw new RangeError('a company has at least 20 people, 1 application and 1 entitlement');
  }
  const chance = chanceOf(seed);
  const people = makePeople(sizes.people, chance);
  const cast = castPeople(people);

  const candidates = candidatesIn(people);
  const plans = planApplications(sizes.applications);
  const applications = plans.map((plan) => {
    const owner = plan.name === 'GitHub' ? cast.applicationOwner : undefined;
    const fixed = { owner, facilities: cast.withoutSlack };
    const { name, category, instructions } = plan;
    return { name, category, instructions, ...appoint(plan, candidates, fixed, chance) };
  });

  const { entitlements, byAccess, spare } = planEntitlements(sizes.entitlements, plans);
  for (const entitlement of entitlements) {
    if (entitlement.risk !== 'high') continue;
    entitlement.owners = applications[entitlement.application]?.owners ?? [];
  }
  const known = { byAccess, spare, entitlements: entitlements.length };
  const made = makeGrants(people, known, { seed, noisePercent, grantsPerPerson, cast });
  const emailOf = (index: number) => people[index]?.email ?? '';
  return {
    people,
    applications,
    entitlements,
    ...made,
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

/** Makes the search for people of a department and title; the few answers there are are kept. */
function candidatesIn(people: CompanyPerson[]): (department: string, titles: string) => number[] {
  const known = new Map<string, number[]>();
  return (department, titles) => {
    const key = `${department}: ${titles}`;
    const pattern = new RegExp(titles);
    const found =
      known.get(key) ??
      people.flatMap((person, index) => {
        const isIn = person.department.startsWith(department) && pattern.test(person.jobTitle);
        return isIn && person.active && person.slack === 'member' ? index : [];
      });
    known.set(key, found);
    return found;
  };
}

/** One grant in full; dates are made when asked for, so that millions of grants cost two columns. */
export interface CompanyGrant {
  person: CompanyPerson;
  entitlement: CompanyEntitlement;
  application: CompanyApplication;
  grantedAt: Date;
  lastUsedAt: Date | undefined;
  expiresAt: Date | undefined;
}

const day = 86_400_000;

/** @throws RangeError when there is no grant of that index. */
export function grantAt(company: Company, index: number): CompanyGrant {
  const person = company.people[company.grants.person[index] ?? -1];
  const entitlement = company.entitlements[company.grants.entitlement[index] ?? -1];
  const application = company.applications[entitlement?.application ?? -1];
  if (!person || !entitlement || !application) throw new RangeError(`there is no grant ${index}`);
  const random = spread(index, company.seed);
  const age = 30 + (random % 1_400);
  const at = (days: number) => new Date(company.today.getTime() + days * day);
  return {
    person,
    entitlement,
    application,
    grantedAt: at(-age),
    lastUsedAt: random % 7 === 0 ? undefined : at(-((random >>> 8) % Math.min(age, 120))),
    expiresAt: person.employmentType === 'Contractor' ? at(60 + ((random >>> 4) % 300)) : undefined,
  };
}
