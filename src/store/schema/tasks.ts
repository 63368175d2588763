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
import { entitlements, type Risk } from './access.ts';
import { accessProfiles } from './mining.ts';
import { people } from './people.ts';
import { singleRoleRules } from './rules.ts';
import { timestamptz } from './timestamptz.ts';

/** `approval` and `provision` lead to access; `revocation` and `deprovision` remove it. */
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
  | 'super_admins'
  | 'owners_or_admins';

/**
 * What made somebody an assignee: a level of the fallback chain, the line of managers above an assignee (`line`), or a
 * person who reassigned the step (`chosen`). The right ends when the level no longer has the person.
 */
export type AssigneeLevel =
  | 'manager'
  | 'owners'
  | 'entitlementOwners'
  | 'provisioners'
  | 'named'
  | 'group'
  | 'self'
  | 'superAdmins'
  | 'ownersOrAdmins'
  | 'line'
  | 'chosen';

/** The options of one step of a policy. */
export interface StepOptions {
  /** The people that the step names, if its approvers are 'people'. */
  people?: number[];
  /** The Slack user group (user_groups.id), if its approvers are 'user_group'. */
  userGroup?: string;
  /** Possible new assignees: anybody who may take the step, or only owners of the application. Default: 'anyone'. */
  reassignTo?: 'anyone' | 'owners';
  /** How many different people have to agree, never fewer. Default: 1. */
  quorum?: number;
  /** Whether the person whom the access is for, or the requester, may decide. Default: no. */
  allowSelfApproval?: boolean;
  /** Whether approvers of earlier steps are excluded. Default: yes; if not, an earlier approval covers this step. */
  distinctApprovers?: boolean;
  /** Whether an approver of the task may provision it. Default: yes. */
  approverMayProvision?: boolean;
  /** Whether an assignee's delegate may act for them. Default: yes. */
  allowDelegation?: boolean;
  /** Whether an approval needs a reason. Default: no. */
  reasonToApprove?: boolean;
  /** Whether a link in an e-mail can decide the step. Default: yes, unless the entitlement is of high risk. */
  decideByEmail?: boolean;
  /** Hours after which the assignee is reminded. Default: 24. */
  remindAfterHours?: number;
  /** Hours after which the next level of the fallback chain is asked as well. Default: 72. */
  escalateAfterHours?: number;
}

/**
 * A named, ordered list of steps, for requests or for revocations. A task copies the steps when it opens, so a later
 * edit does not change it.
 */
export const policies = pgTable(
  'policies',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    name: text().notNull(),
    kind: text().$type<TaskKind>().notNull().default('grant'),
    isDefault: boolean().notNull().default(false),
    /** Comes with Rolemine; nobody can change or delete it. */
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

/** The condition of a policy rule. A field that is not set matches every task. */
export interface PolicyCondition {
  risk?: 'low' | 'medium' | 'high';
  applicationId?: number;
  category?: string;
  /** The requester is the person's manager. */
  requesterIsManager?: boolean;
  emergency?: boolean;
}

/** Rules that choose a policy. The first match wins. A policy of the entitlement or application has precedence. */
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
  | 'canceled';

/** The cause of a task. An extension is a request to keep access for longer. */
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
 * A task about one person and one entitlement. `id` is the number that people see (#1042). `requesterId` is null for a
 * task that an access profile opened; its `openedBy` is the person who enrolled the member.
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
    /** The single role rule that grants the access, or granted it. */
    ruleId: integer().references(() => singleRoleRules.id),
    reason: text(),
    cause: text().$type<TaskCause>().notNull().default('asked'),
    /** An emergency follows the entitlement's emergency policy and always has an end. */
    emergency: boolean().notNull().default(false),
    /** The risk of the entitlement at the opening. A lower risk since then does not weaken an open task. */
    risk: text().$type<Risk>(),
    /** The end of the access; null: no end. */
    accessUntil: timestamptz(),
    policyName: text().notNull(),
    openedAt: timestamptz().notNull(),
    closedAt: timestamptz(),
    /** The reason for closing it without a decision, such as "Ana Ruiz left." */
    closedReason: text(),
    /** The person who canceled it; null: it ended in another way. */
    closedBy: integer().references(() => people.id),
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

/** One step of a task's execution plan. `version` grows with every change, so that an outdated click is noticed. */
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
    activatedAt: timestamptz(),
    /** When the next level of the fallback chain was asked as well, because nobody had decided. */
    escalatedAt: timestamptz(),
    decidedBy: integer().references(() => people.id),
    decidedVia: text(),
    decidedAt: timestamptz(),
    reason: text(),
  },
  (t) => [
    uniqueIndex('task_steps_position_key').on(t.taskId, t.position),
    index('task_steps_state_idx').on(t.state),
    index('task_steps_decider_idx').on(t.decidedBy, t.decidedAt),
  ],
);

/** The people who can complete a step. A reassignment makes the old row inactive and records the new assignee. */
export const stepAssignees = pgTable(
  'step_assignees',
  {
    stepId: integer()
      .notNull()
      .references(() => taskSteps.id),
    personId: integer()
      .notNull()
      .references(() => people.id),
    /** The reason for choosing this person, such as "an owner of GitHub". */
    why: text().notNull(),
    /** null: an assignee from before this was stored. */
    level: text().$type<AssigneeLevel>(),
    active: boolean().notNull().default(true),
    assignedAt: timestamptz().notNull().defaultNow(),
    /** The person whose delegate this assignee is. */
    delegateOf: integer().references(() => people.id),
    /** When this assignee agreed, if the step has a quorum. */
    agreedAt: timestamptz(),
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

/** `channelId` and `ts` identify the Slack message of a comment, so that it is stored once. */
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
    createdAt: timestamptz().notNull(),
    channelId: text(),
    ts: text(),
  },
  (t) => [
    uniqueIndex('task_comments_ts_key').on(t.channelId, t.ts),
    index('task_comments_task_idx').on(t.taskId),
    index('task_comments_author_idx').on(t.authorId, t.createdAt),
  ],
);
