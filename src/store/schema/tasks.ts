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
import { entitlements } from './access.ts';
import { accessProfiles } from './mining.ts';
import { moment } from './moment.ts';
import { people } from './people.ts';
import { singleRoleRules } from './rules.ts';

/** approval and provision lead to access; revocation and deprovision take it away. */
export type StepKind = 'approval' | 'provision' | 'revocation' | 'deprovision';
export type TaskKind = 'grant' | 'revoke';
export type ApproverKind =
  | 'manager'
  | 'application_owners'
  | 'entitlement_owners'
  | 'provisioners'
  | 'people'
  | 'self'
  | 'user_group'
  | 'super_admins';

/** What a policy says about one of its steps; what is left out is as the comment says. */
export interface StepOptions {
  /** Whom the step names, where its approvers are 'people'. */
  people?: number[];
  /** The Slack user group (user_groups.id), where its approvers are 'user_group'. */
  userGroup?: string;
  /** Whom it may be reassigned to: anybody who may take it (unless set), or the owners of the application. */
  reassignTo?: 'anyone' | 'owners';
  /** How many of the assignees have to agree; fewer when there are not so many. 1. */
  quorum?: number;
  /** Whether the person it is for, or who asked for it, may decide about it. No. */
  allowSelfApproval?: boolean;
  /** Whether who approved an earlier step may not approve this one, too. No: they are not even asked again. */
  distinctApprovers?: boolean;
  /** Whether who approved it may provision it. Yes. */
  approverMayProvision?: boolean;
  /** Whether an assignee's delegate may act for them. Yes. */
  allowDelegation?: boolean;
  /** Whether a reason is needed for a yes, too. No. */
  reasonToApprove?: boolean;
  /** Whether a link in an e-mail may decide it. Yes, unless the entitlement is of high risk. */
  decideByEmail?: boolean;
  /** Hours after which the assignee is reminded. 24. */
  remindAfterHours?: number;
  /** Hours after which the next ones in line are asked, too. 72. */
  escalateAfterHours?: number;
}

/** A named, ordered list of steps, for requests or for revocations. A task copies them when it opens, so a later edit leaves it alone. */
export const policies = pgTable(
  'policies',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    name: text().notNull(),
    kind: text().$type<TaskKind>().notNull().default('grant'),
    isDefault: boolean().notNull().default(false),
    /** Comes with Rolemine: cannot be changed or deleted. */
    builtIn: boolean().notNull().default(false),
    /** Grows with every edit. */
    version: integer().notNull().default(1),
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
    options: jsonb().$type<StepOptions>().notNull().default({}),
  },
  (t) => [primaryKey({ columns: [t.policyId, t.position] })],
);

/** What a task has to be like for a rule to choose its policy; what is left out may be anything. */
export interface PolicyCondition {
  risk?: 'low' | 'medium' | 'high';
  applicationId?: number;
  category?: string;
  /** The person's manager asks for them. */
  requesterIsManager?: boolean;
  emergency?: boolean;
}

/** Rules that choose a policy, the first match first; what an entitlement or application says itself goes before. */
export const policyRules = pgTable(
  'policy_rules',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    kind: text().$type<TaskKind>().notNull().default('grant'),
    position: integer().notNull(),
    condition: jsonb().$type<PolicyCondition>().notNull(),
    policyId: integer()
      .notNull()
      .references(() => policies.id),
  },
  (t) => [index('policy_rules_policy_idx').on(t.policyId)],
);

export type TaskState =
  | 'open'
  | 'provisioned'
  | 'denied'
  | 'not_provisioned'
  | 'deprovisioned'
  | 'not_deprovisioned'
  | 'cancelled';

/** Why a task was opened. An extension asks to keep until later what is held until a date. */
export type TaskCause =
  | 'asked'
  | 'profile'
  | 'rule'
  | 'extension'
  | 'expired'
  | 'left_profile'
  | 'rule_gone'
  | 'outlier';

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
    /** The rule that gives the access, or gave it. */
    ruleId: integer().references(() => singleRoleRules.id),
    reason: text(),
    cause: text().$type<TaskCause>().notNull().default('asked'),
    /** Decided by the entitlement's emergency policy; always with an end. */
    emergency: boolean().notNull().default(false),
    /** When the access is to end; null: it has no end. */
    accessUntil: moment(),
    policyName: text().notNull(),
    openedAt: moment().notNull(),
    closedAt: moment(),
    /** Why it was closed without a decision: "Ana Ruiz left." */
    closedReason: text(),
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
    options: jsonb().$type<StepOptions>().notNull().default({}),
    state: text().$type<StepState>().notNull(),
    version: integer().notNull().default(1),
    note: text(),
    activatedAt: moment(),
    /** When the next ones in line were asked, too, since nobody had decided. */
    escalatedAt: moment(),
    decidedBy: integer().references(() => people.id),
    decidedVia: text(),
    decidedAt: moment(),
    reason: text(),
  },
  (t) => [
    uniqueIndex('task_steps_position_key').on(t.taskId, t.position),
    index('task_steps_state_idx').on(t.state),
    index('task_steps_decider_idx').on(t.decidedBy, t.decidedAt),
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
    assignedAt: moment().notNull().defaultNow(),
    /** Whom this person acts for as their delegate. */
    delegateOf: integer().references(() => people.id),
    /** When this person agreed to a step that needs several to agree. */
    agreedAt: moment(),
    /** The person to whom the step was reassigned from this one; null while they have it. */
    reassignedTo: integer().references(() => people.id),
    /** Who reassigned the step to this person, or from them if `reassignedTo` is set. */
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
  (t) => [
    uniqueIndex('task_comments_ts_key').on(t.channelId, t.ts),
    index('task_comments_task_idx').on(t.taskId),
  ],
);

/** Whoever gets a person's new tasks in their place, from a moment on, until another or until it is ended. */
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
    startsAt: moment().notNull(),
    endsAt: moment(),
    createdBy: integer().references(() => people.id),
    createdAt: moment().notNull(),
  },
  (t) => [
    index('delegations_person_idx').on(t.personId),
    index('delegations_delegate_idx').on(t.delegateId),
  ],
);
