import { and, desc, eq, gt, gte, inArray, isNotNull, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { syncRuns } from '../schema/access.ts';
import { people } from '../schema/people.ts';
import { heldImports, type IdentityShifts } from '../schema/sync.ts';

export type HeldImportRow = typeof heldImports.$inferSelect;

/** The number of people or grants of a source, and how many of them an import would close. */
export interface Fall {
  before: number;
  closing: number;
}

/** The changes of an import that weaken the control of access. */
export interface Weakening {
  /** The first of them, as people read them. */
  lines: string[];
  count: number;
  /** Identifies all of them; null: there is none. */
  hash: string | null;
  /** The people who would become owners or provisioners. */
  gainerIds: number[];
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

/** Held imports that wait for a confirmation, the newest first. @param connector undefined: of all sources. */
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

/**
 * The newest unexpired release of a source that covers an import which would close so many people and grants, and make
 * these people somebody else, and make these changes of control.
 */
export async function findRelease(
  db: Db,
  input: {
    connector: string;
    people: Fall;
    grants: Fall;
    identities?: IdentityShifts | undefined;
    weakening: Weakening;
  },
  now: Date,
): Promise<HeldImportRow | undefined> {
  const { connector, people, grants, identities, weakening } = input;
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
        identities === undefined
          ? undefined
          : sql`${heldImports.identities} ->> 'fingerprint' = ${identities.fingerprint}`,
        weakening.hash === null ? undefined : eq(heldImports.weakeningHash, weakening.hash),
      ),
    )
    .orderBy(desc(heldImports.id))
    .limit(1);
  return found;
}

/** @returns undefined when the import no longer waits for a confirmation. */
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

/** Supersedes waiting imports of a source, of which another import is held now. @returns their ids. */
export async function supersedeWaiting(db: Db, connector: string): Promise<number[]> {
  const superseded = await db
    .update(heldImports)
    .set({ state: 'superseded' })
    .where(and(eq(heldImports.connector, connector), eq(heldImports.state, 'waiting')))
    .returning({ id: heldImports.id });
  return superseded.map(({ id }) => id);
}

/**
 * Ends the held imports of a source after an import of it went through.
 * @param usedId the released import that allowed it.
 * @returns the ids of the ended imports.
 */
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

/** Whether a later run of the source has finished. */
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
