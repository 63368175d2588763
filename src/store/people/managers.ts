import { sql } from 'drizzle-orm';
import { type Db, rows } from '../db.ts';

/** A line of managers is longer in no company; a longer one is not walked. */
const maxLevels = 40;

/**
 * The active people whose line of managers leads back to themselves, including people who are their own manager.
 * @param personIds only these people; undefined: everybody
 */
export async function listManagerCircles(
  db: Db,
  personIds?: readonly number[],
): Promise<{ id: number; name: string; isSelf: boolean }[]> {
  if (personIds?.length === 0) return [];
  const which = personIds
    ? sql`and p.id = any(${sql.param([...new Set(personIds)])}::int[])`
    : sql``;
  return rows(
    db,
    sql`with recursive line as (
          select p.id as start, p.manager_id as above, 1 as levels, array[p.id] as seen
          from people p where p.active and p.closed_at is null and p.manager_id is not null ${which}
          union all
          select l.start, m.manager_id, l.levels + 1, l.seen || m.id
          from line l join people m on m.id = l.above
          where l.above <> all(l.seen) and m.manager_id is not null and l.levels < ${maxLevels}
        )
        select p.id, p.name, p.manager_id = p.id as "isSelf" from people p
        where p.id in (select start from line where above = start) order by p.name, p.id`,
  );
}
