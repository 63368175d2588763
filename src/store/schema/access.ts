import { sql } from 'drizzle-orm';
import {
  boolean,
  customType,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import { moment } from './moment.ts';
import { people } from './people.ts';

/** One reading of one source. What it no longer saw is closed in the same transaction. */
export const syncRuns = pgTable('sync_runs', {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  connector: text().notNull(),
  counts: jsonb().$type<Record<string, number>>().notNull().default({}),
  startedAt: moment().notNull(),
  finishedAt: moment(),
});

export const applications = pgTable(
  'applications',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    name: text().notNull(),
    instructions: text(),
    /** The policies (policies.id) of what has none of its own: for requests, emergencies, revocations. */
    policyId: integer(),
    emergencyPolicyId: integer(),
    revokePolicyId: integer(),
    /** Grows with every edit by a person, so that of two at once the second is told. */
    version: integer().notNull().default(1),
    createdAt: moment().notNull().defaultNow(),
  },
  (t) => [uniqueIndex('applications_name_key').on(sql`lower(${t.name})`)],
);

export const ownerKinds = ['owner', 'provisioner'] as const;
export type OwnerKind = (typeof ownerKinds)[number];

export const applicationOwners = pgTable(
  'application_owners',
  {
    applicationId: integer()
      .notNull()
      .references(() => applications.id),
    personId: integer()
      .notNull()
      .references(() => people.id),
    kind: text().$type<OwnerKind>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.applicationId, t.personId, t.kind] })],
);

export type Risk = 'low' | 'medium' | 'high';

/**
 * Something that can be held. `mined` false is "not for mining"; `requestable` false keeps it out of requests.
 * `connector` is the source whose list of entitlements has it; gone from that list, it is closed.
 */
export const entitlements = pgTable(
  'entitlements',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    applicationId: integer()
      .notNull()
      .references(() => applications.id),
    name: text().notNull(),
    description: text(),
    category: text(),
    risk: text().$type<Risk>(),
    requestable: boolean().notNull().default(true),
    mined: boolean().notNull().default(true),
    /** The policy of requests for it (policies.id); null: the default one. */
    policyId: integer(),
    /** The policy of emergency requests for it; null: the built-in one without approval. */
    emergencyPolicyId: integer(),
    /** The policy of revocations of it; null: the application's, or the default one. */
    revokePolicyId: integer(),
    /** Grows with every edit by a person. */
    version: integer().notNull().default(1),
    /** Whether it may be asked for as an emergency. */
    emergencyAllowed: boolean().notNull().default(false),
    /** Longest time for which it may be asked for; null: for good. */
    longestGrantDays: integer(),
    connector: text(),
    closedAt: moment(),
    createdAt: moment().notNull().defaultNow(),
  },
  (t) => [uniqueIndex('entitlements_name_key').on(t.applicationId, sql`lower(${t.name})`)],
);

export const entitlementOwners = pgTable(
  'entitlement_owners',
  {
    entitlementId: integer()
      .notNull()
      .references(() => entitlements.id),
    personId: integer()
      .notNull()
      .references(() => people.id),
  },
  (t) => [primaryKey({ columns: [t.entitlementId, t.personId] })],
);

/**
 * A person holds an entitlement. Live while `closedAt` is null. `source` says how it came: seen by a
 * connector, or claimed by a task ("Provisioned"), which stays pending until a sync sees it and sets
 * `verifiedAt` and `connector`.
 */
export const grants = pgTable(
  'grants',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    personId: integer()
      .notNull()
      .references(() => people.id),
    entitlementId: integer()
      .notNull()
      .references(() => entitlements.id),
    source: text().$type<'connector' | 'task'>().notNull(),
    connector: text(),
    taskId: integer(),
    profileId: integer(),
    /** The single role rule (single_role_rules.id) that the person holds it by. */
    ruleId: integer(),
    /** Since when no rule gives it to them any more: the grace period runs. */
    ruleLostAt: moment(),
    grantedAt: moment(),
    expiresAt: moment(),
    lastUsedAt: moment(),
    firstSeenAt: moment().notNull(),
    verifiedAt: moment(),
    /** A task says it was taken away; a sync confirms that by not seeing it any more. */
    removalTaskId: integer(),
    removalClaimedAt: moment(),
    /** When the holder was told that it ends soon. */
    expiryToldAt: moment(),
    /** When it was audited that nobody could be asked to take it away after its end. */
    stayAuditedAt: moment(),
    /** Syncs of its application's connector that did not see what a task claims. */
    missedSyncs: integer().notNull().default(0),
    lastSyncRunId: integer(),
    closedAt: moment(),
  },
  (t) => [
    uniqueIndex('grants_live_key').on(t.personId, t.entitlementId).where(sql`closed_at is null`),
    index('grants_entitlement_idx').on(t.entitlementId).where(sql`closed_at is null`),
    index('grants_rule_idx').on(t.ruleId).where(sql`closed_at is null and rule_id is not null`),
    index('grants_expires_idx')
      .on(t.expiresAt)
      .where(sql`closed_at is null and expires_at is not null`),
  ],
);

const transactionId = customType<{ data: string }>({ dataType: () => 'xid8' });

/**
 * People whose attributes or counted grants may have changed, so that a matrix that is held need not be
 * read anew. Triggers write it. A reader keeps the snapshot in which it last read, and reads what that did
 * not show: the numbers of an identity column do not become visible in their order.
 */
export const matrixChanges = pgTable(
  'matrix_changes',
  {
    transaction: transactionId().notNull().default(sql`pg_current_xact_id()`),
    personId: integer().notNull(),
    changedAt: moment().notNull().defaultNow(),
  },
  (t) => [index('matrix_changes_transaction_idx').on(t.transaction)],
);
