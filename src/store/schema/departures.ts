import { sql } from 'drizzle-orm';
import { index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { OwnerKind } from './access.ts';
import { people, type RoleName } from './people.ts';
import { timestamptz } from './timestamptz.ts';

/** What ended when a person left, so that a Super Admin can restore it. */
export interface EndedRights {
  roles: RoleName[];
  applications: { id: number; kind: OwnerKind }[];
  /** Owned entitlements. */
  entitlements: number[];
  /** Owned access profiles. */
  profiles: number[];
  /** Policies whose steps named the person. */
  policySteps: { policyId: number; position: number }[];
  /** Open tasks whose waiting or active steps named the person. They are not restored. */
  taskSteps: number[];
  delegations: { id: number; endsAt: string | null }[];
  slack: { teamId: string; userId: string } | null;
}

/** A person left, and what ended with that. `returnedAt`: a source has them again. `decision`: of a Super Admin. */
export const departures = pgTable(
  'departures',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    personId: integer()
      .notNull()
      .references(() => people.id),
    leftAt: timestamptz().notNull(),
    email: text(),
    ended: jsonb().$type<EndedRights>().notNull(),
    returnedAt: timestamptz(),
    decision: text().$type<'restored' | 'dismissed'>(),
    decidedBy: integer().references(() => people.id),
    decidedAt: timestamptz(),
  },
  (t) => [
    index('departures_person_idx').on(t.personId),
    index('departures_returned_idx')
      .on(t.returnedAt)
      .where(sql`returned_at is not null and decision is null`),
  ],
);

/**
 * `waiting`: an import left a record aside, because it may be the person under a new address; the person stays as they
 * are · `reused`: a new person has the address of one who left.
 */
export type PairKind = 'waiting' | 'reused';
export type PairState = 'open' | 'same' | 'different' | 'obsolete';

/** A known person, and a record or another person who may be the same. A Super Admin decides. */
export const identityPairs = pgTable(
  'identity_pairs',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    kind: text().$type<PairKind>().notNull(),
    state: text().$type<PairState>().notNull().default('open'),
    connector: text().notNull(),
    personId: integer()
      .notNull()
      .references(() => people.id),
    /** The new person; null: the record is left aside. */
    otherId: integer().references(() => people.id),
    /** The record. */
    email: text().notNull(),
    externalId: text(),
    name: text().notNull(),
    about: text(),
    foundAt: timestamptz().notNull(),
    decidedBy: integer().references(() => people.id),
    decidedAt: timestamptz(),
  },
  (t) => [
    uniqueIndex('identity_pairs_open_key')
      .on(t.personId, sql`lower(${t.email})`)
      .where(sql`state = 'open'`),
    index('identity_pairs_state_idx').on(t.state),
  ],
);

/** What a merge moved to the kept person, by id. A split moves it back. */
export interface MovedRows {
  grants: number[];
  /** Grants of what the kept person holds, too. They ended. */
  endedGrants: number[];
  tasks: number[];
  /** Open tasks that the merged person had requested. */
  requests: number[];
  /** Profiles with a membership of the merged person. */
  profiles: number[];
  reports: number[];
  isSlackLinkMoved: boolean;
  wasOpen: boolean;
  /** Rights that the kept person got, because a Super Admin chose so; null: none. */
  rights: EndedRights | null;
}

/** Two people were one. `splitAt`: they are two again. */
export const merges = pgTable('merges', {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  keptId: integer()
    .notNull()
    .references(() => people.id),
  mergedId: integer()
    .notNull()
    .references(() => people.id),
  moved: jsonb().$type<MovedRows>().notNull(),
  mergedBy: integer().references(() => people.id),
  mergedAt: timestamptz().notNull(),
  splitBy: integer().references(() => people.id),
  splitAt: timestamptz(),
});
