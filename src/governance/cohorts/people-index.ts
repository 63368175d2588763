import { foldText } from '../../mining/matrix/fold-text.ts';
import { buildColumn } from '../../mining/matrix/matrix.ts';
import type { CohortPerson } from '../../store/people/people.ts';
import type { Criteria } from '../../store/schema/rules.ts';
import { readDimension } from './cohorts.ts';

/** People by their values, so that the matches of criteria are found without a look at everybody. */
export interface PeopleIndex {
  /** Returns the indexes of the matching people, ascending; none for no criteria or an empty value. */
  match(criteria: Criteria): Int32Array;
  /** Makes a function that says whether the person at an index matches. */
  matcher(criteria: Criteria): (at: number) => boolean;
}

interface Column {
  codes: Uint32Array;
  codeOf: ReadonlyMap<string, number>;
  /** People with the code c are `order[starts[c] … starts[c + 1])`. */
  starts: Uint32Array;
  order: Int32Array;
}

/** Builds the index. Values are compared folded, as everywhere. A dimension is read at its first use. */
export function indexPeople(people: readonly CohortPerson[]): PeopleIndex {
  const columns = new Map<string, Column>();
  const columnOf = (dimension: string): Column => {
    const known = columns.get(dimension);
    if (known) return known;
    const column = readColumn(people, dimension);
    columns.set(dimension, column);
    return column;
  };
  const compile = (criteria: Criteria) =>
    criteria.map(({ dimension, value }) => {
      const column = columnOf(dimension);
      // Code 0 is the empty value.
      const code = column.codeOf.get(foldText(value)) ?? 0;
      const [from = 0, to = 0] = column.starts.subarray(code, code + 2);
      return { column, code, from, to: code === 0 ? from : to };
    });
  return {
    match(criteria) {
      const compiled = compile(criteria).sort((a, b) => a.to - a.from - (b.to - b.from));
      const [rarest, ...others] = compiled;
      if (!rarest) return new Int32Array();
      return rarest.column.order
        .subarray(rarest.from, rarest.to)
        .filter((at) => others.every(({ column, code }) => column.codes[at] === code));
    },
    matcher(criteria) {
      const compiled = compile(criteria);
      if (compiled.length === 0 || compiled.some(({ code }) => code === 0)) return () => false;
      return (at) => compiled.every(({ column, code }) => column.codes[at] === code);
    },
  };
}

function readColumn(people: readonly CohortPerson[], dimension: string): Column {
  const { codes, values } = buildColumn(
    dimension,
    people.map((person) => readDimension(person, dimension)),
  );
  const starts = new Uint32Array(values.length + 2);
  for (const code of codes) starts[code + 1] = (starts[code + 1] ?? 0) + 1;
  for (let code = 1; code < starts.length; code++) {
    starts[code] = (starts[code] ?? 0) + (starts[code - 1] ?? 0);
  }
  const next = starts.slice();
  const order = new Int32Array(people.length);
  codes.forEach((code, at) => {
    const place = next[code] ?? 0;
    order[place] = at;
    next[code] = place + 1;
  });
  return {
    codes,
    codeOf: new Map(values.map((value, at) => [foldText(value), at + 1])),
    starts,
    order,
  };
}
