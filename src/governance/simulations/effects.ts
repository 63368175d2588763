import { groupBy } from '../../collections.ts';
import { listEntitlementsById } from '../../store/catalog/entitlements.ts';
import { listRulesInForce, type RuleGrant } from '../../store/rules/role-rules.ts';
import type { SimulatedRule } from '../../store/rules/simulations.ts';
import type { Criteria } from '../../store/schema/rules.ts';
import type { Ctx } from '../context.ts';
import {
  type AccessSnapshot,
  comparePrecedence,
  loadAccessSnapshot,
  planRules,
  type RoleRule,
  type RuleTarget,
} from '../role-rules/plan.ts';

/** A rule of the simulation, and another that says something else about the same people. */
interface RuleConflict {
  rule: RoleRule;
  other: RoleRule;
  people: number;
  winner: RoleRule;
}

/** What would become of access if a simulation were applied now, beside what becomes of it in any case. */
export interface Effects {
  reach: AccessSnapshot;
  /** The rules of its policy as they would be, those written by hand left out. */
  rules: RoleRule[];
  gains: RuleTarget[];
  losses: RuleGrant[];
  redundant: RuleTarget[];
  /** Of the gains, those of high risk. */
  highRisk: RuleTarget[];
  conflicts: RuleConflict[];
}

type Simulated = Pick<
  SimulatedRule,
  'change' | 'singleRoleRuleId' | 'entitlementId' | 'criteria' | 'ruleType'
>;

/** Compares the rules of all policies as they are with how they would be. */
export async function readEffects(
  ctx: Ctx,
  rulePolicyId: number,
  simulated: readonly Simulated[],
): Promise<Effects> {
  const present: RoleRule[] = await listRulesInForce(ctx.db);
  const removed = new Set(idsOf(simulated, 'removed'));
  const kept = new Set(idsOf(simulated, 'kept'));
  const added = simulated
    .filter(({ change }) => change === 'added')
    .map(({ entitlementId, criteria, ruleType }): RoleRule => {
      const fresh = { priority: 0, appliedAt: ctx.now, origin: 'generated' as const };
      return { rulePolicyId, entitlementId, criteria, ruleType, ...fresh };
    });
  const stay = present.filter(({ id }) => !removed.has(id ?? 0));
  const own = [...stay.filter(({ id }) => kept.has(id ?? 0)), ...added];
  const reach = await loadAccessSnapshot(ctx, [...present, ...added]);
  const now = planRules(reach, present);
  const then = planRules(reach, [...stay, ...added]);
  const gains = without(then.newGrants, now.newGrants);
  const risky = new Set(await listHighRisk(ctx, gains));
  return {
    reach,
    rules: own,
    gains,
    losses: without(then.uncovered, now.uncovered).filter(
      ({ isInGracePeriod }) => !isInGracePeriod,
    ),
    redundant: without(then.redundant, now.redundant),
    highRisk: gains.filter(({ entitlementId }) => risky.has(entitlementId)),
    conflicts: findConflicts(
      reach,
      own,
      stay.filter(({ id }) => !kept.has(id ?? 0)),
    ),
  };
}

/** The rules in force that a simulation changes so. */
export function idsOf(simulated: readonly Simulated[], change: SimulatedRule['change']): number[] {
  return simulated.flatMap((rule) =>
    rule.change === change && rule.singleRoleRuleId !== null ? [rule.singleRoleRuleId] : [],
  );
}

type Pair = Pick<RuleTarget, 'personId' | 'entitlementId'>;

function without<T extends Pair>(list: readonly T[], those: readonly Pair[]): T[] {
  const nameOf = ({ personId, entitlementId }: Pair) => `${personId}:${entitlementId}`;
  const names = new Set(those.map(nameOf));
  return list.filter((one) => !names.has(nameOf(one)));
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
