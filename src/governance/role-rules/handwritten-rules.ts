import { Refusal } from '../../errors.ts';
import { foldDimension, foldText } from '../../mining/matrix/fold-text.ts';
import { ruleTypes } from '../../mining/rules/mining-rule.ts';
import { listEntitlementsById } from '../../store/catalog/entitlements.ts';
import { insertRoleRule } from '../../store/rules/role-rule-edits.ts';
import { listRulesInForce } from '../../store/rules/role-rules.ts';
import { lockRulePolicyForUse } from '../../store/rules/rule-policies.ts';
import type { Risk } from '../../store/schema/access.ts';
import type { Criteria, RuleType } from '../../store/schema/rules.ts';
import { lockSyncs } from '../../store/sync/sync-runs.ts';
import { subjectOf } from '../audit-subjects.ts';
import { formatPeopleOrNobody } from '../cohorts/explain-no-suggestion.ts';
import { validateRuleCohort } from '../cohorts/trusted-values.ts';
import { type ActorCtx, audit, type Ctx, inTransaction, requirePermission } from '../context.ts';
import { describeRules } from './describe.ts';
import { type AccessSnapshot, loadAccessSnapshot, planRules } from './plan.ts';
import { type ReconciledRules, reconcileRoleRules } from './reconcile.ts';
import type { RoleRule } from './role-rule.ts';
import { comparePrecedence } from './role-rule.ts';

const maxCriteria = 3;
const maxPriority = 1_000_000;
const maxUnconfirmedPeople = 100;
const maxUnconfirmedAtHighRisk = 20;

/** A single role rule that a Super Admin writes. */
export interface HandwrittenRule {
  rulePolicyId: number;
  entitlementId: number;
  /** One to three criteria. A person has to match all of them. */
  criteria: Criteria;
  ruleType: RuleType;
  /** For one person and entitlement the rule with the smallest number wins. */
  priority: number;
}

/** The effect of a rule before it is saved. */
export interface HandwrittenRulePreview {
  /** The rule with the spelling of attributes and values that people have. */
  input: HandwrittenRule;
  label: string;
  risk: Risk | null;
  policy: string;
  criteriaText: string;
  matching: number;
  /** Number of matching people who have the access already. */
  holderCount: number;
  /** Number of people who would get the access without asking. */
  gaining: number;
  /**
   * Number of matching people for whom a rule of another type takes precedence over this one, or
   * this one over it.
   */
  overruled: number;
  overruling: number;
  /** Whether so many people would get access that the Super Admin has to confirm the number. */
  requiresConfirmation: boolean;
}

/**
 * Validates a rule and counts the people it affects. Changes nothing.
 * @throws Refusal invalid (names the field), missing.
 */
export async function previewRoleRule(
  ctx: ActorCtx,
  input: HandwrittenRule,
): Promise<HandwrittenRulePreview> {
  await requirePermission(ctx, 'mineRoles');
  return inTransaction(ctx, (ctx) => loadPreview(ctx, input));
}

/**
 * Saves a handwritten rule, which no run replaces, and reconciles access at once.
 * @param input.confirmed the number of people that the Super Admin saw and confirmed.
 * @throws Refusal as `previewRoleRule`; conflict: the rule exists, or more people would get access
 * than confirmed.
 */
export async function createRoleRule(
  ctx: ActorCtx,
  input: HandwrittenRule & { confirmed?: number | undefined },
): Promise<{ id: number; label: string; criteriaText: string } & ReconciledRules> {
  await requirePermission(ctx, 'mineRoles');
  return inTransaction(ctx, async (ctx) => {
    const { confirmed, ...rule } = input;
    // Serializes with reconciling, so that the rule affects the people who are counted here.
    await lockSyncs(ctx.db);
    const preview = await loadPreview(ctx, rule);
    const { label, criteriaText, gaining, requiresConfirmation } = preview;
    if (requiresConfirmation && (confirmed === undefined || gaining > confirmed)) {
      const shown = confirmed === undefined ? '' : `, not to ${confirmed}`;
      const sentence = `This rule would grant ${label} to ${formatPeopleOrNobody(gaining)} at once${shown}; check the rule and confirm the number.`;
      throw new Refusal('conflict', sentence);
    }
    const id = await insertRoleRule(ctx.db, {
      ...preview.input,
      origin: 'written',
      createdBy: ctx.actor.personId,
      appliedAt: ctx.now,
    });
    await audit(ctx, 'role-rule.create', subjectOf.roleRule(id), {
      after: { ...preview.input, policy: preview.policy, entitlement: label, gaining },
    });
    const reconciled = await reconcileRoleRules(ctx, ctx.actor.personId);
    return { id, label, criteriaText, ...reconciled };
  });
}

async function loadPreview(ctx: Ctx, written: HandwrittenRule): Promise<HandwrittenRulePreview> {
  const policy = await lockRulePolicyForUse(ctx.db, written.rulePolicyId);
  if (!policy) throw new Refusal('missing', 'This rule policy no longer exists.');
  const entitlement = await requireEntitlement(ctx, written.entitlementId);
  validateTypeAndPriority(written);
  const draft: RoleRule = { ...written, appliedAt: ctx.now };
  const others = (await listRulesInForce(ctx.db)).filter(
    ({ entitlementId }) => entitlementId === entitlement.id,
  );
  const snapshot = await loadAccessSnapshot(ctx, [draft, ...others]);
  const criteria = await resolveCriteria(ctx, snapshot, written.criteria);
  const rule = { ...draft, criteria };
  const label = `${entitlement.app} · ${entitlement.name}`;
  const [description] = await describeRules(ctx, [{ criteria, figures: null }]);
  const criteriaText = description?.criteriaText ?? '';
  if (others.some((one) => one.ruleType === rule.ruleType && hasSameCriteria(one, rule))) {
    const sentence = `A rule for ${label} with these criteria already exists: ${criteriaText}.`;
    throw new Refusal('invalid', sentence, 'rule');
  }
  const matched = snapshot.index.match(criteria);
  if (matched.length === 0) throw new Refusal('invalid', `Nobody matches ${criteriaText}.`, 'rule');
  const holderIds = new Set(snapshot.holders.get(entitlement.id)?.all);
  const holders = matched.filter((at) => {
    const person = snapshot.people[at];
    return person && holderIds.has(person.id);
  });
  const { newGrants } = planRules(snapshot, [...others, rule]);
  const gaining = newGrants.filter((target) => target.rule === rule).length;
  const { risk } = entitlement;
  return {
    input: { ...written, criteria },
    label,
    risk,
    policy: policy.name,
    criteriaText,
    matching: matched.length,
    holderCount: holders.length,
    gaining,
    ...countConflicts({ snapshot, rule, others, matched }),
    requiresConfirmation: requiresGainConfirmation(gaining, risk),
  };
}

/**
 * Counts the matching people for whom a rule of another type takes precedence, or this rule over
 * it.
 */
function countConflicts(scope: {
  snapshot: AccessSnapshot;
  rule: RoleRule;
  others: readonly RoleRule[];
  matched: Int32Array;
}): Pick<HandwrittenRulePreview, 'overruled' | 'overruling'> {
  const { snapshot, rule, others, matched } = scope;
  const rivals = others.filter(({ ruleType }) => ruleType !== rule.ruleType);
  const countMatches = (rules: readonly RoleRule[]) => {
    const matchers = rules.map(({ criteria }) => snapshot.index.matcher(criteria));
    return matched.filter((at) => matchers.some((isMatch) => isMatch(at))).length;
  };
  return {
    overruled: countMatches(rivals.filter((other) => comparePrecedence(other, rule) < 0)),
    overruling: countMatches(rivals.filter((other) => comparePrecedence(other, rule) > 0)),
  };
}

/** Whether so many people get access at once that a person has to confirm the number. */
export function requiresGainConfirmation(gaining: number, risk: Risk | null): boolean {
  return gaining > (risk === 'high' ? maxUnconfirmedAtHighRisk : maxUnconfirmedPeople);
}

async function requireEntitlement(ctx: Ctx, id: number) {
  const [entitlement] = await listEntitlementsById(ctx.db, [id]);
  if (entitlement && !entitlement.closedAt) return entitlement;
  const label = entitlement ? `${entitlement.app} · ${entitlement.name}` : 'This entitlement';
  throw new Refusal('invalid', `${label} no longer exists; choose another one.`, 'entitlement');
}

function validateTypeAndPriority({ ruleType, priority }: HandwrittenRule): void {
  if (!ruleTypes.includes(ruleType)) {
    throw new Refusal('invalid', `Choose a rule type: ${ruleTypes.join(', ')}.`, 'ruleType');
  }
  if (Number.isInteger(priority) && Math.abs(priority) <= maxPriority) return;
  const max = maxPriority.toLocaleString('en');
  const sentence = `Write the priority as a whole number from -${max} to ${max}.`;
  throw new Refusal('invalid', sentence, 'priority');
}

/** Returns the criteria with the spelling of attributes and values that people have. */
async function resolveCriteria(
  ctx: Ctx,
  { people }: AccessSnapshot,
  criteria: Criteria,
): Promise<Criteria> {
  const refuse = (sentence: string) => new Refusal('invalid', sentence, 'rule');
  if (criteria.length === 0)
    throw refuse('Write at least one attribute=value, for example department=Sales.');
  if (criteria.length > maxCriteria) throw refuse(`A rule has at most ${maxCriteria} criteria.`);
  const repeated = criteria.find(
    (one, at) =>
      criteria.findIndex(
        (other) => foldDimension(other.dimension) === foldDimension(one.dimension),
      ) < at,
  );
  if (repeated) {
    throw refuse(
      `A rule takes one value of ${repeated.dimension}; write a second rule for the other value.`,
    );
  }
  const resolved: Criteria = [];
  for (const { dimension, value } of criteria) {
    const cohort = await validateRuleCohort(ctx, people, { [dimension]: [value] });
    const [[knownDimension, [knownValue = value] = []] = [dimension]] = Object.entries(cohort);
    resolved.push({ dimension: knownDimension, value: knownValue });
  }
  return resolved;
}

/** Whether two rules have the same criteria in any order. */
function hasSameCriteria(a: { criteria: Criteria }, b: { criteria: Criteria }): boolean {
  const toKey = ({ criteria }: { criteria: Criteria }) =>
    criteria
      .map(({ dimension, value }) => `${foldDimension(dimension)}=${foldText(value)}`)
      .sort()
      .join('\n');
  return toKey(a) === toKey(b);
}
