import type { Button, KnownBlock, ModalView } from '@slack/web-api';
import type { RulePolicyView } from '../../../governance/mining-rules/mining-rules.ts';
import {
  maxGraceDays,
  maxRulePolicyNameLength,
  type viewRulePolicies,
} from '../../../governance/mining-rules/rule-policies.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { ids } from '../../ids.ts';
import type { Decoded } from '../../state/codec.ts';
import { idButton, pageButton, pageForm, versionButton } from '../../state/records.ts';
import {
  miningRuleSwitchButton,
  type RulePlace,
  rulePlaceForm,
  rulePolicyForm,
} from '../../state/rules.ts';
import {
  actions,
  bold,
  button,
  context,
  divider,
  escapeText,
  plainText,
  section,
  withConfirmation,
} from '../kit/elements.ts';
import { inputBlock } from '../kit/fields.ts';
import { pagingBlocks } from '../kit/paging.ts';

type CountedPolicy = Awaited<ReturnType<typeof viewRulePolicies>>[number];

const policiesOnPage = 20;
const rulesOnPage = 15;

const explanation =
  'Mining rules turn existing grants into rules such as “department = Sales → CRM · Read”. A run is simulated first: nothing changes before somebody applies it.';
const beginning =
  'There are no mining rules yet. Start with a strict one: required rules with at least 99.5 % precision and at most 1 % false positives.';

/** Rule policies with their state, or how to start if there are none. */
export function rulePoliciesView(
  policies: readonly CountedPolicy[],
  place: { page: number; note?: string | undefined },
): ModalView {
  const pages = Math.max(1, Math.ceil(policies.length / policiesOnPage));
  const page = Math.max(0, Math.min(place.page, pages - 1));
  const isEmpty = policies.length === 0;
  const shown = policies.slice(page * policiesOnPage, (page + 1) * policiesOnPage);
  return {
    type: 'modal',
    private_metadata: pageForm.encode(page),
    title: plainText('Mining rules', 24),
    close: plainText('Close', 24),
    blocks: [
      ...(place.note ? [section(place.note)] : []),
      section(isEmpty ? `${explanation}\n${beginning}` : explanation),
      actions('rulePolicies.ways', [
        ...(isEmpty
          ? [button('Add mining rule', ids.miningRuleFirst, 'new', { style: 'primary' })]
          : []),
        button('New rule policy', ids.rulePolicyNew, 'new'),
      ]),
      ...(isEmpty
        ? []
        : [
            divider,
            context(
              `${formatCount(policies.length, 'rule policy', 'rule policies')} · page ${page + 1} of ${pages}`,
            ),
          ]),
      ...shown.map((one) => ({
        ...section(`${bold(one.name)}\n${stateWords(one)}`),
        accessory: button('Open', `${ids.rulePolicyOpen}.${one.id}`, idButton.encode(one.id), {
          label: `Open ${one.name}`,
        }),
      })),
      ...pagingBlocks(ids.rulePolicyList, { page, pages }),
    ],
  };
}

const simulationWords: Record<string, string> = {
  queued: 'a simulation is queued',
  running: 'a simulation is running',
  open: 'a simulation is open',
};

/** "3 mining rules, 1 switched off · 12 rules in force: 10 mined, 2 handwritten · grace period 14 days" */
function stateWords(policy: CountedPolicy): string {
  const { miningRules, disabled, generated, written, simulation, graceDays } = policy;
  const off = disabled > 0 ? `, ${disabled} switched off` : '';
  const inForce = generated + written;
  const kinds = [
    generated > 0 ? `${generated} mined` : '',
    written > 0 ? `${written} handwritten` : '',
  ].filter(Boolean);
  return [
    `${formatCount(miningRules, 'mining rule')}${off}`,
    inForce === 0
      ? 'no rules in force'
      : `${formatCount(inForce, 'rule')} in force: ${kinds.join(', ')}`,
    simulation ? (simulationWords[simulation.state] ?? '') : '',
    `grace period ${formatCount(graceDays, 'day')}`,
  ]
    .filter(Boolean)
    .join(' · ');
}

/** A rule policy: its mining rules in run order, and a button for its rules in force. */
export function rulePolicyView(
  { policy, rules }: RulePolicyView,
  place: Pick<RulePlace, 'page' | 'back'> & { note?: string | undefined },
): ModalView {
  const pages = Math.max(1, Math.ceil(rules.length / rulesOnPage));
  const page = Math.max(0, Math.min(place.page, pages - 1));
  const from = page * rulesOnPage;
  const { id, version } = policy;
  const inForce = policy.generated + policy.written;
  const paged = pages > 1 ? ` Page ${page + 1} of ${pages}.` : '';
  const order = `In run order. A later mining rule makes rules only for entitlements without one.${paged}`;
  return {
    type: 'modal',
    private_metadata: rulePlaceForm.encode({
      ...{ rulePolicyId: id, version, list: 'mining' },
      ...{ page, back: place.back },
    }),
    title: plainText('Rule policy', 24),
    close: plainText('Back', 24),
    blocks: [
      ...(place.note ? [section(place.note)] : []),
      section(`${bold(policy.name)}\n${stateWords(policy)}`),
      actions('rulePolicy.ways', [
        button('Add mining rule', ids.miningRuleNew, 'new', { style: 'primary' }),
        ...simulationButtons(policy),
        button(`Rules in force (${inForce})`, `${ids.roleRuleList}.open`, pageButton.encode(0)),
        button('Edit policy', ids.rulePolicyEdit, idButton.encode(id)),
        deleteButton(policy),
      ]),
      divider,
      context(rules.length > 0 ? order : 'No mining rules have this target policy yet.'),
      ...rules
        .slice(from, from + rulesOnPage)
        .flatMap((rule, at) => ruleBlocks(rule, from + at + 1, policy.id)),
      ...pagingBlocks(ids.rulePolicyShow, { page, pages }),
    ],
  };
}

/** A policy has at most one open simulation. */
function simulationButtons(policy: CountedPolicy): Button[] {
  const { id, miningRules, disabled, generated, simulation } = policy;
  if (simulation?.state === 'open') {
    return [button('See simulation', ids.rulePolicySimulation, idButton.encode(simulation.id))];
  }
  // Without mining rules, a simulation removes the rules of earlier runs.
  if (simulation || (miningRules === disabled && generated === 0)) return [];
  return [button('Simulate', `${ids.simulationRequest}.${id}`, idButton.encode(id))];
}

function deleteButton({ id, name }: CountedPolicy): Button {
  const more = { style: 'danger', label: `Delete ${name}` } as const;
  return withConfirmation(
    button('Delete policy', ids.rulePolicyDelete, idButton.encode(id), more),
    {
      title: 'Delete this rule policy?',
      text: 'This also deletes the history of its rules. It cannot be undone.',
      yes: 'Delete',
    },
  );
}

function ruleBlocks(
  rule: RulePolicyView['rules'][number],
  number: number,
  ownPolicyId: number,
): KnownBlock[] {
  const { id, version, name, description, enabled, policyId, policy } = rule;
  const of = (text: string, action: string, value: string) =>
    button(text, `${action}.${id}`, value, { label: `${text} mining rule ${number}` });
  const off = enabled ? '' : ' (switched off)';
  const lines = [
    name
      ? `*${number}.* ${bold(name)}${off}\n${escapeText(description)}`
      : `*${number}.* ${escapeText(description)}${off}`,
    policyId === ownPolicyId ? '' : `Part of ${escapeText(policy)}`,
  ];
  const gone = withConfirmation(
    of('Delete', ids.miningRuleDelete, versionButton.encode({ id, version })),
    {
      title: 'Delete this mining rule?',
      text: 'The rules it made stay in force until a simulation without it is applied.',
      yes: 'Delete',
    },
  );
  return [
    section(lines.filter(Boolean).join('\n')),
    actions(`miningRule.${id}`, [
      of('Edit', ids.miningRuleEdit, idButton.encode(id)),
      of(
        enabled ? 'Switch off' : 'Switch on',
        ids.miningRuleSwitch,
        miningRuleSwitchButton.encode({ id, version, enabled: !enabled }),
      ),
      gone,
    ]),
  ];
}

/** A form for the name and the grace period of a rule policy. */
export function rulePolicyEditView(
  { name, graceDays }: { name: string; graceDays: number },
  form: Decoded<typeof rulePolicyForm>,
): ModalView {
  return {
    type: 'modal',
    callback_id: ids.rulePolicySave,
    private_metadata: rulePolicyForm.encode(form),
    title: plainText(form.form === 'edit' ? 'Edit rule policy' : 'New rule policy', 24),
    submit: plainText('Save', 24),
    close: plainText('Back', 24),
    blocks: [
      context(
        'A group of single role rules. Applying a simulation replaces its mined rules; handwritten rules are unchanged.',
      ),
      inputBlock('name', 'Name', {
        type: 'plain_text_input',
        action_id: 'text',
        max_length: maxRulePolicyNameLength,
        ...(name ? { initial_value: name } : {}),
      }),
      inputBlock(
        'graceDays',
        'Grace period (days)',
        {
          type: 'number_input',
          action_id: 'number',
          is_decimal_allowed: false,
          min_value: '0',
          max_value: String(maxGraceDays),
          initial_value: String(graceDays),
        },
        {
          hint: 'How long access lasts after no rule grants it. Then a revocation opens.',
        },
      ),
    ],
  };
}
