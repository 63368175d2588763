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
import { people } from './people.ts';
import { timestamptz } from './timestamptz.ts';

/** One sync of one source. The same transaction closes everything that the source no longer has. */
export const syncRuns = pgTable('sync_runs', {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  connector: text().notNull(),
  counts: jsonb().$type<Record<string, number>>().notNull().default({}),
  /** The changes of control, for the messages about them; null: none. */
  controlChanges: jsonb().$type<ImportChanges>(),
  startedAt: timestamptz().notNull(),
  finishedAt: timestamptz(),
});

/** What a sync changed of the control of access, as people read it. */
export interface ImportChanges {
  /** The user of the operating system who ran the import, as far as known. */
  operator: string | null;
  changes: {
    line: string;
    /** The owners and provisioners before the change. */
    ownerIds: number[];
  }[];
  /** Number of people with another manager. */
  managers: number;
}

export const applications = pgTable(
  'applications',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    name: text().notNull(),
    instructions: text(),
    /** The policies (policies.id) of entitlements without their own: for requests, emergencies, revocations. */
    policyId: integer(),
    emergencyPolicyId: integer(),
    revokePolicyId: integer(),
    /** Grows with every edit by a person. An edit that was based on an older version is refused. */
    version: integer().notNull().default(1),
    createdAt: timestamptz().notNull().defaultNow(),
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
    /** Who appointed them; null: a source. An appointment by a requester does not count for their own request. */
    appointedBy: integer().references(() => people.id),
    appointedAt: timestamptz(),
  },
  (t) => [primaryKey({ columns: [t.applicationId, t.personId, t.kind] })],
);

export type Risk = 'low' | 'medium' | 'high';

/**
 * Something that an application grants. `mined` false means "not for mining". `requestable` false means that nobody
 * can request it. `connector` is the source that lists it; a sync closes it once that list no longer has it.
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
    /** The policy of requests (policies.id); null: the application's, or the default one. */
    policyId: integer(),
    /** The policy of emergency requests; null: the application's, or the built-in one without approval. */
    emergencyPolicyId: integer(),
    /** The policy of revocations; null: the application's, or the default one. */
    revokePolicyId: integer(),
    /** Grows with every edit by a person. */
    version: integer().notNull().default(1),
    /** Whether people can request it as an emergency. */
    emergencyAllowed: boolean().notNull().default(false),
    /** The maximum number of days that one request can ask for; null: no limit. */
    maxGrantDays: integer(),
    connector: text(),
    closedAt: timestamptz(),
    createdAt: timestamptz().notNull().defaultNow(),
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
    appointedBy: integer().references(() => people.id),
    appointedAt: timestamptz(),
  },
  (t) => [primaryKey({ columns: [t.entitlementId, t.personId] })],
);

/**
 * A person holds an entitlement. Live while `closedAt` is null. `source` is 'connector' when a sync found the grant,
 * and 'task' when a task says that it was provisioned. A grant of a task is a claim until a sync finds it and sets
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
    /** The single role rule (single_role_rules.id) that grants it. */
    ruleId: integer(),
    /** The start of the grace period: since then no required rule grants it. */
    graceStartedAt: timestamptz(),
    grantedAt: timestamptz(),
    expiresAt: timestamptz(),
    lastUsedAt: timestamptz(),
    firstSeenAt: timestamptz().notNull(),
    verifiedAt: timestamptz(),
    /** The task that says it was deprovisioned. A sync that no longer finds the grant confirms that and closes it. */
    deprovisionTaskId: integer(),
    deprovisionedAt: timestamptz(),
    /** When the holder was notified that it ends soon. */
    expiryNotifiedAt: timestamptz(),
    /** When a revocation after its end could not be opened, because nobody could be asked. */
    revocationFailedAt: timestamptz(),
    /** The number of syncs of its application's connector that contradict the claim of a task. */
    missedSyncs: integer().notNull().default(0),
    lastSyncRunId: integer(),
    closedAt: timestamptz(),
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
 * People whose attributes or counted grants may have changed. With it the miner updates its matrix instead of reading
 * everything again. Triggers write it. A reader remembers the snapshot of its last read and then reads the rows which
 * that snapshot did not show. An identity column would not do: its numbers do not become visible in order.
 */
export const matrixChanges = pgTable(
  'matrix_changes',
  {
    transaction: transactionId().notNull().default(sql`pg_current_xact_id()`),
    personId: integer().notNull(),
    changedAt: timestamptz().notNull().defaultNow(),
  },
  (t) => [index('matrix_changes_transaction_idx').on(t.transaction)],
);
