import { lt, sql } from 'drizzle-orm';
import { type Db, rows } from '../db.ts';
import { matrixChanges } from '../schema/access.ts';

/** What a reader has seen: the transactions of a snapshot, at a time of the database's clock. */
export interface MatrixPosition {
  snapshot: string;
  at: string;
}

/** Where changes have to be read from by whoever reads people and grants after this. */
export async function findMatrixPosition(db: Db): Promise<MatrixPosition> {
  const [position] = await rows<MatrixPosition>(
    db,
    sql`select pg_current_snapshot()::text as snapshot, now()::text as at`,
  );
  if (!position) throw new Error('the database did not say where it is');
  return position;
}

/**
 * People who changed since, or hold a grant that has expired since, in id order. undefined: that long ago that changes may have been forgotten.
 */
export async function listMatrixChanges(
  db: Db,
  since: MatrixPosition,
): Promise<number[] | undefined> {
  const [answer] = await rows<{ isKept: boolean; ids: number[] }>(
    db,
    sql`select ${since.at}::timestamptz > now() - interval '1 day' as "isKept",
          array(select person_id from matrix_changes
                where transaction >= pg_snapshot_xmin(${since.snapshot}::pg_snapshot)
                  and not pg_visible_in_snapshot(transaction, ${since.snapshot}::pg_snapshot)
              union select person_id from grants
                where closed_at is null and expires_at is not null
                  and expires_at > ${since.at}::timestamptz and expires_at <= now()
              order by 1) as ids`,
  );
  return answer?.isKept ? answer.ids : undefined;
}

/** Forgets old changes. `listMatrixChanges` asks for no more than a day, so that two are enough. */
export async function deleteMatrixChanges(db: Db): Promise<void> {
  await db.delete(matrixChanges).where(lt(matrixChanges.changedAt, sql`now() - interval '2 days'`));
}
