import { sql } from 'drizzle-orm';
import { type Db, rows } from '../db.ts';

/** Grants as a matrix, people × entitlements, by row: person `personIds[p]` holds `items[offsets[p] … offsets[p+1])`. */
export interface GrantArrays {
  personIds: Int32Array;
  /** Database id of each entitlement index used in `items`. */
  entitlementIds: Int32Array;
  offsets: Uint32Array;
  items: Uint32Array;
}

/**
 * A condition on grants `g`: they count for mining. They are live, found or verified by a connector, and not expired.
 * Grants by rules and by profiles that came from suggestions do not count, because mining would feed on its own output;
 * nor do emergencies. Most grants have no profile and no task. Checking that first keeps the planner from a join, which
 * took three times as long. The triggers on `matrix_changes` and `listMatrixChanges` cover all that can change it.
 */
const isCounted = sql`g.closed_at is null
  and (g.source = 'connector' or g.verified_at is not null)
  and (g.expires_at is null or g.expires_at > now())
  and (g.profile_id is null or not exists (select 1 from access_profiles p
    where p.id = g.profile_id and p.suggestion_id is not null))
  and (g.task_id is null or not exists (select 1 from tasks t
    where t.id = g.task_id and (t.emergency or t.rule_id is not null)))`;

const isMined = sql`exists (select 1 from entitlements e where e.id = g.entitlement_id
  and e.mined and e.closed_at is null)`;

/** The number of people in one query. One query for all would block the embedded database's thread. */
const peopleBatchSize = 2_000;
/** The number of entitlements in one query, for the same reason. */
const entitlementBatchSize = 50;

/**
 * Reads the counted grants of people: one row a person, with the entitlement ids as one text, in batches of people.
 * Medians of five reads of 1 M grants of 10,000 people, and the resident memory afterwards:
 *
 *     |                            | PostgreSQL 15   | PGlite          |
 *     | this                       | 0.50 s, 141 MB  | 0.98 s, 292 MB  |
 *     | the same in one query      | 0.38 s, 212 MB  | 0.84 s, 369 MB  |
 *     | a row a grant              | 0.67 s, 311 MB  | 4.21 s, 550 MB  |
 *     | a row a grant, in batches  | 0.68 s, 195 MB  | 4.37 s, 354 MB  |
 *
 * One query is a little faster, but it blocks the embedded database's thread and keeps all rows in memory.
 * @param personIds in ascending order.
 * @param minedOnly true: without entitlements that are not for mining.
 */
export async function loadGrantArrays(
  db: Db,
  personIds: Int32Array,
  minedOnly = false,
): Promise<GrantArrays> {
  const lists = new Map<number, Int32Array>();
  const requested = new Set(personIds);
  for (let at = 0; at < personIds.length; at += peopleBatchSize) {
    const part = personIds.subarray(at, at + peopleBatchSize);
    const found = await rows<{ person_id: number; ids: string }>(
      db,
      sql`select g.person_id, array_agg(g.entitlement_id order by g.entitlement_id)::text as ids
          from grants g where ${isAmong(part)} and ${isCounted}
            and ${minedOnly ? isMined : sql`true`}
          group by g.person_id order by g.person_id`,
    );
    for (const row of found)
      if (requested.has(row.person_id)) lists.set(row.person_id, parseIds(row.ids));
  }
  return joinLists(personIds, lists);
}

/** By entitlement: the holders whose grants count for mining, as ids of people in no order. */
export async function loadCountedHolders(
  db: Db,
  entitlementIds: readonly number[],
): Promise<Map<number, Int32Array>> {
  const holders = new Map<number, Int32Array>();
  for (let at = 0; at < entitlementIds.length; at += entitlementBatchSize) {
    const part = sql.param(entitlementIds.slice(at, at + entitlementBatchSize));
    const found = await rows<{ id: number; ids: string }>(
      db,
      sql`select g.entitlement_id as id, array_agg(g.person_id)::text as ids from grants g
          where g.entitlement_id = any(${part}::int[]) and ${isCounted} group by 1`,
    );
    for (const { id, ids } of found) holders.set(id, parseIds(ids));
  }
  return holders;
}

/** Joins the entitlement ids of people into one matrix. */
function joinLists(personIds: Int32Array, lists: ReadonlyMap<number, Int32Array>): GrantArrays {
  const seen = new Set<number>();
  for (const ids of lists.values()) for (const id of ids) seen.add(id);
  const entitlementIds = Int32Array.from(seen).sort();
  const indexOf = new Map(Array.from(entitlementIds, (id, index) => [id, index]));
  const offsets = new Uint32Array(personIds.length + 1);
  personIds.forEach((id, p) => {
    offsets[p + 1] = (offsets[p] ?? 0) + (lists.get(id)?.length ?? 0);
  });
  const items = new Uint32Array(offsets[personIds.length] ?? 0);
  let at = 0;
  for (const id of personIds) {
    for (const entitlementId of lists.get(id) ?? []) items[at++] = indexOf.get(entitlementId) ?? 0;
  }
  return { personIds, entitlementIds, offsets, items };
}

/** A condition on grants `g` that these people meet. For a dense range of ids it is a range, which few others meet. */
function isAmong(ids: Int32Array) {
  const [first, last] = [ids.at(0) ?? 0, ids.at(-1) ?? 0];
  return last - first < 2 * ids.length
    ? sql`g.person_id between ${first}::int and ${last}::int`
    : sql`g.person_id = any(${sql.param([...ids])}::int[])`;
}

/** Parses `{3,17,20}` by character code, without a string for each number. */
export function parseIds(text: string): Int32Array {
  const ids = new Int32Array(text.length >> 1);
  let length = 0;
  let value = 0;
  for (let at = 1; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
    } else {
      ids[length++] = value;
      value = 0;
    }
  }
  return ids.subarray(0, length);
}
