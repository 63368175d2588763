import { index, integer, pgTable, text } from 'drizzle-orm/pg-core';
import type { Surface } from './messages.ts';
import { people } from './people.ts';
import { timestamptz } from './timestamptz.ts';

/** A delegate gets a person's new tasks from `startsAt` until `endsAt`; null: until somebody ends the delegation. */
export const delegations = pgTable(
  'delegations',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    personId: integer()
      .notNull()
      .references(() => people.id),
    delegateId: integer()
      .notNull()
      .references(() => people.id),
    startsAt: timestamptz().notNull(),
    endsAt: timestamptz(),
    createdBy: integer().references(() => people.id),
    /** The surface it was set on; null: before this was stored. */
    setVia: text().$type<Surface>(),
    createdAt: timestamptz().notNull(),
  },
  (t) => [
    index('delegations_person_idx').on(t.personId),
    index('delegations_delegate_idx').on(t.delegateId),
  ],
);
