import type { KnownBlock, ModalView } from '@slack/web-api';
import { ruleTypeLabels } from '../../../governance/mining-rules/describe.ts';
import type { HandwrittenRulePreview } from '../../../governance/role-rules/handwritten-rules.ts';
import type { RoleRuleList } from '../../../governance/role-rules/rules-in-force.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { ids } from '../../ids.ts';
import { idButton, pageButton, versionButton } from '../../state/records.ts';
import { type RulePlace, rulePlaceForm, writtenRuleForm } from '../../state/rules.ts';
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
import { boxesField, choiceField, inputBlock, searchBlock, searchField } from '../kit/fields.ts';
import { pagingBlocks } from '../kit/paging.ts';
import { numberField, ruleTypeChoices } from './mining-rule-form.ts';

const maxRuleLength = 1000;

/** The single role rules in force of a policy. @param back the page of the list of policies below. */
export function roleRulesView(
  { policy, rules, total, page, pages }: RoleRuleList,
  { back, note }: { back: number; note?: string | undefined },
): ModalView {
  const { id, version } = policy;
  const listed = `${formatCount(total, 'rule')} in force · page ${page + 1} of ${pages}`;
  return {
    type: 'modal',
    private_metadata: rulePlaceForm.encode({
      rulePolicyId: id,
      version,
      list: 'rules',
      page,
      back,
    }),
    title: plainText('Rules in force', 24),
    close: plainText('Back', 24),
    blocks: [
      ...(note ? [section(note)] : []),
      section(
        `${bold(policy.name)}\nMined rules end when a simulation without them is applied. Handwritten rules stay until somebody ends them.`,
      ),
      actions('roleRules.ways', [
        button('Write a rule', ids.roleRuleWrite, 'write', { style: 'primary' }),
        button('Mining rules', `${ids.rulePolicyShow}.back`, pageButton.encode(0)),
        ...(total > 0
          ? [
              button(
                'Turn manual grants into rule grants',
                ids.rulePolicyAdopt,
                idButton.encode(id),
              ),
            ]
          : []),
      ]),
      ...(pages > 1
        ? [searchBlock('roleRules.find', 'Find the rules for:', ids.roleRuleFind)]
        : []),
      divider,
      context(total > 0 ? listed : 'No rules are in force.'),
      ...rules.map((rule) => ruleBlock(rule, policy.graceDays)),
      ...pagingBlocks(ids.roleRuleList, { page, pages }),
    ],
  };
}

/** Describes what happens to access when its rule ends. */
function describeEnd(graceDays: number): string {
  if (graceDays === 0) return 'Revocations open for access that nothing else justifies.';
  return `Access that nothing else justifies lasts ${formatCount(graceDays, 'more day', 'more days')}. Then revocations open.`;
}

function ruleBlock(rule: RoleRuleList['rules'][number], graceDays: number): KnownBlock {
  const { id, version, label, isHandwritten, criteriaText, details, holderCount } = rule;
  const row = section(`${bold(label)}\n${escapeText(criteriaText)}\n${escapeText(details)}`);
  if (!isHandwritten) return row;
  const value = versionButton.encode({ id, version });
  const end = button('End', `${ids.roleRuleEnd}.${id}`, value, { label: `End rule for ${label}` });
  const holders = `${formatCount(holderCount, 'person holds', 'people hold')} it by this rule.`;
  const effect = `${holders} ${describeEnd(graceDays)}`;
  return {
    ...row,
    accessory: withConfirmation(end, { title: 'End this rule?', text: effect, yes: 'End rule' }),
  };
}

/** Asks whether manual grants become grants of the rules that cover them. */
export function adoptView(policy: string, grants: number, place: RulePlace): ModalView {
  const title = plainText('Manual grants', 24);
  const close = plainText('Back', 24);
  if (grants === 0) {
    const text = `No manual grants are covered by a required rule of ${bold(policy)}.`;
    return { type: 'modal', title, close, blocks: [section(text)] };
  }
  return {
    type: 'modal',
    callback_id: ids.rulePolicyAdoptSubmit,
    private_metadata: rulePlaceForm.encode(place),
    title,
    submit: plainText('Turn into rule grants', 24),
    close,
    blocks: [
      section(
        `*${formatCount(grants, 'manual grant')}* ${grants === 1 ? 'is' : 'are'} covered by required rules of ${bold(policy)}.\nRule grants end after the grace period when the person no longer matches. Nobody gains or loses access now.`,
      ),
    ],
  };
}

/** A form to write a rule. @param place the place where the form opens. */
export function writeRuleView(place: RulePlace): ModalView {
  return {
    type: 'modal',
    callback_id: ids.roleRulePreview,
    private_metadata: rulePlaceForm.encode(place),
    title: plainText('Write a rule', 24),
    submit: plainText('Preview', 24),
    close: plainText('Back', 24),
    blocks: [
      context('Mining runs never replace handwritten rules.'),
      inputBlock(
        'rule',
        'Condition',
        {
          type: 'plain_text_input',
          action_id: 'text',
          max_length: maxRuleLength,
          placeholder: plainText('department=Sales location=Lyon', 75),
        },
        {
          hint: 'As in /rolemine analyze: one to three attributes with one value each. A space means and.',
        },
      ),
      searchField('entitlement', 'Entitlement', {
        actionId: ids.roleRuleEntitlement,
        placeholder: 'Search by application or name',
      }),
      choiceField('ruleType', 'Rule type', ruleTypeChoices, 'required'),
      numberField('priority', 'Priority', 0, {
        hint: 'If several rules cover a person and entitlement, the lowest number wins; at a tie, required before suggested.',
      }),
    ],
  };
}

/** The effect of a rule before it is saved. @param place the place where the form opened. */
export function writtenRuleView(preview: HandwrittenRulePreview, place: RulePlace): ModalView {
  const {
    input,
    label,
    policy,
    criteriaText,
    matching,
    holderCount,
    gaining,
    requiresConfirmation,
    risk,
  } = preview;
  const people = formatCount(gaining, 'person', 'people');
  const kind = risk === 'high' ? 'High-risk access' : 'Access';
  return {
    type: 'modal',
    callback_id: ids.roleRuleSave,
    private_metadata: writtenRuleForm.encode({ place, input, gaining }),
    title: plainText('Write a rule', 24),
    submit: plainText('Save rule', 24),
    close: plainText('Cancel', 24),
    blocks: [
      section(
        `${bold(label)}\n${escapeText(criteriaText)}\n${ruleTypeLabels[input.ruleType]}, in ${bold(policy)}`,
      ),
      section(
        `*${formatCount(matching, 'person matches', 'people match')}; ${formatCount(holderCount, 'holds', 'hold')} it already.*\n${effects[input.ruleType](people)}`,
      ),
      ...conflictBlocks(preview),
      ...(requiresConfirmation
        ? [
            boxesField(
              'confirm',
              `${kind} for ${people} at once`,
              [{ text: `Yes, grant it to ${people}`, value: 'yes', ticked: false }],
              false,
            ),
          ]
        : []),
    ],
  };
}

/** Conflicts with rules of another type for the same entitlement. */
function conflictBlocks({ overruled, overruling }: HandwrittenRulePreview): KnownBlock[] {
  const people = (number: number) => formatCount(number, 'matching person', 'matching people');
  const lines = [
    overruled > 0 ? `For ${people(overruled)}, a rule of another type wins.` : '',
    overruling > 0 ? `For ${people(overruling)}, it wins over a rule of another type.` : '',
  ].filter(Boolean);
  const why =
    'The lowest priority number wins; at a tie, required before requested, requested before suggested.';
  return lines.length === 0 ? [] : [section(`*Conflict:* ${lines.join(' ')}\n${why}`)];
}

const effects = {
  required: (people: string) =>
    `${people} would get it without a request. Provisioners are notified at once.`,
  requestedAutomatically: () =>
    'A request opens for each new person who matches. Others see it as a suggestion.',
  suggested: () => 'Matching people without it see it as a suggestion and can request it.',
} satisfies Record<keyof typeof ruleTypeLabels, (people: string) => string>;
