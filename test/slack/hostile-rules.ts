import type { ModalView } from '@slack/web-api';
import fc from 'fast-check';
import { ruleTypes } from '../../src/mining/rules/mining-rule.ts';
import { miningRuleView } from '../../src/slack/blocks/rules/mining-rule-form.ts';
import {
  adoptView,
  roleRulesView,
  writeRuleView,
  writtenRuleView,
} from '../../src/slack/blocks/rules/role-rules.ts';
import {
  rulePoliciesView,
  rulePolicyEditView,
  rulePolicyView,
} from '../../src/slack/blocks/rules/rule-policies.ts';
import type { RulePlace } from '../../src/slack/state/rules.ts';
import type { Criteria } from '../../src/store/schema/rules.ts';
import { id, list, maybe, moment, percent, text } from './hostile-text.ts';

// Mining rules, rule policies and single role rules, with hostile data.

const ruleType = fc.constantFrom(...ruleTypes);
const place = { page: fc.nat({ max: 3 }), back: fc.nat(9), note: maybe(fc.constant('Saved.')) };
const state = fc.constantFrom('queued' as const, 'running' as const, 'open' as const);
const head = { id, version: id, name: text, graceDays: fc.nat(365), createdAt: moment };
const policy = fc.record({
  ...head,
  ...{ miningRules: fc.nat(), disabled: fc.nat(), generated: fc.nat(), written: fc.nat() },
  simulation: maybe(fc.record({ id, state })),
});
const rule = fc.record({
  ...{ id, version: id, policyId: id, rulePolicyId: id, createdBy: fc.constant(null) },
  ...{ createdAt: moment, statisticalGuard: fc.boolean() },
  ...{ name: fc.option(text), entityType: text, policy: text, rulePolicy: text },
  ...{ category: fc.option(text), description: text },
  ...{ includeNoValidation: fc.boolean(), includeSimpleValidation: fc.boolean() },
  ...{ includeDoubleValidation: fc.boolean(), includeTripleValidation: fc.boolean() },
  ...{ excludeRole: fc.boolean(), enabled: fc.boolean() },
  ...{ precisionMinPercent: percent, falsePositiveMaxPercent: percent },
  ...{ criterion: fc.constantFrom('precision' as const, 'coverage' as const), ruleType },
  ...{ priority: fc.integer(), minIdentities: id, maxCriteria: fc.integer({ min: 1, max: 3 }) },
  maxNewGrants: fc.option(id),
});
const line = {
  ...{
    id,
    version: id,
    label: text,
    isHandwritten: fc.boolean(),
    criteriaText: text,
    details: text,
  },
  holderCount: fc.nat(),
};
const rulePlace: RulePlace = { rulePolicyId: 1, version: 1, list: 'rules', page: 0, back: 0 };
const farPlace = { rulePolicyId: 1_000_000, version: 1_000_000, page: 1_000, back: 1_000 };
/** The longest rule that a person can type. */
const criteria = fc.constant<Criteria>([{ dimension: 'department', value: '\\'.repeat(980) }]);

export const ruleViews: Record<string, fc.Arbitrary<ModalView>> = {
  'the rule policies': fc
    .tuple(list(policy, 25), fc.record(place))
    .map(([policies, at]) => rulePoliciesView(numbered(policies), at)),
  'a rule policy': fc
    .tuple(policy, list(rule, 40), fc.record(place))
    .map(([policy, rules, at]) => rulePolicyView({ policy, rules: numbered(rules) }, at)),
  'the form of a rule policy': fc
    .tuple(
      fc.record({ name: text.map((name) => name.slice(0, 60)), graceDays: fc.nat(365) }),
      fc.boolean(),
    )
    .map(([one, isNew]) =>
      rulePolicyEditView(
        one,
        isNew ? { form: 'new', back: 0 } : { form: 'edit', version: 1, place: rulePlace },
      ),
    ),
  'the form of a mining rule': fc
    .tuple(rule, list(fc.record({ id, name: text }), 120), fc.boolean())
    .map(([rule, policies, isNew]) =>
      miningRuleView(
        rule,
        numbered(policies),
        isNew
          ? { form: 'first' }
          : { form: 'edit', id: 1, version: 1, enabled: true, place: rulePlace },
      ),
    ),
  'the rules in force': fc
    .tuple(
      fc.record({
        policy: fc.record(head),
        rules: list(fc.record(line), 10),
        ...{ total: fc.nat(), page: fc.constant(1), pages: fc.constant(3) },
      }),
      fc.record(place),
    )
    .map(([found, at]) => roleRulesView({ ...found, rules: numbered(found.rules) }, at)),
  'manual grants that rules cover': fc
    .tuple(text, fc.nat({ max: 2 }))
    .map(([policy, grants]) => adoptView(policy, grants, rulePlace)),
  'the form of a rule': fc.constant(writeRuleView(rulePlace)),
  'a rule before it is saved': fc
    .record({
      input: fc.record({ rulePolicyId: id, entitlementId: id, criteria, ruleType, priority: id }),
      ...{ label: text, policy: text, criteriaText: text, requiresConfirmation: fc.boolean() },
      ...{ matching: id, holderCount: id, gaining: id, overruled: id, overruling: id },
      risk: fc.constantFrom('high' as const, null),
    })
    .map((preview) => writtenRuleView(preview, { ...farPlace, list: 'rules' })),
};

/** Gives each record its own id, as in the database. */
function numbered<T extends { id: number }>(all: readonly T[]): T[] {
  return all.map((one, at) => ({ ...one, id: at + 1 }));
}
