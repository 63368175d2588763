import type { InputBlock, KnownBlock, ModalView } from '@slack/web-api';
import type { OwnDelegations } from '../../../governance/delegations/delegations.ts';
import { ids } from '../../ids.ts';
import { personSearchId } from '../../state/people.ts';
import {
  actions,
  button,
  context,
  escapeText,
  header,
  plainText,
  recordOption,
  sections,
} from '../kit/elements.ts';
import { inputBlock, searchField } from '../kit/fields.ts';

const maxOthers = 5;

/** The reader's delegate, and the people they are a delegate of, in their Home. */
export function delegationBlocks(delegations: OwnDelegations): KnownBlock[] {
  return [header('My delegate'), ...stateOf(delegations), buttonsOf(delegations, 'home')];
}

function stateOf({ mine, others }: OwnDelegations): KnownBlock[] {
  const own = mine.length > 0 ? mine : ['You have no delegate: your new tasks come to you.'];
  const more = others.length - maxOthers;
  const lines = [...own, ...others.slice(0, maxOthers)].map((line) => escapeText(line));
  return sections([...lines, ...(more > 0 ? [`and ${more} more`] : [])]);
}

function buttonsOf({ mine }: OwnDelegations, where: 'home' | 'form'): KnownBlock {
  const choose = button('Choose delegate', ids.delegateOpen, where);
  const end = button('End delegation', ids.delegateEnd, where);
  return actions(`delegate.${where}`, [
    ...(where === 'home' ? [choose] : []),
    ...(mine.length > 0 ? [end] : []),
  ]);
}

/** A form to choose a delegate and the days. */
export function delegationView(form: {
  delegations: OwnDelegations;
  /** Only for Super Admins, who may choose a delegate for anybody. */
  delegator: { id: number; name: string } | undefined;
}): ModalView {
  return {
    type: 'modal',
    callback_id: ids.delegateSubmit,
    title: plainText('Delegate', 24),
    submit: plainText('Choose delegate', 24),
    close: plainText('Cancel', 24),
    blocks: [
      ...stateOf(form.delegations),
      ...(form.delegations.mine.length > 0 ? [buttonsOf(form.delegations, 'form')] : []),
      ...(form.delegator ? [delegatorInput(form.delegator)] : []),
      searchField('delegate', 'Delegate', {
        actionId: personSearchId.encode({ purpose: 'delegate' }),
        placeholder: 'Search by name or e-mail',
        hint: 'They get new tasks, and each task names the person it belongs to.',
      }),
      dayInput('from', 'From', 'Empty: from now on.'),
      dayInput('until', 'Until', 'The last day. Empty: until you end it.'),
      context(
        'Open tasks stay with their assignees; reassign them if needed. A new delegate replaces the current one.',
      ),
    ],
  };
}

function delegatorInput(person: { id: number; name: string }): InputBlock {
  return searchField('person', 'Tasks of', {
    actionId: personSearchId.encode({ purpose: 'anyone' }),
    chosen: recordOption(person),
  });
}

function dayInput(blockId: string, label: string, hint: string): InputBlock {
  return inputBlock(
    blockId,
    label,
    { type: 'datepicker', action_id: blockId },
    { hint, optional: true },
  );
}
