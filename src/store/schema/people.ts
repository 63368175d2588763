import { sql } from 'drizzle-orm';
import {
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import { toNameKey } from './name-key.ts';
import { timestamptz } from './timestamptz.ts';

/**
 * A person of the company. `connector` names the source that brought them ('csv', 'slack', …); only a sync of that
 * source may close them. `managerRef` is the source's reference to the manager (e-mail or id). It is stored even if it
 * names nobody here, because people with the same reference form a cohort. `managerId` is the person it resolves to.
 */
export const people = pgTable(
  'people',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    connector: text().notNull(),
    externalId: text(),
    email: text(),
    name: text().notNull(),
    department: text(),
    jobTitle: text(),
    employmentStatus: text(),
    employmentType: text(),
    managerRef: text(),
    managerId: integer(),
    location: text(),
    attributes: jsonb().$type<Record<string, string>>().notNull().default({}),
    /** What sources other than `connector` say, by source: the person's id there, and that the person has left. */
    sources: jsonb()
      .$type<Record<string, { id?: string; inactive?: boolean }>>()
      .notNull()
      .default({}),
    active: boolean().notNull().default(true),
    lastSyncRunId: integer(),
    createdAt: timestamptz().notNull().defaultNow(),
    closedAt: timestamptz(),
    /** The address before the last change. That of a closed person is free for somebody else, so `email` is null. */
    formerEmail: text(),
    /** The person with whom a Super Admin merged this one, who is closed since then. */
    mergedInto: integer(),
  },
  (t) => [
    index('people_former_email_idx').on(sql`lower(${t.formerEmail})`),
    uniqueIndex('people_email_key').on(sql`lower(${t.email})`),
    uniqueIndex('people_external_id_key').on(t.externalId),
    index('people_manager_id_idx').on(t.managerId),
    index('people_name_key_idx')
      .on(sql.raw(toNameKey('name')))
      .where(sql`closed_at is null`),
  ],
);

export type SlackState = 'linked' | 'not_found' | 'guest' | 'deactivated';

/**
 * A person's Slack user: linked once by verified workspace e-mail, from then on by team and user id. `not_found` is
 * stored, too, so that Rolemine does not ask Slack again for every message.
 */
export const slackIdentities = pgTable(
  'slack_identities',
  {
    personId: integer()
      .primaryKey()
      .references(() => people.id),
    teamId: text(),
    userId: text(),
    channelId: text(),
    state: text().$type<SlackState>().notNull(),
    timeZone: text(),
    /** The e-mail address that Slack gave last. */
    email: text(),
    /** When that address began to differ from the person's; null: it does not, or a Super Admin has resolved it. */
    emailChangedAt: timestamptz(),
    isWorkspaceAdmin: boolean().notNull().default(false),
    /** When a Super Admin confirmed that a person who is deactivated in Slack may still act. */
    activeConfirmedAt: timestamptz(),
    homeOpenedAt: timestamptz(),
    /** The tab and page that the person opened last in App Home. */
    homePlace: jsonb().$type<{ tab: string; page: number }>(),
    checkedAt: timestamptz().notNull().defaultNow(),
  },
  (t) => [uniqueIndex('slack_identities_user_key').on(t.teamId, t.userId)],
);

export type RoleName =
  | 'super_admin'
  | 'access_request_admin'
  | 'access_request_helpdesk'
  | 'campaign_admin'
  | 'connector_admin';

/** Roles in addition to Basic User, which everybody has. */
export const personRoles = pgTable(
  'person_roles',
  {
    personId: integer()
      .notNull()
      .references(() => people.id),
    role: text().$type<RoleName>().notNull(),
    grantedAt: timestamptz().notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.personId, t.role] })],
);

/** A change of a person's roles. The person gets a message about it. */
export const roleChanges = pgTable(
  'role_changes',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    personId: integer()
      .notNull()
      .references(() => people.id),
    rolesBefore: text().array().$type<RoleName[]>().notNull(),
    rolesAfter: text().array().$type<RoleName[]>().notNull(),
    /** null: the configuration file. */
    changedBy: integer().references(() => people.id),
    changedAt: timestamptz().notNull(),
  },
  (t) => [index('role_changes_person_idx').on(t.personId)],
);

/**
 * A change of a person's Slack user. Super Admins get a message about it. `address`: Slack has a different e-mail
 * address than before · `account`: a different Slack user replaced a deactivated one.
 */
export const slackChanges = pgTable('slack_changes', {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  personId: integer()
    .notNull()
    .references(() => people.id),
  kind: text().$type<'address' | 'account'>().notNull(),
  email: text().notNull(),
  changedAt: timestamptz().notNull(),
});

/** An e-mail address that several Slack users share. */
export interface SharedAddress {
  email: string;
  names: string[];
}

/** The result of the last reading of all Slack users. One row, id 1. */
export const slackDirectory = pgTable('slack_directory', {
  id: integer().primaryKey(),
  sharedAddresses: jsonb().$type<SharedAddress[]>().notNull(),
  readAt: timestamptz().notNull(),
});

/** A Slack user group and its members, as Slack gave them last. Policies can name it. */
export const userGroups = pgTable('user_groups', {
  /** Slack's id, S… */
  id: text().primaryKey(),
  handle: text().notNull(),
  name: text().notNull(),
  memberIds: integer().array().notNull(),
  /** Members who joined lately, by person id, with the time. They are no approvers for a day. */
  joinedAt: jsonb().$type<Record<string, string>>().notNull().default({}),
  readAt: timestamptz().notNull(),
});
