import { Refusal } from '../../errors.ts';
import { listCategories } from '../../store/catalog/catalog-pages.ts';
import type { MiningRuleRecord } from '../../store/rules/mining-rules.ts';
import type { Ctx } from '../context.ts';
import { rulePolicyNamed } from './rule-policies.ts';
import { type GivenMiningRule, miningRuleShape, type ReadMiningRule } from './schema.ts';
import { explainCategory } from './warnings.ts';

/** Whose access is looked at, unless a rule says otherwise; people are all there is. */
const usualEntityType = 'people';

/** Properties by what a person calls them. */
export const propertyWords: Record<string, string> = {
  name: 'the name',
  entityType: 'the entity type',
  policy: 'the policy',
  rulePolicy: 'where its rules go',
  category: 'the category',
  includeNoValidation: 'roles without approval',
  includeSimpleValidation: 'roles with one approval',
  includeDoubleValidation: 'roles with two approvals',
  includeTripleValidation: 'roles with three approvals',
  excludeRole: 'whether its roles are left out',
  precisionMinPercent: 'the precision',
  falsePositiveMaxPercent: 'the share of false positives',
  criterion: 'the criterion',
  ruleType: 'the rule type',
  priority: 'the priority',
  minIdentities: 'the fewest people',
  maxCriteria: 'the most criteria',
  maxNewGrants: 'the most new grants',
  statisticalGuard: 'the guard against chance',
  enabled: 'whether it is switched on',
};

/** Every property of a mining rule, policies by name. */
export type MiningRuleEdit = ReturnType<typeof miningRuleEdit>;

/** A mining rule that has been checked: as the audit log knows it, and the ids of its policies. */
export interface CheckedMiningRule {
  edit: MiningRuleEdit;
  ids: { policyId: number; rulePolicyId: number };
}

/**
 * Completes a mining rule and checks it against what there is.
 * @param makePolicies rule policies that are not there are made. @param before the rule as it is, where it is changed.
 * @throws Refusal invalid (names the field).
 */
export async function checkMiningRule(
  ctx: Ctx,
  given: GivenMiningRule,
  makePolicies: boolean,
  before: MiningRuleRecord | undefined,
): Promise<CheckedMiningRule> {
  const { data, error } = miningRuleShape.safeParse(given);
  if (!data) throw wrongProperty(error.issues[0]);
  const policyName = data.policy ?? data.rulePolicy;
  const targetName = data.rulePolicy ?? data.policy;
  if (policyName === undefined || targetName === undefined) {
    throw new Refusal('invalid', 'Say which policy the mining rule is part of.', 'policy');
  }
  const target = await rulePolicyNamed(ctx, targetName, 'rulePolicy', makePolicies);
  const policy = await rulePolicyNamed(ctx, policyName, 'policy', makePolicies);
  const edit = miningRuleEdit({ ...data, policy: policy.name, rulePolicy: target.name });
  // What entitlements were called when it was written may be gone without making every other change impossible.
  if (edit.category !== (before?.category ?? null)) await requireCategory(ctx, edit.category);
  return { edit, ids: { policyId: policy.id, rulePolicyId: target.id } };
}

/** Every property in one order, null where nothing is said. */
export function miningRuleEdit(
  rule: MiningRuleRecord | (ReadMiningRule & Pick<MiningRuleRecord, 'policy' | 'rulePolicy'>),
) {
  return {
    name: rule.name ?? null,
    entityType: rule.entityType ?? usualEntityType,
    policy: rule.policy,
    rulePolicy: rule.rulePolicy,
    category: rule.category ?? null,
    includeNoValidation: rule.includeNoValidation,
    includeSimpleValidation: rule.includeSimpleValidation,
    includeDoubleValidation: rule.includeDoubleValidation,
    includeTripleValidation: rule.includeTripleValidation,
    excludeRole: rule.excludeRole,
    precisionMinPercent: rule.precisionMinPercent,
    falsePositiveMaxPercent: rule.falsePositiveMaxPercent,
    criterion: rule.criterion,
    ruleType: rule.ruleType,
    priority: rule.priority,
    minIdentities: rule.minIdentities,
    maxCriteria: rule.maxCriteria,
    maxNewGrants: rule.maxNewGrants ?? null,
    statisticalGuard: rule.statisticalGuard ?? false,
    enabled: rule.enabled,
  };
}

/** What a new mining rule begins with: sound limits, where the defaults let nothing be wrong at all. */
export function startingRule(policy: string): MiningRuleEdit {
  const limits = { precisionMinPercent: 99.5, falsePositiveMaxPercent: 1 };
  return miningRuleEdit({
    ...miningRuleShape.parse(limits),
    ...{ policy, rulePolicy: policy },
  });
}

/** Its row in the store. */
export function columnsOf({ edit, ids }: CheckedMiningRule) {
  const { policy: _, rulePolicy: _target, ...columns } = edit;
  return { ...columns, ...ids };
}

function wrongProperty(issue: { path: PropertyKey[]; message: string } | undefined): Refusal {
  const field = String(issue?.path[0] ?? '');
  const about = propertyWords[field] ?? 'a mining rule';
  const sentence = `${about}: ${issue?.message.replace(/^expected/, 'write') ?? 'cannot be read'}.`;
  return new Refusal('invalid', sentence.charAt(0).toUpperCase() + sentence.slice(1), field);
}

async function requireCategory(ctx: Ctx, category: string | null): Promise<void> {
  if (category === null) return;
  const known = (await listCategories(ctx.db)).map((one) => one.category);
  const none = 'No entitlement has one: give them one with `/rolemine applications`.';
  const wrong = explainCategory(category, known, none);
  if (wrong) throw new Refusal('invalid', wrong, 'category');
}
