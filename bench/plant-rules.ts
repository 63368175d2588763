import { type AccessMatrix, buildMatrix } from '../src/mining/matrix/matrix.ts';
import { createRandom } from '../src/mining/matrix/random.ts';
import { flipGrants } from './data.ts';
import { generate } from './generated.ts';

/** A single role rule behind planted grants. */
export interface PlantedRule {
  entitlement: number;
  /** The indexes of its people, joined. They identify the rule, whatever its criteria. */
  key: string;
  criteria: number;
}

export interface PlantedMatrix {
  matrix: AccessMatrix;
  planted: PlantedRule[];
  /** Entitlements from this index on come only from planted rules and noise. */
  firstPlanted: number;
}

const minPeople = 5;
/** Maximum share of holders in a cohort outside every single rule of an entitlement. */
const maxShareElsewhere = 0.7;

/**
 * Generates a company with additional entitlements that one to three rules of one to three criteria
 * give. Then removes a share of all grants and adds the same number of random ones.
 */
export function plantRules(
  size: { people: number; entitlements: number },
  noisePercent: number,
  seed: number,
): PlantedMatrix {
  const { matrix } = generate(size.people, 0, seed);
  const random = createRandom(seed + 100);
  const personOf: number[] = [];
  const entitlementOf: number[] = [];
  for (let person = 0; person < matrix.people; person++) {
    for (let i = matrix.offsets[person]!; i < matrix.offsets[person + 1]!; i++) {
      personOf.push(person);
      entitlementOf.push(matrix.items[i]!);
    }
  }
  const planted: PlantedRule[] = [];
  const everyone = Array.from({ length: matrix.people }, (_, person) => person);
  const sizes = countCohorts(matrix, everyone);
  for (let nth = 0; nth < size.entitlements; nth++) {
    const entitlement = matrix.entitlements + nth;
    const rules = drawRules(matrix, sizes, random);
    for (const { members, codes } of rules) {
      planted.push({ entitlement, key: members.join(), criteria: codes.size });
      for (const person of members) {
        personOf.push(person);
        entitlementOf.push(entitlement);
      }
    }
  }
  const all = matrix.entitlements + size.entitlements;
  const exact = buildMatrix(matrix.people, all, personOf, entitlementOf, matrix.columns);
  return {
    matrix: flipGrants(exact, noisePercent / 100, createRandom(seed + 200)),
    planted,
    firstPlanted: matrix.entitlements,
  };
}

interface Cohort {
  /** Code by dimension. */
  codes: Map<number, number>;
  members: number[];
}

function listMembers({ people, columns }: AccessMatrix, codes: Map<number, number>): number[] {
  const criteria = [...codes];
  return Array.from({ length: people }, (_, person) => person).filter((person) =>
    criteria.every(([dimension, code]) => columns[dimension]!.codes[person] === code),
  );
}

/** Counts the people in each cohort of one to three criteria. */
function countCohorts({ columns }: AccessMatrix, people: readonly number[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const person of people) {
    const extend = (key: string, from: number, depth: number): void => {
      for (let dimension = from; dimension < columns.length; dimension++) {
        const code = columns[dimension]!.codes[person]!;
        if (code === 0) continue;
        const longer = `${key},${dimension}=${code}`;
        counts.set(longer, (counts.get(longer) ?? 0) + 1);
        if (depth < 3) extend(longer, dimension + 1, depth + 1);
      }
    };
    extend('', 0, 1);
  }
  return counts;
}

/**
 * Draws one to three rules that no other cohort explains: each adds people, and any cohort that
 * (nearly) all holders fill lies within one of the rules.
 */
function drawRules(
  matrix: AccessMatrix,
  sizes: ReadonlyMap<string, number>,
  random: () => number,
): Cohort[] {
  for (;;) {
    const rules = Array.from({ length: 1 + Math.floor(random() * 3) }, () =>
      drawCohort(matrix, random),
    );
    const isEachAdding = rules.every(({ members }) => {
      const others = rules.flatMap((rule) => (rule.members === members ? [] : rule.members));
      return members.filter((person) => !others.includes(person)).length >= members.length / 2;
    });
    if (isEachAdding && !isExplainedElsewhere(matrix, sizes, rules)) return rules;
  }
}

function isExplainedElsewhere(
  matrix: AccessMatrix,
  sizes: ReadonlyMap<string, number>,
  rules: readonly Cohort[],
): boolean {
  const held = countCohorts(matrix, [...new Set(rules.flatMap(({ members }) => members))]);
  const within = rules.map(({ members }) => countCohorts(matrix, members));
  return [...held].some(([key, count]) => {
    const size = sizes.get(key) ?? 0;
    if (size < minPeople || count <= maxShareElsewhere * size) return false;
    return within.every((counts) => counts.get(key) !== size);
  });
}

/** Draws a person and returns the cohort of their values on some dimensions. */
function drawCohort(matrix: AccessMatrix, random: () => number): Cohort {
  for (;;) {
    const person = Math.floor(random() * matrix.people);
    const codes = new Map<number, number>();
    for (let remaining = 1 + Math.floor(random() * 3); remaining > 0; remaining--) {
      const dimension = Math.floor(random() * matrix.columns.length);
      const code = matrix.columns[dimension]!.codes[person]!;
      if (code > 0) codes.set(dimension, code);
    }
    const members = codes.size === 0 ? [] : listMembers(matrix, codes);
    if (members.length >= minPeople) return { codes, members };
  }
}

/** Keeps the grants, and gives each person the attributes of another. */
export function shuffleAttributes(matrix: AccessMatrix, seed: number): AccessMatrix {
  const random = createRandom(seed + 300);
  const from = Uint32Array.from({ length: matrix.people }, (_, person) => person);
  for (let at = from.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [from[at], from[other]] = [from[other]!, from[at]!];
  }
  const columns = matrix.columns.map((column) => ({
    ...column,
    codes: from.map((person) => column.codes[person]!),
  }));
  return { ...matrix, columns };
}
