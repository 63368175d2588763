import { foldDimension, foldText } from '../../mining/matrix/fold-text.ts';
import { buildColumn } from '../../mining/matrix/matrix.ts';
import {
  type CohortPerson,
  listManagerNames,
  listPeopleForCohorts,
} from '../../store/people/people.ts';
import type { Cohort } from '../../store/schema/mining.ts';
import { type ActorCtx, type Ctx, requirePermission } from '../context.ts';

/** The columns every import has, in the order in which cohorts prefer them. */
export const standardDimensions = [
  'department',
  'job_title',
  'employment_status',
  'employment_type',
  'manager',
  'location',
] as const;

const knownWords: Record<string, string> = {
  department: 'department',
  job_title: 'title',
  employment_status: 'employment status',
  employment_type: 'employment type',
  location: 'location',
};

/** How a cohort is read by people: criteria in words, and a name for the profile made from it. */
export interface CohortDescription {
  /** "department Finance, title Analyst"; "everyone" */
  words: string;
  /** "Finance, Analyst"; "Everyone"; "Bo Chen's team" */
  name: string;
}

/** What sources call accounts that are nobody's own; they are no peers of anybody. */
const machines = new Set([
  'service account',
  'service',
  'system account',
  'system',
  'machine',
  'bot',
]);

/**
 * Who counts as one of the people (docs/mining.md#population), of those who are active: humans. Who is known only
 * because they wrote to Rolemine is left out where people are listed.
 */
function isCountedPerson(person: Pick<CohortPerson, 'employmentType'>): boolean {
  return !machines.has(foldText(person.employmentType ?? ''));
}

/** Active people whose values match the cohort now, in id order. */
export async function listCohortPeople(ctx: Ctx, cohort: Cohort): Promise<CohortPerson[]> {
  return (await listCountedPeople(ctx)).filter(toMatcher(cohort));
}

/** Whether a person's values match a cohort. */
export function toMatcher(cohort: Cohort): (person: CohortPerson) => boolean {
  const wanted = Object.entries(cohort).map(
    ([dimension, values]) => [dimension, new Set(values.map(foldText))] as const,
  );
  return (person) =>
    wanted.every(([dimension, values]) =>
      values.has(foldText(readDimension(person, dimension) ?? '')),
    );
}

/** The values of each dimension with the number of people, most people first. */
export async function countDimensionValues(ctx: ActorCtx) {
  await requirePermission(ctx, 'mineRoles');
  const people = await listCountedPeople(ctx);
  const nameOf = managerNames(people);
  return listDimensions(people).map((dimension) => {
    const column = buildColumn(
      dimension,
      people.map((person) => readDimension(person, dimension)),
    );
    const counts = new Uint32Array(column.values.length);
    for (const code of column.codes) if (code > 0) counts[code - 1] = (counts[code - 1] ?? 0) + 1;
    const values = column.values.map((value, at) => ({
      value,
      label: dimension === 'manager' ? (nameOf(value) ?? value) : value,
      people: counts[at] ?? 0,
    }));
    values.sort((a, b) => b.people - a.people || (a.label < b.label ? -1 : 1));
    return { dimension, label: formatDimension(dimension), values };
  });
}

/** Puts cohorts into words; a manager's team is called by the manager's name. */
export async function describeCohorts(
  ctx: Ctx,
  cohorts: readonly Cohort[],
): Promise<CohortDescription[]> {
  const managers = cohorts.flatMap((cohort) => cohort.manager ?? []);
  const names = new Map<string, string>();
  for (const { key, name } of await listManagerNames(ctx.db, managers)) {
    names.set(foldText(key), name);
  }
  const nameOf = (key: string) => names.get(foldText(key));
  return cohorts.map((cohort) => {
    // The database keeps the keys of JSON in an order of its own.
    const criteria = Object.entries(cohort).sort(([a], [b]) => rankOf(a) - rankOf(b));
    if (criteria.length === 0) return { words: 'everyone', name: 'Everyone' };
    const said = criteria.map(([dimension, values]) => {
      if (dimension !== 'manager')
        return {
          words: `${formatDimension(dimension)} ${values.join(' or ')}`,
          name: values.join(' or '),
        };
      const team = `${values.map((value) => nameOf(value) ?? value).join(' or ')}'s team`;
      return { words: team, name: team };
    });
    return {
      words: said.map(({ words }) => words).join(', '),
      name: said.map(({ name }) => name).join(', '),
    };
  });
}

/** Active people who count, in id order; of some when their ids are given, ascending. */
export async function listCountedPeople(
  ctx: Ctx,
  ids?: readonly number[],
): Promise<CohortPerson[]> {
  return (await listPeopleForCohorts(ctx.db, ids)).filter(isCountedPerson);
}

function rankOf(dimension: string): number {
  const rank = (standardDimensions as readonly string[]).indexOf(foldDimension(dimension));
  return rank < 0 ? standardDimensions.length : rank;
}

/** How a dimension is called where people read it. */
export function formatDimension(dimension: string): string {
  return knownWords[dimension] ?? dimension.replaceAll('_', ' ');
}

/** The dimensions of people: those every import has, then further ones by name. */
export function listDimensions(people: readonly CohortPerson[]): string[] {
  const own = new Set<string>(standardDimensions);
  const further = new Set<string>();
  for (const person of people) for (const key of Object.keys(person.attributes)) further.add(key);
  return [...own, ...[...further].filter((key) => !own.has(foldDimension(key))).sort()];
}

/** Reads one dimension of a person. */
export function readDimension(person: CohortPerson, dimension: string): string | null {
  switch (foldDimension(dimension)) {
    case 'department':
      return person.department;
    case 'job_title':
      return person.jobTitle;
    case 'employment_status':
      return person.employmentStatus;
    case 'employment_type':
      return person.employmentType;
    case 'location':
      return person.location;
    // One value a manager, whether the source named them by e-mail or by id.
    case 'manager':
      return person.managerEmail ?? person.managerRef;
    default:
      return person.attributes[dimension] ?? null;
  }
}

function managerNames(people: readonly CohortPerson[]) {
  const names = new Map<string, string>();
  const byId = new Map(people.map((person) => [person.id, person]));
  for (const person of people) {
    if (person.email) names.set(foldText(person.email), person.name);
    const manager = person.managerId === null ? undefined : byId.get(person.managerId);
    if (manager && person.managerRef) names.set(foldText(person.managerRef), manager.name);
  }
  return (key: string) => names.get(foldText(key));
}
