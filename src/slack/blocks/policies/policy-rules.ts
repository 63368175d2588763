import type { KnownBlock, ModalView } from '@slack/web-api';
import type { RuleEdit, RuleList } from '../../../governance/policies/policy-rules.ts';
import { policyKindWords } from '../../../governance/policies/steps.ts';
import { ids } from '../../ids.ts';
import {
  actions,
  bold,
  button,
  context,
  option,
  plainText,
  say,
  section,
} from '../kit/elements.ts';
import { choiceField, textField } from '../kit/fields.ts';

/** Stands for a condition that is not made. */
export const anyChoice = 'any';
const riskWords = { [anyChoice]: 'Any', low: 'Low', medium: 'Medium', high: 'High' };
const askerWords = { [anyChoice]: 'Anybody', manager: 'The manager', other: 'Somebody else' };
const whichWords = { usual: 'Requests as usual', emergency: 'Emergency requests' };

/** The rules of a kind in the order in which they are tried. */
export function rulesView({ kind, rules, byDefault, shown }: RuleList): ModalView {
  const otherwise = rules.length > 0 ? 'Otherwise' : 'There is no rule yet, so';
  return {
    type: 'modal',
    private_metadata: `${kind}.${shown}`,
    title: plainText('Rules', 24),
    close: plainText('Back', 24),
    blocks: [
      section(
        `${bold(`Rules for ${policyKindWords[kind]}`)}\nFor what has no policy of its own, the first rule that fits chooses it.`,
      ),
      ...rules.flatMap((rule, at) => ruleBlocks(rule, at)),
      section(`${otherwise} the default: ${bold(byDefault)}`),
      actions('rules.add', [
        button('Add rule', `${ids.ruleEdit}.new`, 'new', { style: 'primary' }),
      ]),
    ],
  };
}

function ruleBlocks({ when, policy }: RuleList['rules'][number], at: number): KnownBlock[] {
  const of = (text: string, id: string) =>
    button(text, `${id}.${at}`, String(at), { label: `${text.split(' ')[0]} rule ${at + 1}` });
  return [
    section(`*${at + 1}.* ${say(when)} → ${bold(policy)}`),
    actions(`rule.${at}`, [
      of('Edit rule', ids.ruleEdit),
      ...(at > 0 ? [of('Move up', ids.ruleMove)] : []),
      of('Delete rule', ids.ruleDelete),
    ]),
  ];
}

/** One rule; undefined is a new one, which comes last. */
export function policyRuleView(
  kind: RuleList['kind'],
  rule: RuleList['rules'][number] | undefined,
  metadata: string,
): ModalView {
  const condition: RuleEdit['condition'] = rule?.condition ?? {};
  const { risk, applicationId, category, requesterIsManager, emergency } = condition;
  const asker =
    requesterIsManager === undefined ? anyChoice : requesterIsManager ? 'manager' : 'other';
  const app = rule?.app && applicationId ? option(rule.app, String(applicationId)) : undefined;
  const policy = rule && option(rule.policy, String(rule.policyId));
  const isRequest = kind === 'grant';
  return {
    type: 'modal',
    callback_id: ids.ruleSave,
    private_metadata: metadata,
    title: plainText(rule ? 'Edit rule' : 'Add rule', 24),
    submit: plainText('Save', 24),
    close: plainText('Back', 24),
    blocks: [
      context('Everything you choose has to fit. What you leave open may be anything.'),
      ...(isRequest
        ? [choiceField('which', 'For', whichWords, emergency ? 'emergency' : 'usual')]
        : []),
      choiceField('risk', 'Risk', riskWords, risk ?? anyChoice),
      searchField('app', 'Application', `${ids.appSearch}.rule`, app, 'Any application'),
      textField('category', 'Category', {
        value: category ?? '',
        hint: 'As entitlements have it.',
      }),
      choiceField('asker', 'Who asks', askerWords, asker),
      searchField('policy', 'Policy', `${ids.policySearch}.${kind}`, policy, 'Search by name'),
    ],
  };
}

/** One thing to search for; a policy has to be chosen. */
export function searchField(
  blockId: string,
  label: string,
  actionId: string,
  chosen: ReturnType<typeof option> | undefined,
  placeholder: string,
): KnownBlock {
  return {
    type: 'input',
    block_id: blockId,
    optional: blockId === 'app',
    label: plainText(label, 75),
    element: {
      type: 'external_select',
      action_id: actionId,
      min_query_length: 0,
      placeholder: plainText(placeholder, 75),
      ...(chosen ? { initial_option: chosen } : {}),
    },
  };
}
