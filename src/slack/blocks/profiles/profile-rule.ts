import type { ModalView } from '@slack/web-api';
import type { RulePreview } from '../../../governance/profiles/membership-rule.ts';
import { maxExcluded } from '../../../governance/profiles/membership-rule.ts';
import type { ProfileView } from '../../../governance/profiles/view.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { ids } from '../../ids.ts';
import { clampPlainText } from '../../limits.ts';
import { personSearchId } from '../../state/people.ts';
import { membershipRuleForm } from '../../state/profiles.ts';
import { versionForm } from '../../state/records.ts';
import { bold, escapeText, plainText, recordOption, section } from '../kit/elements.ts';
import { inputBlock, multiSearchField } from '../kit/fields.ts';

const maxRuleLength = 1000;

/** A form for the membership rule. */
export function membershipRuleView({ profile, excluded }: ProfileView): ModalView {
  const text = formatRule(profile.rule ?? profile.cohort);
  const left = excluded.slice(0, maxExcluded).map((one) => recordOption(one));
  return {
    type: 'modal',
    callback_id: ids.profileRulePreview,
    private_metadata: versionForm.encode(profile),
    title: plainText('Membership rule', 24),
    submit: plainText('Preview', 24),
    close: plainText('Back', 24),
    blocks: [
      section(
        `${bold(profile.name)}\nPeople who match the rule are members. It is checked after every import. Members added by hand or on request stay.`,
      ),
      inputBlock(
        'rule',
        'Rule',
        {
          type: 'plain_text_input',
          action_id: 'rule',
          max_length: maxRuleLength,
          placeholder: plainText('department=Sales,Marketing job_title="Account Executive"', 75),
          ...(text ? { initial_value: clampPlainText(text, maxRuleLength) } : {}),
        },
        {
          hint: 'As in /rolemine analyze: a comma means or, a space means and. “everyone” matches everyone. Empty: no rule.',
          optional: true,
        },
      ),
      multiSearchField('excluded', 'Excluded people', {
        actionId: personSearchId.encode({ purpose: 'anyone' }),
        max: maxExcluded,
        placeholder: 'Search by name or e-mail',
        chosen: left,
        optional: true,
      }),
    ],
  };
}

/** The effect of the rule before it is saved. */
export function rulePreviewView(preview: RulePreview): ModalView {
  const { input, name, words, matching, joining, leaving, isHeld } = preview;
  const isOff = input.rule === null;
  const matches = `${formatCount(matching, 'person matches', 'people match')}: ${joining} would join, ${leaving} would leave.`;
  return {
    type: 'modal',
    callback_id: ids.profileRuleSave,
    private_metadata: membershipRuleForm.encode(input),
    title: plainText('Membership rule', 24),
    submit: plainText(isOff ? 'Switch rule off' : 'Save rule', 24),
    close: plainText('Cancel', 24),
    blocks: [
      section(
        isOff
          ? `${bold(name)}\nThe rule will be switched off. Current members stay.`
          : `${bold(name)}\nRule: ${escapeText(words)}\n*${matches}*`,
      ),
      ...(joining > 0
        ? [section('New members get requests for missing access. Approvers are notified at once.')]
        : []),
      ...(isHeld
        ? [section('A removal this large needs confirmation by you or another profile admin.')]
        : []),
    ],
  };
}

/** Writes a rule in the typed form. */
function formatRule(rule: Record<string, string[]> | null): string {
  if (!rule) return '';
  const criteria = Object.entries(rule);
  if (criteria.length === 0) return 'everyone';
  const value = (text: string) => (/[\s",]/.test(text) ? `"${text.replaceAll('"', '')}"` : text);
  return criteria
    .map(([key, values]) => `${key.replace(/\s+/g, '_')}=${values.map(value).join(',')}`)
    .join(' ');
}
