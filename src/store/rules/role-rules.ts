import { and, asc, isNull, sql } from 'drizzle-orm';
import { type Db, rows } from '../db.ts';
import { parseIds } from '../mining/access-matrix.ts';
import { singleRoleRules } from '../schema/rules.ts';

export type SingleRoleRule = typeof singleRoleRules.$inferSelect;

/** Every rule in force, the oldest first. */
export async function listRulesInForce(db: Db): Promise<SingleRoleRule[]> {
  return db
    .select()
    .from(singleRoleRules)
    .where(isNull(singleRoleRules.endedAt))
    .orderBy(asc(singleRoleRules.id));
}

/**
 * The holders of an entitlement, as ids of people in no order. `manual`: those who hold it neither by a rule nor by a
 * profile.
 */
export interface EntitlementHolders {
  all: Int32Array;
  manual: Int32Array;
}

/** The number of entitlements or rules in one statement; more would block the embedded database's thread for too long. */
const batchSize = 50;

/** The holders of open entitlements. One row an entitlement, with its people as one text (see `loadGrantArrays`). */
export async function loadHolders(
  db: Db,
  entitlementIds: readonly number[],
): Promise<Map<number, EntitlementHolders>> {
  const holders = new Map<number, EntitlementHolders>();
  for (let at = 0; at < entitlementIds.length; at += batchSize) {
    const part = sql.param(entitlementIds.slice(at, at + batchSize));
    const isManual = sql`g.rule_id is null and g.profile_id is null and g.deprovisioned_at is null`;
    const found = await rows<{ id: number; all: string; manual: string }>(
      db,
      sql`select e.id,
            coalesce(array_agg(g.person_id) filter (where g.id is not null), '{}')::text as all,
            coalesce(array_agg(g.person_id) filter (where g.id is not null and ${isManual}),
              '{}')::text as manual
          from entitlements e
          left join grants g on g.entitlement_id = e.id and g.closed_at is null
          where e.id = any(${part}::int[]) and e.closed_at is null group by e.id`,
    );
    for (const { id, all, manual } of found) {
      holders.set(id, { all: parseIds(all), manual: parseIds(manual) });
    }
  }
  return holders;
}

/** A live grant by a rule. `isInGracePeriod`: no rule grants it any longer, and its grace period runs. */
export interface RuleGrant {
  id: number;
  personId: number;
  entitlementId: number;
  ruleId: number;
  isInGracePeriod: boolean;
}

/**
 * Live grants by rules, including those of people who have left, without those that a task says were deprovisioned. One
 * row a rule and entitlement, with ids as texts (see `loadGrantArrays`). One row a grant took five times as long on the
 * embedded database.
 */
export async function listRuleGrants(db: Db): Promise<RuleGrant[]> {
  const ruleIds = await rows<{ id: number }>(
    db,
    sql`select distinct rule_id as id from grants
        where closed_at is null and rule_id is not null order by 1`,
  );
  const all: RuleGrant[] = [];
  for (let at = 0; at < ruleIds.length; at += batchSize) {
    const part = sql.param(ruleIds.slice(at, at + batchSize).map(({ id }) => id));
    const found = await rows<RuleGrantsRow>(
      db,
      sql`select g.rule_id as "ruleId", g.entitlement_id as "entitlementId",
            g.grace_started_at is not null as "isInGracePeriod", array_agg(g.id order by g.id)::text as ids,
            array_agg(g.person_id order by g.id)::text as people
          from grants g
          where g.closed_at is null and g.rule_id = any(${part}::int[])
            and g.deprovisioned_at is null
          group by 1, 2, 3 order by 1, 2, 3`,
    );
    for (const { ids, people, ...same } of found) {
      const personIds = parseIds(people);
      parseIds(ids).forEach((id, index) => {
        all.push({ id, personId: personIds[index] ?? 0, ...same });
      });
    }
  }
  return all;
}

type RuleGrantsRow = Pick<RuleGrant, 'ruleId' | 'entitlementId' | 'isInGracePeriod'> & {
  ids: string;
  people: string;
};

/** An open request. `ruleId`: the rule that opened it. */
export interface OpenRequest {
  taskId: number;
  personId: number;
  entitlementId: number;
  ruleId: number | null;
}

/** Open requests for these entitlements, and all open requests of rules. */
export async function listOpenRuleRequests(
  db: Db,
  entitlementIds: readonly number[],
): Promise<OpenRequest[]> {
  return rows(
    db,
    sql`select id as "taskId", person_id as "personId", entitlement_id as "entitlementId",
          case when cause = 'rule' then rule_id end as "ruleId"
        from tasks where state = 'open' and kind = 'grant'
          and (entitlement_id = any(${sql.param(entitlementIds)}::int[]) or cause = 'rule')
        order by id`,
  );
}

/** An access that a rule in force must not request again. */
export interface EarlierRequest {
  personId: number;
  ruleId: number;
  /** The rule policy of the rule. */
  rulePolicyId: number;
  entitlementId: number;
  origin: SingleRoleRule['origin'];
  /** true: somebody decided against it; false: it was requested before. */
  isRefused: boolean;
}

/**
 * Closed requests of rules in force since the rules were applied. A generated rule also stands for earlier generated
 * rules of its policy and entitlement: new criteria are no reason to request again. `isRefused`: a person refused the
 * request, or revoked the access later for a reason of their own. Requests and revocations that a change of people
 * closed or opened do not count.
 */
export async function listEarlierRequests(db: Db): Promise<EarlierRequest[]> {
  return rows(
    db,
    sql`select t.person_id as "personId", r.id as "ruleId", r.rule_policy_id as "rulePolicyId",
          r.entitlement_id as "entitlementId", r.origin, bool_or(
          (t.kind = 'grant' and t.state in ('denied', 'not_provisioned', 'canceled'))
          or t.kind = 'revoke') as "isRefused"
        from single_role_rules r join single_role_rules was on was.id = r.id
            or (r.origin = 'generated' and was.origin = 'generated'
              and was.rule_policy_id = r.rule_policy_id and was.entitlement_id = r.entitlement_id)
          join tasks t on t.entitlement_id = r.entitlement_id and t.closed_at >= was.applied_at
        where r.ended_at is null and t.state <> 'open' and t.closed_reason is null
          and ((t.kind = 'grant' and t.cause = 'rule' and t.rule_id = was.id)
            or (t.kind = 'revoke' and t.state = 'deprovisioned'
              and t.cause not in ('expired', 'left_profile', 'rule_gone')
              and coalesce(t.requester_id, t.opened_by) is not null))
        group by r.id, t.person_id`,
  );
}

/** By id: when active people were first seen, if that was after `since`. */
export async function listFirstSeenSince(db: Db, since: Date): Promise<Map<number, Date>> {
  const found = await rows<{ id: number; at: string | Date }>(
    db,
    sql`select id, created_at as at from people
        where active and closed_at is null and created_at > ${since.toISOString()}::timestamptz`,
  );
  return new Map(found.map(({ id, at }) => [id, new Date(at)]));
}

/** Rules in force for these entitlements, the oldest first. */
export async function listRulesAbout(
  db: Db,
  entitlementIds: readonly number[],
): Promise<SingleRoleRule[]> {
  const about = sql`${singleRoleRules.entitlementId} = any(${sql.param([...new Set(entitlementIds)])}::int[])`;
  return db
    .select()
    .from(singleRoleRules)
    .where(and(isNull(singleRoleRules.endedAt), about))
    .orderBy(asc(singleRoleRules.id));
}

/** Rules by their ids, in force or not. */
export async function listRulesById(db: Db, ids: readonly number[]): Promise<SingleRoleRule[]> {
  return ids.length === 0
    ? []
    : db
        .select()
        .from(singleRoleRules)
        .where(sql`${singleRoleRules.id} = any(${sql.param([...new Set(ids)])}::int[])`)
        .orderBy(asc(singleRoleRules.id));
}

/** The requestable ones of these entitlements that a person neither holds nor has requested. */
export async function listRequestable(
  db: Db,
  personId: number,
  entitlementIds: readonly number[],
): Promise<number[]> {
  const missing = await rows<{ id: number }>(
    db,
    sql`select e.id from entitlements e
        where e.id = any(${sql.param([...entitlementIds])}::int[]) and e.requestable
          and e.closed_at is null
          and not exists (select 1 from grants g where g.person_id = ${personId}
            and g.entitlement_id = e.id and g.closed_at is null)
          and not exists (select 1 from tasks t where t.person_id = ${personId}
            and t.entitlement_id = e.id and t.kind = 'grant' and t.state = 'open')`,
  );
  return missing.map(({ id }) => id);
}
