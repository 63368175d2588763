import { groupBy } from '../../collections.ts';
import { loadCountedHolders } from '../../store/mining/access-matrix.ts';
import type { CohortPerson } from '../../store/people/people.ts';
import type { NamedSimulatedRule } from '../../store/rules/simulations.ts';
import { indexPeople, type PeopleIndex } from '../cohorts/people-index.ts';
import { listPeopleForRules } from '../cohorts/trusted-values.ts';
import type { Ctx } from '../context.ts';
import { loadAllHolders } from './retained-rules.ts';

/** The people that a rule classifies correctly and wrongly now, in the order of people. */
export interface RulePeople {
  /** True positives: they match the rule and hold the entitlement. */
  right: CohortPerson[];
  /** False positives: they match the rule and do not hold the entitlement. */
  wrong: CohortPerson[];
  /** False negatives: they hold the entitlement and match none of its rules. */
  missed: CohortPerson[];
}

/** Loads all people once, to list the affected people of many rules. */
export async function createRulePeopleReader(ctx: Ctx) {
  const people = await listPeopleForRules(ctx);
  const index = indexPeople(people);
  const indexOf = new Map(people.map(({ id }, at) => [id, at]));
  return {
    /**
     * Lists the people of some rules.
     * @param all all rules of the same entitlements, these included: a person who matches any of them is not missed.
     */
    read: async (
      rules: readonly NamedSimulatedRule[],
      all: readonly NamedSimulatedRule[],
    ): Promise<RulePeople[]> => {
      const holdersOf = await readHolders(ctx, rules);
      const rulesOf = groupBy(all, ruleSetKey);
      return rules.map((named) => {
        const isHolder = markPeople(people, holdersOf(named), indexOf);
        const matched = index.match(named.rule.criteria);
        const isCovered = markCovered({ people, index }, rulesOf.get(ruleSetKey(named)) ?? []);
        return {
          right: selectPeople(people, matched, (at) => isHolder[at] === 1),
          wrong: selectPeople(people, matched, (at) => isHolder[at] === 0),
          missed: people.filter((_, at) => isHolder[at] === 1 && isCovered[at] === 0),
        };
      });
    },
  };
}

/** Loads the holders that the figures of each rule count: with or without grants by rules. */
async function readHolders(ctx: Ctx, rules: readonly NamedSimulatedRule[]) {
  const listEntitlementIds = (countsOwnGrants: boolean) => [
    ...new Set(
      rules
        .filter(({ rule }) => (rule.figures.countsOwnGrants ?? false) === countsOwnGrants)
        .map(({ rule }) => rule.entitlementId),
    ),
  ];
  const mined = await loadCountedHolders(ctx.db, listEntitlementIds(false));
  const all = await loadAllHolders(ctx, listEntitlementIds(true));
  return ({ rule }: NamedSimulatedRule): Iterable<number> =>
    rule.figures.countsOwnGrants ? all(rule.entitlementId) : (mined.get(rule.entitlementId) ?? []);
}

/** The removed rules of an entitlement form one set; added and kept rules form the other. */
function ruleSetKey({ rule }: NamedSimulatedRule): string {
  return `${rule.entitlementId}:${rule.change === 'removed'}`;
}

function markPeople(
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

function markCovered(
  { people, index }: { people: readonly CohortPerson[]; index: PeopleIndex },
  rules: readonly NamedSimulatedRule[],
): Uint8Array {
  const covered = new Uint8Array(people.length);
  for (const { rule } of rules) for (const at of index.match(rule.criteria)) covered[at] = 1;
  return covered;
}

function selectPeople(
  people: readonly CohortPerson[],
  indexes: Int32Array,
  isSelected: (at: number) => boolean,
): CohortPerson[] {
  const selected: CohortPerson[] = [];
  for (const at of indexes) {
    const person = people[at];
    if (person && isSelected(at)) selected.push(person);
  }
  return selected;
}
