import type { KnownBlock, ModalView } from '@slack/web-api';
import { stepWords } from '../../../governance/policies/step-kinds.ts';
import { approverWords, type StepEdit } from '../../../governance/policies/steps.ts';
import { ids } from '../../ids.ts';
import type { Decoded } from '../../state/codec.ts';
import {
  approversOption,
  byEmailOption,
  reassignOption,
  userGroupOption,
} from '../../state/policies.ts';
import { type PolicyDraft, stepDraftForm } from '../../state/policy-draft.ts';
import { option, plainText } from '../kit/elements.ts';
import {
  boxesField,
  choiceField,
  inputBlock,
  peopleField,
  searchField,
  textField,
} from '../kit/fields.ts';

const reassignWords = {
  anyone: 'To any eligible person',
  owners: 'Only to owners of the application',
  nobody: 'Not allowed',
} as const satisfies Record<Decoded<typeof reassignOption>, string>;

const byEmailWords = {
  risk: 'Except for high risk',
  yes: 'Also for high risk',
  no: 'Not allowed',
} as const satisfies Record<Decoded<typeof byEmailOption>, string>;

/** The people and the user group of a step, with their names. */
interface StepNames {
  people: readonly { id: number; name: string }[];
  group: { id: string; handle: string } | undefined;
}

/**
 * A form for one step of a policy. It is drawn again when another kind of approver is chosen. The block ids stay, so
 * that Slack keeps typed text.
 */
export function stepView(
  step: StepEdit,
  names: StepNames,
  place: { window: string; at: number; name: string; draft: PolicyDraft },
): ModalView {
  const { kind, approvers, options } = step;
  const { decides, plan } = stepWords[kind];
  return {
    type: 'modal',
    callback_id: ids.stepSave,
    private_metadata: stepDraftForm.encode(place),
    title: plainText('Edit step', 24),
    submit: plainText('Done', 24),
    close: plainText('Back', 24),
    blocks: [
      inputBlock(
        'approvers',
        `${plan} by`,
        {
          type: 'static_select',
          action_id: ids.stepApprovers,
          options: Object.entries(approverWords).map(([value, text]) => option(text, value)),
          initial_option: option(approverWords[approvers], approversOption.encode(approvers)),
        },
        {
          hint: 'If none of them can act, owners are asked, then Super Admins.',
          dispatches: true,
        },
      ),
      ...(approvers === 'people' ? [peopleField('people', 'People', names.people)] : []),
      ...(approvers === 'user_group' ? [groupField(names.group)] : []),
      ...(decides ? [numberField('quorum', 'Required approvals', options.quorum, '1')] : []),
      boxesField('options', 'Options', decides ? decideBoxes(step) : doBoxes(step)),
      choiceField('reassign', 'Reassignment', reassignWords, reassignValue(step)),
      choiceField('email', 'Decision by e-mail', byEmailWords, byEmailValue(step)),
      numberField('remind', 'Reminder after (hours)', options.remindAfterHours, '24'),
      numberField('escalate', 'Escalation after (hours)', options.escalateAfterHours, '72'),
    ],
  };
}

function reassignValue({ reassignable, options }: StepEdit): string {
  return reassignOption.encode(reassignable ? (options.reassignTo ?? 'anyone') : 'nobody');
}

function byEmailValue({ options }: StepEdit): string {
  if (options.decideByEmail === undefined) return byEmailOption.encode('risk');
  return byEmailOption.encode(options.decideByEmail ? 'yes' : 'no');
}

function delegationBox({ options }: StepEdit) {
  const ticked = options.allowDelegation !== false;
  return { text: 'Delegates may act', value: 'delegation', ticked };
}

function decideBoxes(step: StepEdit) {
  const { options } = step;
  return [
    {
      text: 'Require a reason to approve',
      value: 'reason',
      ticked: options.reasonToApprove === true,
    },
    {
      text: 'Require a different approver',
      value: 'distinct',
      description: 'Otherwise an earlier approval by the same person counts here, too.',
      ticked: options.distinctApprovers !== false,
    },
    {
      text: 'Allow self-approval',
      value: 'self',
      description: 'The requester and the person it is for may approve it.',
      ticked: options.allowSelfApproval === true,
    },
    delegationBox(step),
  ];
}

function doBoxes(step: StepEdit) {
  return [
    {
      text: 'The approver may also carry it out',
      value: 'approver',
      ticked: step.options.approverMayProvision !== false,
    },
    delegationBox(step),
  ];
}

function numberField(
  blockId: string,
  label: string,
  value: number | undefined,
  defaultValue: string,
) {
  const hint = `Default: ${defaultValue}.`;
  return textField(blockId, label, { value: value === undefined ? '' : String(value), hint });
}

function groupField(group: StepNames['group']): KnownBlock {
  return searchField('group', 'Slack user group', {
    actionId: ids.groupSearch,
    placeholder: 'Search by name',
    chosen: group && option(`@${group.handle}`, userGroupOption.encode(group.id)),
    hint: 'Its members at the time when the step starts.',
    optional: true,
  });
}
