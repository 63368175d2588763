import { foldDimension, foldText } from '../../mining/matrix/fold-text.ts';
import { buildColumn } from '../../mining/matrix/matrix.ts';
import {
  type CohortPerson,
  listManagerNames,
  listPeopleForCohorts,
} from '../../store/people/people.ts';
import type { Cohort } from '../../store/schema/mining.ts';
import { type ActorCtx, type Ctx, requirePermission } from '../context.ts';

/** The dimensions that every import has, in the order in which cohorts prefer them. */
export const standardDimensions = [
  'department',
  'job_title',
  'employment_status',
  'employment_type',
  'manager',
  'location',
] as const;

const dimensionNames: Record<string, string> = {
  department: 'department',
  job_title: 'title',
  employment_status: 'employment status',
  employment_type: 'employment type',
  location: 'location',
};

/** A cohort in words, with a name for an access profile that is made from it. */
export interface CohortDescription {
  /** "department Finance, title Analyst"; "everyone" */
  words: string;
  /** "Finance, Analyst"; "Everyone"; "Bo Chen's team" */
  name: string;
}

/** Employment types of accounts that belong to no person. They count as nobody's peers. */
const machineTypes = new Set([
  'service account',
  'service',
  'system account',
  'system',
  'machine',
  'bot',
]);

/**
 * Whether an active person counts for mining (docs/mining.md#population): humans do, machines do not. The query has
 * already left out people who are known only because they wrote to Rolemine.
 */
function isCountedPerson(person: Pick<CohortPerson, 'employmentType'>): boolean {
  return !machineTypes.has(foldText(person.employmentType ?? ''));
}

/** Lists active people whose values match the cohort now, in the order of their ids. */
export async function listCohortPeople(ctx: Ctx, cohort: Cohort): Promise<CohortPerson[]> {
  return (await listCountedPeople(ctx)).filter(toMatcher(cohort));
}

/** Makes a function that says whether a person's values match a cohort. */
export function toMatcher(cohort: Cohort): (person: CohortPerson) => boolean {
  const criteria = Object.entries(cohort).map(
    ([dimension, values]) => [dimension, new Set(values.map(foldText))] as const,
  );
  return (person) =>
    criteria.every(([dimension, values]) =>
      values.has(foldText(readDimension(person, dimension) ?? '')),
    );
}

/** Counts the people with each value of each dimension. The most frequent value comes first. */
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

/** Describes cohorts in words. A team has the name of its manager. */
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
    // The database does not keep the order of the keys of JSON.
    const criteria = Object.entries(cohort).sort(([a], [b]) => rankOf(a) - rankOf(b));
    if (criteria.length === 0) return { words: 'everyone', name: 'Everyone' };
    const parts = criteria.map(([dimension, values]) => {
      if (dimension !== 'manager')
        return {
          words: `${formatDimension(dimension)} ${values.join(' or ')}`,
          name: values.join(' or '),
        };
      const team = `${values.map((value) => nameOf(value) ?? value).join(' or ')}'s team`;
      return { words: team, name: team };
    });
    return {
      words: parts.map(({ words }) => words).join(', '),
      name: parts.map(({ name }) => name).join(', '),
    };
  });
}

/** Lists the active people who count for mining, in the order of their ids. @param ids ascending; only these people */
export async function listCountedPeople(
  ctx: Ctx,
  ids?: readonly number[],
): Promise<CohortPerson[]> {
  return (await listPeopleForCohorts(ctx.db, ids)).filter(isCountedPerson);
}

function rankOf(dimension: string): number {
  // The list of literals can only be asked for its own.
  const rank = (standardDimensions as readonly string[]).indexOf(foldDimension(dimension));
  return rank < 0 ? standardDimensions.length : rank;
}

/** "title" for job_title: the name of a dimension in sentences. */
export function formatDimension(dimension: string): string {
  return dimensionNames[dimension] ?? dimension.replaceAll('_', ' ');
}

/** Lists the dimensions of people: the standard ones, then the others by name. */
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
    // A manager has one value, whether the source names them by e-mail address or by id.
    case 'manager':
      return person.managerEmail ?? person.managerRef;
    default:
      return person.attributes[dimension] ?? readFolded(person.attributes, dimension);
  }
}

/** Folded names of attributes. There are as many as the sources have columns. */
const foldedNames = new Map<string, string>();

function foldAttribute(name: string): string {
  const folded = foldedNames.get(name) ?? foldDimension(name);
  foldedNames.set(name, folded);
  return folded;
}

/** Reads an attribute in its word form: "team_squad" for "team/squad". */
function readFolded(attributes: Record<string, string>, dimension: string): string | null {
  const folded = foldAttribute(dimension);
  for (const name in attributes) {
    if (foldAttribute(name) === folded) return attributes[name] ?? null;
  }
  return null;
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
