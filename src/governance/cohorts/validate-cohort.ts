import { Refusal } from '../../errors.ts';
import { findNearest, foldDimension, foldText } from '../../mining/matrix/fold-text.ts';
import { buildColumn } from '../../mining/matrix/matrix.ts';
import type { CohortPerson } from '../../store/people/people.ts';
import type { Cohort } from '../../store/schema/mining.ts';
import type { Ctx } from '../context.ts';
import { listDimensions, readDimension } from './cohorts.ts';
import { explainNoSuggestion } from './explain-no-suggestion.ts';

/**
 * A cohort that somebody has written, with attributes and values as people have them.
 * @throws Refusal invalid (the field `rule`): an unknown attribute or value, with the nearest spelling.
 */
export async function validateCohort(
  ctx: Ctx,
  people: readonly CohortPerson[],
  given: Cohort,
): Promise<Cohort> {
  const checked: Cohort = {};
  for (const [dimension, values] of Object.entries(given)) {
    const known = listDimensions(people);
    const wanted = foldDimension(dimension);
    const meant = known.find((one) => foldDimension(one) === wanted);
    if (meant === undefined) {
      const nearest = known[findNearest(dimension, known)];
      const reason = { reason: 'unknown-dimension', dimension, known } as const;
      throw await refusalFor(ctx, { ...reason, ...(nearest ? { nearest } : {}) });
    }
    checked[meant] = await checkValues(ctx, people, meant, values);
  }
  return checked;
}

async function checkValues(
  ctx: Ctx,
  people: readonly CohortPerson[],
  dimension: string,
  values: readonly string[],
): Promise<string[]> {
  const column = buildColumn(
    dimension,
    people.map((person) => readDimension(person, dimension)),
  );
  const shown = new Map(column.values.map((value) => [foldText(value), value]));
  const meant: string[] = [];
  for (const value of values) {
    const known = shown.get(foldText(value));
    if (known === undefined) {
      const index = findNearest(value, column.values);
      const count = column.codes.reduce((sum, code) => sum + (code === index + 1 ? 1 : 0), 0);
      const nearest = { value: column.values[index] ?? '', people: count };
      const reason = { reason: 'unknown-value', dimension, value } as const;
      throw await refusalFor(ctx, { ...reason, ...(index < 0 ? {} : { nearest }) });
    }
    meant.push(known);
  }
  return [...new Set(meant)];
}

/** The words in which an analysis says the same. */
async function refusalFor(
  ctx: Ctx,
  reason: Parameters<typeof explainNoSuggestion>[1],
): Promise<Refusal> {
  return new Refusal('invalid', await explainNoSuggestion(ctx, reason, {}, {}), 'rule');
}
