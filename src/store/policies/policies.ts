import { and, asc, desc, eq, inArray, or } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { policies, policyRules, policySteps, type TaskKind } from '../schema/tasks.ts';

/** A policy with its steps in order. */
export type Policy = typeof policies.$inferSelect & {
  steps: (typeof policySteps.$inferSelect)[];
};

/** The names of the built-in policies by their number of approvals. */
const builtInPolicies = [
  'No approval',
  'One approval',
  'Two approvals',
  'Three approvals',
] as const;

/** The name of the built-in policy of emergencies at high risk. */
const emergencyPolicy = 'Emergency approval';

/** The ids of the built-in policies for requests, by their number of approvals. */
export async function listBuiltInPolicies(db: Db): Promise<(number | undefined)[]> {
  const found = await db
    .select({ id: policies.id, name: policies.name })
    .from(policies)
    .where(and(eq(policies.kind, 'grant'), inArray(policies.name, [...builtInPolicies])));
  return builtInPolicies.map((name) => found.find((policy) => policy.name === name)?.id);
}

/** A policy without its steps. */
export type PolicyHead = typeof policies.$inferSelect;

/** All policies, the built-in ones first. */
export async function listPolicyHeads(db: Db): Promise<PolicyHead[]> {
  return db.select().from(policies).orderBy(desc(policies.builtIn), asc(policies.id));
}

/** Locks policies that something is about to refer to, so that nobody can delete them meanwhile. */
export async function lockPolicies(db: Db, ids: readonly number[]): Promise<PolicyHead[]> {
  return ids.length === 0
    ? []
    : db
        .select()
        .from(policies)
        .where(inArray(policies.id, [...new Set(ids)]))
        .for('share');
}

export type PolicyRule = typeof policyRules.$inferSelect;

/** Policy rules of a kind in the order of their precedence. */
export async function listPolicyRules(db: Db, kind: TaskKind): Promise<PolicyRule[]> {
  return db
    .select()
    .from(policyRules)
    .where(eq(policyRules.kind, kind))
    .orderBy(asc(policyRules.position), asc(policyRules.id));
}

/**
 * The policies that can apply to new tasks of a kind: those with these ids, those that rules choose, the built-in one
 * without approval and the default one.
 */
export async function loadPolicies(db: Db, kind: TaskKind, ids: readonly number[]) {
  const rules = await listPolicyRules(db, kind);
  const policyIds = [...new Set([...ids, ...rules.map((rule) => rule.policyId)])];
  const found = await db
    .select()
    .from(policies)
    .where(
      or(
        eq(policies.isDefault, true),
        eq(policies.name, builtInPolicies[0]),
        and(eq(policies.name, emergencyPolicy), eq(policies.builtIn, true)),
        policyIds.length > 0 ? inArray(policies.id, policyIds) : undefined,
      ),
    );
  const steps = await db
    .select()
    .from(policySteps)
    .where(
      inArray(
        policySteps.policyId,
        found.map((policy) => policy.id),
      ),
    )
    .orderBy(asc(policySteps.position));
  const whole = found
    .filter((policy) => policy.kind === kind)
    .map(
      (policy): Policy => ({
        ...policy,
        steps: steps.filter((step) => step.policyId === policy.id),
      }),
    );
  const byDefault = whole.find((policy) => policy.isDefault);
  const noApproval = whole.find((policy) => policy.name === builtInPolicies[0]);
  if (!byDefault || !noApproval) throw new Error('a built-in policy is missing from the database');
  return {
    byId: new Map(whole.map((policy) => [policy.id, policy])),
    byDefault,
    noApproval,
    emergency: whole.find(({ name, builtIn }) => builtIn && name === emergencyPolicy),
    rules,
  };
}
