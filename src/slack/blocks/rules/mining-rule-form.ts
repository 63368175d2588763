import type { KnownBlock, ModalView } from '@slack/web-api';
import { ruleTypeLabels } from '../../../governance/mining-rules/describe.ts';
import type { MiningRuleEdit } from '../../../governance/mining-rules/validation.ts';
import { ids } from '../../ids.ts';
import { clampPlainText, LIMITS } from '../../limits.ts';
import type { Decoded } from '../../state/codec.ts';
import { numberOption } from '../../state/records.ts';
import {
  criterionOption,
  excludeRoleOption,
  miningRuleForm,
  rulePolicyOption,
  ruleTypeOption,
} from '../../state/rules.ts';
import { context, option, plainText } from '../kit/elements.ts';
import { boxesField, choiceField, inputBlock } from '../kit/fields.ts';

const maxPropertyLength = 1000;

/** Boxes that choose entitlements by their approvals, with the properties of a mining rule that they set. */
export const approvalBoxes = [
  ['includeNoValidation', 'No approval'],
  ['includeSimpleValidation', 'One approval'],
  ['includeDoubleValidation', 'Two approvals'],
  ['includeTripleValidation', 'Three approvals'],
] as const satisfies [keyof MiningRuleEdit, string][];

/** The types of single role rules. */
export const ruleTypeChoices = {
  required: `${ruleTypeLabels.required}: granted without a request`,
  requestedAutomatically: `${ruleTypeLabels.requestedAutomatically}: for new people`,
  suggested: `${ruleTypeLabels.suggested}: shown in the request form`,
};

const criterionWords = {
  precision: 'Make rules only with the minimum precision',
  coverage: 'Make rules with any precision',
};
const leaveOutWords = {
  mine: 'Make rules for them',
  leave: 'Exclude them from later mining rules',
};
const maxCriteriaWords = {
  [numberOption.encode(1)]: 'One attribute',
  [numberOption.encode(2)]: 'Up to two attributes',
  [numberOption.encode(3)]: 'Up to three attributes',
};

/** A form for a mining rule, with the most used fields first. @param policies the possible targets of its rules. */
export function miningRuleView(
  rule: MiningRuleEdit,
  policies: readonly { id: number; name: string }[],
  form: Decoded<typeof miningRuleForm>,
): ModalView {
  return {
    type: 'modal',
    callback_id: ids.miningRuleSave,
    private_metadata: miningRuleForm.encode(form),
    title: plainText(form.form === 'edit' ? 'Edit mining rule' : 'Add mining rule', 24),
    submit: plainText('Save', 24),
    close: plainText('Back', 24),
    blocks: [
      context(
        'Takes effect only after you simulate and apply. Percentages are 0 to 100: write 97, not 0.97.',
      ),
      lineField('name', 'Name', rule.name, 'Shown in lists and with the rules it makes.'),
      choiceField('ruleType', 'Rule type', ruleTypeChoices, ruleTypeOption.encode(rule.ruleType)),
      ...qualityFields(rule),
      ...entitlementFields(rule),
      numberField('priority', 'Priority', rule.priority, { hint: 'The highest runs first.' }),
      policyChoice(
        'rulePolicy',
        'Target policy',
        policies,
        rule.rulePolicy,
        'Gets the rules. Applying a simulation replaces the mined rules there.',
      ),
      policyChoice('policy', 'Part of policy', policies, rule.policy),
      ...advancedFields(rule),
    ],
  };
}

/** The fields for the required quality of its rules. */
function qualityFields(rule: MiningRuleEdit): KnownBlock[] {
  return [
    numberField('precisionMinPercent', 'Minimum precision (%)', rule.precisionMinPercent, {
      hint: 'Share of all people the rules classify correctly. About 99.5; higher for sensitive access.',
      decimal: true,
    }),
    numberField(
      'falsePositiveMaxPercent',
      'Maximum false positives (%)',
      rule.falsePositiveMaxPercent,
      {
        hint: 'Share of matching people who don’t hold it. About 1.',
        decimal: true,
      },
    ),
    choiceField('criterion', 'Criterion', criterionWords, criterionOption.encode(rule.criterion)),
  ];
}

/** The fields that choose its entitlements. */
function entitlementFields(rule: MiningRuleEdit): KnownBlock[] {
  return [
    boxesField(
      'approvals',
      'Entitlements that need',
      approvalBoxes.map(([value, text]) => ({ text, value, ticked: rule[value] })),
    ),
    lineField(
      'category',
      'Category',
      rule.category,
      'Includes categories below it: IT includes IT/Servers. Empty: all.',
    ),
    choiceField(
      'excludeRole',
      'Chosen entitlements',
      leaveOutWords,
      excludeRoleOption.encode(rule.excludeRole ? 'leave' : 'mine'),
    ),
  ];
}

/** Fields that rarely change. */
function advancedFields(rule: MiningRuleEdit): KnownBlock[] {
  return [
    numberField('minIdentities', 'Minimum people per rule', rule.minIdentities),
    choiceField(
      'maxCriteria',
      'Attributes per rule',
      maxCriteriaWords,
      numberOption.encode(rule.maxCriteria),
    ),
    boxesField('guard', 'Statistical guard', [
      {
        text: 'Skip patterns that could be chance',
        value: 'statisticalGuard',
        description: 'Matching people must hold it clearly more often than all others',
        ticked: rule.statisticalGuard,
      },
    ]),
    numberField('maxNewGrants', 'Maximum new grants', rule.maxNewGrants, {
      hint: 'Per entitlement. Rules that would grant more are not made. Empty: no limit.',
      optional: true,
    }),
    lineField(
      'entityType',
      'Entity type',
      rule.entityType,
      'The kind of account to mine. Only people are supported.',
    ),
  ];
}

function lineField(blockId: string, label: string, value: string | null, hint: string): KnownBlock {
  const initial = clampPlainText(value ?? '', maxPropertyLength);
  return inputBlock(
    blockId,
    label,
    {
      type: 'plain_text_input',
      action_id: 'text',
      max_length: maxPropertyLength,
      ...(initial ? { initial_value: initial } : {}),
    },
    { hint, optional: true },
  );
}

/** A number field. The verb checks the range, so that its refusal is the same everywhere. */
export function numberField(
  blockId: string,
  label: string,
  value: number | null,
  {
    hint,
    decimal = false,
    optional = false,
  }: { hint?: string; decimal?: boolean; optional?: boolean } = {},
): KnownBlock {
  return inputBlock(
    blockId,
    label,
    {
      type: 'number_input',
      action_id: 'number',
      is_decimal_allowed: decimal,
      ...(value === null ? {} : { initial_value: String(value) }),
    },
    { hint, optional },
  );
}

/** A menu of policies. The chosen one is listed even if there are more than Slack allows. */
function policyChoice(
  blockId: string,
  label: string,
  policies: readonly { id: number; name: string }[],
  chosen: string,
  hint?: string,
): KnownBlock {
  const own = policies.find(({ name }) => name === chosen);
  const others = policies.filter((one) => one !== own);
  const options = [...(own ? [own] : []), ...others]
    .slice(0, LIMITS.options)
    .map(({ id, name }) => option(name, rulePolicyOption.encode(id)));
  const [first = option(`${chosen} (new)`, rulePolicyOption.encode(null))] = options;
  return inputBlock(
    blockId,
    label,
    {
      type: 'static_select',
      action_id: 'choice',
      options: options.length > 0 ? options : [first],
      initial_option: first,
    },
    { hint },
  );
}
