import { sql } from 'drizzle-orm';
import { type Db, rows } from '../db.ts';
import { contactConnector } from './people.ts';

/** Who works in a department, and whether each has this job title. */
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

/** An entitlement, how many of some people hold it, and how many of a part of them. */
export interface PeerAccess {
  entitlementId: number;
  holders: number;
  titleHolders: number;
}

/**
 * What a person lacks, has not asked for and may ask for, and more than half of these people (or of those with
 * the title among them) hold, optionally of one application.
 */
export async function listPeerAccess(
  db: Db,
  personId: number,
  peers: { all: readonly number[]; withTitle: readonly number[] },
  applicationId?: number,
): Promise<PeerAccess[]> {
  // The ids as a parameter: with a join in its place the planner reads every grant there is.
  return rows<PeerAccess>(
    db,
    sql`with held as (
          select entitlement_id, count(*)::int as holders, (count(*) filter (where
            person_id = any(${sql.param(peers.withTitle)}::int[])))::int as title_holders
          from grants
          where closed_at is null and person_id = any(${sql.param(peers.all)}::int[])
          group by entitlement_id
        )
        select e.id as "entitlementId", h.holders as "holders", h.title_holders as "titleHolders"
        from held h join entitlements e on e.id = h.entitlement_id
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
