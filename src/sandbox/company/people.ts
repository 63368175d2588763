import { type DepartmentPlan, departments, offices } from './catalog.ts';
import { createNamer } from './names.ts';
import type { Chance } from './random.ts';

/** A person of the generated company. */
export interface CompanyPerson {
  email: string;
  name: string;
  department: string;
  jobTitle: string;
  employmentStatus: string;
  employmentType: string;
  /** Index of the manager in the list of people; undefined for the chief executive only. */
  manager: number | undefined;
  location: string;
  costCenter: string;
  active: boolean;
  /** The person's account in Slack. */
  slack: 'member' | 'guest' | 'deactivated' | 'none';
  /** IANA name. */
  timeZone: string;
}

const teamSize = 9;
const leadTitles = /^(Chief|VP|General Counsel|Director)|(Manager|Lead)$/;

/** Generates a tree of people: chief executive → department heads → directors → leads → staff. */
export function makePeople(count: number, chance: Chance): CompanyPerson[] {
  const nextName = createNamer(chance);
  const people: CompanyPerson[] = [];

  function hire(department: string, jobTitle: string, manager: number | undefined): number {
    const office = pickByShare(offices, chance);
    // Leads are active employees. A test that needs a manager who has left creates one.
    const isLead = leadTitles.test(jobTitle);
    const employmentType = isLead ? 'Employee' : pickEmploymentType(chance);
    const active = isLead || !chance.percent(1);
    people.push({
      ...nextName(),
      department,
      jobTitle,
      employmentStatus: active ? pickEmploymentStatus(chance) : 'Left',
      employmentType,
      manager,
      location: office.name,
      costCenter: `${toCostCode(department)}-${office.region}`,
      active,
      slack: pickSlackState(active, employmentType, chance),
      timeZone: office.timeZone,
    });
    return people.length - 1;
  }

  const departmentParts = planDepartments(count - 1);
  const office =
    departmentParts.find(({ plan }) => plan.name === 'Operations') ?? departmentParts[0];
  const chief = hire(office?.name ?? '', 'Chief Executive Officer', undefined);
  for (const { plan, name, size, levels } of departmentParts) {
    const head = hire(name, plan.head, chief);
    const leads = hireLeads(size, plan, (title, manager) => hire(name, title, manager), head);
    const titles = listTitles(plan, size - people.length + head, levels);
    chance.shuffled(titles).forEach((title, nth) => {
      hire(name, title, leads[nth % leads.length] ?? head);
    });
  }
  return people;
}

/** Team leads, below directors if there are many. In a department of one team the head leads it. */
function hireLeads(
  size: number,
  plan: DepartmentPlan,
  hire: (title: string, manager: number) => number,
  head: number,
): number[] {
  const count = size > teamSize + 1 ? Math.round(size / teamSize) : 0;
  if (count === 0) return [head];
  const directors = Array.from({ length: count > teamSize ? Math.ceil(count / teamSize) : 0 }, () =>
    hire(`Director of ${plan.name}`, head),
  );
  return Array.from({ length: count }, (_, nth) =>
    hire(plan.lead, directors[nth % directors.length] ?? head),
  );
}

const areas =
  `Platform Core Payments Mobile Growth Enterprise Partner Retail Field Global North South
East West Central Alpine Baltic Nordic Iberia Pacific`.split(/\s+/);

/**
 * Plans the departments and their sizes. A large company has several variants of each (`Sales
 * Nordic`), and several levels of each title (`Accountant 2`).
 */
function planDepartments(count: number) {
  const variants = Math.max(1, Math.round(count / 2_500));
  const levels = Math.min(16, Math.ceil(count / 5_000));
  let remaining = count;
  return departments.flatMap((plan, nth) => {
    const isLast = nth === departments.length - 1;
    const people = isLast ? remaining : Math.round((count * plan.share) / 100);
    remaining -= people;
    return Array.from({ length: variants }, (_, variant) => {
      const size = Math.floor((people + variant) / variants);
      return { plan, name: toVariantName(plan.name, variant, variants), size, levels };
    }).filter(({ size }) => size > 0);
  });
}

function toVariantName(name: string, variant: number, variants: number): string {
  if (variants === 1) return name;
  const round = Math.floor(variant / areas.length);
  return `${name} ${areas[variant % areas.length]}${round > 0 ? ` ${round + 1}` : ''}`;
}

function listTitles(plan: DepartmentPlan, count: number, levels: number): string[] {
  const titles = Object.entries(plan.titles);
  const total = titles.reduce((sum, [, share]) => sum + share, 0);
  let shareSoFar = 0;
  const ends = titles.map(([title, share]) => {
    shareSoFar += share / total;
    return { title, end: shareSoFar };
  });
  return Array.from({ length: Math.max(0, count) }, (_, nth) => {
    const at = (nth + 0.5) / count;
    const title = (ends.find(({ end }) => at < end) ?? ends.at(-1))?.title ?? plan.lead;
    return levels === 1 ? title : `${title} ${(nth % levels) + 1}`;
  });
}

function pickByShare<T extends { share: number }>(list: readonly T[], chance: Chance): T {
  let at = chance.next() * list.reduce((sum, { share }) => sum + share, 0);
  for (const element of list) {
    at -= element.share;
    if (at < 0) return element;
  }
  return chance.pick(list);
}

function pickEmploymentType(chance: Chance): string {
  const at = chance.next();
  if (at < 0.09) return 'Contractor';
  return at < 0.12 ? 'Intern' : 'Employee';
}

function pickEmploymentStatus(chance: Chance): string {
  const at = chance.next();
  if (at < 0.03) return 'On leave';
  return at < 0.05 ? 'Notice period' : 'Active';
}

function pickSlackState(
  active: boolean,
  employmentType: string,
  chance: Chance,
): CompanyPerson['slack'] {
  if (!active) return 'deactivated';
  return employmentType === 'Contractor' && chance.percent(30) ? 'guest' : 'member';
}

function toCostCode(department: string): string {
  const nth = departments.findIndex(({ name }) => department.startsWith(name));
  return `CC-${(nth + 1) * 100}`;
}
