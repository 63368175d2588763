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
  anyone: 'To anybody who may take it',
  owners: 'To owners of the application only',
  nobody: 'Not at all',
} as const satisfies Record<Decoded<typeof reassignOption>, string>;

const byEmailWords = {
  risk: 'Unless it is of high risk',
  yes: 'Even when it is of high risk',
  no: 'Not at all',
} as const satisfies Record<Decoded<typeof byEmailOption>, string>;

/** Whom a step names, by name. */
interface StepNames {
  people: readonly { id: number; name: string }[];
  group: { id: string; handle: string } | undefined;
}

/**
 * One step of a policy. Drawn anew when another kind of approver is chosen; the block ids stay, so that Slack
 * keeps what was typed.
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
          hint: 'Who cannot act is passed over: then the owners, then Super Admins.',
          dispatches: true,
        },
      ),
      ...(approvers === 'people' ? [peopleField('people', 'People', names.people)] : []),
      ...(approvers === 'user_group' ? [groupField(names.group)] : []),
      ...(decides ? [numberField('quorum', 'How many have to agree', options.quorum, '1')] : []),
      boxesField('options', 'Allowed and asked for', decides ? decideBoxes(step) : doBoxes(step)),
      choiceField('reassign', 'It can be reassigned', reassignWords, reassignValue(step)),
      choiceField('email', 'Decided by a link in an e-mail', byEmailWords, byEmailValue(step)),
      numberField('remind', 'Reminder after hours', options.remindAfterHours, '24'),
      numberField('escalate', 'Next in line after hours', options.escalateAfterHours, '72'),
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
  return { text: 'Delegates may act for them', value: 'delegation', ticked };
}

function decideBoxes(step: StepEdit) {
  const { options } = step;
  return [
    {
      text: 'A reason is needed to approve, too',
      value: 'reason',
      ticked: options.reasonToApprove === true,
    },
    {
      text: 'Not who approved an earlier step',
      value: 'distinct',
      what: 'Otherwise they are not asked again: their approval counts for this step.',
      ticked: options.distinctApprovers === true,
    },
    {
      text: 'May be one’s own request',
      value: 'self',
      what: 'The person it is for, and who asked for it, may approve it.',
      ticked: options.allowSelfApproval === true,
    },
    delegationBox(step),
  ];
}

function doBoxes(step: StepEdit) {
  return [
    {
      text: 'Who approved it may carry it out, too',
      value: 'approver',
      ticked: step.options.approverMayProvision !== false,
    },
    delegationBox(step),
  ];
}

function numberField(blockId: string, label: string, value: number | undefined, usual: string) {
  const hint = `${usual} unless you say otherwise.`;
  return textField(blockId, label, { value: value === undefined ? '' : String(value), hint });
}

function groupField(group: StepNames['group']): KnownBlock {
  return searchField('group', 'Slack user group', {
    actionId: ids.groupSearch,
    placeholder: 'Search by name',
    chosen: group && option(`@${group.handle}`, userGroupOption.encode(group.id)),
    hint: 'Whoever is in it when the step begins.',
    optional: true,
  });
}
