import { Refusal } from '../../errors.ts';
import { listCategories } from '../../store/catalog/catalog-pages.ts';
import type { MiningRuleRecord } from '../../store/rules/mining-rules.ts';
import type { Ctx } from '../context.ts';
import { requireRulePolicy } from './rule-policies.ts';
import { type MiningRuleInput, miningRuleSchema, type ParsedMiningRule } from './schema.ts';
import { explainCategory } from './warnings.ts';

/** The default of `entityType`. People are the only entity type. */
const defaultEntityType = 'people';

/** Labels of the properties, in sentences. */
export const propertyLabels: Record<string, string> = {
  name: 'the name',
  entityType: 'the entity type',
  policy: 'the policy',
  rulePolicy: 'the policy that receives its rules',
  category: 'the category',
  includeNoValidation: 'entitlements without approval',
  includeSimpleValidation: 'entitlements with one approval',
  includeDoubleValidation: 'entitlements with two approvals',
  includeTripleValidation: 'entitlements with three approvals',
  excludeRole: 'whether its entitlements are excluded',
  precisionMinPercent: 'the precision',
  falsePositiveMaxPercent: 'the share of false positives',
  criterion: 'the criterion',
  ruleType: 'the rule type',
  priority: 'the priority',
  minIdentities: 'the minimum number of people',
  maxCriteria: 'the maximum number of criteria',
  maxNewGrants: 'the maximum number of new grants',
  statisticalGuard: 'the guard against chance',
  enabled: 'whether it is switched on',
};

/** Every property of a mining rule, with policies by name. */
export type MiningRuleEdit = ReturnType<typeof toMiningRuleEdit>;

/**
 * A mining rule that passed validation: its properties as the audit log records them, and the ids
 * of its policies.
 */
export interface ValidMiningRule {
  edit: MiningRuleEdit;
  ids: { policyId: number; rulePolicyId: number };
}

/**
 * Completes a mining rule with defaults and validates it against the store.
 * @param createPolicies creates missing rule policies. @param before the rule before the change;
 * undefined for a new one.
 * @throws Refusal invalid (names the field).
 */
export async function validateMiningRule(
  ctx: Ctx,
  input: MiningRuleInput,
  { createPolicies, before }: { createPolicies: boolean; before?: MiningRuleRecord },
): Promise<ValidMiningRule> {
  const { data, error } = miningRuleSchema.safeParse(input);
  if (!data) throw refuseProperty(error.issues[0]);
  const policyName = data.policy ?? data.rulePolicy;
  const targetName = data.rulePolicy ?? data.policy;
  if (policyName === undefined || targetName === undefined) {
    throw new Refusal('invalid', 'Choose the policy that the mining rule is part of.', 'policy');
  }
  const target = await requireRulePolicy(ctx, {
    name: targetName,
    field: 'rulePolicy',
    createMissing: createPolicies,
  });
  const policy = await requireRulePolicy(ctx, {
    name: policyName,
    field: 'policy',
    createMissing: createPolicies,
  });
  const edit = toMiningRuleEdit({ ...data, policy: policy.name, rulePolicy: target.name });
  // An unchanged category is not checked: its entitlements may have lost it since, and other edits
  // must stay possible.
  if (edit.category !== (before?.category ?? null)) await requireCategory(ctx, edit.category);
  return { edit, ids: { policyId: policy.id, rulePolicyId: target.id } };
}

/** Every property in a fixed order, null for an empty one. */
export function toMiningRuleEdit(
  rule: MiningRuleRecord | (ParsedMiningRule & Pick<MiningRuleRecord, 'policy' | 'rulePolicy'>),
) {
  return {
    name: rule.name ?? null,
    entityType: rule.entityType ?? defaultEntityType,
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

/**
 * A draft of a new mining rule. Its limits are practical; the defaults of a file allow no error at
 * all.
 */
export function draftMiningRule(policy: string): MiningRuleEdit {
  const limits = { precisionMinPercent: 99.5, falsePositiveMaxPercent: 1 };
  return toMiningRuleEdit({
    ...miningRuleSchema.parse(limits),
    ...{ policy, rulePolicy: policy },
  });
}

/** The columns of its row in the store. */
export function toColumns({ edit, ids }: ValidMiningRule) {
  const { policy: _, rulePolicy: _target, ...columns } = edit;
  return { ...columns, ...ids };
}

function refuseProperty(issue: { path: PropertyKey[]; message: string } | undefined): Refusal {
  const field = String(issue?.path[0] ?? '');
  const label = propertyLabels[field] ?? 'the mining rule';
  const sentence = `${label}: ${issue?.message.replace(/^expected/, 'write') ?? 'cannot be read'}.`;
  return new Refusal('invalid', sentence.charAt(0).toUpperCase() + sentence.slice(1), field);
}

async function requireCategory(ctx: Ctx, category: string | null): Promise<void> {
  if (category === null) return;
  const categories = (await listCategories(ctx.db)).map(({ category }) => category);
  const noCategories =
    'No entitlement has a category yet; set categories with `/rolemine applications`.';
  const reason = explainCategory(category, categories, noCategories);
  if (reason) throw new Refusal('invalid', reason, 'category');
}
