import { and, asc, count, eq, ne, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { applicationOwners, applications, entitlements } from '../schema/access.ts';
import { people, slackIdentities } from '../schema/people.ts';
import { contactConnector, isActivePerson } from './people.ts';

/** The number of active people whom a source brought; `linked`: those with a linked Slack user. */
export async function countSourcedPeople(db: Db): Promise<{ people: number; linked: number }> {
  const isBrought = and(isActivePerson, ne(people.connector, contactConnector));
  const [row] = await db
    .select({
      people: count(),
      linked: sql<number>`(count(*) filter (where ${slackIdentities.state} = 'linked'))::int`,
    })
    .from(people)
    .leftJoin(slackIdentities, eq(slackIdentities.personId, people.id))
    .where(isBrought);
  return row ?? { people: 0, linked: 0 };
}

/** Applications without an active owner, those with most entitlements first, and their total number. */
export async function listOwnerless(
  db: Db,
  limit: number,
): Promise<{ total: number; apps: { name: string; entitlements: number }[] }> {
  const isOwnerless = sql`not exists (select 1 from ${applicationOwners} o join ${people} p on p.id = o.person_id
    where o.application_id = applications.id and o.kind = 'owner' and p.active and p.closed_at is null)`;
  const [all] = await db.select({ total: count() }).from(applications).where(isOwnerless);
  const openEntitlements = sql<number>`(select count(*)::int from ${entitlements} e
    where e.application_id = applications.id and e.closed_at is null)`;
  const apps = await db
    .select({ name: applications.name, entitlements: openEntitlements })
    .from(applications)
    .where(isOwnerless)
    .orderBy(sql`${openEntitlements} desc`, asc(applications.name))
    .limit(limit);
  return { total: all?.total ?? 0, apps };
}
