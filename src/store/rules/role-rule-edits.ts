import { and, asc, count, desc, eq, inArray, isNull } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { applications, entitlements, grants, type Risk } from '../schema/access.ts';
import { miningRules, singleRoleRules } from '../schema/rules.ts';
import type { SingleRoleRule } from './role-rules.ts';

/** A single role rule with what it is called by. */
export interface NamedRoleRule extends SingleRoleRule {
  /** "GitHub · Admin" */
  label: string;
  risk: Risk | null;
  /** The mining rule that made it, where that has a name. */
  miningRule: string | null;
}

const listed = [
  desc(singleRoleRules.origin),
  ...[asc(applications.name), asc(entitlements.name), asc(singleRoleRules.id)],
];

/** Rules in force of a policy by entitlement, those written by hand first, or one rule, in force or not. */
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
    .orderBy(...listed)
    .offset('id' in which ? 0 : which.offset)
    .limit('id' in which ? 1 : which.limit);
  return found.map(({ rule, app, name, ...more }) => ({
    ...rule,
    label: `${app} · ${name}`,
    ...more,
  }));
}

/** The place, from 0, of the first rule for an entitlement in the list of a policy's rules; -1: there is none. */
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
    .orderBy(...listed);
  return found.findIndex((one) => one.entitlementId === entitlementId);
}

/** How many people hold what these rules give by each of them, those of none left out. */
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

/** Changes a rule in force. */
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

/** @returns false when it has ended or has another version by now. */
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
