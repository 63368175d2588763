import { sql } from 'drizzle-orm';
import {
  boolean,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import { entitlements } from './access.ts';
import { accessProfiles } from './mining.ts';
import { moment } from './moment.ts';
import { people } from './people.ts';

/** approval and provision lead to access; revocation and deprovision take it away. */
export type StepKind = 'approval' | 'provision' | 'revocation' | 'deprovision';
export type TaskKind = 'grant' | 'revoke';
export type ApproverKind = 'manager' | 'application_owners' | 'provisioners';

/** A named, ordered list of steps, for requests or for revocations. A task copies them when it opens, so a later edit leaves it alone. */
export const policies = pgTable(
  'policies',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    name: text().notNull(),
    kind: text().$type<TaskKind>().notNull().default('grant'),
    isDefault: boolean().notNull().default(false),
  },
  (t) => [uniqueIndex('policies_name_key').on(t.kind, t.name)],
);

export const policySteps = pgTable(
  'policy_steps',
  {
    policyId: integer()
      .notNull()
      .references(() => policies.id),
    position: integer().notNull(),
    kind: text().$type<StepKind>().notNull(),
    approvers: text().$type<ApproverKind>().notNull(),
    reassignable: boolean().notNull().default(true),
  },
  (t) => [primaryKey({ columns: [t.policyId, t.position] })],
);

export type TaskState =
  | 'open'
  | 'provisioned'
  | 'denied'
  | 'not_provisioned'
  | 'deprovisioned'
  | 'not_deprovisioned'
  | 'cancelled';

/**
 * About one person and one entitlement. `id` is the human number (#1042). `requesterId` is who asked;
 * null for a task that an access profile opened, where `openedBy` is who enrolled the person.
 */
export const tasks = pgTable(
  'tasks',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity({ startWith: 1001 }),
    kind: text().$type<TaskKind>().notNull(),
    state: text().$type<TaskState>().notNull(),
    personId: integer()
      .notNull()
      .references(() => people.id),
    entitlementId: integer()
      .notNull()
      .references(() => entitlements.id),
    requesterId: integer().references(() => people.id),
    openedBy: integer().references(() => people.id),
    profileId: integer().references(() => accessProfiles.id),
    reason: text(),
    policyName: text().notNull(),
    openedAt: moment().notNull(),
    closedAt: moment(),
  },
  (t) => [
    uniqueIndex('tasks_open_key')
      .on(t.personId, t.entitlementId, t.kind)
      .where(sql`state = 'open'`),
    index('tasks_requester_idx').on(t.requesterId),
    index('tasks_person_idx').on(t.personId),
  ],
);

export type StepState =
  | 'waiting'
  | 'active'
  | 'approved'
  | 'denied'
  | 'provisioned'
  | 'not_provisioned'
  | 'deprovisioned'
  | 'not_deprovisioned'
  | 'covered'
  | 'skipped';

/** One step of a task's execution plan. `version` grows with every change, so a stale click is seen. */
export const taskSteps = pgTable(
  'task_steps',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    taskId: integer()
      .notNull()
      .references(() => tasks.id),
    position: integer().notNull(),
    kind: text().$type<StepKind>().notNull(),
    approvers: text().$type<ApproverKind>().notNull(),
    reassignable: boolean().notNull(),
    state: text().$type<StepState>().notNull(),
    version: integer().notNull().default(1),
    note: text(),
    activatedAt: moment(),
    decidedBy: integer().references(() => people.id),
    decidedVia: text(),
    decidedAt: moment(),
    reason: text(),
  },
  (t) => [
    uniqueIndex('task_steps_position_key').on(t.taskId, t.position),
    index('task_steps_state_idx').on(t.state),
  ],
);

/** Who may complete a step. A reassignment makes the old row inactive and says where it went. */
export const stepAssignees = pgTable(
  'step_assignees',
  {
    stepId: integer()
      .notNull()
      .references(() => taskSteps.id),
    personId: integer()
      .notNull()
      .references(() => people.id),
    why: text().notNull(),
    active: boolean().notNull().default(true),
    reassignedTo: integer().references(() => people.id),
    reassignedBy: integer().references(() => people.id),
    reassignReason: text(),
  },
  (t) => [
    primaryKey({ columns: [t.stepId, t.personId] }),
    index('step_assignees_person_idx').on(t.personId),
  ],
);

/** `channelId` and `ts` name the Slack message a comment was written as, so that it counts once. */
export const taskComments = pgTable(
  'task_comments',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    taskId: integer()
      .notNull()
      .references(() => tasks.id),
    authorId: integer()
      .notNull()
      .references(() => people.id),
    body: text().notNull(),
    createdAt: moment().notNull(),
    channelId: text(),
    ts: text(),
  },
  (t) => [uniqueIndex('task_comments_ts_key').on(t.channelId, t.ts)],
);
