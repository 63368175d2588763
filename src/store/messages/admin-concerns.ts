import { and, eq, isNotNull, isNull, lt, or, sql } from 'drizzle-orm';
import { type Db, rows } from '../db.ts';
import { isActivePerson } from '../people/people.ts';
import { outbox } from '../schema/messages.ts';
import { people, slackIdentities } from '../schema/people.ts';
import { taskSteps } from '../schema/tasks.ts';
import { isLate } from '../tasks/task-lists.ts';

const counted = sql<number>`count(*)::int`;

/** The number of active people without a Slack user, or whose address in Slack has changed. */
export async function countUnlinked(db: Db): Promise<number> {
  const [row] = await db
    .select({ count: counted })
    .from(slackIdentities)
    .innerJoin(people, eq(people.id, slackIdentities.personId))
    .where(
      and(
        isActivePerson,
        or(eq(slackIdentities.state, 'not_found'), isNotNull(slackIdentities.emailChangedAt)),
      ),
    );
  return row?.count ?? 0;
}

/** The numbers of open entitlements and of applications without an active owner. An application's owner covers both. */
export async function countOwnerless(db: Db): Promise<{ entitlements: number; apps: number }> {
  const isActive = sql`p.active and p.closed_at is null`;
  const [row] = await db
    .select({
      entitlements: sql<number>`(select count(*)::int from entitlements e where e.closed_at is null
        and not exists (select 1 from entitlement_owners o join people p on p.id = o.person_id
          where o.entitlement_id = e.id and ${isActive})
        and not exists (select 1 from application_owners o join people p on p.id = o.person_id
          where o.application_id = e.application_id and o.kind = 'owner' and ${isActive}))`,
      apps: sql<number>`(select count(*)::int from applications a
        where not exists (select 1 from application_owners o join people p on p.id = o.person_id
          where o.application_id = a.id and o.kind = 'owner' and ${isActive}))`,
    })
    .from(sql`(select 1) one`);
  return row ?? { entitlements: 0, apps: 0 };
}

/** The number of active steps past the time after which they are escalated. */
export async function countLateSteps(db: Db, now: Date): Promise<number> {
  const [row] = await db
    .select({ count: counted })
    .from(taskSteps)
    .where(and(eq(taskSteps.state, 'active'), isLate(now)));
  return row?.count ?? 0;
}

/**
 * People with undeliverable messages since a moment: how many, and the newest error. People whom a later message
 * reached on the failed surface are left out. The newest failure comes first.
 */
export async function listUndelivered(db: Db, since: Date, limit: number) {
  return rows<{ name: string; count: number; error: string; isInSlack: boolean; people: number }>(
    db,
    sql`select p.name, f.count, f.error, f.in_slack as "isInSlack", count(*) over ()::int as people
      from (select o.recipient_id, count(*)::int as count, max(o.failed_at) as at,
          (array_agg(o.error order by o.failed_at desc))[1] as error,
          bool_and(coalesce(o.delivered_via in ('slack', 'slack+email'), false)) as in_slack
        from outbox o where o.failed_at >= ${since.toISOString()}::timestamptz
          and not exists (select 1 from outbox l where l.recipient_id = o.recipient_id
            and l.delivered_at > o.failed_at and (l.delivered_via in ('email', 'slack+email')
              or (o.delivered_via is null and l.delivered_via = 'slack')))
        group by o.recipient_id) f
      join people p on p.id = f.recipient_id
      order by f.at desc, p.name limit ${limit}`,
  );
}

/** The number of older messages whose delivery failed so far and is still retried, and the newest error. */
export async function findStuckMessages(
  db: Db,
  before: Date,
): Promise<{ count: number; error: string } | undefined> {
  const [row] = await db
    .select({
      count: counted,
      error: sql<string>`(array_agg(${outbox.error} order by ${outbox.availableAt} desc))[1]`,
    })
    .from(outbox)
    .where(
      and(
        isNull(outbox.deliveredAt),
        isNull(outbox.failedAt),
        isNotNull(outbox.error),
        lt(outbox.createdAt, before),
      ),
    );
  return row && row.count > 0 ? row : undefined;
}
