import { type ApplicationPlan, companyApplications as plans } from './catalog.ts';
import { planned, rare } from './needs.ts';
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
  /** Indexes of people; most entitlements leave it to the application's owners. */
  owners: number[];
  /** For how long it may be asked for; undefined: for good. */
  maxGrantDays: number | undefined;
}

const words =
  `Atlas Beacon Cedar Delta Ember Falcon Granite Harbor Indigo Juniper Kestrel Lantern Maple
Nimbus Onyx Prairie Quartz Raven Sierra Tundra Umber Violet Willow Xenon Yarrow Zephyr`.split(
    /\s+/,
  );

function word(index: number): string {
  const round = Math.floor(index / words.length);
  return `${words[index % words.length]}${round > 0 ? ` ${round + 1}` : ''}`;
}

/** The first `count` applications of the catalogue, then made-up ones. */
export function planApplications(count: number): ApplicationPlan[] {
  return Array.from({ length: count }, (_, nth) => {
    const name = word(nth - plans.length);
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

/**
 * `count` entitlements: those somebody is planned to hold, as far as their application is there, then
 * `spare` ones named after projects, for teams to hold.
 */
export function planEntitlements(count: number, applications: ApplicationPlan[]) {
  const index = new Map(applications.map(({ name }, nth) => [name, nth]));
  const named = [...planned.flatMap(({ access }) => access), ...rare.map(({ access }) => access)];
  const entitlements: CompanyEntitlement[] = [];
  const byAccess = new Map<string, number>();
  for (const access of named) {
    const [app = '', name = ''] = access.split(' · ');
    const application = index.get(app);
    if (application === undefined || byAccess.has(access) || entitlements.length === count)
      continue;
    byAccess.set(access, entitlements.length);
    entitlements.push(describe(application, name, applications));
  }
  const spare: number[] = [];
  const kinds = ['Drive', 'Repository', 'Board', 'Dashboard', 'Workspace'] as const;
  const homes: Record<(typeof kinds)[number], string> = {
    Drive: 'Google Workspace',
    Repository: 'GitHub',
    Board: 'Jira',
    Dashboard: 'Datadog',
    Workspace: 'Slack',
  };
  for (let nth = 0; entitlements.length < count; nth++) {
    const kind = kinds[nth % kinds.length] ?? 'Drive';
    const extra = applications.length - plans.length;
    // A large company spreads its entitlements over the made-up applications, too.
    const isAtHome = extra <= 0 || nth % 4 === 0;
    const home = isAtHome ? (index.get(homes[kind]) ?? 0) : plans.length + (nth % extra);
    spare.push(entitlements.length);
    entitlements.push(describe(home, `${word(nth)} ${kind}`, applications));
  }
  return { entitlements, byAccess, spare };
}

function describe(application: number, name: string, applications: ApplicationPlan[]) {
  const { name: app = '', category = '' } = applications[application] ?? {};
  const risk = riskOf(name);
  const does = { low: 'See and use', medium: 'Change', high: 'Control' }[risk];
  const description = `${does} ${name} in ${app}.`;
  const maxGrantDays = /production deploy|production admin|payment/i.test(name) ? 90 : undefined;
  return { application, name, description, category, risk, maxGrantDays, owners: [] as number[] };
}

function riskOf(name: string): CompanyEntitlement['risk'] {
  if (/admin|owner|production deploy|payment|payroll|security/i.test(name)) return 'high';
  return /edit|write|deploy|approve|manage|entry|payable|submit|compensation|personnel/i.test(name)
    ? 'medium'
    : 'low';
}

/** Owners, provisioners and the owners of risky entitlements, from the people of the departments. */
export function appoint(
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
