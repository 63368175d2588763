import type { KnownBlock, ModalView } from '@slack/web-api';
import type { RuleEdit, RuleList } from '../../../governance/policies/policy-rules.ts';
import { policyKindWords } from '../../../governance/policies/steps.ts';
import { ids } from '../../ids.ts';
import {
  policySearchId,
  ruleForm,
  ruleListForm,
  ruleRequesterOption,
  ruleRiskOption,
  ruleUrgencyOption,
} from '../../state/policies.ts';
import { lineButton } from '../../state/records.ts';
import {
  actions,
  bold,
  button,
  context,
  escapeText,
  plainText,
  recordOption,
  section,
} from '../kit/elements.ts';
import { choiceField, searchField, textField } from '../kit/fields.ts';

const riskWords = {
  [ruleRiskOption.encode(null)]: 'Any',
  [ruleRiskOption.encode('low')]: 'Low',
  [ruleRiskOption.encode('medium')]: 'Medium',
  [ruleRiskOption.encode('high')]: 'High',
};
const requesterWords = {
  [ruleRequesterOption.encode(null)]: 'Anybody',
  [ruleRequesterOption.encode('manager')]: 'The manager',
  [ruleRequesterOption.encode('other')]: 'Somebody else',
};
const urgencyWords = {
  [ruleUrgencyOption.encode('usual')]: 'Normal requests',
  [ruleUrgencyOption.encode('emergency')]: 'Emergency requests',
};

/** The rules of a kind in their order. */
export function rulesView({ kind, rules, byDefault, shown }: RuleList): ModalView {
  const otherwise =
    rules.length > 0
      ? 'Otherwise the default applies'
      : 'There are no rules yet. The default applies';
  return {
    type: 'modal',
    private_metadata: ruleListForm.encode({ kind, shown }),
    title: plainText('Rules', 24),
    close: plainText('Back', 24),
    blocks: [
      section(
        `${bold(`Rules for ${policyKindWords[kind]}`)}\nThe first matching rule chooses the policy if neither the entitlement nor its application has one.`,
      ),
      ...rules.flatMap((rule, at) => ruleBlocks(rule, at)),
      section(`${otherwise}: ${bold(byDefault)}`),
      actions('rules.add', [button('Add rule', ids.ruleNew, 'new', { style: 'primary' })]),
    ],
  };
}

function ruleBlocks({ when, policy }: RuleList['rules'][number], at: number): KnownBlock[] {
  const of = (text: string, id: string) =>
    button(text, `${id}.${at}`, lineButton.encode(at), {
      label: `${text.split(' ')[0]} rule ${at + 1}`,
    });
  return [
    section(`*${at + 1}.* ${escapeText(when)} → ${bold(policy)}`),
    actions(`rule.${at}`, [
      of('Edit rule', ids.ruleEdit),
      ...(at > 0 ? [of('Move up', ids.ruleMove)] : []),
      of('Delete rule', ids.ruleDelete),
    ]),
  ];
}

/** A form for one rule. @param rule undefined for a new one, which comes last. @param place the rule's place in the list. */
export function policyRuleView(
  rule: RuleList['rules'][number] | undefined,
  place: { kind: RuleList['kind']; shown: string; at: number; window: string },
): ModalView {
  const { kind } = place;
  const condition: RuleEdit['condition'] = rule?.condition ?? {};
  const { risk, applicationId, category, requesterIsManager, emergency } = condition;
  const app =
    rule?.app && applicationId ? recordOption({ id: applicationId, name: rule.app }) : undefined;
  const policy = rule && recordOption({ id: rule.policyId, name: rule.policy });
  const isRequest = kind === 'grant';
  return {
    type: 'modal',
    callback_id: ids.ruleSave,
    private_metadata: ruleForm.encode(place),
    title: plainText(rule ? 'Edit rule' : 'Add rule', 24),
    submit: plainText('Save', 24),
    close: plainText('Back', 24),
    blocks: [
      context('All chosen conditions must match. Empty ones match anything.'),
      ...(isRequest
        ? [
            choiceField(
              'which',
              'Request type',
              urgencyWords,
              ruleUrgencyOption.encode(emergency ? 'emergency' : 'usual'),
            ),
          ]
        : []),
      choiceField('risk', 'Risk', riskWords, ruleRiskOption.encode(risk ?? null)),
      searchField('app', 'Application', {
        actionId: `${ids.appSearch}.rule`,
        placeholder: 'Any application',
        chosen: app,
        optional: true,
      }),
      textField('category', 'Category', {
        value: category ?? '',
        hint: 'The category of the entitlement.',
      }),
      choiceField('asker', 'Requester', requesterWords, requesterValue(requesterIsManager)),
      searchField('policy', 'Policy', {
        actionId: policySearchId.encode({ kind, without: undefined }),
        placeholder: 'Search by name',
        chosen: policy,
      }),
    ],
  };
}

function requesterValue(isManager: boolean | undefined): string {
  if (isManager === undefined) return ruleRequesterOption.encode(null);
  return ruleRequesterOption.encode(isManager ? 'manager' : 'other');
}
