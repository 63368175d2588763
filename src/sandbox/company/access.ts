import { type ApplicationPlan, companyApplications as plans } from './catalog.ts';
import {
  describePlanned,
  describeProjectEntitlement,
  type ProjectEntitlementKind,
} from './descriptions.ts';
import { plannedNeeds, rareNeeds } from './needs.ts';
import type { Chance } from './random.ts';

export interface CompanyApplication {
  name: string;
  category: string;
  instructions: string;
  /** Indexes of people. */
  owners: number[];
  provisioners: number[];
}

export interface CompanyEntitlement {
  /** Index of the application. */
  application: number;
  name: string;
  description: string;
  category: string;
  risk: 'low' | 'medium' | 'high';
  /** Indexes of people; empty if the application's owners are responsible, as for most. */
  owners: number[];
  /** The longest grant in days; undefined: without an end. */
  maxGrantDays: number | undefined;
}

const projectNames =
  `Atlas Beacon Cedar Delta Ember Falcon Granite Harbor Indigo Juniper Kestrel Lantern Maple
Nimbus Onyx Prairie Quartz Raven Sierra Tundra Umber Violet Willow Xenon Yarrow Zephyr`.split(
    /\s+/,
  );

function toProjectName(index: number): string {
  const round = Math.floor(index / projectNames.length);
  return `${projectNames[index % projectNames.length]}${round > 0 ? ` ${round + 1}` : ''}`;
}

/** The first `count` applications of the catalog; further ones have generated names. */
export function planApplications(count: number): ApplicationPlan[] {
  return Array.from({ length: count }, (_, nth) => {
    const name = toProjectName(nth - plans.length);
    return (
      plans[nth] ?? {
        name,
        category: 'Line of business',
        owners: 'Operations',
        provisioners: 'it',
        instructions: `1. ${name} → Administration → Users.  2. Add the role.`,
      }
    );
  });
}

const usualApplications: Record<ProjectEntitlementKind, string> = {
  Drive: 'Google Workspace',
  Repository: 'GitHub',
  Board: 'Jira',
  Dashboard: 'Datadog',
  Workspace: 'Slack',
};
const projectKinds = ['Drive', 'Repository', 'Board', 'Dashboard', 'Workspace'] as const;

/**
 * Plans `count` entitlements: first those that somebody needs and whose application exists, then
 * `spare` ones named after projects, which teams hold.
 */
export function planEntitlements(count: number, applications: ApplicationPlan[]) {
  const index = new Map(applications.map(({ name }, nth) => [name, nth]));
  const namedAccess = [
    ...plannedNeeds.flatMap(({ access }) => access),
    ...rareNeeds.map(({ access }) => access),
  ];
  const entitlements: CompanyEntitlement[] = [];
  const add = (application: number, name: string, description: string) => {
    const { category = '' } = applications[application] ?? {};
    entitlements.push(planEntitlement({ application, name, description, category }));
  };
  const byAccess = new Map<string, number>();
  for (const access of namedAccess) {
    const [app = '', name = ''] = access.split(' · ');
    const application = index.get(app);
    if (application === undefined || byAccess.has(access) || entitlements.length === count)
      continue;
    byAccess.set(access, entitlements.length);
    add(application, name, describePlanned(access));
  }
  const spareEntitlements: number[] = [];
  for (let nth = 0; entitlements.length < count; nth++) {
    const kind = projectKinds[nth % projectKinds.length] ?? 'Drive';
    const extra = applications.length - plans.length;
    // A large company spreads its entitlements over the additional applications, too.
    const isUsual = extra <= 0 || nth % 4 === 0;
    const application = isUsual
      ? (index.get(usualApplications[kind]) ?? 0)
      : plans.length + (nth % extra);
    const project = toProjectName(nth);
    spareEntitlements.push(entitlements.length);
    add(application, `${project} ${kind}`, describeProjectEntitlement(project, kind));
  }
  return { entitlements, byAccess, spare: spareEntitlements };
}

function planEntitlement(
  plan: Pick<CompanyEntitlement, 'application' | 'name' | 'description' | 'category'>,
): CompanyEntitlement {
  const isShortTerm = /production deploy|production admin|payment/i.test(plan.name);
  const maxGrantDays = isShortTerm ? 90 : undefined;
  return { ...plan, risk: toRisk(plan.name), maxGrantDays, owners: [] };
}

function toRisk(name: string): CompanyEntitlement['risk'] {
  if (/admin|owner|production deploy|payment|payroll|security/i.test(name)) return 'high';
  return /edit|write|deploy|approve|manage|entry|payable|submit|compensation|personnel/i.test(name)
    ? 'medium'
    : 'low';
}

/** Assigns owners and provisioners to an application, from the people of its department. */
export function assignOwners(
  plan: ApplicationPlan,
  candidates: (department: string, title: string) => number[],
  fixed: { owner: number | undefined; facilities: number },
  chance: Chance,
): Pick<CompanyApplication, 'owners' | 'provisioners'> {
  const leads = candidates(plan.owners, 'Manager|Lead|Head|VP|Chief');
  const owner = fixed.owner ?? chance.pick(leads.length > 0 ? leads : [0]);
  const support = candidates('IT', 'IT Support Specialist');
  const provisioners = {
    owner: [owner],
    it: support.length > 0 ? [chance.pick(support)] : [owner],
    facilities: [fixed.facilities],
  }[plan.provisioners];
  return { owners: [owner], provisioners };
}
