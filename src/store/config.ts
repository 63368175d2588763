import { and, asc, eq, inArray, isNotNull, isNull, sql } from 'drizzle-orm';
import type { Db } from './db.ts';
import { isActivePerson } from './people/people.ts';
import { listMiningRules } from './rules/mining-rules.ts';
import {
  applicationOwners,
  applications,
  entitlementOwners,
  entitlements,
} from './schema/access.ts';
import { type MiningSettings, miningSettings } from './schema/mining.ts';
import { people, personRoles, userGroups } from './schema/people.ts';
import { rulePolicies, singleRoleRules } from './schema/rules.ts';
import { policies, policyRules, policySteps } from './schema/tasks.ts';
import { inChunks, recordset } from './sync/sync-runs.ts';

/** The current state of everything that a configuration file can describe. */
export type ConfigState = Awaited<ReturnType<typeof readConfigState>>;

export async function readConfigState(db: Db) {
  const { id, name, email, externalId } = people;
  return {
    people: await db
      .select({ id, name, email, externalId, isHere: sql<boolean>`${isActivePerson}` })
      .from(people)
      .orderBy(asc(id)),
    roles: await db.select().from(personRoles).orderBy(asc(personRoles.personId)),
    groups: await db.select().from(userGroups).orderBy(asc(userGroups.id)),
    applications: await db.select().from(applications).orderBy(asc(applications.id)),
    applicationOwners: await db
      .select()
      .from(applicationOwners)
      .orderBy(asc(applicationOwners.personId)),
    entitlements: await db.select().from(entitlements).orderBy(asc(entitlements.id)),
    entitlementOwners: await db
      .select()
      .from(entitlementOwners)
      .orderBy(asc(entitlementOwners.personId)),
    policies: await db.select().from(policies).orderBy(asc(policies.id)),
    steps: await db.select().from(policySteps).orderBy(asc(policySteps.position)),
    rules: await db
      .select()
      .from(policyRules)
      .orderBy(asc(policyRules.position), asc(policyRules.id)),
    rulePolicies: await db.select().from(rulePolicies).orderBy(asc(rulePolicies.id)),
    miningRules: await listMiningRules(db),
    roleRules: await db
      .select()
      .from(singleRoleRules)
      .where(and(eq(singleRoleRules.origin, 'written'), isNull(singleRoleRules.endedAt)))
      .orderBy(asc(singleRoleRules.id)),
    attributes: await listAttributes(db),
    mining: (await db.select().from(miningSettings))[0]?.settings ?? {},
  };
}

/** The names of all custom attributes that active people have. */
async function listAttributes(db: Db): Promise<string[]> {
  const found = await db
    .selectDistinct({ name: sql<string>`jsonb_object_keys(${people.attributes})` })
    .from(people)
    .where(isActivePerson);
  return found.map(({ name }) => name).sort();
}

/**
 * Keeps all others from writing the configured tables until the end of the transaction, so that the plan that was
 * compared with the file is the plan that is applied. Reading stays possible.
 */
export async function lockConfig(db: Db): Promise<void> {
  await db.execute(sql`lock table applications, entitlements, application_owners, entitlement_owners,
    policies, policy_steps, policy_rules, person_roles, mining_settings, rule_policies, mining_rules,
    single_role_rules in share row exclusive mode`);
}

export interface ApplicationRow {
  id: number;
  name: string;
  instructions: string | null;
  policyId: number | null;
  emergencyPolicyId: number | null;
  revokePolicyId: number | null;
}

/** Inserts applications, or updates those whose ids exist. */
export async function saveApplications(db: Db, list: readonly ApplicationRow[]): Promise<void> {
  await inChunks(list, (part) =>
    db.execute(sql`insert into applications
        (id, name, instructions, policy_id, emergency_policy_id, revoke_policy_id)
      overriding system value
      select r.id, r.name, r.instructions, r."policyId", r."emergencyPolicyId", r."revokePolicyId"
      from ${recordset(
        part,
        `id int, name text, instructions text, "policyId" int, "emergencyPolicyId" int,
         "revokePolicyId" int`,
      )}
      on conflict (id) do update set instructions = excluded.instructions,
        policy_id = excluded.policy_id, emergency_policy_id = excluded.emergency_policy_id,
        revoke_policy_id = excluded.revoke_policy_id, version = applications.version + 1`),
  );
}

export interface EntitlementConfigRow {
  id: number;
  applicationId: number;
  name: string;
  description: string | null;
  category: string | null;
  risk: string | null;
  requestable: boolean;
  mined: boolean;
  emergencyAllowed: boolean;
  maxGrantDays: number | null;
  policyId: number | null;
  emergencyPolicyId: number | null;
  revokePolicyId: number | null;
}

const entitlementShape = `id int, "applicationId" int, name text, description text, category text,
  risk text, requestable bool, mined bool, "emergencyAllowed" bool, "maxGrantDays" int,
  "policyId" int, "emergencyPolicyId" int, "revokePolicyId" int`;

/** Inserts entitlements, or updates those whose ids exist. */
export async function saveEntitlements(
  db: Db,
  list: readonly EntitlementConfigRow[],
): Promise<void> {
  await inChunks(list, (part) =>
    db.execute(sql`insert into entitlements (id, application_id, name, description, category, risk,
        requestable, mined, emergency_allowed, max_grant_days, policy_id, emergency_policy_id,
        revoke_policy_id)
      overriding system value
      select r.id, r."applicationId", r.name, r.description, r.category, r.risk, r.requestable,
        r.mined, r."emergencyAllowed", r."maxGrantDays", r."policyId", r."emergencyPolicyId",
        r."revokePolicyId"
      from ${recordset(part, entitlementShape)}
      on conflict (id) do update set description = excluded.description,
        category = excluded.category, risk = excluded.risk, requestable = excluded.requestable,
        mined = excluded.mined, emergency_allowed = excluded.emergency_allowed,
        max_grant_days = excluded.max_grant_days, policy_id = excluded.policy_id,
        emergency_policy_id = excluded.emergency_policy_id,
        revoke_policy_id = excluded.revoke_policy_id, version = entitlements.version + 1`),
  );
}

type NewPolicy = Pick<typeof policies.$inferInsert, 'name' | 'kind'>;
type NewStep = Omit<typeof policySteps.$inferInsert, 'policyId' | 'position'>;

export async function insertConfiguredPolicy(db: Db, policy: NewPolicy): Promise<number> {
  const [row] = await db.insert(policies).values(policy).returning({ id: policies.id });
  if (!row) throw new Error('the policy was not stored');
  return row.id;
}

/** Replaces the steps of a policy. */
export async function replaceSteps(db: Db, policyId: number, steps: NewStep[]): Promise<void> {
  await db.delete(policySteps).where(eq(policySteps.policyId, policyId));
  await db
    .insert(policySteps)
    .values(steps.map((step, index) => ({ ...step, policyId, position: index + 1 })));
}

/** Increases the version of an edited policy. */
export async function increasePolicyVersion(db: Db, id: number): Promise<void> {
  await db
    .update(policies)
    .set({ version: sql`${policies.version} + 1` })
    .where(eq(policies.id, id));
}

/** Deletes policies that no open entitlement uses. Closed entitlements lose their reference to them. */
export async function removePolicies(db: Db, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  for (const field of ['policyId', 'emergencyPolicyId', 'revokePolicyId'] as const) {
    await db
      .update(entitlements)
      .set({ [field]: null })
      .where(
        sql`${isNotNull(entitlements.closedAt)} and ${inArray(entitlements[field], [...ids])}`,
      );
  }
  await db.delete(policySteps).where(inArray(policySteps.policyId, [...ids]));
  await db.delete(policies).where(inArray(policies.id, [...ids]));
}

/** Replaces all policy rules, in this order. */
export async function replaceConfiguredRules(
  db: Db,
  rules: Omit<typeof policyRules.$inferInsert, 'position'>[],
): Promise<void> {
  await db.delete(policyRules);
  if (rules.length === 0) return;
  await db
    .insert(policyRules)
    .values(rules.map((rule, index) => ({ ...rule, position: index + 1 })));
}

/** Saves settings of role mining that come from the configuration file, not from a person. */
export async function saveConfiguredMining(
  db: Db,
  settings: MiningSettings,
  changedAt: Date,
): Promise<void> {
  const row = { settings, changedBy: null, changedAt };
  await db
    .insert(miningSettings)
    .values({ id: 1, ...row })
    .onConflictDoUpdate({ target: miningSettings.id, set: row });
}
