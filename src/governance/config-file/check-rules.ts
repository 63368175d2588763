import { foldDimension } from '../../mining/matrix/fold-text.ts';
import { isCategoryWithin } from '../../mining/rules/mining-rule.ts';
import { toMiningRuleEdit } from '../mining-rules/validation.ts';
import { guessPercent } from '../mining-rules/warnings.ts';
import { foldName } from '../wording/fold-name.ts';
import { findNearestWord } from '../wording/nearest-word.ts';
import { roleRuleKey } from './current-rules.ts';
import { type ConfigNow, configKey } from './current-state.ts';
import type { DesiredConfig } from './desired-state.ts';
import type { ConfigNames } from './names.ts';
import type { Path } from './path.ts';
import type { ConfigFile, ConfigMiningRule, ConfigRoleRule, ConfigRulePolicy } from './schema.ts';

const maxCriteria = 3;

/** Checks the rule policies, mining rules and single role rules of a file. */
export function checkRuleSections(
  config: ConfigFile,
  now: ConfigNow,
  names: ConfigNames,
  desired: DesiredConfig,
): void {
  checkRulePolicies(config.rulePolicies ?? [], now, names, desired);
  const policy = policyFinder(now, names, desired);
  if (config.miningRules) {
    const categories = categoriesAfter(now, desired);
    desired.miningRules = config.miningRules.map((rule, index) =>
      checkMiningRule(rule, ['miningRules', index], { now, names, categories, policy }),
    );
  }
  if (config.roleRules) {
    desired.roleRules = new Map();
    config.roleRules.forEach((rule, index) => {
      checkRoleRule(rule, ['roleRules', index], { now, names, desired, policy });
    });
  }
}

function checkRulePolicies(
  list: readonly ConfigRulePolicy[],
  now: ConfigNow,
  names: ConfigNames,
  desired: DesiredConfig,
): void {
  list.forEach(({ name, graceDays }, index) => {
    const key = foldName(name);
    if (desired.rulePolicies.has(key)) {
      names.refuse(['rulePolicies', index, 'name'], 'this rule policy is in the file already');
    }
    desired.rulePolicies.set(key, { name: now.rulePolicies.get(key)?.name ?? name, graceDays });
  });
}

/** Finds a rule policy of the store or the file. @returns its stored spelling. */
type PolicyFinder = (name: string, path: Path) => string;

function policyFinder(now: ConfigNow, names: ConfigNames, desired: DesiredConfig): PolicyFinder {
  const known = new Map(
    [...now.rulePolicies, ...desired.rulePolicies].map(([key, { name }]) => [key, name]),
  );
  return (name, path) => {
    const found = known.get(foldName(name));
    if (found === undefined) {
      const what = 'there is no rule policy of this name; add it to rulePolicies to create it';
      names.refuse(path, `${what}${meant(name, [...known.values()])}`);
    }
    return found ?? name;
  };
}

function meant(word: string, known: readonly string[]): string {
  const nearest = findNearestWord(word, known);
  return nearest === undefined ? '' : `; did you mean ${nearest}?`;
}

function checkMiningRule(
  rule: ConfigMiningRule,
  path: Path,
  at: { now: ConfigNow; names: ConfigNames; categories: readonly string[]; policy: PolicyFinder },
) {
  const { now, names, categories } = at;
  const { policy = rule.rulePolicy, rulePolicy = rule.policy, category } = rule;
  if (policy === undefined) {
    names.refuse([...path, 'policy'], 'name the rule policy of this rule');
  }
  // A stored mining rule keeps its category after the last entitlement of that category is gone.
  const isKnown = now.miningRules.some((one) => one.category === category);
  if (
    category !== undefined &&
    !isKnown &&
    !categories.some((own) => isCategoryWithin(category, own))
  ) {
    const what = 'no entitlement has this category or a subcategory of it';
    names.refuse([...path, 'category'], `${what}${meant(category, categories)}`);
  }
  for (const property of ['precisionMinPercent', 'falsePositiveMaxPercent'] as const) {
    const share = guessPercent(rule[property]);
    if (share === undefined) continue;
    const words = `this means ${rule[property]} %; to mean a share, write ${share}`;
    names.warn([...path, property], words);
  }
  // Each of the two defaults to the other.
  const key = rule.policy === undefined ? 'rulePolicy' : 'policy';
  const own = policy === undefined ? '' : at.policy(policy, [...path, key]);
  const isOther = rulePolicy !== undefined && rulePolicy !== policy;
  const target = isOther ? at.policy(rulePolicy, [...path, 'rulePolicy']) : own;
  return toMiningRuleEdit({ ...rule, policy: own, rulePolicy: target });
}

/** Collects the categories of entitlements after the file is applied. */
function categoriesAfter(now: ConfigNow, desired: DesiredConfig): string[] {
  const found = new Set<string>();
  for (const key of new Set([...now.entitlements.keys(), ...desired.entitlements.keys()])) {
    const asked = desired.entitlements.get(key)?.category;
    const category = asked === undefined ? now.entitlements.get(key)?.category : asked;
    if (category) found.add(category);
  }
  return [...found].sort();
}

function checkRoleRule(
  rule: ConfigRoleRule,
  path: Path,
  at: { now: ConfigNow; names: ConfigNames; desired: DesiredConfig; policy: PolicyFinder },
): void {
  const { now, names, desired } = at;
  const { ruleType, priority = 0 } = rule;
  const application = names.application(rule.application, [...path, 'application']);
  const key = configKey(application, rule.entitlement);
  const right = desired.entitlements.get(key) ?? now.entitlements.get(key);
  if (!right) {
    const all = [...now.entitlements.values()].filter((one) => one.application === application);
    const hint = meant(
      rule.entitlement,
      all.map(({ name }) => name),
    );
    names.refuse([...path, 'entitlement'], `there is no entitlement of this name${hint}`);
  }
  const criteria = Object.entries(rule.criteria).map(([dimension, value]) => ({
    dimension: foldDimension(dimension),
    value,
  }));
  if (criteria.length === 0 || criteria.length > maxCriteria) {
    names.refuse([...path, 'criteria'], `expected 1 to ${maxCriteria} attributes with a value`);
  }
  if (new Set(criteria.map(({ dimension }) => dimension)).size < criteria.length) {
    names.refuse([...path, 'criteria'], 'an attribute appears twice');
  }
  const rulePolicy = at.policy(rule.rulePolicy, [...path, 'rulePolicy']);
  const entitlement = right?.name ?? rule.entitlement;
  const entry = { rulePolicy, application, entitlement, criteria, ruleType, priority };
  const ruleKey = roleRuleKey(entry);
  if (desired.roleRules?.has(ruleKey)) names.refuse(path, 'this rule is in the file already');
  const risk = right?.risk ?? now.entitlements.get(key)?.risk ?? null;
  desired.roleRules?.set(ruleKey, { ...entry, path, risk });
}
