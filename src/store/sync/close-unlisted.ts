import { sql } from 'drizzle-orm';
import { type Db, rows } from '../db.ts';
import { inChunks } from './sync-runs.ts';

/**
 * Keeps in step with a source's list of entitlements: those on it are that source's (unless another one lists
 * them), its own that it names again are open again, its own that it neither lists nor grants are closed.
 * A source without a list closes none.
 * @param listed entitlements on the list · `named` those, and the ones its grants name.
 */
export async function closeUnlisted(
  db: Db,
  connector: string,
  { listed, named }: { listed: readonly number[]; named: readonly number[] },
  now: Date,
): Promise<{ reopened: number; closed: number }> {
  let reopened = 0;
  await inChunks(listed, (part) =>
    db.execute(sql`update entitlements set connector = ${connector}
      where id = any(${sql.param(part)}::int[]) and connector is distinct from ${connector}
        and (connector is null or closed_at is not null)`),
  );
  await inChunks(named, async (part) => {
    const back = await rows(
      db,
      sql`update entitlements set closed_at = null where id = any(${sql.param(part)}::int[])
            and connector = ${connector} and closed_at is not null returning 1`,
    );
    reopened += back.length;
  });
  if (listed.length === 0) return { reopened, closed: 0 };
  const gone = await rows(
    db,
    sql`update entitlements set closed_at = ${now.toISOString()}::timestamptz
        where connector = ${connector} and closed_at is null and not exists (
          select 1 from unnest(${sql.param(named)}::int[]) n(id) where n.id = entitlements.id)
        returning 1`,
  );
  return { reopened, closed: gone.length };
}
