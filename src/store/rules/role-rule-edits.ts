import { and, asc, count, desc, eq, inArray, isNull } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { applications, entitlements, grants, type Risk } from '../schema/access.ts';
import { miningRules, singleRoleRules } from '../schema/rules.ts';
import type { SingleRoleRule } from './role-rules.ts';

/** A single role rule with the names that people know it by. */
export interface NamedRoleRule extends SingleRoleRule {
  /** "GitHub · Admin" */
  label: string;
  risk: Risk | null;
  /** The name of the mining rule that generated it; null: the mining rule has none, or the rule is written by hand. */
  miningRule: string | null;
}

const displayOrder = [
  desc(singleRoleRules.origin),
  ...[asc(applications.name), asc(entitlements.name), asc(singleRoleRules.id)],
];

/** A policy's rules in force, those written by hand first, then by entitlement; or one rule, in force or not. */
export async function listNamedRoleRules(
  db: Db,
  which: { rulePolicyId: number; offset: number; limit: number } | { id: number },
): Promise<NamedRoleRule[]> {
  const found = await db
    .select({
      rule: singleRoleRules,
      app: applications.name,
      name: entitlements.name,
      risk: entitlements.risk,
      miningRule: miningRules.name,
    })
    .from(singleRoleRules)
    .innerJoin(entitlements, eq(entitlements.id, singleRoleRules.entitlementId))
    .innerJoin(applications, eq(applications.id, entitlements.applicationId))
    .leftJoin(miningRules, eq(miningRules.id, singleRoleRules.miningRuleId))
    .where('id' in which ? eq(singleRoleRules.id, which.id) : inForceOf(which.rulePolicyId))
    .orderBy(...displayOrder)
    .offset('id' in which ? 0 : which.offset)
    .limit('id' in which ? 1 : which.limit);
  return found.map(({ rule, app, name, ...more }) => ({
    ...rule,
    label: `${app} · ${name}`,
    ...more,
  }));
}

/** The index of the first rule for an entitlement in the list of a policy's rules in force; -1: there is none. */
export async function findPlaceOfRules(
  db: Db,
  rulePolicyId: number,
  entitlementId: number,
): Promise<number> {
  const found = await db
    .select({ entitlementId: singleRoleRules.entitlementId })
    .from(singleRoleRules)
    .innerJoin(entitlements, eq(entitlements.id, singleRoleRules.entitlementId))
    .innerJoin(applications, eq(applications.id, entitlements.applicationId))
    .where(inForceOf(rulePolicyId))
    .orderBy(...displayOrder);
  return found.findIndex((one) => one.entitlementId === entitlementId);
}

/** The number of live grants by each of these rules. A rule without any is missing. */
export async function countGrantsByRule(
  db: Db,
  ruleIds: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  if (ruleIds.length === 0) return new Map();
  const found = await db
    .select({ ruleId: grants.ruleId, all: count() })
    .from(grants)
    .where(and(isNull(grants.closedAt), inArray(grants.ruleId, [...ruleIds])))
    .groupBy(grants.ruleId);
  return new Map(found.flatMap(({ ruleId, all }) => (ruleId === null ? [] : [[ruleId, all]])));
}

export async function countRoleRules(db: Db, rulePolicyId: number): Promise<number> {
  const [found] = await db
    .select({ all: count() })
    .from(singleRoleRules)
    .where(inForceOf(rulePolicyId));
  return found?.all ?? 0;
}

/** @returns its id. */
export async function insertRoleRule(
  db: Db,
  row: typeof singleRoleRules.$inferInsert,
): Promise<number> {
  const [inserted] = await db
    .insert(singleRoleRules)
    .values(row)
    .returning({ id: singleRoleRules.id });
  if (!inserted) throw new Error('the single role rule was not stored');
  return inserted.id;
}

/** Changes the priority of a rule in force. */
export async function reviseRoleRule(
  db: Db,
  { id, version }: { id: number; version: number },
  change: Pick<SingleRoleRule, 'priority'>,
): Promise<void> {
  await db
    .update(singleRoleRules)
    .set({ ...change, version: version + 1 })
    .where(eq(singleRoleRules.id, id));
}

/** @returns false when it has ended, or somebody has edited it meanwhile. */
export async function endRoleRuleAt(
  db: Db,
  { id, version }: { id: number; version: number },
  at: Date,
): Promise<boolean> {
  const ended = await db
    .update(singleRoleRules)
    .set({ endedAt: at, version: version + 1 })
    .where(
      and(
        eq(singleRoleRules.id, id),
        eq(singleRoleRules.version, version),
        isNull(singleRoleRules.endedAt),
      ),
    )
    .returning({ id: singleRoleRules.id });
  return ended.length > 0;
}

function inForceOf(rulePolicyId: number) {
  return and(eq(singleRoleRules.rulePolicyId, rulePolicyId), isNull(singleRoleRules.endedAt));
}
