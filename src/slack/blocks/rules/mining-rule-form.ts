import type { KnownBlock, ModalView } from '@slack/web-api';
import { ruleTypeLabels } from '../../../governance/mining-rules/describe.ts';
import type { MiningRuleEdit } from '../../../governance/mining-rules/validation.ts';
import { ids } from '../../ids.ts';
import { LIMITS, plain } from '../../limits.ts';
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

/** As long as a mining rule's texts can be. */
const maxPropertyLength = 1000;

/** The boxes by which roles are chosen, with the properties of a mining rule that they set. */
export const approvalBoxes = [
  ['includeNoValidation', 'No approval'],
  ['includeSimpleValidation', 'One approval'],
  ['includeDoubleValidation', 'Two approvals'],
  ['includeTripleValidation', 'Three approvals'],
] as const satisfies [keyof MiningRuleEdit, string][];

/** What single role rules do, as a choice. */
export const ruleTypeChoices = {
  required: `${ruleTypeLabels.required}: given without asking`,
  requestedAutomatically: `${ruleTypeLabels.requestedAutomatically}: for new people`,
  suggested: `${ruleTypeLabels.suggested}: offered in the request form`,
};

const criterionWords = {
  precision: 'No rules, unless the precision is met',
  coverage: 'Rules all the same, whatever the precision',
};
const runWords = {
  mine: 'Make rules for them',
  leave: 'Leave them out of all later mining rules',
};
const maxCriteriaWords = {
  [numberOption.encode(1)]: 'One attribute',
  [numberOption.encode(2)]: 'Up to two attributes',
  [numberOption.encode(3)]: 'Up to three attributes',
};

/** The form of a mining rule: what is most often changed first. @param policies what its rules may go to. */
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
        'It is looked at in the next simulation; nothing changes before that is applied. Percentages are 0 to 100: write 97, not 0.97.',
      ),
      lineField('name', 'Name', rule.name, 'Shown in lists, and beside the rules it makes.'),
      choiceField(
        'ruleType',
        'What its rules do',
        ruleTypeChoices,
        ruleTypeOption.encode(rule.ruleType),
      ),
      ...qualityFields(rule),
      ...entitlementFields(rule),
      numberField('priority', 'Priority', rule.priority, { hint: 'The highest runs first.' }),
      policyChoice(
        'rulePolicy',
        'Its rules go to',
        policies,
        rule.rulePolicy,
        'Applying a simulation replaces what mining made there.',
      ),
      policyChoice('policy', 'It is part of', policies, rule.policy),
      ...rareFields(rule),
    ],
  };
}

/** How right its rules have to be. */
function qualityFields(rule: MiningRuleEdit): KnownBlock[] {
  return [
    numberField('precisionMinPercent', 'Precision, at least (%)', rule.precisionMinPercent, {
      hint: 'Of everyone, who is right: reached and holding it, or neither. About 99.5, more for what is sensitive.',
      decimal: true,
    }),
    numberField(
      'falsePositiveMaxPercent',
      'False positives, at most (%)',
      rule.falsePositiveMaxPercent,
      {
        hint: 'Of those its rules reach, who does not hold it yet. About 1.',
        decimal: true,
      },
    ),
    choiceField(
      'criterion',
      'Where rules reach only some holders',
      criterionWords,
      criterionOption.encode(rule.criterion),
    ),
  ];
}

/** Which entitlements it makes rules for. */
function entitlementFields(rule: MiningRuleEdit): KnownBlock[] {
  return [
    boxesField(
      'approvals',
      'Entitlements whose requests need',
      approvalBoxes.map(([value, text]) => ({ text, value, ticked: rule[value] })),
    ),
    lineField(
      'category',
      'Category',
      rule.category,
      'With those below it: IT holds IT/Servers. Empty: all.',
    ),
    choiceField(
      'excludeRole',
      'With these entitlements',
      runWords,
      excludeRoleOption.encode(rule.excludeRole ? 'leave' : 'mine'),
    ),
  ];
}

/** What is seldom changed, and comes last. */
function rareFields(rule: MiningRuleEdit): KnownBlock[] {
  return [
    numberField('minIdentities', 'People a rule reaches, at least', rule.minIdentities),
    choiceField(
      'maxCriteria',
      'What a rule is made of',
      maxCriteriaWords,
      numberOption.encode(rule.maxCriteria),
    ),
    boxesField('guard', 'Guard against chance', [
      {
        text: 'Ask for more than chance',
        value: 'statisticalGuard',
        what: 'Surely more common among those a rule reaches than among all others',
        ticked: rule.statisticalGuard,
      },
    ]),
    numberField('maxNewGrants', 'New grants of an entitlement, at most', rule.maxNewGrants, {
      hint: 'Rules that would give more are not made. Empty: any number.',
      optional: true,
    }),
    lineField(
      'entityType',
      'Entity type',
      rule.entityType,
      'Whose access is looked at. People are all there is.',
    ),
  ];
}

function lineField(blockId: string, label: string, value: string | null, hint: string): KnownBlock {
  const initial = plain(value ?? '', maxPropertyLength);
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

/** A number; its range is checked where it is used, so that one sentence says it everywhere. */
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

/** The chosen one is there even where there are more than Slack takes. */
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
