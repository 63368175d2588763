import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type AccessMatrix, buildColumn, buildMatrix } from '../src/mining/matrix/matrix.ts';

/** The data sets lie beside the repository and are no part of it. */
const folder = new URL('../../shared/data/', import.meta.url);

const fileOf = (path: string) => new URL(`${path}.csv.gz`, folder);

export function isThere(path: string): boolean {
  return existsSync(fileOf(path));
}

/** A file of the data sets as it is: `name` with its ending. */
export function readText(name: string): string {
  return readFileSync(new URL(name, folder), 'utf8');
}

/** Rows of a gzipped CSV without quotes, by heading. */
export function readRows(path: string): Record<string, string>[] {
  const text = gunzipSync(readFileSync(fileOf(path))).toString();
  const [head = '', ...lines] = text.trimEnd().split(/\r?\n/);
  const names = head.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, at) => [name, cells[at] ?? '']));
  });
}

/** Numbers names in the order they are met. */
export function numbering() {
  const numbers = new Map<string, number>();
  const of = (name: string) => {
    const known = numbers.get(name) ?? numbers.size;
    numbers.set(name, known);
    return known;
  };
  return { of, numbers };
}

/** USER × PERMISSION of one set, without attributes. */
export function readGrants(path: string) {
  const [users, permissions] = [numbering(), numbering()];
  const rows = readRows(path);
  const personOf = rows.map(({ USER = '' }) => users.of(USER));
  const entitlementOf = rows.map(({ PERMISSION = '' }) => permissions.of(PERMISSION));
  const matrix = buildMatrix(users.numbers.size, permissions.numbers.size, personOf, entitlementOf);
  return { matrix, permissions: permissions.numbers };
}

/** Attributes of people, as columns. */
export function columnsOf(people: readonly Record<string, string>[], dimensions: string[]) {
  return dimensions.map((dimension) =>
    buildColumn(
      dimension,
      people.map((person) => person[dimension]),
    ),
  );
}

/**
 * The same matrix with a share of its grants gone and as many new ones, evenly drawn from what nobody
 * held.
 */
export function flipGrants(
  matrix: AccessMatrix,
  share: number,
  random: () => number,
): AccessMatrix {
  const { people, entitlements, offsets, items, columns } = matrix;
  const personOf: number[] = [];
  const entitlementOf: number[] = [];
  const held = new Set<number>();
  let gone = 0;
  for (let person = 0; person < people; person++) {
    for (let i = offsets[person]!; i < offsets[person + 1]!; i++) {
      held.add(person * entitlements + items[i]!);
      if (random() < share) {
        gone++;
        continue;
      }
      personOf.push(person);
      entitlementOf.push(items[i]!);
    }
  }
  const most = people * entitlements - held.size;
  for (let left = Math.min(gone, most); left > 0; ) {
    const cell = Math.floor(random() * people * entitlements);
    if (held.has(cell)) continue;
    held.add(cell);
    left--;
    personOf.push(Math.floor(cell / entitlements));
    entitlementOf.push(cell % entitlements);
  }
  return buildMatrix(people, entitlements, personOf, entitlementOf, columns);
}
