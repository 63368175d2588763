import type { GrantRecord, PersonRecord, Source } from '../../connectors/records.ts';
import { compareText, foldText } from '../../mining/matrix/fold-text.ts';
import { type AccessMatrix, buildColumn, buildMatrix } from '../../mining/matrix/matrix.ts';
import { NumberList } from '../../mining/matrix/number-list.ts';
import type { MinableRole } from '../../mining/rules/mining-rule.ts';

/** The content of CSV files as input of the miner. */
export interface ReadMatrix {
  matrix: AccessMatrix;
  /** E-mail address, or id without one, by person index. */
  people: string[];
  /** By entitlement index. */
  entitlements: { app: string; entitlement: string }[];
  /** By entitlement index. */
  roles: MinableRole[];
  /** Number of ignored grants of people who are not in the people file. */
  unknownPersonGrants: number;
}

const fixedColumns: [
  dimension: string,
  field: Exclude<keyof PersonRecord, 'attributes' | 'active' | 'isStateUnread' | 'line'>,
][] = [
  ['department', 'department'],
  ['job_title', 'jobTitle'],
  ['employment_status', 'employmentStatus'],
  ['employment_type', 'employmentType'],
  ['manager', 'managerRef'],
  ['location', 'location'],
];

/**
 * Reads a source for mining only. It keeps active people and the grants that they hold on `now`.
 * Without a people file it keeps everybody with a grant. Problems of the source are in its
 * `problems`.
 * @param onRead called now and then with the number of grants read so far.
 */
export async function readMatrix(
  source: Source,
  now: Date,
  onRead: (grants: number) => void = () => {},
): Promise<ReadMatrix> {
  const people = await readPeople(source);
  const catalog = createEntitlementIndex();
  const roles: MinableRole[] = [];
  for await (const batch of source.entitlements()) {
    for (const { app, entitlement, category, approvals } of batch) {
      roles[catalog.indexOf(app, entitlement)] = { category, approvals: approvals ?? 1 };
    }
  }
  const personOf = new NumberList();
  const entitlementOf = new NumberList();
  let unknownPersonGrants = 0;
  for await (const batch of source.grants()) {
    for (const grant of batch) {
      const person = people.find(grant.person);
      if (person === undefined) unknownPersonGrants += 1;
      if (person === undefined || person === inactive || isExpired(grant, now)) continue;
      personOf.push(person);
      entitlementOf.push(catalog.indexOf(grant.app, grant.entitlement));
    }
    onRead(personOf.length);
  }
  const sortedPeople = sortKeys(people.names.map(foldText));
  const sortedEntitlements = sortKeys(catalog.list.map(toKey));
  const matrix = buildMatrix(
    sortedPeople.order.length,
    sortedEntitlements.order.length,
    renumber(personOf.view(), sortedPeople.places),
    renumber(entitlementOf.view(), sortedEntitlements.places),
    people.columns(sortedPeople.order),
  );
  return {
    matrix,
    people: pickBy(sortedPeople.order, people.names),
    entitlements: pickBy(sortedEntitlements.order, catalog.list),
    roles: Array.from(sortedEntitlements.order, (index) => roles[index] ?? { approvals: 1 }),
    unknownPersonGrants: unknownPersonGrants,
  };
}

/**
 * Sorts indexes by key and returns the place of each, so that the order of rows does not change a
 * result.
 */
function sortKeys(keys: readonly string[]): { order: Uint32Array; places: Uint32Array } {
  const order = Uint32Array.from(keys.keys()).sort((a, b) =>
    compareText(keys[a] ?? '', keys[b] ?? ''),
  );
  const places = new Uint32Array(order.length);
  order.forEach((index, place) => {
    places[index] = place;
  });
  return { order, places };
}

/** Changes the array in place, since it may have millions of entries. */
function renumber(indexes: Uint32Array, places: Uint32Array): Uint32Array {
  for (let i = 0; i < indexes.length; i++) indexes[i] = places[indexes[i] ?? 0] ?? 0;
  return indexes;
}

function pickBy<T>(order: Uint32Array, list: readonly T[]): T[] {
  return Array.from(order).flatMap((index) => list[index] ?? []);
}

function isExpired({ expiresAt }: GrantRecord, now: Date): boolean {
  return expiresAt !== undefined && expiresAt <= now;
}

const inactive = -1;

async function readPeople(source: Source) {
  const activePeople: PersonRecord[] = [];
  const numbers = new Map<string, number>();
  for await (const batch of source.people()) {
    for (const person of batch) {
      const number = person.active ? activePeople.push(person) - 1 : inactive;
      if (person.email) numbers.set(foldText(person.email), number);
      if (person.id) numbers.set(foldText(person.id), number);
    }
  }
  const names = activePeople.map(({ email, id }) => email ?? id ?? '');
  const hasNoPeopleFile = source.files.people === undefined;
  // Keys repeat in many grants, and folding one takes longer than everything else done with it.
  const knownSpellings = new Map<string, number>();
  const find = (key: string) => {
    const knownNumber = knownSpellings.get(key);
    if (knownNumber !== undefined) return knownNumber;
    const number = findFolded(key);
    if (number !== undefined) knownSpellings.set(key, number);
    return number;
  };
  const findFolded = (key: string) => {
    const folded = foldText(key);
    const number = numbers.get(folded);
    if (number !== undefined || !hasNoPeopleFile) return number;
    numbers.set(folded, names.length);
    return names.push(key) - 1;
  };
  const columns = (order: Uint32Array) =>
    hasNoPeopleFile ? [] : buildColumns(activePeople, order, find);
  return { find, names, columns };
}

function buildColumns(
  activePeople: PersonRecord[],
  order: Uint32Array,
  find: (key: string) => number | undefined,
) {
  const people = pickBy(order, activePeople);
  const further = new Set(people.flatMap((person) => Object.keys(person.attributes)));
  // A manager named by e-mail in one row and by id in another is one value.
  const managerOf = ({ managerRef }: PersonRecord) =>
    (managerRef && activePeople[find(managerRef) ?? inactive]?.email) ?? managerRef;
  return [
    ...fixedColumns.map(([dimension, field]) => {
      const read = (person: PersonRecord) =>
        field === 'managerRef' ? managerOf(person) : person[field];
      return buildColumn(dimension, people.map(read));
    }),
    ...[...further].sort().map((dimension) => {
      const values = people.map(({ attributes }) => attributes[dimension]);
      return buildColumn(dimension, values);
    }),
  ];
}

function toKey({ app, entitlement }: ReadMatrix['entitlements'][number]): string {
  return `${foldText(app)}\n${foldText(entitlement)}`;
}

/** Numbers entitlements in the order of the rows; names that differ only in case are the same. */
function createEntitlementIndex() {
  const list: ReadMatrix['entitlements'] = [];
  const exact = new Map<string, Map<string, number>>();
  const folded = new Map<string, number>();
  const indexOf = (app: string, entitlement: string) => {
    const byEntitlement = exact.get(app) ?? new Map<string, number>();
    exact.set(app, byEntitlement);
    const knownIndex = byEntitlement.get(entitlement);
    if (knownIndex !== undefined) return knownIndex;
    const key = toKey({ app, entitlement });
    const index = folded.get(key) ?? list.push({ app, entitlement }) - 1;
    folded.set(key, index);
    byEntitlement.set(entitlement, index);
    return index;
  };
  return { list, indexOf };
}
