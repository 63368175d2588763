import { lt, sql } from 'drizzle-orm';
import { type Db, rows } from '../db.ts';
import { matrixChanges } from '../schema/access.ts';

/** The position of a reader: the snapshot of its last read, and the time of the database's clock. */
export interface MatrixPosition {
  snapshot: string;
  at: string;
}

/** The current position. Call it before reading people and grants; later changes are read from here. */
export async function findMatrixPosition(db: Db): Promise<MatrixPosition> {
  const [position] = await rows<MatrixPosition>(
    db,
    sql`select pg_current_snapshot()::text as snapshot, now()::text as at`,
  );
  if (!position) throw new Error('the database returned no snapshot');
  return position;
}

/**
 * People who changed since a position, or hold a grant that has expired since, in id order.
 * @returns undefined when the position is older than a day: changes since then may have been deleted.
 */
export async function listMatrixChanges(
  db: Db,
  since: MatrixPosition,
): Promise<number[] | undefined> {
  const [answer] = await rows<{ isComplete: boolean; ids: number[] }>(
    db,
    sql`select ${since.at}::timestamptz > now() - interval '1 day' as "isComplete",
          array(select person_id from matrix_changes
                where transaction >= pg_snapshot_xmin(${since.snapshot}::pg_snapshot)
                  and not pg_visible_in_snapshot(transaction, ${since.snapshot}::pg_snapshot)
              union select person_id from grants
                where closed_at is null and expires_at is not null
                  and expires_at > ${since.at}::timestamptz and expires_at <= now()
              order by 1) as ids`,
  );
  return answer?.isComplete ? answer.ids : undefined;
}

/** Deletes changes older than two days. `listMatrixChanges` reads one day at most. */
export async function deleteMatrixChanges(db: Db): Promise<void> {
  await db.delete(matrixChanges).where(lt(matrixChanges.changedAt, sql`now() - interval '2 days'`));
}
