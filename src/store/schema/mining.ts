import {
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  real,
  text,
  timestamp,
} from 'drizzle-orm/pg-core';
import { entitlements } from './access.ts';
import { people } from './people.ts';

const moment = () => timestamp({ withTimezone: true, mode: 'date' });

/** A cohort as dimension → values (AND across dimensions, OR within one); empty is everyone. */
export type Cohort = Record<string, string[]>;

export type RunState = 'queued' | 'running' | 'completed' | 'failed';
export type RunTrigger = 'import' | 'schedule' | 'person';

/** One analysis: of the whole organisation ('all') or of one cohort ('custom'). */
export const miningRuns = pgTable(
  'mining_runs',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    kind: text().$type<'all' | 'custom'>().notNull(),
    trigger: text().$type<RunTrigger>().notNull(),
    state: text().$type<RunState>().notNull(),
    requestedBy: integer().references(() => people.id),
    cohort: jsonb().$type<Cohort>(),
    people: integer(),
    entitlements: integer(),
    grants: integer(),
    explainedGrants: integer(),
    newSuggestions: integer(),
    error: text(),
    queuedAt: moment().notNull(),
    startedAt: moment(),
    finishedAt: moment(),
  },
  (t) => [index('mining_runs_state_idx').on(t.state)],
);

export type SuggestionState = 'new' | 'accepted' | 'dismissed' | 'superseded';

/** `fingerprint` (cohort + entitlement set) identifies a suggestion across runs. */
export const suggestions = pgTable('suggestions', {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  fingerprint: text().notNull().unique(),
  origin: text().$type<'run' | 'custom'>().notNull(),
  state: text().$type<SuggestionState>().notNull(),
  cohort: jsonb().$type<Cohort>().notNull(),
  people: integer().notNull(),
  peopleWithAll: integer().notNull(),
  gaining: integer().notNull(),
  explainedGrants: integer().notNull(),
  score: real().notNull(),
  lowerBoundPercent: real().notNull(),
  dismissedLowerBoundPercent: real(),
  firstRunId: integer().references(() => miningRuns.id),
  lastRunId: integer().references(() => miningRuns.id),
  seenRuns: integer().notNull().default(1),
  decidedBy: integer().references(() => people.id),
  decidedAt: moment(),
  createdAt: moment().notNull(),
});

export const suggestionEntitlements = pgTable(
  'suggestion_entitlements',
  {
    suggestionId: integer()
      .notNull()
      .references(() => suggestions.id),
    entitlementId: integer()
      .notNull()
      .references(() => entitlements.id),
    holders: integer().notNull(),
    confidencePercent: real().notNull(),
    lowerBoundPercent: real().notNull(),
    lift: real().notNull(),
  },
  (t) => [primaryKey({ columns: [t.suggestionId, t.entitlementId] })],
);

export const accessProfiles = pgTable('access_profiles', {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  name: text().notNull(),
  nameKey: text().notNull().unique(),
  cohort: jsonb().$type<Cohort>(),
  suggestionId: integer().references(() => suggestions.id),
  createdBy: integer().references(() => people.id),
  createdAt: moment().notNull(),
});

export const profileEntitlements = pgTable(
  'profile_entitlements',
  {
    profileId: integer()
      .notNull()
      .references(() => accessProfiles.id),
    entitlementId: integer()
      .notNull()
      .references(() => entitlements.id),
  },
  (t) => [primaryKey({ columns: [t.profileId, t.entitlementId] })],
);

export const enrollments = pgTable(
  'enrollments',
  {
    profileId: integer()
      .notNull()
      .references(() => accessProfiles.id),
    personId: integer()
      .notNull()
      .references(() => people.id),
    enrolledBy: integer().references(() => people.id),
    enrolledAt: moment().notNull(),
    active: boolean().notNull().default(true),
  },
  (t) => [primaryKey({ columns: [t.profileId, t.personId] })],
);
