import { sql } from 'drizzle-orm';
import { type Db, rows } from '../db.ts';
import type { EndedRights } from '../schema/departures.ts';

/** Names ownerships, seats and delegations: "owner of GitHub". Things that are gone are left out. */
export async function nameRights(db: Db, ended: EndedRights): Promise<string[]> {
  const apps = JSON.stringify(ended.applications);
  const found = await rows<{ words: string }>(
    db,
    sql`select words from (
      select 1 as rank, o.kind || ' of ' || a.name as words
        from jsonb_to_recordset(${apps}::text::jsonb) o (id int, kind text)
        join applications a on a.id = o.id
      union all select 2, 'owner of ' || a.name || ' · ' || e.name from entitlements e
        join applications a on a.id = e.application_id
        where e.id = any(${sql.param(ended.entitlements)}::int[])
      union all select 3, 'owner of the profile ' || p.name from access_profiles p
        where p.id = any(${sql.param(ended.profiles)}::int[])
      union all select distinct 4, 'approver in the policy ' || p.name from policies p
        where p.id = any(${sql.param(ended.policySteps.map((step) => step.policyId))}::int[])
      union all select 5, 'delegate ' || d.name || ' of ' || p.name from delegations l
        join people p on p.id = l.person_id join people d on d.id = l.delegate_id
        where l.id = any(${sql.param(ended.delegations.map((one) => one.id))}::int[])
    ) named order by rank, words`,
  );
  return found.map(({ words }) => words);
}
