import { Refusal } from '../../errors.ts';
import {
  type CohortPerson,
  listSelfEditedPeople,
  selfEditedConnectors,
} from '../../store/people/people.ts';
import type { Cohort } from '../../store/schema/mining.ts';
import type { Ctx } from '../context.ts';
import { formatPeople } from '../wording/counts.ts';
import { listCountedPeople, toMatcher } from './cohorts.ts';
import { validateCohort } from './validate-cohort.ts';

/**
 * Lists the counted people as rules see them (docs/governance.md#trust-in-attributes). People edit their Slack profile
 * themselves, so no access may follow from its values.
 */
export async function listPeopleForRules(
  ctx: Ctx,
  ids?: readonly number[],
): Promise<CohortPerson[]> {
  return (await listCountedPeople(ctx, ids)).map((person) =>
    isSelfEdited(person) ? withoutValues(person) : person,
  );
}

export function isSelfEdited({ connector }: Pick<CohortPerson, 'connector'>): boolean {
  return selfEditedConnectors.includes(connector);
}

function withoutValues(person: CohortPerson): CohortPerson {
  return {
    ...person,
    department: null,
    jobTitle: null,
    employmentStatus: null,
    employmentType: null,
    location: null,
    managerRef: null,
    managerId: null,
    managerEmail: null,
    attributes: {},
  };
}

/** Counts for each cohort the people who are in it by a value that they edit themselves. */
export async function countSelfEdited(ctx: Ctx, cohorts: readonly Cohort[]): Promise<number[]> {
  if (cohorts.length === 0) return [];
  const people = await listSelfEditedPeople(ctx.db);
  return cohorts.map((cohort) =>
    Object.keys(cohort).length === 0 ? 0 : people.filter(toMatcher(cohort)).length,
  );
}

/** "based on Slack profiles (12 of 14 people)"; empty if the cohort rests on none. */
export function formatSelfEdited(selfEdited: number, people: number): string {
  return selfEdited > 0 ? `based on Slack profiles (${selfEdited} of ${formatPeople(people)})` : '';
}

/**
 * As `validateCohort`, for a rule.
 * @param people as `listPeopleForRules` lists them.
 * @throws Refusal invalid (the field `rule`), with another reason where only Slack profiles have the values.
 */
export async function validateRuleCohort(
  ctx: Ctx,
  people: readonly CohortPerson[],
  rule: Cohort,
): Promise<Cohort> {
  try {
    return await validateCohort(ctx, people, rule);
  } catch (error) {
    const [matching = 0] = await countSelfEdited(ctx, [rule]);
    if (matching === 0 || !(error instanceof Refusal)) throw error;
    throw new Refusal(
      'invalid',
      `Only Slack profiles have this: ${formatPeople(matching)}. People edit them, so no rule uses them. Import the attribute from another source.`,
      'rule',
    );
  }
}
