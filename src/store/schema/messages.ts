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
import { moment } from './moment.ts';
import { people } from './people.ts';

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
  'expiring',
  'digest',
  'profile',
  'sync',
  'held_import',
  'simulation',
  'held_grants',
] as const;
export type MessageKind = (typeof messageKinds)[number];

/** A surface that has to be back before a message can go. */
export type WaitingFor = 'slack';

/** Why a message did not reach its reader by e-mail, where another address may mend it. */
export type MailFailure = 'no_address' | 'refused';

/** The surfaces that delivered a message. `moot`: nothing was left to say · `digest`: a digest says it. */
export type DeliveredVia = 'slack' | 'email' | 'slack+email' | 'moot' | 'digest';

/**
 * "Bring this person's copy of this subject up to date." Written in the transaction of the change;
 * what it says is read from the store when it is delivered, so an old row can never overwrite a new
 * state. Lower `priority` goes first.
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
    createdAt: moment().notNull(),
    availableAt: moment().notNull(),
    claimedUntil: moment(),
    attempts: integer().notNull().default(0),
    deliveredAt: moment(),
    deliveredVia: text().$type<DeliveredVia>(),
    waitingFor: text().$type<WaitingFor>(),
    failedAt: moment(),
    mailFailure: text().$type<MailFailure>(),
    /** The address that was tried. */
    failedAddress: text(),
    /** The error of the last try, for people to read. Its words decide nothing. */
    error: text(),
  },
  (t) => [
    index('outbox_recent_idx').on(t.recipientId, t.createdAt),
    index('outbox_pending_idx')
      .on(t.priority, t.availableAt)
      .where(sql`delivered_at is null and failed_at is null`),
  ],
);

/** The one copy of a message that a person has on a surface: what to redraw, and what it shows now. */
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
    /** Its Message-ID, where it is an e-mail. */
    mailId: text(),
    sentAt: moment().notNull(),
    redrawnAt: moment(),
  },
  (t) => [
    primaryKey({ columns: [t.recipientId, t.kind, t.subjectId, t.surface] }),
    index('message_copies_ts_idx').on(t.channelId, t.ts),
  ],
);

/**
 * Several things told in one message: `news` when many reach a person within minutes, `reminder` when they
 * wait, `summary` once a day or week where a person asked for that. Once told this way, a thing is redrawn within the digest.
 */
export const digests = pgTable(
  'digests',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    personId: integer()
      .notNull()
      .references(() => people.id),
    kind: text().$type<'news' | 'reminder' | 'summary'>().notNull(),
    /** Who asked for a reminder; null: nobody, it was time. */
    askedBy: integer().references(() => people.id),
    createdAt: moment().notNull(),
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

/** Interactions already taken, by Slack's own id for them: a redelivered click or message acts once. */
export const slackReceipts = pgTable('slack_receipts', {
  key: text().primaryKey(),
  receivedAt: moment().notNull(),
});

export const channels = ['both', 'slack', 'email'] as const;
/** On both; in Slack, and by e-mail where Slack cannot be reached; by e-mail alone. */
export type Channel = (typeof channels)[number];
export type SummaryPace = 'off' | 'daily' | 'weekly';

/** What a person chose; null: as the organisation has it. */
export const notificationPreferences = pgTable('notification_preferences', {
  personId: integer()
    .primaryKey()
    .references(() => people.id),
  channel: text().$type<Channel>(),
  summary: text().$type<SummaryPace>(),
  /** Hours of the day, 0–24, in which messages that can wait come. */
  workFromHour: smallint(),
  workUntilHour: smallint(),
  changedAt: moment().notNull(),
});

/** What the organisation chose. One row, id 1; without it the defaults hold. */
export const notificationSettings = pgTable('notification_settings', {
  id: integer().primaryKey(),
  channel: text().$type<Channel>().notNull(),
  summary: text().$type<SummaryPace>().notNull(),
  /** Nobody chooses for themselves. */
  locked: boolean().notNull().default(false),
  changedBy: integer().references(() => people.id),
  changedAt: moment().notNull(),
});

/** A link in an e-mail. Only the hash of its token is kept; it opens one page for one person. */
export const actionLinks = pgTable(
  'action_links',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    /** SHA-256 of the token, hex. */
    tokenHash: text().notNull().unique(),
    personId: integer()
      .notNull()
      .references(() => people.id),
    page: text().$type<'task' | 'preferences'>().notNull(),
    taskId: integer(),
    /** The step that it may decide. */
    stepId: integer(),
    createdAt: moment().notNull(),
    expiresAt: moment().notNull(),
    /** When it decided: it opens the page still, and decides no more. */
    usedAt: moment(),
  },
  (t) => [index('action_links_expires_idx').on(t.expiresAt)],
);

export const surfaces = ['slack', 'email', 'cli', 'schedule', 'system'] as const;
export type Surface = (typeof surfaces)[number];

/** Who did what, on which surface, before and after. The database refuses update and delete. */
export const auditLog = pgTable(
  'audit_log',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    at: moment().notNull(),
    actorId: integer().references(() => people.id),
    via: text().$type<Surface>().notNull(),
    verb: text().notNull(),
    subject: text().notNull(),
    before: jsonb(),
    after: jsonb(),
  },
  (t) => [index('audit_log_subject_idx').on(t.subject)],
);
