import { sql } from 'drizzle-orm';
import {
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
} from 'drizzle-orm/pg-core';
import { people } from './people.ts';
import { timestamptz } from './timestamptz.ts';

export const messageKinds = [
  'step',
  'request',
  'outcome',
  'emergency',
  'run',
  'home',
  'comment',
  'delegation',
  'roles',
  'address',
  'departure',
  'expiring',
  'digest',
  'profile',
  'sync',
  'held_import',
  'import_changes',
  'simulation',
  'held_grants',
  'inbox',
] as const;
export type MessageKind = (typeof messageKinds)[number];

/** A surface that has to be reachable again before a message is sent. */
export type WaitingFor = 'slack';

/** The reasons for a failed e-mail that another address may solve. */
export type MailFailure = 'no_address' | 'refused';

/** The surfaces that delivered a message. `skipped`: there was nothing left to say · `digest`: a digest contains it. */
export type DeliveredVia = 'slack' | 'email' | 'slack+email' | 'skipped' | 'digest';

/**
 * An order to bring one person's copy of one subject up to date. The transaction of the change writes it. Its contents
 * are read from the store at delivery, so an old row can never overwrite a new state. A lower `priority` goes first.
 */
export const outbox = pgTable(
  'outbox',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    recipientId: integer()
      .notNull()
      .references(() => people.id),
    kind: text().$type<MessageKind>().notNull(),
    subjectId: integer().notNull(),
    priority: smallint().notNull(),
    createdAt: timestamptz().notNull(),
    availableAt: timestamptz().notNull(),
    claimedUntil: timestamptz(),
    attempts: integer().notNull().default(0),
    deliveredAt: timestamptz(),
    deliveredVia: text().$type<DeliveredVia>(),
    waitingFor: text().$type<WaitingFor>(),
    failedAt: timestamptz(),
    mailFailure: text().$type<MailFailure>(),
    /** The e-mail address that failed. */
    failedAddress: text(),
    /** The error of the last attempt, for people to read. No code looks at its words. */
    error: text(),
  },
  (t) => [
    index('outbox_recent_idx').on(t.recipientId, t.createdAt),
    index('outbox_pending_idx')
      .on(t.priority, t.availableAt)
      .where(sql`delivered_at is null and failed_at is null`),
  ],
);

/** The one copy of a message that a person has on a surface: where to redraw it, and a hash of what it shows. */
export const messageCopies = pgTable(
  'message_copies',
  {
    recipientId: integer()
      .notNull()
      .references(() => people.id),
    kind: text().$type<MessageKind>().notNull(),
    subjectId: integer().notNull(),
    surface: text().$type<'slack' | 'email'>().notNull(),
    channelId: text(),
    ts: text(),
    contentHash: text(),
    /** The Message-ID of an e-mail. */
    mailId: text(),
    sentAt: timestamptz().notNull(),
    redrawnAt: timestamptz(),
  },
  (t) => [
    primaryKey({ columns: [t.recipientId, t.kind, t.subjectId, t.surface] }),
    index('message_copies_ts_idx').on(t.channelId, t.ts),
  ],
);

/**
 * Several things in one message: `news` when many reach a person within minutes, `reminder` of open tasks, `summary`
 * once a day or week if the person chose that. A later change of one of them redraws the digest.
 */
export const digests = pgTable(
  'digests',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    personId: integer()
      .notNull()
      .references(() => people.id),
    kind: text().$type<'news' | 'reminder' | 'summary'>().notNull(),
    /** The person who asked for a reminder; null: the schedule sent it. */
    askedBy: integer().references(() => people.id),
    createdAt: timestamptz().notNull(),
  },
  (t) => [index('digests_person_idx').on(t.personId, t.createdAt)],
);

export const digestItems = pgTable(
  'digest_items',
  {
    digestId: integer()
      .notNull()
      .references(() => digests.id),
    kind: text().$type<MessageKind>().notNull(),
    subjectId: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.digestId, t.kind, t.subjectId] }),
    index('digest_items_subject_idx').on(t.kind, t.subjectId),
  ],
);

/** Received interactions, by Slack's own id for them, so that a redelivered click or message acts once. */
export const slackReceipts = pgTable('slack_receipts', {
  key: text().primaryKey(),
  receivedAt: timestamptz().notNull(),
});

export const channels = ['both', 'slack', 'email'] as const;
/** `both`: Slack and e-mail · `slack`: Slack, and e-mail if Slack is unreachable · `email`: e-mail alone. */
export type Channel = (typeof channels)[number];
export type SummaryPace = 'off' | 'daily' | 'weekly';

/** The choices of one person; null: the organization's setting applies. */
export const notificationPreferences = pgTable('notification_preferences', {
  personId: integer()
    .primaryKey()
    .references(() => people.id),
  channel: text().$type<Channel>(),
  summary: text().$type<SummaryPace>(),
  /** Working hours, 0–24. Messages that can wait are sent within them. */
  workFromHour: smallint(),
  workUntilHour: smallint(),
  changedAt: timestamptz().notNull(),
});

/** The settings of the organization. One row, id 1; without it the defaults apply. */
export const notificationSettings = pgTable('notification_settings', {
  id: integer().primaryKey(),
  channel: text().$type<Channel>().notNull(),
  summary: text().$type<SummaryPace>().notNull(),
  /** true: people cannot choose for themselves. */
  locked: boolean().notNull().default(false),
  changedBy: integer().references(() => people.id),
  changedAt: timestamptz().notNull(),
});

/**
 * A link in an e-mail, or an open inbox (`session`), whose token is in a cookie. It opens one page for one person. Only
 * the hash of its token is stored.
 */
export const actionLinks = pgTable(
  'action_links',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    /** SHA-256 of the token, hex. */
    tokenHash: text().notNull().unique(),
    personId: integer()
      .notNull()
      .references(() => people.id),
    page: text().$type<'task' | 'preferences' | 'session'>().notNull(),
    taskId: integer(),
    /** The step that the link can decide. */
    stepId: integer(),
    createdAt: timestamptz().notNull(),
    expiresAt: timestamptz().notNull(),
    /**
     * When it decided, or when its page last sent a newer link. A used link still opens the page, but decides nothing.
     */
    usedAt: timestamptz(),
  },
  (t) => [index('action_links_expires_idx').on(t.expiresAt)],
);

export const surfaces = ['slack', 'email', 'cli', 'schedule', 'system'] as const;
export type Surface = (typeof surfaces)[number];

/** One row a change: actor, surface, action, subject, values before and after. The database refuses update and delete. */
export const auditLog = pgTable(
  'audit_log',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    at: timestamptz().notNull(),
    actorId: integer().references(() => people.id),
    /** The user of the operating system who ran a command, as far as known. */
    operator: text(),
    via: text().$type<Surface>().notNull(),
    verb: text().notNull(),
    subject: text().notNull(),
    before: jsonb(),
    after: jsonb(),
  },
  (t) => [index('audit_log_subject_idx').on(t.subject)],
);
