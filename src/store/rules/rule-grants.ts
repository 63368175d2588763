import { and, asc, eq, inArray, isNotNull, isNull, sql } from 'drizzle-orm';
import { type Db, rows } from '../db.ts';
import { grants } from '../schema/access.ts';
import { singleRoleRules } from '../schema/rules.ts';
import { tasks } from '../schema/tasks.ts';
import { inChunks, recordset } from '../sync/sync-runs.ts';
import type { SingleRoleRule } from './role-rules.ts';

const iso = (at: Date) => sql`${at.toISOString()}::timestamptz`;

/** Locks rules, in force or not, until the end of the transaction. */
export async function lockRules(db: Db, ids: readonly number[]): Promise<SingleRoleRule[]> {
  return ids.length === 0
    ? []
    : db
        .select()
        .from(singleRoleRules)
        .where(sql`${singleRoleRules.id} = any(${sql.param([...new Set(ids)])}::int[])`)
        .orderBy(asc(singleRoleRules.id))
        .for('update');
}

/** The ids of rules with removals that wait for a confirmation. */
export async function listRulesWithPendingRemovals(db: Db): Promise<number[]> {
  const holding = await db
    .select({ id: singleRoleRules.id })
    .from(singleRoleRules)
    .where(isNotNull(singleRoleRules.pendingRemovalGrantIds));
  return holding.map(({ id }) => id);
}

/** A person's decision about removals that waited for a confirmation. */
export interface RemovalDecision {
  decision: 'apply' | 'keep';
  by: number;
  at: Date;
}

/** Replaces the removals of a rule that wait for a confirmation, and the decision about the earlier ones. */
export async function replacePendingRemovals(
  db: Db,
  {
    ruleId,
    grantIds,
    decision,
  }: { ruleId: number; grantIds: number[] | null; decision?: RemovalDecision | undefined },
): Promise<void> {
  await db
    .update(singleRoleRules)
    .set({
      pendingRemovalGrantIds: grantIds,
      removalDecision: decision?.decision ?? null,
      removalDecidedBy: decision?.by ?? null,
      removalDecidedAt: decision?.at ?? null,
      version: sql`${singleRoleRules.version} + 1`,
    })
    .where(eq(singleRoleRules.id, ruleId));
}

/** Starts the grace period of grants that no rule grants any longer. */
export async function startGracePeriods(
  db: Db,
  grantIds: readonly number[],
  now: Date,
): Promise<void> {
  await inChunks(grantIds, (part) =>
    db.execute(sql`update grants set grace_started_at = ${iso(now)}
      where id = any(${sql.param(part)}::int[]) and closed_at is null`),
  );
}

/** Turns grants by rules into manual grants. */
export async function detachFromRule(db: Db, grantIds: readonly number[]): Promise<void> {
  await inChunks(grantIds, (part) =>
    db.execute(sql`update grants set rule_id = null, grace_started_at = null
      where id = any(${sql.param(part)}::int[])`),
  );
}

/** Turns grants into grants by rules. Their own end no longer applies. */
export async function attachToRule(
  db: Db,
  list: readonly { grantId: number; ruleId: number }[],
): Promise<void> {
  await inChunks(list, (part) =>
    db.execute(sql`update grants set rule_id = r."ruleId", grace_started_at = null, expires_at = null,
        expiry_notified_at = null
      from ${recordset(part, '"grantId" int, "ruleId" int')} where grants.id = r."grantId"`),
  );
}

/**
 * Turns the grant of a rule's task into a grant by the rule, if a sync found it before the provisioner answered. The
 * sync has then verified it.
 */
export async function attachTaskGrantToRule(
  db: Db,
  task: { taskId: number; personId: number; entitlementId: number; ruleId: number },
  now: Date,
): Promise<void> {
  const { taskId, personId, entitlementId, ruleId } = task;
  await db
    .update(grants)
    .set({ ruleId, taskId, verifiedAt: now })
    .where(
      and(
        eq(grants.personId, personId),
        eq(grants.entitlementId, entitlementId),
        isNull(grants.closedAt),
        isNull(grants.ruleId),
      ),
    );
}

/**
 * Locks the manual grants of these pairs: neither a rule nor a profile granted them.
 * @returns the ids of the grants by `person:entitlement`.
 */
export async function listManualGrants(
  db: Db,
  pairs: readonly { personId: number; entitlementId: number }[],
): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  await inChunks(pairs, async (part) => {
    const keys = part.map(({ personId, entitlementId }) => ({ personId, entitlementId }));
    const some = await rows<{ id: number; key: string }>(
      db,
      sql`select g.id, g.person_id || ':' || g.entitlement_id as key from grants g
          join ${recordset(keys, '"personId" int, "entitlementId" int')}
            on r."personId" = g.person_id and r."entitlementId" = g.entitlement_id
          where g.closed_at is null and g.rule_id is null and g.profile_id is null
            and g.deprovisioned_at is null for update of g`,
    );
    for (const { id, key } of some) found.set(key, id);
  });
  return found;
}

/** Open revocations of these people that a rule's grace period opened. */
export async function listOpenRuleRevocations(db: Db, personIds: readonly number[]) {
  return personIds.length === 0
    ? []
    : db
        .select()
        .from(tasks)
        .where(
          and(
            eq(tasks.state, 'open'),
            eq(tasks.kind, 'revoke'),
            eq(tasks.cause, 'rule_gone'),
            inArray(tasks.personId, [...new Set(personIds)]),
          ),
        )
        .orderBy(asc(tasks.id));
}

/** A grant whose grace period is over. */
export interface EndedGracePeriod {
  id: number;
  personId: number;
  entitlementId: number;
  ruleId: number;
  lostAt: Date;
}

/** Grants whose grace period is over, without a revocation since its start, in the order of their ids. */
export async function listEndedGracePeriods(
  db: Db,
  { now, afterId, limit }: { now: Date; afterId: number; limit: number },
): Promise<EndedGracePeriod[]> {
  const found = await rows<EndedGracePeriod & { lostAt: string | Date }>(
    db,
    sql`select g.id, g.person_id as "personId", g.entitlement_id as "entitlementId",
          g.rule_id as "ruleId", g.grace_started_at as "lostAt"
        from grants g join single_role_rules r on r.id = g.rule_id
          join rule_policies o on o.id = r.rule_policy_id
        where g.closed_at is null and g.rule_id is not null and g.id > ${afterId}
          and g.grace_started_at + o.grace_days * interval '1 day' <= ${iso(now)}
          and g.deprovisioned_at is null
          and not exists (select 1 from tasks t where t.kind = 'revoke'
            and t.person_id = g.person_id and t.entitlement_id = g.entitlement_id
            and (t.state = 'open' or (t.cause = 'rule_gone' and t.opened_at >= g.grace_started_at)))
        order by g.id limit ${limit}`,
  );
  return found.map((one) => ({ ...one, lostAt: new Date(one.lostAt) }));
}

/**
 * Turns grants by rules into manual grants if all revocations after their grace period were refused.
 * @returns the grants, each with its earlier rule and its last revocation.
 */
export async function detachRefusedRevocations(db: Db) {
  return rows<{ id: number; ruleId: number; taskId: number }>(
    db,
    sql`update grants set rule_id = null, grace_started_at = null
        from (select g.id as grant_id, g.rule_id as was, max(t.id) as task_id
          from grants g join tasks t on t.kind = 'revoke' and t.cause = 'rule_gone'
            and t.person_id = g.person_id and t.entitlement_id = g.entitlement_id
            and t.opened_at >= g.grace_started_at
          where g.closed_at is null and g.rule_id is not null and g.deprovisioned_at is null
          group by g.id, g.rule_id
          having bool_and(t.state in ('denied', 'not_deprovisioned', 'canceled'))) kept
        where grants.id = kept.grant_id
        returning grants.id, kept.was as "ruleId", kept.task_id as "taskId"`,
  );
}

/** The grants among these that the rule still grants and whose grace period has not started. */
export async function listPendingRemovals(
  db: Db,
  ruleId: number,
  grantIds: readonly number[],
): Promise<{ id: number; personId: number; entitlementId: number; ruleId: number }[]> {
  return grantIds.length === 0
    ? []
    : rows(
        db,
        sql`select id, person_id as "personId", entitlement_id as "entitlementId",
              rule_id as "ruleId"
            from grants where id = any(${sql.param([...grantIds])}::int[]) and closed_at is null
              and rule_id = ${ruleId} and grace_started_at is null order by id`,
      );
}
