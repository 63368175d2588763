import { and, asc, eq, inArray, or, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { applications, entitlements } from '../schema/access.ts';
import {
  type PolicyCondition,
  policies,
  policyRules,
  policySteps,
  type TaskKind,
} from '../schema/tasks.ts';
import type { Policy, PolicyHead } from './policies.ts';

/** Policies with their steps in order. @param ids undefined: all policies. */
export async function listWholePolicies(db: Db, ids?: readonly number[]): Promise<Policy[]> {
  const heads = await db
    .select()
    .from(policies)
    .where(ids ? inArray(policies.id, [...ids]) : undefined)
    .orderBy(asc(policies.id));
  const steps = await db
    .select()
    .from(policySteps)
    .where(ids ? inArray(policySteps.policyId, [...ids]) : undefined)
    .orderBy(asc(policySteps.position));
  return heads.map((policy) => ({
    ...policy,
    steps: steps.filter((step) => step.policyId === policy.id),
  }));
}

/** The policy of a kind with this name, in any case. */
export async function findPolicyByName(
  db: Db,
  kind: TaskKind,
  name: string,
): Promise<PolicyHead | undefined> {
  const [row] = await db
    .select()
    .from(policies)
    .where(and(eq(policies.kind, kind), sql`lower(${policies.name}) = lower(${name})`));
  return row;
}

/**
 * Lets one transaction at a time edit policies and policy rules; reading stays possible.
 * @param id a policy to lock as well: it waits for transactions that have locked it with `lockPolicies`.
 */
export async function lockPolicyEdits(db: Db, id = 0): Promise<void> {
  await db.execute(sql`lock table policies, policy_rules in share row exclusive mode`);
  await db.select({ id: policies.id }).from(policies).where(eq(policies.id, id)).for('update');
}

export type NewStep = Omit<typeof policySteps.$inferInsert, 'policyId' | 'position'>;

/** Inserts a policy with its steps. @returns its id. */
export async function insertPolicy(
  db: Db,
  head: { name: string; kind: TaskKind },
  steps: readonly NewStep[],
): Promise<number> {
  const [row] = await db.insert(policies).values(head).returning({ id: policies.id });
  if (!row) throw new Error('the policy was not stored');
  await insertSteps(db, row.id, steps);
  return row.id;
}

export async function updatePolicy(
  db: Db,
  {
    id,
    version,
    name,
    steps,
  }: { id: number; version: number; name: string; steps: readonly NewStep[] },
): Promise<void> {
  await db
    .update(policies)
    .set({ name, version: version + 1 })
    .where(eq(policies.id, id));
  await db.delete(policySteps).where(eq(policySteps.policyId, id));
  await insertSteps(db, id, steps);
}

async function insertSteps(db: Db, policyId: number, steps: readonly NewStep[]): Promise<void> {
  const rows = steps.map((step, index) => ({ ...step, policyId, position: index + 1 }));
  await db.insert(policySteps).values(rows);
}

export async function removePolicy(db: Db, id: number): Promise<void> {
  await db.delete(policySteps).where(eq(policySteps.policyId, id));
  await db.delete(policies).where(eq(policies.id, id));
}

/** Makes a policy the default one of its kind. */
export async function markDefaultPolicy(db: Db, { id, kind }: { id: number; kind: TaskKind }) {
  await db
    .update(policies)
    .set({ isDefault: sql`${policies.id} = ${id}` })
    .where(eq(policies.kind, kind));
}

/** The names of applications and entitlements that use a policy, up to `limit` of each. */
export async function listPolicyUses(db: Db, id: number, limit: number): Promise<string[]> {
  const uses = (table: typeof applications | typeof entitlements) =>
    or(eq(table.policyId, id), eq(table.emergencyPolicyId, id), eq(table.revokePolicyId, id));
  const apps = await db
    .select({ name: applications.name })
    .from(applications)
    .where(uses(applications))
    .orderBy(asc(applications.name))
    .limit(limit);
  const entitlementRows = await db
    .select({ app: applications.name, name: entitlements.name })
    .from(entitlements)
    .innerJoin(applications, eq(applications.id, entitlements.applicationId))
    .where(uses(entitlements))
    .orderBy(asc(applications.name), asc(entitlements.name))
    .limit(limit);
  return [
    ...apps.map(({ name }) => name),
    ...entitlementRows.map(({ app, name }) => `${app} · ${name}`),
  ];
}

/** Replaces the policy rules of a kind, in this order. */
export async function replaceRules(
  db: Db,
  kind: TaskKind,
  rules: readonly { condition: PolicyCondition; policyId: number }[],
): Promise<void> {
  await db.delete(policyRules).where(eq(policyRules.kind, kind));
  if (rules.length > 0) {
    const rows = rules.map((rule, index) => ({ ...rule, kind, position: index + 1 }));
    await db.insert(policyRules).values(rows);
  }
}
