import type { KnownBlock, ModalView } from '@slack/web-api';
import { maxPolicyNameLength, type PolicyForm } from '../../../governance/policies/policies.ts';
import { policyKindWords } from '../../../governance/policies/steps.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { ids } from '../../ids.ts';
import {
  newPolicyButton,
  policyPageButton,
  policyPageForm,
  ruleListButton,
} from '../../state/policies.ts';
import { draftForm, type PolicyDraft } from '../../state/policy-draft.ts';
import { idButton, lineButton } from '../../state/records.ts';
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

const policiesOnPage = 20;
const otherKind = { grant: 'revoke', revoke: 'grant' } as const;

/** The policies of one kind with their steps, and buttons for rules and preview. */
export function policiesView(
  all: readonly PolicyForm[],
  place: { kind: PolicyForm['kind']; page: number; note?: string | undefined },
): ModalView {
  const { kind, note } = place;
  const policies = all.filter((one) => one.kind === kind);
  const pages = Math.max(1, Math.ceil(policies.length / policiesOnPage));
  const page = Math.min(place.page, pages - 1);
  const other = otherKind[kind];
  return {
    type: 'modal',
    private_metadata: policyPageForm.encode({ kind, page }),
    title: plainText('Policies', 24),
    close: plainText('Close', 24),
    blocks: [
      ...(note ? [section(note)] : []),
      section(
        `${bold(`Policies for ${policyKindWords[kind]}`)}\nThe policy of the entitlement applies first, then that of the application, then that of the first matching rule, then the default.`,
      ),
      actions('policies.ways', [
        button('New policy', ids.policyNew, newPolicyButton.encode({ kind, copied: undefined }), {
          style: 'primary',
        }),
        button('Rules', ids.ruleList, ruleListButton.encode(kind)),
        button('Preview', ids.policyPreview, 'preview'),
        button(
          `Policies for ${policyKindWords[other]}`,
          `${ids.policyList}.other`,
          policyPageButton.encode({ kind: other, page: 0 }),
        ),
      ]),
      divider,
      context(
        `${formatCount(policies.length, 'policy', 'policies')} · page ${page + 1} of ${pages}`,
      ),
      ...policies.slice(page * policiesOnPage, (page + 1) * policiesOnPage).map((one) => ({
        ...section(`${bold(one.name)}${describeMarks(one)}\n${stepLines(one.words)}`),
        accessory: button('Open', `${ids.policyOpen}.${one.id}`, idButton.encode(one.id), {
          label: `Open ${one.name}`,
        }),
      })),
      ...pagingBlocks(ids.policyList, { page, pages }, (to) =>
        policyPageButton.encode({ kind, page: to }),
      ),
    ],
  };
}

function describeMarks({ isDefault, builtIn }: Pick<PolicyForm, 'isDefault' | 'builtIn'>): string {
  return `${isDefault ? '  ·  default' : ''}${builtIn ? '  ·  built in' : ''}`;
}

function stepLines(words: readonly string[]): string {
  return words.map((one, at) => `${at + 1}. ${escapeText(one)}`).join('\n');
}

/**
 * A policy with its steps. Steps are edited one by one and saved together. Built-in policies cannot be edited.
 * @param words the steps in words.
 */
export function policyView(draft: PolicyDraft, name: string, words: readonly string[]): ModalView {
  const { id, version, kind, builtIn } = draft;
  const about = context(
    `A policy for ${policyKindWords[kind]}${describeMarks(draft)}. Open tasks keep their execution plan.`,
  );
  const head = {
    type: 'modal' as const,
    private_metadata: draftForm.encode(draft),
    title: plainText(id ? 'Policy' : 'New policy', 24),
    close: plainText('Back', 24),
  };
  if (builtIn) {
    const blocks = [section(`${bold(name)}\n${stepLines(words)}`), about, ...policyButtons(draft)];
    return { ...head, blocks };
  }
  return {
    ...head,
    callback_id: ids.policySave,
    submit: plainText('Save', 24),
    blocks: [
      inputBlock(`name.${id ?? 'new'}.${version}`, 'Name', {
        type: 'plain_text_input',
        action_id: 'text',
        max_length: maxPolicyNameLength,
        ...(name ? { initial_value: name } : {}),
      }),
      about,
      divider,
      ...words.flatMap((one, at) => stepBlocks(one, at, words.length)),
      actions('steps.add', [button('Add step', ids.stepNew, 'new')]),
      ...policyButtons(draft),
    ],
  };
}

/** The last step provisions or deprovisions, so it stays last. */
function stepBlocks(words: string, at: number, total: number): KnownBlock[] {
  const which = `step ${at + 1}`;
  const of = (text: string, id: string) =>
    button(text, `${id}.${at}`, lineButton.encode(at), { label: `${text.split(' ')[0]} ${which}` });
  const isLast = at === total - 1;
  return [
    section(`*${at + 1}.* ${escapeText(words)}`),
    actions(`step.${at}`, [
      of('Edit step', ids.stepEdit),
      ...(at > 0 && !isLast ? [of('Move up', ids.stepMove)] : []),
      ...(isLast ? [] : [of('Delete step', ids.stepDelete)]),
    ]),
  ];
}

/** The buttons of a saved policy. */
function policyButtons({ id, kind, builtIn, isDefault }: PolicyDraft): KnownBlock[] {
  if (!id) return [];
  const pressed = button('Delete policy', ids.policyDelete, idButton.encode(id), {
    style: 'danger',
  });
  const remove = withConfirmation(pressed, {
    title: 'Delete this policy?',
    text: 'Open tasks keep their plan. This cannot be undone.',
    yes: 'Delete',
  });
  return [
    divider,
    actions('policy.ways', [
      button('Copy', ids.policyNew, newPolicyButton.encode({ kind, copied: id })),
      ...(isDefault ? [] : [button('Make default', ids.policyDefault, idButton.encode(id))]),
      ...(builtIn ? [] : [remove]),
    ]),
  ];
}
