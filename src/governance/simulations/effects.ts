import { groupBy } from '../../collections.ts';
import { listEntitlementsById } from '../../store/catalog/entitlements.ts';
import { listRulesInForce, type RuleGrant } from '../../store/rules/role-rules.ts';
import type { SimulatedRule } from '../../store/rules/simulations.ts';
import type { Criteria } from '../../store/schema/rules.ts';
import type { Ctx } from '../context.ts';
import {
  type AccessSnapshot,
  loadAccessSnapshot,
  planRules,
  type RuleTarget,
} from '../role-rules/plan.ts';
import type { RoleRule } from '../role-rules/role-rule.ts';
import { comparePrecedence } from '../role-rules/role-rule.ts';

/** A rule of the simulation and another rule with another type about the same entitlement and people. */
interface RuleConflict {
  rule: RoleRule;
  other: RoleRule;
  people: number;
  winner: RoleRule;
}

/** How access would change if a simulation were applied now, apart from changes that happen in any case. */
export interface Effects {
  reach: AccessSnapshot;
  /** The generated rules that its policy would have. */
  rules: RoleRule[];
  gains: RuleTarget[];
  losses: RuleGrant[];
  redundant: RuleTarget[];
  /** The gains with high risk. */
  highRisk: RuleTarget[];
  conflicts: RuleConflict[];
}

type Simulated = Pick<
  SimulatedRule,
  'change' | 'singleRoleRuleId' | 'entitlementId' | 'criteria' | 'ruleType'
>;

/** Compares the rules in force of all policies with the rules that a simulation would leave. */
export async function readEffects(
  ctx: Ctx,
  rulePolicyId: number,
  simulated: readonly Simulated[],
): Promise<Effects> {
  const present = await listRulesInForce(ctx.db);
  const removed = new Set(listRuleIds(simulated, 'removed'));
  const kept = new Set(listRuleIds(simulated, 'kept'));
  const added = simulated
    .filter(({ change }) => change === 'added')
    .map(({ entitlementId, criteria, ruleType }): RoleRule => {
      const defaults = { priority: 0, appliedAt: ctx.now, origin: 'generated' as const };
      return { rulePolicyId, entitlementId, criteria, ruleType, ...defaults };
    });
  const remaining = present.filter(({ id }) => !removed.has(id));
  const own = [...remaining.filter(({ id }) => kept.has(id)), ...added];
  const reach = await loadAccessSnapshot(ctx, [...present, ...added]);
  const before = planRules(reach, present);
  const after = planRules(reach, [...remaining, ...added]);
  const gains = without(after.newGrants, before.newGrants);
  const highRiskIds = new Set(await listHighRisk(ctx, gains));
  return {
    reach,
    rules: own,
    gains,
    losses: without(after.uncovered, before.uncovered).filter(
      ({ isInGracePeriod }) => !isInGracePeriod,
    ),
    redundant: without(after.redundant, before.redundant),
    highRisk: gains.filter(({ entitlementId }) => highRiskIds.has(entitlementId)),
    conflicts: findConflicts(
      reach,
      own,
      remaining.filter(({ id }) => !kept.has(id)),
    ),
  };
}

/** Lists the ids of the rules in force that a simulation removes or keeps. */
export function listRuleIds(
  simulated: readonly Simulated[],
  change: SimulatedRule['change'],
): number[] {
  return simulated.flatMap((rule) =>
    rule.change === change && rule.singleRoleRuleId !== null ? [rule.singleRoleRuleId] : [],
  );
}

type Pair = Pick<RuleTarget, 'personId' | 'entitlementId'>;

function without<T extends Pair>(pairs: readonly T[], excluded: readonly Pair[]): T[] {
  const keyOf = ({ personId, entitlementId }: Pair) => `${personId}:${entitlementId}`;
  const keys = new Set(excluded.map(keyOf));
  return pairs.filter((pair) => !keys.has(keyOf(pair)));
}

async function listHighRisk(ctx: Ctx, gains: readonly Pair[]): Promise<number[]> {
  const ids = [...new Set(gains.map(({ entitlementId }) => entitlementId))];
  const found = await listEntitlementsById(ctx.db, ids);
  return found.filter(({ risk }) => risk === 'high').map(({ id }) => id);
}

function findConflicts(
  { index }: AccessSnapshot,
  own: readonly RoleRule[],
  others: readonly RoleRule[],
): RuleConflict[] {
  const othersOf = groupBy(others, ({ entitlementId }) => entitlementId);
  return own.flatMap((rule) =>
    (othersOf.get(rule.entitlementId) ?? []).flatMap((other) => {
      if (other.ruleType === rule.ruleType) return [];
      const people = countShared(index, rule.criteria, other.criteria);
      if (people === 0) return [];
      return [{ rule, other, people, winner: comparePrecedence(rule, other) < 0 ? rule : other }];
    }),
  );
}

function countShared(index: AccessSnapshot['index'], a: Criteria, b: Criteria): number {
  return index.match(a).filter(index.matcher(b)).length;
}
