import { type AccessMatrix, buildMatrix, type CohortColumn } from '../src/mining/matrix/matrix.ts';
import { createRandom } from '../src/mining/matrix/random.ts';

/** The size of docs/mining.md#speed, or a smaller one for a smoke run. */
export interface OrganisationSize {
  people: number;
  entitlements: number;
  departments: number;
  titles: number;
  managers: number;
}

export const fullSize: OrganisationSize = {
  people: 100_000,
  entitlements: 10_000,
  departments: 400,
  titles: 800,
  managers: 8_000,
};

export const smallSize: OrganisationSize = {
  people: 5_000,
  entitlements: 2_000,
  departments: 40,
  titles: 80,
  managers: 400,
};

/** Entitlements of everyone, of each department, title and manager's team. */
const planted = { everyone: 5, department: 60, title: 24, manager: 8 };
const missingShare = 0.03;
/** Further entitlements of single people, by which the grants come to 104 a person. */
const personal = 10;

/** One value for each person: mostly one that belongs to the department, now and then any. */
function chooseWithin(
  random: () => number,
  department: number,
  departments: number,
  values: number,
  elsewhere: number,
): number {
  const each = Math.floor(values / departments);
  const isElsewhere = random() < elsewhere;
  return isElsewhere
    ? Math.floor(random() * values)
    : department * each + Math.floor(random() * each);
}

function statusOf(random: () => number): number {
  const at = random();
  if (at < 0.85) return 0;
  if (at < 0.95) return 1;
  return at < 0.98 ? 2 : 3;
}

function columnOf(dimension: string, values: number, codes: Uint32Array): CohortColumn {
  const names = Array.from({ length: values }, (_, at) => `${dimension} ${at + 1}`);
  return { dimension, values: names, codes };
}

/** For each of `count` values, `size` entitlements drawn from all. */
function drawSets(random: () => number, count: number, size: number, entitlements: number) {
  return Array.from({ length: count }, () =>
    Uint32Array.from({ length: size }, () => Math.floor(random() * entitlements)),
  );
}

/**
 * A made-up organisation, in arrays: what departments, titles and teams hold, some of it missing, and
 * as much again that single people hold, common entitlements more often. The same for the same seed.
 */
export function makeOrganisation(size: OrganisationSize, seed: number): AccessMatrix {
  const random = createRandom(seed);
  const { people, entitlements, departments, titles, managers } = size;
  const codes = { department: departments, title: titles, status: 4, manager: managers };
  const columns = Object.entries(codes).map(([name, values]) =>
    columnOf(name, values, new Uint32Array(people)),
  );
  for (let person = 0; person < people; person++) {
    const department = Math.floor(random() * departments);
    const title = chooseWithin(random, department, departments, titles, 0.2);
    const manager = chooseWithin(random, department, departments, managers, 0.05);
    [department, title, statusOf(random), manager].forEach((value, at) => {
      columns[at]!.codes[person] = value + 1;
    });
  }
  const everyone = drawSets(random, 1, planted.everyone, entitlements)[0]!;
  const sets = {
    department: drawSets(random, departments, planted.department, entitlements),
    title: drawSets(random, titles, planted.title, entitlements),
    manager: drawSets(random, managers, planted.manager, entitlements),
  };
  const each = planted.everyone + planted.department + planted.title + planted.manager + personal;
  const personOf = new Uint32Array(people * each);
  const entitlementOf = new Uint32Array(people * each);
  let grants = 0;
  const give = (person: number, entitlement: number) => {
    personOf[grants] = person;
    entitlementOf[grants++] = entitlement;
  };
  for (let person = 0; person < people; person++) {
    const own = [
      everyone,
      sets.department[columns[0]!.codes[person]! - 1]!,
      sets.title[columns[1]!.codes[person]! - 1]!,
      sets.manager[columns[3]!.codes[person]! - 1]!,
    ];
    for (const set of own) {
      for (const entitlement of set) if (random() >= missingShare) give(person, entitlement);
    }
    // The square makes some entitlements common and most of them rare.
    for (let n = 0; n < personal; n++) give(person, Math.floor(random() ** 2 * entitlements));
  }
  return buildMatrix(
    people,
    entitlements,
    personOf.subarray(0, grants),
    entitlementOf.subarray(0, grants),
    columns,
  );
}

/** Values of the further attributes of an organisation, which follow the department mostly or always. */
const further = { location: 60, employment_type: 4, cost_center: 1_200, business_unit: 20 };

/** The organisation with four more attributes, which no grant follows: eight in all. */
export function addAttributes(matrix: AccessMatrix, seed: number): AccessMatrix {
  const random = createRandom(seed + 2);
  const [department] = matrix.columns;
  const columns = Object.entries(further).map(([name, values]) =>
    columnOf(name, values, new Uint32Array(matrix.people)),
  );
  for (let person = 0; person < matrix.people; person++) {
    const own = department!.codes[person]! - 1;
    const departments = department!.values.length;
    [
      random() < 0.3 ? Math.floor(random() * further.location) : own % further.location,
      random() < 0.9 ? 0 : 1 + Math.floor(random() * 3),
      chooseWithin(random, own, departments, further.cost_center, 0.02),
      Math.floor((own * further.business_unit) / departments),
    ].forEach((value, at) => {
      columns[at]!.codes[person] = value + 1;
    });
  }
  return { ...matrix, columns: [...matrix.columns, ...columns] };
}

/** The organisation with one more attribute that hardly two people share. */
export function addDesks(matrix: AccessMatrix, desks: number, seed: number): AccessMatrix {
  const random = createRandom(seed + 3);
  const codes = Uint32Array.from({ length: matrix.people }, () => 1 + Math.floor(random() * desks));
  return { ...matrix, columns: [...matrix.columns, columnOf('desk', desks, codes)] };
}
