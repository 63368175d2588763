import { groupBy } from '../../collections.ts';
import { loadCountedHolders } from '../../store/mining/access-matrix.ts';
import type { CohortPerson } from '../../store/people/people.ts';
import type { NamedSimulatedRule } from '../../store/rules/simulations.ts';
import { listCountedPeople } from '../cohorts/cohorts.ts';
import { indexPeople, type PeopleIndex } from '../cohorts/people-index.ts';
import type { Ctx } from '../context.ts';
import { loadAllHolders } from './retained-rules.ts';

/** Whom a rule is right and wrong about now, in the order of people. */
export interface RuleNames {
  /** Match it and hold the entitlement. */
  right: CohortPerson[];
  /** Match it and do not. */
  wrong: CohortPerson[];
  /** Hold it and match none of the entitlement's rules. */
  missed: CohortPerson[];
}

/** Reads the people once, to name those of many rules. */
export async function openNames(ctx: Ctx) {
  const people = await listCountedPeople(ctx);
  const index = indexPeople(people);
  const indexOf = new Map(people.map(({ id }, at) => [id, at]));
  return {
    /**
     * Names the people of some rules.
     * @param all the rules of the same entitlements, among which these are; who matches one of them is not missed.
     */
    read: async (
      rules: readonly NamedSimulatedRule[],
      all: readonly NamedSimulatedRule[],
    ): Promise<RuleNames[]> => {
      const holdersOf = await readHolders(ctx, rules);
      const siblings = groupBy(all, setOf);
      return rules.map((one) => {
        const isHolder = marks(people, holdersOf(one), indexOf);
        const matched = index.match(one.rule.criteria);
        const covered = coverage({ people, index }, siblings.get(setOf(one)) ?? []);
        return {
          right: pick(people, matched, (at) => isHolder[at] === 1),
          wrong: pick(people, matched, (at) => isHolder[at] === 0),
          missed: people.filter((_, at) => isHolder[at] === 1 && covered[at] === 0),
        };
      });
    },
  };
}

/** The holders that each rule's figures are of. */
async function readHolders(ctx: Ctx, rules: readonly NamedSimulatedRule[]) {
  const idsWhere = (isOwn: boolean) => [
    ...new Set(
      rules
        .filter(({ rule }) => (rule.figures.countsOwnGrants ?? false) === isOwn)
        .map(({ rule }) => rule.entitlementId),
    ),
  ];
  const mined = await loadCountedHolders(ctx.db, idsWhere(false));
  const all = await loadAllHolders(ctx, idsWhere(true));
  return ({ rule }: NamedSimulatedRule): Iterable<number> =>
    rule.figures.countsOwnGrants ? all(rule.entitlementId) : (mined.get(rule.entitlementId) ?? []);
}

/** Rules of an entitlement that go are one set, those that come or stay another. */
function setOf({ rule }: NamedSimulatedRule): string {
  return `${rule.entitlementId}:${rule.change === 'removed'}`;
}

function marks(
  people: readonly CohortPerson[],
  ids: Iterable<number>,
  indexOf: ReadonlyMap<number, number>,
): Uint8Array {
  const marked = new Uint8Array(people.length);
  for (const id of ids) {
    const at = indexOf.get(id);
    if (at !== undefined) marked[at] = 1;
  }
  return marked;
}

function coverage(
  { people, index }: { people: readonly CohortPerson[]; index: PeopleIndex },
  rules: readonly NamedSimulatedRule[],
): Uint8Array {
  const covered = new Uint8Array(people.length);
  for (const { rule } of rules) for (const at of index.match(rule.criteria)) covered[at] = 1;
  return covered;
}

function pick(
  people: readonly CohortPerson[],
  indexes: Int32Array,
  isWanted: (at: number) => boolean,
): CohortPerson[] {
  const picked: CohortPerson[] = [];
  for (const at of indexes) {
    const person = people[at];
    if (person && isWanted(at)) picked.push(person);
  }
  return picked;
}
