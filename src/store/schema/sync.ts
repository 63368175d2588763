import { sql } from 'drizzle-orm';
import { index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { entitlements } from './access.ts';
import { people } from './people.ts';
import { timestamptz } from './timestamptz.ts';

/**
 * `waiting`: needs the confirmation of a person · `released`: confirmed; the source can be imported once before
 * `expiresAt` · `superseded`: a later import of the source is held with other figures · `used`: the confirmed import
 * went through · `obsolete`: another import of the source went through.
 */
export type HeldImportState = 'waiting' | 'released' | 'superseded' | 'used' | 'obsolete';

/** The grants of an application or of an entitlement, and how many of them an import would close. */
export interface ScopeFall {
  kind: 'application' | 'entitlement';
  id: number;
  /** "Jira", "Jira · Admin" */
  name: string;
  before: number;
  closing: number;
}

/** People who would become somebody else, because a record has the id of one and the address of another. */
export interface IdentityShifts {
  total: number;
  /** The first ones, as sentences. */
  lines: string[];
  /** A hash of all of them. A release covers the same ones only. */
  fingerprint: string;
  /** Whether somebody among them has a role: then only a Super Admin lets the import through. */
  concernsRoles: boolean;
}

/**
 * An import that was rolled back, because it would close too many people or grants of its source, make people somebody
 * else, or weaken the control of access.
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
    identities: jsonb().$type<IdentityShifts>(),
    /** The applications and entitlements that would lose a large part of their grants. */
    scopes: jsonb().$type<ScopeFall[]>().notNull().default([]),
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

/**
 * An account that a source reports for somebody who is neither in the source nor in Rolemine. Accounts of people who
 * have left are their grants.
 */
export const orphanedAccounts = pgTable(
  'orphaned_accounts',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    connector: text().notNull(),
    /** The e-mail address or id, as the source writes it. */
    reference: text().notNull(),
    entitlementId: integer()
      .notNull()
      .references(() => entitlements.id),
    firstSeenAt: timestamptz().notNull(),
    lastSyncRunId: integer().notNull(),
  },
  (t) => [uniqueIndex('orphaned_accounts_key').on(t.connector, t.entitlementId, t.reference)],
);
