import { isUnconditional } from '../policies/conditions.ts';
import { maxRules } from '../policies/policy-rules.ts';
import { stepWords } from '../policies/step-kinds.ts';
import { isOnePerson } from '../policies/steps.ts';
import {
  type ConfigKind,
  type ConfigNow,
  configKey,
  nameIn,
  type PolicyConfig,
  policyKey,
  type RuleConfig,
} from './current-state.ts';
import type { DesiredConfig } from './desired-state.ts';
import type { ConfigNames } from './names.ts';
import type { Path } from './path.ts';
import { formatPolicyRule } from './plan-policies.ts';
import type { ConfigPolicy, ConfigRule, ConfigStep } from './schema.ts';

const stepKindsOf = {
  request: ['approval', 'provision'],
  revocation: ['revocation', 'deprovision'],
} as const;

/** Checks the policies of a file. @returns them by policyKey; every step has its kind and the stored names of people. */
export function checkPolicies(
  list: readonly ConfigPolicy[],
  now: ConfigNow,
  names: ConfigNames,
): Map<string, PolicyConfig> {
  const desired = new Map<string, PolicyConfig>();
  list.forEach(({ name, kind = 'request', steps }, index) => {
    const path = ['policies', index];
    const key = policyKey(kind, name);
    const before = now.policies.get(key);
    if (before?.builtIn) {
      names.refuse([...path, 'name'], 'this is a built-in policy; give yours another name');
    }
    if (desired.has(key)) names.refuse([...path, 'name'], 'this policy is in the file already');
    const other = [...now.policies.keys(), ...desired.keys()].find(
      (one) => one !== key && one.toLowerCase() === key.toLowerCase(),
    );
    if (other !== undefined) {
      names.refuse(
        [...path, 'name'],
        `write the name as the existing policy has it: ${nameIn(other)}`,
      );
    }
    const asked = before?.steps.flatMap((step) => listNamed(step)) ?? [];
    const checked = steps.map((step, at) =>
      checkStep(step, kind, [...path, 'steps', at], names, asked),
    );
    if (names.isWhole) checkOrder(checked, kind, [...path, 'steps'], names);
    desired.set(key, { name, kind, steps: checked });
  });
  return desired;
}

/** Lists the people or the Slack user group that a step names. */
function listNamed({ approvers }: ConfigStep): string[] {
  if (typeof approvers === 'string') return [];
  return 'people' in approvers ? approvers.people : [approvers.userGroup];
}

function checkStep(
  step: ConfigStep,
  policyKind: ConfigKind,
  path: Path,
  names: ConfigNames,
  before: string[],
): ConfigStep {
  const [decides, carriesOut] = stepKindsOf[policyKind];
  const { approvers } = step;
  const kind = step.kind ?? (approvers === 'provisioners' ? carriesOut : decides);
  if (kind !== decides && kind !== carriesOut) {
    names.refuse([...path, 'kind'], `expected ${decides} or ${carriesOut}, for ${policyKind}s`);
  }
  const { quorum = 1, remindAfterHours = 24, escalateAfterHours = 72 } = step;
  if (names.isWhole && escalateAfterHours < remindAfterHours) {
    const key = step.escalateAfterHours === undefined ? 'remindAfterHours' : 'escalateAfterHours';
    const message = `escalateAfterHours (${escalateAfterHours}) may not be less than remindAfterHours (${remindAfterHours})`;
    names.refuse([...path, key], message);
  }
  if (typeof approvers === 'string') {
    if (isOnePerson(approvers)) checkQuorum(quorum, 1, path, names);
    return { ...step, kind };
  }
  if ('userGroup' in approvers) {
    const userGroup = names.group(approvers.userGroup, [...path, 'approvers', 'userGroup'], before);
    return { ...step, kind, approvers: { userGroup } };
  }
  const people = approvers.people.map((word, index) =>
    names.person(word, [...path, 'approvers', 'people', index], before),
  );
  const distinct = [...new Set(people)];
  checkQuorum(quorum, distinct.length, path, names);
  return { ...step, kind, approvers: { people: distinct } };
}

function checkQuorum(quorum: number, able: number, path: Path, names: ConfigNames): void {
  if (quorum > able) names.refuse([...path, 'quorum'], `only ${able} can approve in this step`);
}

/** The last step, and no other, has to carry out the decision: somebody has to provision approved access. */
function checkOrder(
  steps: readonly ConfigStep[],
  kind: ConfigKind,
  path: Path,
  names: ConfigNames,
): void {
  const last = steps.length - 1;
  steps.forEach((step, index) => {
    const carriesOut = !stepWords[step.kind ?? 'approval'].decides;
    if (carriesOut && index < last) {
      names.refuse(
        [...path, index],
        'only the last step can carry it out; move this step to the end',
      );
    }
    if (!carriesOut && index === last) {
      const words = kind === 'request' ? 'provisions' : 'deprovisions';
      names.refuse([...path, index], `add a last step that ${words}: approvers: provisioners`);
    }
  });
}

/** Checks the policy rules of a file. @returns them with the stored names of applications. */
export function checkRules(
  list: readonly ConfigRule[],
  now: ConfigNow,
  names: ConfigNames,
  desired: DesiredConfig,
): RuleConfig[] {
  const known = new Set(now.rules.map(formatPolicyRule));
  const categories = categoriesAfter(now, desired);
  const rules: RuleConfig[] = [];
  list.forEach(({ kind = 'request', condition = {}, policy }, index) => {
    const path = ['policyRules', index];
    names.policy(kind, policy, [...path, 'policy']);
    const { application } = condition;
    const at = [...path, 'condition'];
    const rule = {
      kind,
      policy,
      condition:
        application === undefined
          ? condition
          : { ...condition, application: names.application(application, [...at, 'application']) },
    };
    if (kind === 'revocation' && condition.emergency) {
      names.refuse([...at, 'emergency'], 'a revocation is never an emergency');
    }
    if (names.isWhole && !known.has(formatPolicyRule(rule))) {
      checkCondition(rule, at, categories, names);
    }
    if (rules.filter((one) => one.kind === kind).length === maxRules) {
      names.refuse(path, `there are at most ${maxRules} rules for ${kind}s`);
    }
    const before = rules.findIndex((earlier) => covers(earlier, rule));
    if (names.isWhole && before >= 0) {
      names.refuse(
        path,
        `this rule never matches: rule ${before + 1} already matches all its cases`,
      );
    }
    rules.push(rule);
  });
  return rules;
}

/** A new rule needs a condition, and its category has to exist. */
function checkCondition(
  { condition }: RuleConfig,
  path: Path,
  categories: ReadonlySet<string>,
  names: ConfigNames,
): void {
  if (isUnconditional(condition)) {
    const message =
      'this rule matches everything; add a condition, or name its policy in defaultPolicies';
    names.refuse(path.slice(0, -1), message);
  }
  const { category, application } = condition;
  if (category === undefined || categories.has(categoryKey(category, application))) return;
  const where = application === undefined ? '' : ` of ${application}`;
  names.refuse([...path, 'category'], `no entitlement${where} has this category`);
}

const categoryKey = (category: string, application = '') =>
  `${category.toLowerCase()}\n${configKey(application)}`;

/** Collects the categories of entitlements after the file is applied, overall and by application. */
function categoriesAfter(now: ConfigNow, desired: DesiredConfig): Set<string> {
  const found = new Set<string>();
  for (const [key, right] of [...now.entitlements, ...desired.entitlements]) {
    const asked = desired.entitlements.get(key)?.category;
    const category = asked === undefined ? now.entitlements.get(key)?.category : asked;
    if (!category) continue;
    found.add(categoryKey(category));
    found.add(categoryKey(category, right.application));
  }
  return found;
}

/** Whether the earlier rule matches everything that the later rule matches. */
function covers(earlier: RuleConfig, later: RuleConfig): boolean {
  const conditionOf = ({ condition }: RuleConfig): Record<string, unknown> => ({
    ...condition,
    emergency: condition.emergency ?? false,
    category: condition.category?.toLowerCase(),
  });
  const after = conditionOf(later);
  return (
    earlier.kind === later.kind &&
    Object.entries(conditionOf(earlier)).every(
      ([key, value]) => value === undefined || value === after[key],
    )
  );
}
