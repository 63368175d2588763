import { sql } from 'drizzle-orm';
import { type Db, rows } from '../db.ts';
import { contactConnector } from './people.ts';

/** The active people of a department; `hasTitle`: they have this job title. */
export async function listPeers(
  db: Db,
  department: string,
  jobTitle: string | null,
): Promise<{ id: number; hasTitle: boolean }[]> {
  return rows(
    db,
    sql`select id, coalesce(job_title = ${jobTitle}::text, false) as "hasTitle" from people
        where department = ${department} and active and closed_at is null
          and connector <> ${contactConnector}`,
  );
}

/** An entitlement, the number of peers who hold it, and the number of those with the same job title. */
export interface PeerAccess {
  entitlementId: number;
  holders: number;
  titleHolders: number;
}

/**
 * Requestable entitlements that a person neither holds nor has requested, and that more than half of the peers (or of
 * those with the same title) hold.
 * @param applicationId only entitlements of this application.
 */
/** By entitlement: how many of these people hold it. */
export async function countPeerHolders(
  db: Db,
  peerIds: readonly number[],
  entitlementIds: readonly number[],
): Promise<Map<number, number>> {
  const counted = await rows<{ id: number; holders: number }>(
    db,
    sql`select entitlement_id as id, count(*)::int as holders from grants
      where closed_at is null and person_id = any(${sql.param([...peerIds])}::int[])
        and entitlement_id = any(${sql.param([...entitlementIds])}::int[])
      group by entitlement_id`,
  );
  return new Map(counted.map(({ id, holders }) => [id, holders]));
}

export async function listPeerAccess(
  db: Db,
  {
    personId,
    peers,
    applicationId,
  }: {
    personId: number;
    peers: { all: readonly number[]; withTitle: readonly number[] };
    applicationId?: number | undefined;
  },
): Promise<PeerAccess[]> {
  // The ids are a parameter. With a join instead, the planner reads all grants.
  return rows<PeerAccess>(
    db,
    sql`with peer_grants as (
          select entitlement_id, count(*)::int as holders, (count(*) filter (where
            person_id = any(${sql.param(peers.withTitle)}::int[])))::int as title_holders
          from grants
          where closed_at is null and person_id = any(${sql.param(peers.all)}::int[])
          group by entitlement_id
        )
        select e.id as "entitlementId", h.holders as "holders", h.title_holders as "titleHolders"
        from peer_grants h join entitlements e on e.id = h.entitlement_id
        where (2 * h.holders > ${peers.all.length}::int
            or 2 * h.title_holders > ${peers.withTitle.length}::int)
          and e.requestable and e.closed_at is null
          and (${applicationId ?? null}::int is null or e.application_id = ${applicationId ?? null}::int)
          and not exists (select 1 from grants g where g.person_id = ${personId}
            and g.entitlement_id = e.id and g.closed_at is null)
          and not exists (select 1 from tasks t where t.person_id = ${personId}
            and t.entitlement_id = e.id and t.kind = 'grant' and t.state = 'open')`,
  );
}
