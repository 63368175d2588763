import type { AccessMatrix } from '../../src/mining/matrix/matrix.ts';
import type { MiningOptions } from '../../src/mining/options.ts';

/**
 * A small organization as plain objects: attributes by dimension (null: empty) and entitlements.
 */
export interface SmallPerson {
  attributes: (string | null)[];
  holds: Set<number>;
}

interface OracleEntitlement {
  entitlement: number;
  holders: number;
  confidence: number;
  lowerBound: number;
}

export interface OracleCohort {
  /** Value by dimension index. */
  criteria: Map<number, string>;
  members: number[];
  entitlements: OracleEntitlement[];
}

/** Wilson's formula exactly as in its definition. */
export function wilson(k: number, n: number): number {
  const z = 1.959964;
  const p = k / n;
  const root = Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return (p + (z * z) / (2 * n) - z * root) / (1 + (z * z) / n);
}

/** Every conjunction of one value each of up to `depth` dimensions. */
function listConjunctions(people: SmallPerson[], dimensions: number, depth: number) {
  let all: Map<number, string>[] = [new Map()];
  for (let d = 0; d < dimensions; d++) {
    const values = new Set(people.map((person) => person.attributes[d] ?? null));
    const named = [...values].filter((value) => value !== null);
    all = all.flatMap((c) => [c, ...named.map((v) => new Map([...c, [d, v]]))]);
  }
  return all.filter((c) => c.size > 0 && c.size <= depth);
}

function measure(people: SmallPerson[], members: number[], e: number): OracleEntitlement {
  const holders = members.filter((p) => people[p]!.holds.has(e)).length;
  const n = members.length;
  return { entitlement: e, holders, confidence: holders / n, lowerBound: wilson(holders, n) };
}

function isStrong(figure: OracleEntitlement, options: MiningOptions): boolean {
  return (
    figure.holders > 0 &&
    100 * figure.confidence >= options.minConfidencePercent - 1e-9 &&
    100 * figure.lowerBound >= options.minLowerBoundPercent - 1e-9
  );
}

function compareDimensions(a: OracleCohort, b: OracleCohort): number {
  const [x, y] = [[...a.criteria.keys()], [...b.criteria.keys()]];
  const differs = x.findIndex((d, i) => d !== y[i]);
  return differs < 0 ? 0 : x[differs]! - y[differs]!;
}

function isWider(a: OracleCohort, b: OracleCohort): boolean {
  const wide = new Set(a.members);
  if (!b.members.every((p) => wide.has(p))) return false;
  if (a.members.length !== b.members.length) return true;
  const order = a.criteria.size - b.criteria.size || compareDimensions(a, b);
  return order < 0;
}

/** Weakest evidence first; ties: fewer people, more criteria, later dimensions and values. */
function compareWeakness(e: number) {
  const boundOf = ({ entitlements }: OracleCohort) =>
    entitlements.find(({ entitlement }) => entitlement === e)!.lowerBound;
  const valuesOf = ({ criteria }: OracleCohort) => [...criteria.values()].join();
  return (a: OracleCohort, b: OracleCohort) => {
    const bounds = boundOf(a) - boundOf(b);
    if (Math.abs(bounds) > 1e-12) return bounds;
    const sizes = a.members.length - b.members.length || b.criteria.size - a.criteria.size;
    return sizes || compareDimensions(b, a) || (valuesOf(a) < valuesOf(b) ? 1 : -1);
  };
}

/** Removes an entitlement from cohorts whose holders other cohorts cover. */
function dropExplained(
  people: SmallPerson[],
  cohorts: OracleCohort[],
  minConfidencePercent: number,
  e: number,
) {
  const has = (c: OracleCohort) => c.entitlements.some(({ entitlement }) => entitlement === e);
  for (const cohort of cohorts.filter(has).sort(compareWeakness(e))) {
    const others = cohorts.filter((other) => other !== cohort && has(other));
    const rest = cohort.members.filter((p) => !others.some(({ members }) => members.includes(p)));
    if (rest.length === cohort.members.length) continue;
    const lacking = rest.filter((p) => !people[p]!.holds.has(e)).length;
    const upperBound =
      rest.length === 0 ? 0 : 1 - (lacking === 0 ? 0 : wilson(lacking, rest.length));
    if (rest.length > 0 && 100 * upperBound >= minConfidencePercent - 1e-9) continue;
    cohort.entitlements = cohort.entitlements.filter(({ entitlement }) => entitlement !== e);
  }
}

/**
 * All suggestions before bundling, straight from the definition: birthrights, the lattice, most
 * general cohorts, and none that other cohorts explain.
 */
export function mineByDefinition(
  people: SmallPerson[],
  entitlements: number,
  dimensions: number,
  options: MiningOptions,
): OracleCohort[] {
  const everyone = people.map((_, p) => p);
  const all = Array.from({ length: entitlements }, (_, e) => e);
  const counted = all.filter((e) => !options.excludedEntitlements.includes(e));
  const isLarge = (members: number[]) => members.length >= options.minCohortSize;
  const birthrights = isLarge(everyone)
    ? counted.map((e) => measure(people, everyone, e)).filter((f) => isStrong(f, options))
    : [];
  const taken = new Set(birthrights.map(({ entitlement }) => entitlement));
  const cohorts = listConjunctions(people, dimensions, options.maxDepth)
    .map((criteria) => {
      const matches = (p: number) =>
        [...criteria].every(([d, v]) => people[p]!.attributes[d] === v);
      return { criteria, members: everyone.filter(matches) };
    })
    .filter(({ members }) => isLarge(members))
    .map(({ criteria, members }) => {
      const strong = counted
        .filter((e) => !taken.has(e))
        .map((e) => measure(people, members, e))
        .filter((f) => isStrong(f, options))
        .filter(({ entitlement: e, holders }) => {
          const share = everyone.filter((p) => people[p]!.holds.has(e)).length / people.length;
          return holders / members.length / share >= options.minLift - 1e-9;
        });
      return { criteria, members, entitlements: strong };
    });
  const general = cohorts.map((cohort) => {
    const wider = cohorts.filter((other) => isWider(other, cohort));
    const repeated = new Set(wider.flatMap((w) => w.entitlements.map((f) => f.entitlement)));
    return {
      ...cohort,
      entitlements: cohort.entitlements.filter((f) => !repeated.has(f.entitlement)),
    };
  });
  for (const e of counted) dropExplained(people, general, options.minConfidencePercent, e);
  const top = { criteria: new Map(), members: everyone, entitlements: birthrights };
  return [top, ...general].filter((cohort) => cohort.entitlements.length > 0);
}

/** The entitlements of each person in a matrix. */
export function readHoldings(matrix: AccessMatrix): Set<number>[] {
  return Array.from({ length: matrix.people }, (_, p) => {
    return new Set(matrix.items.subarray(matrix.offsets[p]!, matrix.offsets[p + 1]!));
  });
}
