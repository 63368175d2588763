import { sql } from 'drizzle-orm';
import { index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { people } from './people.ts';
import { timestamptz } from './timestamptz.ts';

/**
 * `waiting`: needs the confirmation of a person · `released`: confirmed; the source can be imported once before
 * `expiresAt` · `superseded`: a later import of the source is held with other figures · `used`: the confirmed import
 * went through · `obsolete`: another import of the source went through.
 */
export type HeldImportState = 'waiting' | 'released' | 'superseded' | 'used' | 'obsolete';

/**
 * An import that was rolled back, because it would close too many people or grants of its source, or weaken the control
 * of access.
 */
export const heldImports = pgTable(
  'held_imports',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    connector: text().notNull(),
    state: text().$type<HeldImportState>().notNull(),
    peopleBefore: integer().notNull(),
    peopleClosing: integer().notNull(),
    grantsBefore: integer().notNull(),
    grantsClosing: integer().notNull(),
    /** The first changes that would weaken control, as people read them. */
    weakenings: jsonb().$type<string[]>().notNull().default([]),
    weakeningCount: integer().notNull().default(0),
    /** A hash of all of them: a release covers these changes only. null: nothing would be weaker. */
    weakeningHash: text(),
    /** The people who would become owners or provisioners. */
    gainerIds: integer().array().notNull().default([]),
    /** The user of the operating system who ran the import, as far as known. */
    operator: text(),
    heldAt: timestamptz().notNull(),
    releasedBy: integer().references(() => people.id),
    releasedAt: timestamptz(),
    expiresAt: timestamptz(),
  },
  (t) => [
    uniqueIndex('held_imports_waiting_key').on(t.connector).where(sql`state = 'waiting'`),
    index('held_imports_connector_idx').on(t.connector, t.state),
  ],
);

/**
 * A source whose syncs fail. One row stands for all failures with the same error. It ends when a sync goes through, is
 * held, or fails with another error.
 */
export const syncFailures = pgTable(
  'sync_failures',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    connector: text().notNull(),
    /** The sentence that people see; a long one is cut. */
    error: text().notNull(),
    /** A hash of the whole error. Failures with the same hash are the same failure. */
    fingerprint: text().notNull(),
    failedAt: timestamptz().notNull(),
    endedAt: timestamptz(),
  },
  (t) => [uniqueIndex('sync_failures_open_key').on(t.connector).where(sql`ended_at is null`)],
);
