import { sql } from 'drizzle-orm';
import { type Db, rows } from './db.ts';
import { contactConnector } from './people.ts';

/** An entitlement that most of a person's peers hold, and how many of them. */
export interface PeerAccess {
  entitlementId: number;
  /** Holders in the department, and in the department with the person's job title. */
  holders: number;
  titleHolders: number;
}

interface Peers {
  people: number;
  titlePeople: number;
}

/** How many people are in a department, and how many of them have this job title. */
export async function countTitlePeers(
  db: Db,
  department: string,
  jobTitle: string | null,
): Promise<Peers> {
  const [row] = await rows<Peers>(
    db,
    sql`select count(*)::int as "people",
          (count(*) filter (where job_title = ${jobTitle}::text))::int as "titlePeople"
        from people where department = ${department} and ${isCounted}`,
  );
  return row ?? { people: 0, titlePeople: 0 };
}

/**
 * What a person lacks, has not asked for and may ask for, and more than half of the department (or of those
 * with the same job title in it) hold, optionally of one application.
 */
export async function listPeerAccess(
  db: Db,
  person: { id: number; department: string; jobTitle: string | null },
  peers: Peers,
  applicationId?: number,
): Promise<PeerAccess[]> {
  return rows<PeerAccess>(
    db,
    sql`with peers as (
          select id, coalesce(job_title = ${person.jobTitle}::text, false) as same
          from people where department = ${person.department} and ${isCounted}
        ), held as (
          select g.entitlement_id, count(*)::int as holders,
            (count(*) filter (where p.same))::int as same_holders
          from grants g join peers p on p.id = g.person_id
          where g.closed_at is null
          group by g.entitlement_id
          having 2 * count(*) > ${peers.people}::int
            or 2 * count(*) filter (where p.same) > ${peers.titlePeople}::int
        )
        select e.id as "entitlementId", h.holders as "holders", h.same_holders as "titleHolders"
        from held h join entitlements e on e.id = h.entitlement_id
        where e.requestable and e.closed_at is null
          and (${applicationId ?? null}::int is null or e.application_id = ${applicationId ?? null}::int)
          and not exists (select 1 from grants g where g.person_id = ${person.id}
            and g.entitlement_id = e.id and g.closed_at is null)
          and not exists (select 1 from tasks t where t.person_id = ${person.id}
            and t.entitlement_id = e.id and t.kind = 'grant' and t.state = 'open')`,
  );
}

const isCounted = sql`active and closed_at is null and connector <> ${contactConnector}`;
