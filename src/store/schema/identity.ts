import { integer, pgTable, text } from 'drizzle-orm/pg-core';
import { timestamptz } from './timestamptz.ts';

/**
 * `demo`: the sandbox runs on the store; anybody who reaches it can act as anybody · `workspace`: the store belongs to
 * one Slack workspace.
 */
export type StoreKind = 'demo' | 'workspace';

/** The identity of the store, fixed by its first use. One row, id 1; without it the store is unused or older. */
export const storeIdentity = pgTable('store_identity', {
  id: integer().primaryKey(),
  kind: text().$type<StoreKind>().notNull(),
  /** Slack's id of the workspace, T…; null: the first workspace that connects takes the store. */
  teamId: text(),
  teamName: text(),
  claimedAt: timestamptz().notNull(),
});
