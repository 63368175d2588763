import { type AccessMatrix, buildMatrix, type CohortColumn } from '../src/mining/matrix/matrix.ts';
import { createRandom } from '../src/mining/matrix/random.ts';

/** The size of docs/mining.md#speed, or a smaller one for a smoke run. */
export interface OrganizationSize {
  people: number;
  entitlements: number;
  departments: number;
  titles: number;
  managers: number;
}

export const fullSize: OrganizationSize = {
  people: 100_000,
  entitlements: 10_000,
  departments: 400,
  titles: 800,
  managers: 8_000,
};

export const smallSize: OrganizationSize = {
  people: 5_000,
  entitlements: 2_000,
  departments: 40,
  titles: 80,
  managers: 400,
};

/** Number of entitlements of everyone, and of each department, title and manager's team. */
const planted = { everyone: 5, department: 60, title: 24, manager: 8 };
const missingShare = 0.03;
/** Number of random entitlements per person, which bring the grants to 104 per person. */
const personalGrants = 10;

/** Draws a value for a person: usually one of the department, sometimes any. */
function chooseWithin(
  random: () => number,
  department: number,
  departments: number,
  values: number,
  elsewhereShare: number,
): number {
  const valuesPerDepartment = Math.floor(values / departments);
  const isElsewhere = random() < elsewhereShare;
  return isElsewhere
    ? Math.floor(random() * values)
    : department * valuesPerDepartment + Math.floor(random() * valuesPerDepartment);
}

function drawStatus(random: () => number): number {
  const at = random();
  if (at < 0.85) return 0;
  if (at < 0.95) return 1;
  return at < 0.98 ? 2 : 3;
}

function createColumn(dimension: string, values: number, codes: Uint32Array): CohortColumn {
  const names = Array.from({ length: values }, (_, at) => `${dimension} ${at + 1}`);
  return { dimension, values: names, codes };
}

/** For each of `count` values, `size` random entitlements. */
function drawSets(random: () => number, count: number, size: number, entitlements: number) {
  return Array.from({ length: count }, () =>
    Uint32Array.from({ length: size }, () => Math.floor(random() * entitlements)),
  );
}

/**
 * Generates an organization as arrays. Departments, titles and teams hold planted entitlements with
 * some grants missing, and people hold as many random ones, common entitlements more often. The
 * same seed gives the same organization.
 */
export function makeOrganization(size: OrganizationSize, seed: number): AccessMatrix {
  const random = createRandom(seed);
  const { people, entitlements, departments, titles, managers } = size;
  const codes = { department: departments, title: titles, status: 4, manager: managers };
  const columns = Object.entries(codes).map(([name, values]) =>
    createColumn(name, values, new Uint32Array(people)),
  );
  for (let person = 0; person < people; person++) {
    const department = Math.floor(random() * departments);
    const title = chooseWithin(random, department, departments, titles, 0.2);
    const manager = chooseWithin(random, department, departments, managers, 0.05);
    [department, title, drawStatus(random), manager].forEach((value, at) => {
      columns[at]!.codes[person] = value + 1;
    });
  }
  const everyone = drawSets(random, 1, planted.everyone, entitlements)[0]!;
  const sets = {
    department: drawSets(random, departments, planted.department, entitlements),
    title: drawSets(random, titles, planted.title, entitlements),
    manager: drawSets(random, managers, planted.manager, entitlements),
  };
  const grantsPerPerson =
    planted.everyone + planted.department + planted.title + planted.manager + personalGrants;
  const personOf = new Uint32Array(people * grantsPerPerson);
  const entitlementOf = new Uint32Array(people * grantsPerPerson);
  let grants = 0;
  const addGrant = (person: number, entitlement: number) => {
    personOf[grants] = person;
    entitlementOf[grants++] = entitlement;
  };
  for (let person = 0; person < people; person++) {
    const entitlementSets = [
      everyone,
      sets.department[columns[0]!.codes[person]! - 1]!,
      sets.title[columns[1]!.codes[person]! - 1]!,
      sets.manager[columns[3]!.codes[person]! - 1]!,
    ];
    for (const set of entitlementSets) {
      for (const entitlement of set) if (random() >= missingShare) addGrant(person, entitlement);
    }
    // The square makes some entitlements common and most of them rare.
    for (let n = 0; n < personalGrants; n++)
      addGrant(person, Math.floor(random() ** 2 * entitlements));
  }
  return buildMatrix(
    people,
    entitlements,
    personOf.subarray(0, grants),
    entitlementOf.subarray(0, grants),
    columns,
  );
}

/** Number of values of other attributes, which follow the department usually or always. */
const otherAttributes = { location: 60, employment_type: 4, cost_center: 1_200, business_unit: 20 };

/** Adds four attributes that no grant follows: eight in all. */
export function addAttributes(matrix: AccessMatrix, seed: number): AccessMatrix {
  const random = createRandom(seed + 2);
  const [department] = matrix.columns;
  const columns = Object.entries(otherAttributes).map(([name, values]) =>
    createColumn(name, values, new Uint32Array(matrix.people)),
  );
  for (let person = 0; person < matrix.people; person++) {
    const departmentIndex = department!.codes[person]! - 1;
    const departments = department!.values.length;
    [
      random() < 0.3
        ? Math.floor(random() * otherAttributes.location)
        : departmentIndex % otherAttributes.location,
      random() < 0.9 ? 0 : 1 + Math.floor(random() * 3),
      chooseWithin(random, departmentIndex, departments, otherAttributes.cost_center, 0.02),
      Math.floor((departmentIndex * otherAttributes.business_unit) / departments),
    ].forEach((value, at) => {
      columns[at]!.codes[person] = value + 1;
    });
  }
  return { ...matrix, columns: [...matrix.columns, ...columns] };
}

/** Adds an attribute whose values hardly two people share. */
export function addDesks(matrix: AccessMatrix, desks: number, seed: number): AccessMatrix {
  const random = createRandom(seed + 3);
  const codes = Uint32Array.from({ length: matrix.people }, () => 1 + Math.floor(random() * desks));
  return { ...matrix, columns: [...matrix.columns, createColumn('desk', desks, codes)] };
}
