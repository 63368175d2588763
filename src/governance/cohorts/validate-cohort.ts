import { Refusal } from '../../errors.ts';
import { findNearest, foldDimension, foldText } from '../../mining/matrix/fold-text.ts';
import { buildColumn } from '../../mining/matrix/matrix.ts';
import type { CohortPerson } from '../../store/people/people.ts';
import type { Cohort } from '../../store/schema/mining.ts';
import type { Ctx } from '../context.ts';
import { formatDimension, listDimensions, readDimension } from './cohorts.ts';
import { explainNoSuggestion } from './explain-no-suggestion.ts';

/**
 * Checks a cohort that somebody wrote.
 * @returns it with the attributes and values in the spelling of the people's records
 * @throws Refusal invalid (the field `rule`): an unknown attribute or value, with the nearest spelling.
 */
export async function validateCohort(
  ctx: Ctx,
  people: readonly CohortPerson[],
  input: Cohort,
): Promise<Cohort> {
  const valid: Cohort = {};
  for (const [dimension, values] of Object.entries(input)) {
    const known = listDimensions(people);
    const folded = foldDimension(dimension);
    const found =
      known.find((one) => one === dimension) ??
      known.find((one) => foldDimension(one) === folded) ??
      // The name that cards print: "title" for job_title.
      known.find((one) => foldDimension(formatDimension(one)) === folded);
    if (found === undefined) {
      const nearest = known[findNearest(dimension, known)];
      const reason = { reason: 'unknown-dimension', dimension, known } as const;
      throw await refusalFor(ctx, { ...reason, ...(nearest ? { nearest } : {}) });
    }
    valid[found] = await validateValues(ctx, people, { dimension: found, values });
  }
  return valid;
}

async function validateValues(
  ctx: Ctx,
  people: readonly CohortPerson[],
  { dimension, values }: { dimension: string; values: readonly string[] },
): Promise<string[]> {
  const column = buildColumn(
    dimension,
    people.map((person) => readDimension(person, dimension)),
  );
  const byFolded = new Map(column.values.map((value) => [foldText(value), value]));
  const found: string[] = [];
  for (const value of values) {
    const known = byFolded.get(foldText(value));
    if (known === undefined) {
      const index = findNearest(value, column.values);
      const count = column.codes.reduce((sum, code) => sum + (code === index + 1 ? 1 : 0), 0);
      const nearest = { value: column.values[index] ?? '', people: count };
      const reason = { reason: 'unknown-value', dimension, value } as const;
      throw await refusalFor(ctx, { ...reason, ...(index < 0 ? {} : { nearest }) });
    }
    found.push(known);
  }
  return [...new Set(found)];
}

/** A refusal in the words of an analysis of the same cohort. */
async function refusalFor(
  ctx: Ctx,
  reason: Parameters<typeof explainNoSuggestion>[1],
): Promise<Refusal> {
  return new Refusal('invalid', await explainNoSuggestion(ctx, reason), 'rule');
}
