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
  askFirst,
  bold,
  button,
  context,
  divider,
  plainText,
  say,
  section,
} from '../kit/elements.ts';
import { boxesField, choiceField, inputBlock, searchBlock, searchField } from '../kit/fields.ts';
import { pagingBlocks } from '../kit/paging.ts';
import { numberField, ruleTypeChoices } from './mining-rule-form.ts';

const maxRuleLength = 1000;

/**
 * The single role rules of a policy that are in force.
 * @param back the page of the list of policies behind it.
 */
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
        `${bold(policy.name)}\nWhat mining made goes when a simulation without it is applied; what was written by hand stays until somebody ends it.`,
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
        ? [searchBlock('roleRules.find', 'Go to the rules for:', ids.roleRuleFind)]
        : []),
      divider,
      context(total > 0 ? listed : 'No rule is in force.'),
      ...rules.map((rule) => ruleBlock(rule, policy.graceDays)),
      ...pagingBlocks(ids.roleRuleList, { page, pages }),
    ],
  };
}

/** What becomes of what a rule gave that ends. */
function afterEnd(graceDays: number): string {
  if (graceDays === 0) return 'Revocations open for what nothing else gives.';
  return `What nothing else gives goes on for ${formatCount(graceDays, 'day')}; then revocations open.`;
}

function ruleBlock(rule: RoleRuleList['rules'][number], graceDays: number): KnownBlock {
  const { id, version, label, isHandwritten, criteriaText, details, holderCount } = rule;
  const said = section(`${bold(label)}\n${say(criteriaText)}\n${say(details)}`);
  if (!isHandwritten) return said;
  const value = versionButton.encode({ id, version });
  const end = button('End', `${ids.roleRuleEnd}.${id}`, value, { label: `End rule for ${label}` });
  const holders = `${formatCount(holderCount, 'person holds', 'people hold')} it by this rule.`;
  const goesOn = `${holders} ${afterEnd(graceDays)}`;
  return {
    ...said,
    accessory: askFirst(end, { title: 'End this rule?', text: goesOn, yes: 'End rule' }),
  };
}

/** Asks whether grants given by hand become grants of the rules that give them as well. */
export function adoptView(policy: string, grants: number, place: RulePlace): ModalView {
  const title = plainText('Manual grants', 24);
  const close = plainText('Back', 24);
  if (grants === 0) {
    const nothing = `No grant that was given by hand is given by a required rule of ${bold(policy)} as well.`;
    return { type: 'modal', title, close, blocks: [section(nothing)] };
  }
  const given = `${formatCount(grants, 'grant that was', 'grants that were')} given by hand`;
  return {
    type: 'modal',
    callback_id: ids.rulePolicyAdoptSubmit,
    private_metadata: rulePlaceForm.encode(place),
    title,
    submit: plainText('Turn into rule grants', 24),
    close,
    blocks: [
      section(
        `*${given}* ${grants === 1 ? 'is' : 'are'} given by required rules of ${bold(policy)} as well.\nTurned into rule grants they follow the person: who does not match any more loses them after the grace period. Nobody gains or loses anything now.`,
      ),
    ],
  };
}

/** Asks for a rule. @param place where the form was opened. */
export function writeRuleView(place: RulePlace): ModalView {
  return {
    type: 'modal',
    callback_id: ids.roleRulePreview,
    private_metadata: rulePlaceForm.encode(place),
    title: plainText('Write a rule', 24),
    submit: plainText('Preview', 24),
    close: plainText('Back', 24),
    blocks: [
      context('It is kept beside what mining makes, and no run replaces it.'),
      inputBlock(
        'rule',
        'Who',
        {
          type: 'plain_text_input',
          action_id: 'text',
          max_length: maxRuleLength,
          placeholder: plainText('department=Sales location=Lyon', 75),
        },
        {
          hint: 'As in /rolemine analyze, one to three attributes with one value each; a space is and.',
        },
      ),
      searchField('entitlement', 'Entitlement', {
        actionId: ids.roleRuleEntitlement,
        placeholder: 'Search by application or name',
      }),
      choiceField('ruleType', 'What it does', ruleTypeChoices, 'required'),
      numberField('priority', 'Priority', 0, {
        hint: 'Where several rules are about one person and entitlement, the smallest wins; of the same, required before suggested.',
      }),
    ],
  };
}

/** What the rule would do, before it is saved. @param place where the form was opened. */
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
  const kind = risk === 'high' ? 'Access of high risk' : 'Access';
  return {
    type: 'modal',
    callback_id: ids.roleRuleSave,
    private_metadata: writtenRuleForm.encode({ place, input, gaining }),
    title: plainText('Write a rule', 24),
    submit: plainText('Save rule', 24),
    close: plainText('Cancel', 24),
    blocks: [
      section(
        `${bold(label)}\n${say(criteriaText)}\n${ruleTypeLabels[input.ruleType]}, in ${bold(policy)}`,
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
              [{ text: `Yes, give it to ${people}`, value: 'yes', ticked: false }],
              false,
            ),
          ]
        : []),
    ],
  };
}

/** Where it meets rules of another type about the same entitlement. */
function conflictBlocks({ overruled, overruling }: HandwrittenRulePreview): KnownBlock[] {
  const of = (number: number) => formatCount(number, 'person who matches', 'people who match');
  const lines = [
    overruled > 0 ? `About ${of(overruled)} a rule of another type goes first.` : '',
    overruling > 0 ? `About ${of(overruling)} it goes before a rule of another type.` : '',
  ].filter(Boolean);
  const why =
    'The smallest priority goes first; of the same, required before requested, requested before suggested.';
  return lines.length === 0 ? [] : [section(`*Conflict:* ${lines.join(' ')}\n${why}`)];
}

const effects = {
  required: (people: string) =>
    `${people} would get it without asking; who provisions it is told at once.`,
  requestedAutomatically: () =>
    'A request opens for people who match and are first seen from now on; to the others it is suggested.',
  suggested: () => 'It is suggested to who matches and does not hold it; they have to ask for it.',
} satisfies Record<keyof typeof ruleTypeLabels, (people: string) => string>;
