import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { rows } from '../../src/store/db.ts';
import { oneDatabase, served } from '../support/database.ts';
import { commits, useDatabase } from '../support/use-database.ts';

const rounds = 50;

// A file without any test fails, so the one test is skipped where there is no server.
describe.skipIf(served().length === 0).each(oneDatabase())(
  'connections that the server ends, on $name',
  ({ open }) => {
    const db = useDatabase(open);
    const endOthers = () =>
      rows(
        db,
        sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`,
      );

    it(
      'fail their queries, leave the process running and give their places back',
      commits,
      async () => {
        const committed: number[] = [];
        let failed = 0;
        await db.execute(sql`create table rounds (id integer)`);
        const write = (id: number) =>
          db
            .transaction(async (tx) => {
              await tx.execute(sql`insert into rounds values (${id})`);
              await sleep(id % 7);
              await tx.execute(sql`select pg_sleep(${(id % 5) / 1_000}::float8)`);
              await sleep(id % 3);
            })
            .then(
              () => void committed.push(id),
              () => void failed++,
            );
        for (let round = 0; round < rounds; round++) {
          const writes = Array.from({ length: 12 }, (_, at) => write(round * 12 + at));
          await sleep(round % 9);
          await endOthers().catch(() => {});
          await Promise.all(writes);
        }
        expect(failed).toBeGreaterThan(rounds);
        const kept = await rows<{ id: number }>(db, sql`select id from rounds`);
        const ids = new Set(kept.map(({ id }) => id));
        expect(committed.filter((id) => !ids.has(id))).toEqual([]);
        await db.execute(sql`drop table rounds`);
        const all = Array.from({ length: 8 }, () => db.execute(sql`select pg_sleep(0.05)`));
        await expect(Promise.all(all)).resolves.toHaveLength(8);
      },
    );
  },
);
