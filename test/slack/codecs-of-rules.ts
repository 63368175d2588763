import fc from 'fast-check';
import { approverWords, type StepEdit } from '../../src/governance/policies/steps.ts';
import { simulationTabs } from '../../src/governance/simulations/report.ts';
import * as mining from '../../src/slack/state/mining.ts';
import * as policies from '../../src/slack/state/policies.ts';
import * as policyDraft from '../../src/slack/state/policy-draft.ts';
import * as profiles from '../../src/slack/state/profiles.ts';
import * as rules from '../../src/slack/state/rules.ts';
import {
  choice,
  codecCase,
  foreignTexts,
  someText,
  text,
  version,
  whole,
  window,
} from './codec-case.ts';
import { id, maybe } from './hostile-text.ts';

// The codecs of profiles, mining, policies and rules.

const kind = fc.constantFrom('grant' as const, 'revoke' as const);
const policyPage = fc.record({ kind, page: whole });
const shown = fc.constant('0123456789abcdef');
const place: fc.Arbitrary<rules.RulePlace> = fc.record({
  rulePolicyId: id,
  version,
  list: fc.constantFrom('mining' as const, 'rules' as const),
  page: whole,
  back: whole,
});
const cohort = fc.dictionary(someText, fc.array(text, { maxLength: 3 }), { maxKeys: 3 });
const stepEdit: fc.Arbitrary<StepEdit> = fc.record({
  kind: fc.constant('approval' as const),
  approvers: choice(...(Object.keys(approverWords) as StepEdit['approvers'][])),
  reassignable: fc.boolean(),
  options: fc.record(
    {
      people: fc.array(id, { maxLength: 5 }),
      userGroup: fc.constant('S0123456789A'),
      reassignTo: choice('anyone', 'owners'),
      quorum: fc.integer({ min: 1, max: 20 }),
      allowSelfApproval: fc.boolean(),
      distinctApprovers: fc.boolean(),
      approverMayProvision: fc.boolean(),
      allowDelegation: fc.boolean(),
      reasonToApprove: fc.boolean(),
      decideByEmail: fc.boolean(),
      remindAfterHours: fc.integer({ min: 1, max: 2_160 }),
      escalateAfterHours: fc.integer({ min: 1, max: 2_160 }),
    },
    { requiredKeys: [] },
  ),
});
const draft: fc.Arbitrary<policyDraft.PolicyDraft> = fc
  .record(
    {
      ...{ id, version, kind, window, page: whole },
      ...{ builtIn: fc.boolean(), isDefault: fc.boolean() },
      steps: fc.array(stepEdit, { minLength: 1, maxLength: 5 }),
    },
    { requiredKeys: ['version', 'kind', 'window', 'page', 'builtIn', 'isDefault', 'steps'] },
  )
  .map((one) => ({ ...one, steps: policyDraft.toStepOrder(one.kind, one.steps) }));
const profileCases = [
  codecCase(
    'profileListButton',
    profiles.profileListButton,
    fc.record({ page: whole, archived: fc.boolean() }),
    [...foreignTexts, '0.2'],
  ),
  codecCase(
    'profileMenuOption',
    profiles.profileMenuOption,
    fc.record({ action: choice('edit', 'request', 'archive'), profileId: id }),
  ),
  codecCase(
    'heldMembersButton',
    profiles.heldMembersButton,
    fc.record({ profileId: id, shown: whole }),
  ),
  codecCase('profileWithinId', profiles.profileWithinId, id),
  codecCase('profileMemberId', profiles.profileMemberId, id),
  codecCase(
    'membershipRuleForm',
    profiles.membershipRuleForm,
    fc.record({
      ...{ profileId: id, version, rule: fc.option(cohort) },
      excludedIds: fc.array(id, { maxLength: 20 }),
    }),
    [...foreignTexts, '{"id":1,"version":2,"rule":null,"excluded":[]}', '[', 'null'],
  ),
  codecCase(
    'leavingOption',
    profiles.leavingOption,
    choice('leave', 'revoke_all', 'revoke_unjustified'),
  ),
];
const miningCases = [
  codecCase('cohortButton', mining.cohortButton, cohort, [
    ...foreignTexts,
    '{"a":["b"]}',
    '[["a","b"]]',
  ]),
  codecCase('dimensionOption', mining.dimensionOption, someText, ['']),
  codecCase('dimensionValueOption', mining.dimensionValueOption, someText, ['']),
  codecCase('dimensionSearchId', mining.dimensionSearchId, someText, ['', 'analysis:value', 'x.y']),
  codecCase(
    'outlierForm',
    mining.outlierForm,
    fc.record({ state: choice('kept', 'proposed'), personId: id, entitlementId: id }),
  ),
  codecCase(
    'reviewForm',
    mining.reviewForm,
    fc.record({ suggestionId: id, page: whole, removed: fc.array(id, { maxLength: 20 }) }),
    [...foreignTexts, '1.0.2,,3', '{"suggestionId":1,"page":0,"removed":[]}'],
  ),
];
const policyCases = [
  codecCase('policyPageButton', policies.policyPageButton, policyPage, [...foreignTexts, 'open']),
  codecCase('policyPageForm', policies.policyPageForm, policyPage),
  codecCase('newPolicyButton', policies.newPolicyButton, fc.record({ kind, copied: maybe(id) })),
  codecCase(
    'policySearchId',
    policies.policySearchId,
    fc.record({ kind, without: maybe(choice('rules', 'emergency', 'application')) }),
  ),
  codecCase('policyOption', policies.policyOption, fc.option(id)),
  codecCase('ruleListButton', policies.ruleListButton, kind),
  codecCase('ruleListForm', policies.ruleListForm, fc.record({ kind, shown })),
  codecCase('ruleForm', policies.ruleForm, fc.record({ kind, shown, at: whole, window })),
  codecCase('ruleRiskOption', policies.ruleRiskOption, fc.option(choice('low', 'medium', 'high'))),
  codecCase(
    'ruleRequesterOption',
    policies.ruleRequesterOption,
    fc.option(choice('manager', 'other')),
  ),
  codecCase('ruleUrgencyOption', policies.ruleUrgencyOption, choice('usual', 'emergency')),
  codecCase('userGroupOption', policies.userGroupOption, fc.constant('S0123456789A'), ['', 'S1.2']),
  codecCase('reassignOption', policies.reassignOption, choice('anyone', 'owners', 'nobody')),
  codecCase('byEmailOption', policies.byEmailOption, choice('risk', 'yes', 'no')),
  codecCase('approversOption', policies.approversOption, choice('manager', 'people')),
  codecCase('draftForm', policyDraft.draftForm, draft, [...foreignTexts, '{"steps":[]}']),
  codecCase(
    'stepDraftForm',
    policyDraft.stepDraftForm,
    fc.record({ window, at: whole, name: text, draft }),
    [...foreignTexts, 'V1\n0\nName\n{}'],
  ),
];
const ruleCases = [
  codecCase('rulePlaceForm', rules.rulePlaceForm, place, [...foreignTexts, '1.1.others.0.0']),
  codecCase(
    'rulePolicyForm',
    rules.rulePolicyForm,
    fc.oneof(
      fc.record({ form: fc.constant('new' as const), back: whole }),
      fc.record({ form: fc.constant('edit' as const), version, place }),
    ),
  ),
  codecCase(
    'miningRuleForm',
    rules.miningRuleForm,
    fc.oneof(
      fc.constant({ form: 'first' as const }),
      fc.record({ form: fc.constant('new' as const), place }),
      fc.record({
        ...{ form: fc.constant('edit' as const), id, version, enabled: fc.boolean(), place },
      }),
    ),
    [...foreignTexts, '{}', 'first.1'],
  ),
  codecCase(
    'miningRuleSwitchButton',
    rules.miningRuleSwitchButton,
    fc.record({ id, version, enabled: fc.boolean() }),
    [...foreignTexts, '1.1.on'],
  ),
  codecCase('ruleTypeOption', rules.ruleTypeOption, choice('required', 'suggested')),
  codecCase('excludeRoleOption', rules.excludeRoleOption, choice('mine', 'leave')),
  codecCase('criterionOption', rules.criterionOption, choice('precision', 'coverage')),
  codecCase('rulePolicyOption', rules.rulePolicyOption, fc.option(id)),
  codecCase(
    'writtenRuleForm',
    rules.writtenRuleForm,
    fc.record({
      place,
      input: fc.record({
        ...{ rulePolicyId: id, entitlementId: id, priority: fc.integer() },
        criteria: fc.array(fc.record({ dimension: text, value: text }), { maxLength: 3 }),
        ruleType: choice('required', 'suggested'),
      }),
      gaining: whole,
    }),
    [...foreignTexts, '{"place":"1","input":{"criteria":[]}}'],
  ),
  codecCase('heldGrantsButton', rules.heldGrantsButton, fc.record({ ruleId: id, shown: whole })),
  codecCase('simulationTabButton', rules.simulationTabButton, fc.constantFrom(...simulationTabs)),
  codecCase(
    'simulationForm',
    rules.simulationForm,
    fc.record({ id, tab: fc.constantFrom(...simulationTabs) }),
  ),
];

export const ruleCodecs = [...profileCases, ...miningCases, ...policyCases, ...ruleCases];
