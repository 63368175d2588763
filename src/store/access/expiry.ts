import { and, asc, eq, gt, inArray, isNull, lte, sql } from 'drizzle-orm';
import { type Db, rows } from '../db.ts';
import { applications, entitlements, grants } from '../schema/access.ts';
import { people } from '../schema/people.ts';

const iso = (at: Date) => sql`${at.toISOString()}::timestamptz`;

/**
 * Marks grants that end soon as notified: those of 4 days or more if they end by `long` (by time zone of the holder where
 * it is listed), shorter ones if they end by `short`. Grants with an open revocation or extension are left out.
 * @returns up to `limit` grants that were not marked before.
 */
export async function markExpiryNotified(
  db: Db,
  at: { now: Date; short: Date; long: Date; longByZone: readonly { zone: string; long: Date }[] },
  limit: number,
): Promise<{ id: number; personId: number }[]> {
  const zones = at.longByZone.map(({ zone }) => zone);
  const ends = at.longByZone.map(({ long }) => long.toISOString());
  return rows(
    db,
    sql`update grants set expiry_notified_at = ${iso(at.now)} where id in (
          select g.id from grants g join people p on p.id = g.person_id
          left join slack_identities s on s.person_id = p.id
          left join unnest(${sql.param(zones)}::text[], ${sql.param(ends)}::timestamptz[]) as z (zone, long)
            on z.zone = s.time_zone
          where g.closed_at is null and g.expiry_notified_at is null and g.deprovisioned_at is null
            and g.expires_at > ${iso(at.now)} and g.expires_at <= coalesce(z.long, ${iso(at.long)})
            and (g.expires_at <= ${iso(at.short)}
              or coalesce(g.expires_at - g.granted_at >= interval '4 days', true))
            and p.active and p.closed_at is null
            and not exists (select 1 from tasks t where t.state = 'open'
              and t.person_id = g.person_id and t.entitlement_id = g.entitlement_id
              and (t.kind = 'revoke' or t.cause = 'extension'))
          order by g.expires_at, g.id limit ${limit} for update of g skip locked)
        returning id, person_id as "personId"`,
  );
}

/** A grant, live or closed, with the names of its application and entitlement. */
export async function findNamedGrant(db: Db, grantId: number) {
  const [found] = await db
    .select({ grant: grants, app: applications.name, entitlement: entitlements.name })
    .from(grants)
    .innerJoin(entitlements, eq(entitlements.id, grants.entitlementId))
    .innerJoin(applications, eq(applications.id, entitlements.applicationId))
    .where(eq(grants.id, grantId));
  return found;
}

/** Grants that a sync closed at this moment and whose holders were notified of the end. */
export async function listNotifiedClosedAt(db: Db, at: Date) {
  return db
    .select({ id: grants.id, personId: grants.personId })
    .from(grants)
    .where(and(eq(grants.closedAt, at), sql`${grants.expiryNotifiedAt} is not null`));
}

/** The grants of these pairs whose holder has a message about their end. */
export async function listNotifiedGrants(
  db: Db,
  pairs: readonly { personId: number; entitlementId: number }[],
): Promise<{ id: number; personId: number }[]> {
  if (pairs.length === 0) return [];
  const told = await rows<{ id: number; personId: number; entitlementId: number }>(
    db,
    sql`select distinct g.id, g.person_id as "personId", g.entitlement_id as "entitlementId"
        from message_copies c join grants g on g.id = c.subject_id
        where c.kind = 'expiring'
          and c.recipient_id = any(${sql.param(pairs.map((pair) => pair.personId))}::int[])`,
  );
  const wanted = new Set(pairs.map((pair) => `${pair.personId}:${pair.entitlementId}`));
  return told.filter((one) => wanted.has(`${one.personId}:${one.entitlementId}`));
}

/**
 * Live grants past their end without a revocation since then, in the order of their ids. `isAudited`: an earlier attempt
 * to open a revocation failed and was audited.
 */
export async function listExpired(
  db: Db,
  { now, afterId, limit }: { now: Date; afterId: number; limit: number },
) {
  return db
    .select({
      id: grants.id,
      personId: grants.personId,
      entitlementId: grants.entitlementId,
      expiresAt: grants.expiresAt,
      isAudited: sql<boolean>`coalesce(${grants.revocationFailedAt} >= ${grants.expiresAt}, false)`,
    })
    .from(grants)
    .innerJoin(people, eq(people.id, grants.personId))
    .where(
      and(
        isNull(grants.closedAt),
        lte(grants.expiresAt, now),
        isNull(grants.deprovisionedAt),
        gt(grants.id, afterId),
        sql`not exists (select 1 from tasks t where t.kind = 'revoke'
          and t.person_id = ${grants.personId} and t.entitlement_id = ${grants.entitlementId}
          and (t.state = 'open' or t.opened_at >= ${grants.expiresAt}))`,
      ),
    )
    .orderBy(asc(grants.id))
    .limit(limit);
}

/** Records that no revocation of these grants could be opened, because nobody could be asked. */
export async function markRevocationFailed(
  db: Db,
  grantIds: readonly number[],
  now: Date,
): Promise<void> {
  if (grantIds.length === 0) return;
  await db
    .update(grants)
    .set({ revocationFailedAt: now })
    .where(inArray(grants.id, [...grantIds]));
}

/**
 * Removes the end of expired grants whose revocations were all refused.
 * @returns the grants, each with its earlier end and its last revocation.
 */
export async function clearRefusedExpiries(db: Db, now: Date) {
  return rows<{ id: number; taskId: number; expiresAt: string | Date }>(
    db,
    sql`update grants set expires_at = null, expiry_notified_at = null
        from (select g.id as grant_id, g.expires_at as was, max(t.id) as task_id
          from grants g join tasks t on t.kind = 'revoke' and t.person_id = g.person_id
            and t.entitlement_id = g.entitlement_id and t.opened_at >= g.expires_at
          where g.closed_at is null and g.expires_at <= ${iso(now)} and g.deprovisioned_at is null
          group by g.id, g.expires_at
          having bool_and(t.state in ('denied', 'not_deprovisioned', 'canceled'))) kept
        where grants.id = kept.grant_id
        returning grants.id, kept.task_id as "taskId", kept.was as "expiresAt"`,
  );
}
