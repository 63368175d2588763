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
import { people } from './people.ts';
import { timestamptz } from './timestamptz.ts';

/** Single role rules that belong together. A run of mining rules replaces the generated ones. */
export const rulePolicies = pgTable(
  'rule_policies',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    name: text().notNull(),
    /** Days that access lasts after no required rule grants it. Then a revocation opens. */
    graceDays: integer().notNull().default(14),
    version: integer().notNull().default(1),
    createdAt: timestamptz().notNull(),
  },
  (t) => [uniqueIndex('rule_policies_name_key').on(sql`lower(${t.name})`)],
);

export type RuleType = 'required' | 'requestedAutomatically' | 'suggested';

/** How a run turns access into single role rules. The columns are its properties (docs/mining.md#properties). */
export const miningRules = pgTable(
  'mining_rules',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    name: text(),
    entityType: text().notNull(),
    policyId: integer()
      .notNull()
      .references(() => rulePolicies.id),
    /** The rule policy that receives its single role rules. */
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
    createdAt: timestamptz().notNull(),
  },
  (t) => [index('mining_rules_rule_policy_idx').on(t.rulePolicyId)],
);

/** The figures of rules for one entitlement, as the miner counts them; percentages are 0–100. */
export interface StoredRuleFigures {
  matched: number;
  truePositives: number;
  falsePositives: number;
  falseNegatives: number;
  precisionPercent: number;
  falsePositivePercent: number;
  /** Grants by rules are counted, too. Without them the miner would not find those rules again. */
  countsOwnGrants?: true;
}

/** A person matches when all criteria are met. */
export type Criteria = { dimension: string; value: string }[];

/**
 * "People with department = Sales and location = Lyon → entitlement X". In force while `endedAt` is null. `written` by
 * hand or `generated` by a run. A run replaces only generated rules.
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
    /** The rule with the smallest number wins if several match one person and entitlement. */
    priority: integer().notNull().default(0),
    /** The figures of the last run that generated or confirmed it; null: written by hand. */
    figures: jsonb().$type<StoredRuleFigures>(),
    /** Grants whose holders no longer match. More than a fifth at once waits for the confirmation of a person. */
    pendingRemovalGrantIds: integer().array(),
    /** The last decision about such removals; null: none yet, or others wait by now. */
    removalDecision: text().$type<'apply' | 'keep'>(),
    removalDecidedBy: integer().references(() => people.id),
    removalDecidedAt: timestamptz(),
    version: integer().notNull().default(1),
    createdBy: integer().references(() => people.id),
    /** Only people who joined after this moment are new to the rule. */
    appliedAt: timestamptz().notNull(),
    endedAt: timestamptz(),
  },
  (t) => [
    index('single_role_rules_policy_idx').on(t.rulePolicyId).where(sql`ended_at is null`),
    index('single_role_rules_entitlement_idx').on(t.entitlementId).where(sql`ended_at is null`),
  ],
);

export type SimulationState = 'queued' | 'running' | 'open' | 'applied' | 'canceled' | 'failed';

/** The figures of a simulation. */
export interface SimulationFigures {
  people: number;
  entitlements: number;
  grants: number;
  added: number;
  removed: number;
  kept: number;
  /** People who gain access without a request of their own, and the number of those grants. */
  gaining: number;
  newGrants: number;
  /** People who lose access after the grace period, and the number of those grants. */
  losing: number;
  lostGrants: number;
  /** Manual grants that a rule would cover. */
  redundantGrants: number;
  /** The number of new grants of high-risk entitlements. */
  highRiskGrants: number;
  /** How often another rule for the same people and entitlement contradicts one of these. */
  conflicts: number;
  /** Entitlements whose rules exceed the limits, those that match most holders first; and how many there are in all. */
  heldBack: (StoredRuleFigures & { entitlementId: number })[];
  heldBackCount: number;
  /** A fingerprint of the mining rules and single role rules that the simulation started from. */
  basis: string;
}

/** The changes that a run of mining rules would make to a rule policy. A policy has one unfinished simulation at a time. */
export const simulations = pgTable(
  'simulations',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    rulePolicyId: integer()
      .notNull()
      .references(() => rulePolicies.id),
    state: text().$type<SimulationState>().notNull(),
    requestedBy: integer().references(() => people.id),
    /** The last sync before it started. After a newer sync the simulation is outdated. */
    syncRunId: integer().references(() => syncRuns.id),
    figures: jsonb().$type<SimulationFigures>(),
    error: text(),
    queuedAt: timestamptz().notNull(),
    startedAt: timestamptz(),
    finishedAt: timestamptz(),
    decidedBy: integer().references(() => people.id),
    decidedAt: timestamptz(),
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
    /** The rule in force that would be removed or stay. */
    singleRoleRuleId: integer().references(() => singleRoleRules.id),
    miningRuleId: integer().references(() => miningRules.id, { onDelete: 'set null' }),
    entitlementId: integer()
      .notNull()
      .references(() => entitlements.id),
    criteria: jsonb().$type<Criteria>().notNull(),
    ruleType: text().$type<RuleType>().notNull(),
    /** The figures of this rule; `setFigures`: of all rules for its entitlement together. */
    figures: jsonb().$type<StoredRuleFigures>().notNull(),
    setFigures: jsonb().$type<StoredRuleFigures>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.simulationId, t.position] })],
);
