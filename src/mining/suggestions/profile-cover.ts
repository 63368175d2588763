import { foldDimension, foldText } from '../matrix/fold-text.ts';
import type { AccessMatrix } from '../matrix/matrix.ts';

/** An access profile and the people it is for. */
export interface ProfileCover {
  /** Indexes. */
  entitlements: readonly number[];
  /** Attribute → values of the people it is for, enrolled or not; undefined: only its members. */
  cohort: Readonly<Record<string, readonly string[]>> | undefined;
  /** Indexes of its members. */
  people: readonly number[];
}

/** For each profile, 1 at the index of each person whom it covers: its cohort and its members. */
export function markCovered(matrix: AccessMatrix, covers: readonly ProfileCover[]): Uint8Array[] {
  return covers.map(({ cohort, people }) => {
    const covered = new Uint8Array(matrix.people);
    for (const person of people) if (person >= 0) covered[person] = 1;
    if (cohort === undefined) return covered;
    const criteria = Object.entries(cohort).map(([dimension, values]) =>
      readCriterion(matrix, dimension, values),
    );
    for (let person = 0; person < matrix.people; person++) {
      if (criteria.every((matches) => matches(person))) covered[person] = 1;
    }
    return covered;
  });
}

function readCriterion(matrix: AccessMatrix, dimension: string, values: readonly string[]) {
  const folded = foldDimension(dimension);
  const column = matrix.columns.find((one) => foldDimension(one.dimension) === folded);
  if (!column) return () => false;
  const wanted = new Set(values.map(foldText));
  const isWanted = column.values.map((value) => wanted.has(foldText(value)));
  return (person: number) => {
    const code = column.codes[person]!;
    return code > 0 && isWanted[code - 1] === true;
  };
}

/** Whether one profile has all these entitlements and covers all these people. */
export function isContained(
  covers: readonly ProfileCover[],
  covered: readonly Uint8Array[],
  { entitlements, people }: { entitlements: readonly number[]; people: ArrayLike<number> },
): boolean {
  return covers.some((profile, at) => {
    const has = new Set(profile.entitlements);
    if (!entitlements.every((one) => has.has(one))) return false;
    for (let i = 0; i < people.length; i++) if (!covered[at]![people[i]!]) return false;
    return true;
  });
}
