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
import { validateCohort } from '../cohorts/validate-cohort.ts';
import { type ActorCtx, audit, type Ctx, inTransaction, requirePermission } from '../context.ts';
import { describeRules } from './describe.ts';
import { byPrecedence, loadReach, planRules, type Reach, type RoleRule } from './plan.ts';
import { type ReconciledRules, reconcileRoleRules } from './reconcile.ts';

const maxCriteria = 3;
const maxPriority = 1_000_000;
const manyPeople = 100;
const manyAtHighRisk = 20;

/** A single role rule as somebody writes it. */
export interface WrittenRule {
  rulePolicyId: number;
  entitlementId: number;
  /** One to three, all of which are to be met. */
  criteria: Criteria;
  ruleType: RuleType;
  /** The smallest wins where several are about one person and entitlement. */
  priority: number;
}

/** What a rule would do, told before it is saved. */
export interface WrittenRulePreview {
  /** With attributes and values as people have them. */
  input: WrittenRule;
  label: string;
  risk: Risk | null;
  policy: string;
  words: string;
  matching: number;
  /** Of those who match, who holds it already. */
  holding: number;
  /** Who would get access without asking. */
  gaining: number;
  /** About whom a rule of another type goes before this one, and about whom this one goes before such a rule. */
  overruled: number;
  overruling: number;
  /** So many get access that the number has to be said yes to. */
  isAsked: boolean;
}

/**
 * Checks a rule and says whom it would reach; nothing is changed.
 * @throws Refusal invalid (names the field), missing.
 */
export async function previewRoleRule(
  ctx: ActorCtx,
  input: WrittenRule,
): Promise<WrittenRulePreview> {
  await requirePermission(ctx, 'mineRoles');
  return inTransaction(ctx, (ctx) => check(ctx, input));
}

/**
 * Saves a rule that was written by hand, which no run replaces, and does at once what it asks for.
 * @param input.confirmed the number of people that was shown and said yes to.
 * @throws Refusal as `previewRoleRule`; conflict: there is one like it, or more would get access than was shown.
 */
export async function writeRoleRule(
  ctx: ActorCtx,
  input: WrittenRule & { confirmed?: number | undefined },
): Promise<{ id: number; label: string; words: string } & ReconciledRules> {
  await requirePermission(ctx, 'mineRoles');
  return inTransaction(ctx, async (ctx) => {
    const { confirmed, ...given } = input;
    // As whoever follows the rules: the people it reaches are those that were counted.
    await lockSyncs(ctx.db);
    const preview = await check(ctx, given);
    const { label, words, gaining, isAsked } = preview;
    if (isAsked && (confirmed === undefined || gaining > confirmed)) {
      const shown = confirmed === undefined ? '' : `, not to ${confirmed}`;
      const sentence = `This rule would give ${label} to ${formatPeopleOrNobody(gaining)} at once${shown}; look at it again and confirm the number.`;
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
    return { id, label, words, ...(await reconcileRoleRules(ctx, ctx.actor.personId)) };
  });
}

async function check(ctx: Ctx, given: WrittenRule): Promise<WrittenRulePreview> {
  const policy = await lockRulePolicyForUse(ctx.db, given.rulePolicyId);
  if (!policy) throw new Refusal('missing', 'That rule policy is no longer here.');
  const entitlement = await requireEntitlement(ctx, given.entitlementId);
  checkFigures(given);
  const supposed: RoleRule = { ...given, appliedAt: ctx.now };
  const others = (await listRulesInForce(ctx.db)).filter(
    ({ entitlementId }) => entitlementId === entitlement.id,
  );
  const reach = await loadReach(ctx, [supposed, ...others]);
  const input = { ...given, criteria: await checkCriteria(ctx, reach, given.criteria) };
  const rule = { ...supposed, criteria: input.criteria };
  const label = `${entitlement.app} · ${entitlement.name}`;
  const twin = others.find((one) => one.ruleType === rule.ruleType && isSame(one, rule));
  const [said] = await describeRules(ctx, [{ criteria: rule.criteria, figures: null }]);
  const words = said?.words ?? '';
  if (twin) {
    const sentence = `There is such a rule for ${label} already: ${words}.`;
    throw new Refusal('invalid', sentence, 'rule');
  }
  const matched = reach.index.match(rule.criteria);
  if (matched.length === 0) throw new Refusal('invalid', `Nobody matches ${words}.`, 'rule');
  const holders = new Set(reach.holders.get(entitlement.id)?.all);
  const holding = matched.filter((at) => holders.has(reach.people[at]?.id ?? 0)).length;
  const plan = planRules(reach, [...others, rule]);
  const gaining = plan.gains.filter((gain) => gain.rule === rule).length;
  const { risk } = entitlement;
  const isAsked = requiresGainConfirmation(gaining, risk);
  const against = others.filter(({ ruleType }) => ruleType !== rule.ruleType);
  const count = (rivals: readonly RoleRule[]) => {
    const matchers = rivals.map(({ criteria }) => reach.index.matcher(criteria));
    return matched.filter((at) => matchers.some((meets) => meets(at))).length;
  };
  const [overruled, overruling] = [
    count(against.filter((other) => byPrecedence(other, rule) < 0)),
    count(against.filter((other) => byPrecedence(other, rule) > 0)),
  ];
  const reached = { matching: matched.length, holding, gaining, overruled, overruling, isAsked };
  return { input, label, risk, policy: policy.name, words, ...reached };
}

/** Whether so many get access at once that somebody says yes to the number first. */
export function requiresGainConfirmation(gaining: number, risk: Risk | null): boolean {
  return gaining > (risk === 'high' ? manyAtHighRisk : manyPeople);
}

async function requireEntitlement(ctx: Ctx, id: number) {
  const [found] = await listEntitlementsById(ctx.db, [id]);
  if (found && !found.closedAt) return found;
  const label = found ? `${found.app} · ${found.name}` : 'That entitlement';
  throw new Refusal('invalid', `${label} is no longer here; choose another.`, 'entitlement');
}

function checkFigures({ ruleType, priority }: WrittenRule): void {
  if (!ruleTypes.includes(ruleType)) {
    throw new Refusal('invalid', `The rule type is ${ruleTypes.join(', ')}.`, 'ruleType');
  }
  if (Number.isInteger(priority) && Math.abs(priority) <= maxPriority) return;
  const most = maxPriority.toLocaleString('en');
  const sentence = `Write the priority as a whole number from -${most} to ${most}.`;
  throw new Refusal('invalid', sentence, 'priority');
}

/** The criteria with attributes and values as people have them. */
async function checkCriteria(ctx: Ctx, { people }: Reach, given: Criteria): Promise<Criteria> {
  const wrong = (sentence: string) => new Refusal('invalid', sentence, 'rule');
  if (given.length === 0) throw wrong('Say who: attribute=value, for example department=Sales.');
  if (given.length > maxCriteria) throw wrong(`A rule has at most ${maxCriteria} criteria.`);
  const twice = given.find(
    (one, at) =>
      given.findIndex((other) => foldDimension(other.dimension) === foldDimension(one.dimension)) <
      at,
  );
  if (twice) {
    throw wrong(
      `A rule asks for one value of ${twice.dimension}; write another rule for the other.`,
    );
  }
  const checked: Criteria = [];
  for (const { dimension, value } of given) {
    const cohort = await validateCohort(ctx, people, { [dimension]: [value] });
    const [[meant, [is = value] = []] = [dimension]] = Object.entries(cohort);
    checked.push({ dimension: meant, value: is });
  }
  return checked;
}

/** Whether two ask for the same, in whatever order. */
function isSame(a: { criteria: Criteria }, b: { criteria: Criteria }): boolean {
  const print = ({ criteria }: { criteria: Criteria }) =>
    criteria
      .map(({ dimension, value }) => `${foldDimension(dimension)}=${foldText(value)}`)
      .sort()
      .join('\n');
  return print(a) === print(b);
}
