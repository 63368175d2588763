import type { GrantRecord, PersonRecord, Source } from '../connectors/records.ts';
import { type AccessMatrix, buildColumn, buildMatrix } from '../mining/matrix.ts';
import { foldText } from '../mining/text.ts';

/** What files say, as the miner takes it. */
export interface ReadMatrix {
  matrix: AccessMatrix;
  /** By entitlement index. */
  entitlements: { app: string; entitlement: string }[];
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
 */
export async function readMatrix(source: Source, now: Date): Promise<ReadMatrix> {
  const people = await readPeople(source);
  const catalogue = entitlementIndex();
  for await (const batch of source.entitlements()) {
    for (const { app, entitlement } of batch) catalogue.indexOf(app, entitlement);
  }
  const personOf: number[] = [];
  const entitlementOf: number[] = [];
  let strangerGrants = 0;
  for await (const batch of source.grants()) {
    for (const grant of batch) {
      const person = people.find(grant.person);
      if (person === undefined) strangerGrants += 1;
      if (person === undefined || person === inactive || isOver(grant, now)) continue;
      personOf.push(person);
      entitlementOf.push(catalogue.indexOf(grant.app, grant.entitlement));
    }
  }
  const matrix = buildMatrix(
    people.count(),
    catalogue.list.length,
    personOf,
    entitlementOf,
    people.columns(),
  );
  return { matrix, entitlements: catalogue.list, strangerGrants };
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
  const isOpen = source.files.people === undefined;
  let people = counted.length;
  const find = (key: string) => {
    const folded = foldText(key);
    const number = numbers.get(folded);
    if (number !== undefined || !isOpen) return number;
    numbers.set(folded, people);
    return people++;
  };
  return { find, count: () => people, columns: () => (isOpen ? [] : columnsOf(counted, find)) };
}

function columnsOf(people: PersonRecord[], find: (key: string) => number | undefined) {
  const further = new Set(people.flatMap((person) => Object.keys(person.attributes)));
  // One value a manager, whether they are named by e-mail or by id.
  const managerOf = ({ managerRef }: PersonRecord) =>
    (managerRef && people[find(managerRef) ?? inactive]?.email) ?? managerRef;
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
    const key = `${foldText(app)}\n${foldText(entitlement)}`;
    const index = folded.get(key) ?? list.push({ app, entitlement }) - 1;
    folded.set(key, index);
    ofApp.set(entitlement, index);
    return index;
  };
  return { list, indexOf };
}
