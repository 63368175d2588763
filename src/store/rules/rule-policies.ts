import { and, asc, count, eq, inArray, isNotNull, isNull, or, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { grants } from '../schema/access.ts';
import {
  miningRules,
  rulePolicies,
  type SimulationState,
  simulatedRules,
  simulations,
  singleRoleRules,
} from '../schema/rules.ts';

export type RulePolicy = typeof rulePolicies.$inferSelect;

/** A rule policy with the numbers of its rules and its unfinished simulation. */
export interface CountedRulePolicy extends RulePolicy {
  /** Mining rules whose single role rules go to it; `disabled`: how many of them are off. */
  miningRules: number;
  disabled: number;
  /** Single role rules in force. */
  generated: number;
  written: number;
  /** The unfinished simulation: queued, running, or waiting for a decision. */
  simulation: { id: number; state: SimulationState } | undefined;
}

/** Rule policies by name, with their counts. @param ids undefined: all policies. */
export async function listCountedPolicies(
  db: Db,
  ids?: readonly number[],
): Promise<CountedRulePolicy[]> {
  const policies = await db
    .select()
    .from(rulePolicies)
    .where(ids ? inArray(rulePolicies.id, [...ids]) : undefined)
    .orderBy(asc(sql`lower(${rulePolicies.name})`));
  const mining = await db
    .select({
      policyId: miningRules.rulePolicyId,
      all: count(),
      disabled: sql<number>`(count(*) filter (where not ${miningRules.enabled}))::int`,
    })
    .from(miningRules)
    .groupBy(miningRules.rulePolicyId);
  const inForce = await db
    .select({
      policyId: singleRoleRules.rulePolicyId,
      origin: singleRoleRules.origin,
      all: count(),
    })
    .from(singleRoleRules)
    .where(isNull(singleRoleRules.endedAt))
    .groupBy(singleRoleRules.rulePolicyId, singleRoleRules.origin);
  const open = await db
    .select({ policyId: simulations.rulePolicyId, id: simulations.id, state: simulations.state })
    .from(simulations)
    .where(inArray(simulations.state, ['queued', 'running', 'open']));
  return policies.map((policy) => {
    const ofPolicy = <T extends { policyId: number }>(all: readonly T[]) =>
      all.filter(({ policyId }) => policyId === policy.id);
    const [rules] = ofPolicy(mining);
    const [simulation] = ofPolicy(open);
    const countOf = (origin: string) =>
      ofPolicy(inForce).find((one) => one.origin === origin)?.all ?? 0;
    return {
      ...policy,
      miningRules: rules?.all ?? 0,
      disabled: rules?.disabled ?? 0,
      generated: countOf('generated'),
      written: countOf('written'),
      simulation: simulation && { id: simulation.id, state: simulation.state },
    };
  });
}

/**
 * Locks a rule policy that something is about to refer to, so that nobody can delete it meanwhile.
 * @param which its id, or its name in any case.
 */
export async function lockRulePolicyForUse(db: Db, which: number | string) {
  const [row] = await db
    .select()
    .from(rulePolicies)
    .where(
      typeof which === 'number'
        ? eq(rulePolicies.id, which)
        : sql`lower(${rulePolicies.name}) = lower(${which})`,
    )
    .for('share');
  // Without a row the array is empty.
  return row as RulePolicy | undefined;
}

/** Locks a rule policy before a change or deletion. Transactions that add rules to it wait. */
export async function lockRulePolicy(db: Db, id: number): Promise<RulePolicy | undefined> {
  const [row] = await db.select().from(rulePolicies).where(eq(rulePolicies.id, id)).for('update');
  return row;
}

export async function listRulePolicyNames(db: Db): Promise<string[]> {
  const found = await db
    .select({ name: rulePolicies.name })
    .from(rulePolicies)
    .orderBy(asc(sql`lower(${rulePolicies.name})`));
  return found.map(({ name }) => name);
}

/** @returns undefined when the name is taken. */
export async function insertRulePolicy(
  db: Db,
  row: typeof rulePolicies.$inferInsert,
): Promise<RulePolicy | undefined> {
  const [inserted] = await db.insert(rulePolicies).values(row).onConflictDoNothing().returning();
  return inserted;
}

export async function updateRulePolicy(
  db: Db,
  { id, version }: { id: number; version: number },
  change: { name: string; graceDays: number },
): Promise<void> {
  await db
    .update(rulePolicies)
    .set({ ...change, version: version + 1 })
    .where(eq(rulePolicies.id, id));
}

/** The number of mining rules that belong to a rule policy or send their single role rules to it. */
export async function countMiningRulesOf(db: Db, id: number): Promise<number> {
  const [found] = await db
    .select({ all: count() })
    .from(miningRules)
    .where(or(eq(miningRules.policyId, id), eq(miningRules.rulePolicyId, id)));
  return found?.all ?? 0;
}

/** The number of live grants by rules of this policy, ended rules included. */
export async function countGrantsByRulesOf(db: Db, id: number): Promise<number> {
  const [found] = await db
    .select({ all: count() })
    .from(grants)
    .innerJoin(singleRoleRules, eq(singleRoleRules.id, grants.ruleId))
    .where(
      and(eq(singleRoleRules.rulePolicyId, id), isNull(grants.closedAt), isNotNull(grants.ruleId)),
    );
  return found?.all ?? 0;
}

/** Deletes a rule policy with its ended rules and its simulations. */
export async function removeRulePolicy(db: Db, id: number): Promise<void> {
  const simulationIds = db
    .select({ id: simulations.id })
    .from(simulations)
    .where(eq(simulations.rulePolicyId, id));
  await db.delete(simulatedRules).where(inArray(simulatedRules.simulationId, simulationIds));
  await db.delete(simulations).where(eq(simulations.rulePolicyId, id));
  await db.delete(singleRoleRules).where(eq(singleRoleRules.rulePolicyId, id));
  await db.delete(rulePolicies).where(eq(rulePolicies.id, id));
}
