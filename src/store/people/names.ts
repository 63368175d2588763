import { sql } from 'drizzle-orm';
import { type Db, rows } from '../db.ts';
import { toNameKey } from '../schema/name-key.ts';

/** A person with what tells them apart. */
export interface NamedPerson {
  id: number;
  name: string;
  email: string | null;
  externalId: string | null;
  connector: string;
  /** Whether another active person has a name that looks the same. */
  hasNamesake: boolean;
}

export async function listNamedPeople(db: Db, ids: readonly number[]): Promise<NamedPerson[]> {
  if (ids.length === 0) return [];
  return rows<NamedPerson>(
    db,
    sql`select p.id, p.name, p.email, p.external_id as "externalId", p.connector,
          exists (select 1 from people o
            where ${sql.raw(toNameKey('o.name'))} = ${sql.raw(toNameKey('p.name'))}
              and o.id <> p.id and o.active and o.closed_at is null) as "hasNamesake"
        from people p where p.id = any(${sql.param([...new Set(ids)])}::int[])`,
  );
}
