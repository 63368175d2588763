import type { GrantRecord, PersonRecord, Source } from '../../connectors/records.ts';
import { compareText, foldText } from '../../mining/matrix/fold-text.ts';
import { type AccessMatrix, buildColumn, buildMatrix } from '../../mining/matrix/matrix.ts';
import { NumberList } from '../../mining/matrix/number-list.ts';
import type { MinableRole } from '../../mining/rules/mining-rule.ts';

/** What files say, as the miner takes it. */
export interface ReadMatrix {
  matrix: AccessMatrix;
  /** E-mail, or id where there is none, by person index. */
  people: string[];
  /** By entitlement index. */
  entitlements: { app: string; entitlement: string }[];
  /** By entitlement index. */
  roles: MinableRole[];
  /** Grants that do not count because nobody in the people's file holds them. */
  strangerGrants: number;
}

const own: [
  dimension: string,
  field: Exclude<keyof PersonRecord, 'attributes' | 'active' | 'line'>,
][] = [
  ['department', 'department'],
  ['job_title', 'jobTitle'],
  ['employment_status', 'employmentStatus'],
  ['employment_type', 'employmentType'],
  ['manager', 'managerRef'],
  ['location', 'location'],
];

/**
 * Reads a source for mining alone. Counted are active people and what they hold on `now`; without a
 * file of people, everybody who holds something. What is wrong with the source is in its `problems`.
 * @param onRead told now and then how many grants have been read.
 */
export async function readMatrix(
  source: Source,
  now: Date,
  onRead: (grants: number) => void = () => {},
): Promise<ReadMatrix> {
  const people = await readPeople(source);
  const catalogue = entitlementIndex();
  const roles: MinableRole[] = [];
  for await (const batch of source.entitlements()) {
    for (const { app, entitlement, category, approvals } of batch) {
      roles[catalogue.indexOf(app, entitlement)] = { category, approvals: approvals ?? 1 };
    }
  }
  const personOf = new NumberList();
  const entitlementOf = new NumberList();
  let strangerGrants = 0;
  for await (const batch of source.grants()) {
    for (const grant of batch) {
      const person = people.find(grant.person);
      if (person === undefined) strangerGrants += 1;
      if (person === undefined || person === inactive || isOver(grant, now)) continue;
      personOf.push(person);
      entitlementOf.push(catalogue.indexOf(grant.app, grant.entitlement));
    }
    onRead(personOf.length);
  }
  const persons = sortKeys(people.names.map(foldText));
  const rights = sortKeys(catalogue.list.map(keyOf));
  const matrix = buildMatrix(
    persons.order.length,
    rights.order.length,
    renumber(personOf.view(), persons.places),
    renumber(entitlementOf.view(), rights.places),
    people.columns(persons.order),
  );
  return {
    matrix,
    people: pickBy(persons.order, people.names),
    entitlements: pickBy(rights.order, catalogue.list),
    roles: Array.from(rights.order, (index) => roles[index] ?? { approvals: 1 }),
    strangerGrants,
  };
}

/** Indexes by key, and the place of each: the result of a run is the same whatever the order of rows. */
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

/** In place, since there may be millions. */
function renumber(indexes: Uint32Array, places: Uint32Array): Uint32Array {
  for (let i = 0; i < indexes.length; i++) indexes[i] = places[indexes[i] ?? 0] ?? 0;
  return indexes;
}

function pickBy<T>(order: Uint32Array, list: readonly T[]): T[] {
  return Array.from(order).flatMap((index) => list[index] ?? []);
}

function isOver({ expiresAt }: GrantRecord, now: Date): boolean {
  return expiresAt !== undefined && expiresAt <= now;
}

const inactive = -1;

async function readPeople(source: Source) {
  const counted: PersonRecord[] = [];
  const numbers = new Map<string, number>();
  for await (const batch of source.people()) {
    for (const person of batch) {
      const number = person.active ? counted.push(person) - 1 : inactive;
      if (person.email) numbers.set(foldText(person.email), number);
      if (person.id) numbers.set(foldText(person.id), number);
    }
  }
  const names = counted.map(({ email, id }) => email ?? id ?? '');
  const isOpen = source.files.people === undefined;
  // Keys repeat from grant to grant, and folding one takes longer than all else done with it.
  const spelled = new Map<string, number>();
  const find = (key: string) => {
    const known = spelled.get(key);
    if (known !== undefined) return known;
    const number = findFolded(key);
    if (number !== undefined) spelled.set(key, number);
    return number;
  };
  const findFolded = (key: string) => {
    const folded = foldText(key);
    const number = numbers.get(folded);
    if (number !== undefined || !isOpen) return number;
    numbers.set(folded, names.length);
    return names.push(key) - 1;
  };
  const columns = (order: Uint32Array) => (isOpen ? [] : columnsOf(counted, order, find));
  return { find, names, columns };
}

function columnsOf(
  counted: PersonRecord[],
  order: Uint32Array,
  find: (key: string) => number | undefined,
) {
  const people = pickBy(order, counted);
  const further = new Set(people.flatMap((person) => Object.keys(person.attributes)));
  // One value a manager, whether they are named by e-mail or by id.
  const managerOf = ({ managerRef }: PersonRecord) =>
    (managerRef && counted[find(managerRef) ?? inactive]?.email) ?? managerRef;
  return [
    ...own.map(([dimension, field]) => {
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

function keyOf({ app, entitlement }: ReadMatrix['entitlements'][number]): string {
  return `${foldText(app)}\n${foldText(entitlement)}`;
}

/** Numbers entitlements in the order seen; names that differ in case only are one. */
function entitlementIndex() {
  const list: ReadMatrix['entitlements'] = [];
  const exact = new Map<string, Map<string, number>>();
  const folded = new Map<string, number>();
  const indexOf = (app: string, entitlement: string) => {
    const ofApp = exact.get(app) ?? new Map<string, number>();
    exact.set(app, ofApp);
    const known = ofApp.get(entitlement);
    if (known !== undefined) return known;
    const key = keyOf({ app, entitlement });
    const index = folded.get(key) ?? list.push({ app, entitlement }) - 1;
    folded.set(key, index);
    ofApp.set(entitlement, index);
    return index;
  };
  return { list, indexOf };
}
