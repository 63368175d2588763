import { sql } from 'drizzle-orm';
import { type Db, rows } from '../db.ts';
import { inChunks } from './sync-runs.ts';

/**
 * Brings entitlements in line with a source's list. Listed ones become the source's own, unless another source lists
 * them. Its closed ones that it names again are reopened. Its open ones that it no longer names are closed. A source
 * without a list closes none.
 * @param listed ids on the list.
 * @param named ids on the list and ids that its grants name.
 * @param isComplete whether the whole list could be read; otherwise none is closed.
 */
export async function closeUnlisted(
  db: Db,
  {
    connector,
    listed,
    named,
    isComplete,
    now,
  }: {
    connector: string;
    listed: readonly number[];
    named: readonly number[];
    isComplete: boolean;
    now: Date;
  },
): Promise<{ reopened: number; closed: number }> {
  let reopened = 0;
  await inChunks(listed, (part) =>
    db.execute(sql`update entitlements set connector = ${connector}
      where id = any(${sql.param(part)}::int[]) and connector is distinct from ${connector}
        and (connector is null or closed_at is not null)`),
  );
  await inChunks(named, async (part) => {
    const opened = await rows(
      db,
      sql`update entitlements set closed_at = null where id = any(${sql.param(part)}::int[])
            and connector = ${connector} and closed_at is not null returning 1`,
    );
    reopened += opened.length;
  });
  if (listed.length === 0 || !isComplete) return { reopened, closed: 0 };
  const closed = await rows(
    db,
    sql`update entitlements set closed_at = ${now.toISOString()}::timestamptz
        where connector = ${connector} and closed_at is null and not exists (
          select 1 from unnest(${sql.param(named)}::int[]) n(id) where n.id = entitlements.id)
        returning 1`,
  );
  return { reopened, closed: closed.length };
}
