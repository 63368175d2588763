import { and, desc, eq, gt, gte, inArray, isNotNull } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { syncRuns } from '../schema/access.ts';
import { people } from '../schema/people.ts';
import { heldImports } from '../schema/sync.ts';

export type HeldImportRow = typeof heldImports.$inferSelect;

/** How much of what a source brought is there, and how much of it an import would close. */
export interface Fall {
  before: number;
  closing: number;
}

export async function insertHeldImport(
  db: Db,
  held: typeof heldImports.$inferInsert,
): Promise<HeldImportRow> {
  const [inserted] = await db.insert(heldImports).values(held).returning();
  if (!inserted) throw new Error('the held import was not stored');
  return inserted;
}

/** A held import with the name of the person who released it. */
export async function findHeldImport(db: Db, id: number) {
  const [found] = await db
    .select({ held: heldImports, releasedBy: people.name })
    .from(heldImports)
    .leftJoin(people, eq(people.id, heldImports.releasedBy))
    .where(eq(heldImports.id, id));
  return found;
}

/** Held imports of a source, or of all, that wait for a confirmation; the newest first. */
export async function listWaitingImports(db: Db, connector?: string): Promise<HeldImportRow[]> {
  return db
    .select()
    .from(heldImports)
    .where(
      and(
        eq(heldImports.state, 'waiting'),
        connector === undefined ? undefined : eq(heldImports.connector, connector),
      ),
    )
    .orderBy(desc(heldImports.id));
}

/** The newest import of a source whose release is still good and covers an import that would close this much. */
export async function findRelease(
  db: Db,
  { connector, people, grants }: { connector: string; people: Fall; grants: Fall },
  now: Date,
): Promise<HeldImportRow | undefined> {
  const [found] = await db
    .select()
    .from(heldImports)
    .where(
      and(
        eq(heldImports.connector, connector),
        eq(heldImports.state, 'released'),
        gte(heldImports.expiresAt, now),
        gte(heldImports.peopleClosing, people.closing),
        gte(heldImports.grantsClosing, grants.closing),
      ),
    )
    .orderBy(desc(heldImports.id))
    .limit(1);
  return found;
}

/** @returns undefined when it does not wait for a confirmation any more. */
export async function markReleased(
  db: Db,
  id: number,
  release: { releasedBy: number; releasedAt: Date; expiresAt: Date },
): Promise<HeldImportRow | undefined> {
  const [released] = await db
    .update(heldImports)
    .set({ state: 'released', ...release })
    .where(and(eq(heldImports.id, id), eq(heldImports.state, 'waiting')))
    .returning();
  return released;
}

/** An import of the source is held with other figures. @returns the ids of the imports that waited. */
export async function supersedeWaiting(db: Db, connector: string): Promise<number[]> {
  const superseded = await db
    .update(heldImports)
    .set({ state: 'superseded' })
    .where(and(eq(heldImports.connector, connector), eq(heldImports.state, 'waiting')))
    .returning({ id: heldImports.id });
  return superseded.map(({ id }) => id);
}

/** An import of the source went through. @returns the ids of the imports that ended with it. */
export async function endHeldImports(
  db: Db,
  connector: string,
  usedId: number | undefined,
): Promise<number[]> {
  if (usedId !== undefined) {
    await db.update(heldImports).set({ state: 'used' }).where(eq(heldImports.id, usedId));
  }
  const ended = await db
    .update(heldImports)
    .set({ state: 'obsolete' })
    .where(
      and(
        eq(heldImports.connector, connector),
        inArray(heldImports.state, ['waiting', 'released', 'superseded']),
      ),
    )
    .returning({ id: heldImports.id });
  return [...(usedId === undefined ? [] : [usedId]), ...ended.map(({ id }) => id)];
}

/** Whether a run of the source that started after this one went through. */
export async function isOvertaken(db: Db, connector: string, runId: number): Promise<boolean> {
  const later = await db
    .select({ id: syncRuns.id })
    .from(syncRuns)
    .where(
      and(
        eq(syncRuns.connector, connector),
        gt(syncRuns.id, runId),
        isNotNull(syncRuns.finishedAt),
      ),
    )
    .limit(1);
  return later.length > 0;
}
