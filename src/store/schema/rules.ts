import { sql } from 'drizzle-orm';
import {
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import { entitlements, syncRuns } from './access.ts';
import { moment } from './moment.ts';
import { people } from './people.ts';

/** Single role rules that belong together. A run of mining rules replaces those of a policy that it made. */
export const rulePolicies = pgTable(
  'rule_policies',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    name: text().notNull(),
    /** Days for which access goes on when no rule gives it any more; then a revocation opens. */
    graceDays: integer().notNull().default(14),
    version: integer().notNull().default(1),
    createdAt: moment().notNull(),
  },
  (t) => [uniqueIndex('rule_policies_name_key').on(sql`lower(${t.name})`)],
);

export type RuleType = 'required' | 'requestedAutomatically' | 'suggested';

/** How access is turned into single role rules; the columns are its properties (docs/mining.md#properties). */
export const miningRules = pgTable(
  'mining_rules',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    name: text(),
    entityType: text().notNull(),
    policyId: integer()
      .notNull()
      .references(() => rulePolicies.id),
    /** Where its single role rules go. */
    rulePolicyId: integer()
      .notNull()
      .references(() => rulePolicies.id),
    category: text(),
    includeNoValidation: boolean().notNull().default(true),
    includeSimpleValidation: boolean().notNull().default(true),
    includeDoubleValidation: boolean().notNull().default(true),
    includeTripleValidation: boolean().notNull().default(true),
    excludeRole: boolean().notNull().default(false),
    precisionMinPercent: doublePrecision().notNull().default(100),
    falsePositiveMaxPercent: doublePrecision().notNull().default(0),
    criterion: text().$type<'precision' | 'coverage'>().notNull().default('precision'),
    ruleType: text().$type<RuleType>().notNull(),
    priority: integer().notNull().default(0),
    minIdentities: integer().notNull().default(5),
    maxCriteria: integer().notNull().default(3),
    maxNewGrants: integer(),
    statisticalGuard: boolean().notNull().default(false),
    enabled: boolean().notNull().default(true),
    version: integer().notNull().default(1),
    createdBy: integer().references(() => people.id),
    createdAt: moment().notNull(),
  },
  (t) => [index('mining_rules_rule_policy_idx').on(t.rulePolicyId)],
);

/** What rules get right and wrong about an entitlement, as the miner counts it; percentages are 0–100. */
export interface StoredRuleFigures {
  matched: number;
  truePositives: number;
  falsePositives: number;
  falseNegatives: number;
  precisionPercent: number;
  falsePositivePercent: number;
  /** What rules gave is counted, too: without it, the rules would no longer be found that gave it. */
  countsOwnGrants?: true;
}

/** All of them are to be met. */
export type Criteria = { dimension: string; value: string }[];

/**
 * "People with department = Sales and location = Lyon → entitlement X". In force while `endedAt` is null.
 * `written` by hand or `generated` by a run, which replaces only what is generated.
 */
export const singleRoleRules = pgTable(
  'single_role_rules',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    rulePolicyId: integer()
      .notNull()
      .references(() => rulePolicies.id),
    origin: text().$type<'generated' | 'written'>().notNull(),
    miningRuleId: integer().references(() => miningRules.id, { onDelete: 'set null' }),
    entitlementId: integer()
      .notNull()
      .references(() => entitlements.id),
    criteria: jsonb().$type<Criteria>().notNull(),
    ruleType: text().$type<RuleType>().notNull(),
    /** The smallest number wins where several rules are about one person and entitlement. */
    priority: integer().notNull().default(0),
    /** As the run that made or kept it counted; null: written by hand. */
    figures: jsonb().$type<StoredRuleFigures>(),
    /** Grants whose holders match no more: more than a fifth at once waits for a person to agree. */
    heldGrantIds: integer().array(),
    /** How the last held removal was decided; null: it was not, or nothing was held. */
    heldDecision: text().$type<'apply' | 'keep'>(),
    heldDecidedBy: integer().references(() => people.id),
    heldDecidedAt: moment(),
    version: integer().notNull().default(1),
    createdBy: integer().references(() => people.id),
    /** People first seen after this are new to it. */
    appliedAt: moment().notNull(),
    endedAt: moment(),
  },
  (t) => [
    index('single_role_rules_policy_idx').on(t.rulePolicyId).where(sql`ended_at is null`),
    index('single_role_rules_entitlement_idx').on(t.entitlementId).where(sql`ended_at is null`),
  ],
);

export type SimulationState = 'queued' | 'running' | 'open' | 'applied' | 'cancelled' | 'failed';

/** What a simulation counted; lists of names are read when they are shown. */
export interface SimulationFigures {
  people: number;
  entitlements: number;
  grants: number;
  added: number;
  removed: number;
  kept: number;
  /** People who gain access without asking, and what they gain. */
  gaining: number;
  newGrants: number;
  /** People who lose access after the grace period, and what they lose. */
  losing: number;
  lostGrants: number;
  /** Manual grants that a rule now covers. */
  redundantGrants: number;
  /** Of the new grants, those of entitlements of high risk. */
  highRiskGrants: number;
  /** How often another rule about the same people and entitlement contradicts one of these. */
  conflicts: number;
  /** Entitlements whose rules the limits held back, those that reach most holders first, and how many there were. */
  heldBack: (StoredRuleFigures & { entitlementId: number })[];
  heldBackCount: number;
  /** Names the mining rules and the single role rules of the policy that it saw. */
  basis: string;
}

/** What a run of mining rules would do to a rule policy. One a policy waits, runs or is open at a time. */
export const simulations = pgTable(
  'simulations',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    rulePolicyId: integer()
      .notNull()
      .references(() => rulePolicies.id),
    state: text().$type<SimulationState>().notNull(),
    requestedBy: integer().references(() => people.id),
    /** The last sync it saw; with a newer one it is stale. */
    syncRunId: integer().references(() => syncRuns.id),
    figures: jsonb().$type<SimulationFigures>(),
    error: text(),
    queuedAt: moment().notNull(),
    startedAt: moment(),
    finishedAt: moment(),
    decidedBy: integer().references(() => people.id),
    decidedAt: moment(),
  },
  (t) => [
    uniqueIndex('simulations_open_key')
      .on(t.rulePolicyId)
      .where(sql`state in ('queued', 'running', 'open')`),
    index('simulations_state_idx').on(t.state),
  ],
);

export type RuleChange = 'added' | 'removed' | 'kept';

export const simulatedRules = pgTable(
  'simulated_rules',
  {
    simulationId: integer()
      .notNull()
      .references(() => simulations.id),
    position: integer().notNull(),
    change: text().$type<RuleChange>().notNull(),
    /** The rule in force that is removed or kept. */
    singleRoleRuleId: integer().references(() => singleRoleRules.id),
    miningRuleId: integer().references(() => miningRules.id, { onDelete: 'set null' }),
    entitlementId: integer()
      .notNull()
      .references(() => entitlements.id),
    criteria: jsonb().$type<Criteria>().notNull(),
    ruleType: text().$type<RuleType>().notNull(),
    /** Of this rule, and of all rules for its entitlement together. */
    figures: jsonb().$type<StoredRuleFigures>().notNull(),
    setFigures: jsonb().$type<StoredRuleFigures>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.simulationId, t.position] })],
);
