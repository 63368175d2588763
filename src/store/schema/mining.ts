import {
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  real,
  text,
} from 'drizzle-orm/pg-core';
import { entitlements } from './access.ts';
import { people } from './people.ts';
import { timestamptz } from './timestamptz.ts';

/** A cohort as dimension → values (AND across dimensions, OR within one); empty: everyone. */
export type Cohort = Record<string, string[]>;

export type RunState = 'queued' | 'running' | 'completed' | 'failed' | 'canceled';
export type RunTrigger = 'import' | 'schedule' | 'person';

/** One analysis: of the whole organization ('all') or of one cohort ('custom'). */
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
    /** The result of a custom analysis, as a sentence. */
    answer: text(),
    suggestionId: integer(),
    error: text(),
    queuedAt: timestamptz().notNull(),
    startedAt: timestamptz(),
    finishedAt: timestamptz(),
    canceledBy: integer().references(() => people.id),
  },
  (t) => [index('mining_runs_state_idx').on(t.state)],
);

export type SuggestionKind = 'everyone' | 'cohort' | 'members';
export type SuggestionState = 'new' | 'accepted' | 'dismissed' | 'superseded';

/** `fingerprint` (cohort + entitlement set) identifies a suggestion across runs. */
export const suggestions = pgTable('suggestions', {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  fingerprint: text().notNull().unique(),
  origin: text().$type<'run' | 'custom'>().notNull(),
  state: text().$type<SuggestionState>().notNull(),
  kind: text().$type<SuggestionKind>().notNull().default('cohort'),
  cohort: jsonb().$type<Cohort>().notNull(),
  /** The people of a hidden team (kind 'members'). A cohort has none: its people are found by its attributes. */
  memberIds: integer().array(),
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
  decidedAt: timestamptz(),
  /** The access profile that was created from it or that received its entitlements. */
  profileId: integer(),
  createdAt: timestamptz().notNull(),
});

/** The runs that found a suggestion. */
export const suggestionSightings = pgTable(
  'suggestion_sightings',
  {
    suggestionId: integer()
      .notNull()
      .references(() => suggestions.id),
    runId: integer()
      .notNull()
      .references(() => miningRuns.id),
  },
  (t) => [primaryKey({ columns: [t.suggestionId, t.runId] })],
);

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

/** Thresholds and limits that a Super Admin has changed. The miner's defaults apply to the others. */
export interface MiningSettings {
  minCohortSize?: number;
  minConfidencePercent?: number;
  minLowerBoundPercent?: number;
  minLift?: number;
  maxDepth?: number;
  maxSuggestions?: number;
  dimensions?: string[];
}

/** One row, id 1. Entitlements that are not for mining are marked in `entitlements.mined`. */
export const miningSettings = pgTable('mining_settings', {
  id: integer().primaryKey(),
  settings: jsonb().$type<MiningSettings>().notNull(),
  changedBy: integer().references(() => people.id),
  changedAt: timestamptz().notNull(),
});

export type OutlierState = 'open' | 'kept' | 'proposed';

/** Access that a person's peers do not have, as the newest run found it. Decisions outlast runs. */
export const outliers = pgTable(
  'outliers',
  {
    personId: integer()
      .notNull()
      .references(() => people.id),
    entitlementId: integer()
      .notNull()
      .references(() => entitlements.id),
    cohort: jsonb().$type<Cohort>().notNull(),
    people: integer().notNull(),
    holders: integer().notNull(),
    runId: integer()
      .notNull()
      .references(() => miningRuns.id),
    state: text().$type<OutlierState>().notNull().default('open'),
    decidedBy: integer().references(() => people.id),
    decidedAt: timestamptz(),
    reason: text(),
  },
  (t) => [primaryKey({ columns: [t.personId, t.entitlementId] })],
);

export const accessProfiles = pgTable('access_profiles', {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  name: text().notNull(),
  nameKey: text().notNull().unique(),
  cohort: jsonb().$type<Cohort>(),
  suggestionId: integer().references(() => suggestions.id),
  createdBy: integer().references(() => people.id),
  createdAt: timestamptz().notNull(),
  description: text(),
  /** The membership rule, checked after each sync; null: members are enrolled by hand. */
  rule: jsonb().$type<Cohort>(),
  /** The person who last saved the rule. Enrollments and requests by the rule carry their name. */
  ruleSavedBy: integer().references(() => people.id),
  /** People who match the rule but are not to be enrolled. */
  excludedIds: integer().array().notNull().default([]),
  /** Members whom the rule would remove. More than a fifth at once waits for the confirmation of a person. */
  pendingRemovalIds: integer().array(),
  leaving: text().$type<Leaving>().notNull().default('revoke_unjustified'),
  /** The maximum duration of a membership in days; null: no end. */
  maxMembershipDays: integer(),
  archivedAt: timestamptz(),
  /** Grows with every edit. */
  version: integer().notNull().default(1),
});

/** News about a profile. Each notice is one message to the people it concerns. */
export const profileNotices = pgTable('profile_notices', {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  profileId: integer()
    .notNull()
    .references(() => accessProfiles.id),
  kind: text().$type<'removals_pending' | 'enrolled' | 'membership_ended'>().notNull(),
  /** The number of members that the rule would remove. */
  removalCount: integer(),
  /** The end of the membership. */
  endedAt: timestamptz(),
  leaving: text().$type<Leaving>(),
  createdAt: timestamptz().notNull(),
});

export const profileOwners = pgTable(
  'profile_owners',
  {
    profileId: integer()
      .notNull()
      .references(() => accessProfiles.id),
    personId: integer()
      .notNull()
      .references(() => people.id),
  },
  (t) => [primaryKey({ columns: [t.profileId, t.personId] })],
);

/** What happens to the access of a member who leaves a profile. `leave`: they keep it. */
export type Leaving = 'leave' | 'revoke_all' | 'revoke_unjustified';

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
    enrolledAt: timestamptz().notNull(),
    active: boolean().notNull().default(true),
    /** How the person became a member: enrolled by hand, by the profile's rule, or by their own request. */
    source: text().$type<'hand' | 'rule' | 'request'>().notNull().default('hand'),
    endsAt: timestamptz(),
  },
  (t) => [primaryKey({ columns: [t.profileId, t.personId] })],
);
