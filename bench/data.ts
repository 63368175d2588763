import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type AccessMatrix, buildColumn, buildMatrix } from '../src/mining/matrix/matrix.ts';

/** The data sets lie beside the repository and are not part of it. */
const folder = new URL('../../shared/data/', import.meta.url);

const getFile = (path: string) => new URL(`${path}.csv.gz`, folder);

export function hasDataSet(path: string): boolean {
  return existsSync(getFile(path));
}

/** Reads a file of the data sets; `name` includes its extension. */
export function readText(name: string): string {
  return readFileSync(new URL(name, folder), 'utf8');
}

/** Reads a gzipped CSV without quotes; each row by heading. */
export function readRows(path: string): Record<string, string>[] {
  const text = gunzipSync(readFileSync(getFile(path))).toString();
  const [head = '', ...lines] = text.trimEnd().split(/\r?\n/);
  const names = head.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, at) => [name, cells[at] ?? '']));
  });
}

/** Numbers names in the order of their first use. */
export function createNumbering() {
  const numbers = new Map<string, number>();
  const of = (name: string) => {
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return number;
  };
  return { of, numbers };
}

/** Reads USER × PERMISSION of one set, without attributes. */
export function readGrants(path: string) {
  const [users, permissions] = [createNumbering(), createNumbering()];
  const rows = readRows(path);
  const personOf = rows.map(({ USER = '' }) => users.of(USER));
  const entitlementOf = rows.map(({ PERMISSION = '' }) => permissions.of(PERMISSION));
  const matrix = buildMatrix(users.numbers.size, permissions.numbers.size, personOf, entitlementOf);
  return { matrix, permissions: permissions.numbers };
}

/** Builds columns from the attributes of people. */
export function buildColumns(people: readonly Record<string, string>[], dimensions: string[]) {
  return dimensions.map((dimension) =>
    buildColumn(
      dimension,
      people.map((person) => person[dimension]),
    ),
  );
}

/**
 * Removes a share of the grants, and adds the same number of random grants that nobody held.
 */
export function flipGrants(
  matrix: AccessMatrix,
  share: number,
  random: () => number,
): AccessMatrix {
  const { people, entitlements, offsets, items, columns } = matrix;
  const personOf: number[] = [];
  const entitlementOf: number[] = [];
  const taken = new Set<number>();
  let removed = 0;
  for (let person = 0; person < people; person++) {
    for (let i = offsets[person]!; i < offsets[person + 1]!; i++) {
      taken.add(person * entitlements + items[i]!);
      if (random() < share) {
        removed++;
        continue;
      }
      personOf.push(person);
      entitlementOf.push(items[i]!);
    }
  }
  const maxAdded = people * entitlements - taken.size;
  for (let remaining = Math.min(removed, maxAdded); remaining > 0; ) {
    const cell = Math.floor(random() * people * entitlements);
    if (taken.has(cell)) continue;
    taken.add(cell);
    remaining--;
    personOf.push(Math.floor(cell / entitlements));
    entitlementOf.push(cell % entitlements);
  }
  return buildMatrix(people, entitlements, personOf, entitlementOf, columns);
}
