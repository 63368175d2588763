import { and, asc, desc, eq, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Db } from '../db.ts';
import { miningRules, rulePolicies } from '../schema/rules.ts';

/** A mining rule with the names of its policies. */
export type MiningRuleRecord = typeof miningRules.$inferSelect & {
  /** The policy that contains it. */
  policy: string;
  /** The policy that receives its single role rules. */
  rulePolicy: string;
};

const target = alias(rulePolicies, 'target');

/**
 * Mining rules in the order in which they run: the highest priority first, then the oldest.
 * @param which.rulePolicyId only those whose single role rules go to this policy.
 */
export async function listMiningRules(
  db: Db,
  which: { rulePolicyId?: number; id?: number } = {},
): Promise<MiningRuleRecord[]> {
  const found = await db
    .select({ rule: miningRules, policy: rulePolicies.name, rulePolicy: target.name })
    .from(miningRules)
    .innerJoin(rulePolicies, eq(rulePolicies.id, miningRules.policyId))
    .innerJoin(target, eq(target.id, miningRules.rulePolicyId))
    .where(
      and(
        which.rulePolicyId === undefined
          ? undefined
          : eq(miningRules.rulePolicyId, which.rulePolicyId),
        which.id === undefined ? undefined : eq(miningRules.id, which.id),
      ),
    )
    .orderBy(desc(miningRules.priority), asc(miningRules.id));
  return found.map(({ rule, ...names }) => ({ ...rule, ...names }));
}

/** @returns its id. */
export async function insertMiningRule(
  db: Db,
  row: typeof miningRules.$inferInsert,
): Promise<number> {
  const [inserted] = await db.insert(miningRules).values(row).returning({ id: miningRules.id });
  if (!inserted) throw new Error('the mining rule was not stored');
  return inserted.id;
}

/** @returns false when somebody has edited or deleted it meanwhile. */
export async function updateMiningRule(
  db: Db,
  { id, version }: { id: number; version: number },
  change: Partial<typeof miningRules.$inferInsert>,
): Promise<boolean> {
  const updated = await db
    .update(miningRules)
    .set({ ...change, version: version + 1 })
    .where(and(eq(miningRules.id, id), eq(miningRules.version, version)))
    .returning({ id: miningRules.id });
  return updated.length > 0;
}

/** @returns false when somebody has edited or deleted it meanwhile. */
export async function removeMiningRule(
  db: Db,
  { id, version }: { id: number; version: number },
): Promise<boolean> {
  const removed = await db
    .delete(miningRules)
    .where(and(eq(miningRules.id, id), eq(miningRules.version, version)))
    .returning({ id: miningRules.id });
  return removed.length > 0;
}

/** Keeps all others from writing mining rules and rule policies until the end of the transaction. Reading stays possible. */
export async function lockMiningRules(db: Db): Promise<void> {
  await db.execute(sql`lock table rule_policies, mining_rules in share row exclusive mode`);
}
