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

/** Who acts for the reader and for whom they act, in their Home. */
export function delegationBlocks(delegations: OwnDelegations): KnownBlock[] {
  return [header('My delegate'), ...stateOf(delegations), buttonsOf(delegations, 'home')];
}

function stateOf({ mine, others }: OwnDelegations): KnownBlock[] {
  const own = mine.length > 0 ? mine : ['Nobody acts for you: your new tasks come to you.'];
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

/** Asks who is to get whose new tasks, and when. */
export function delegationView(form: {
  delegations: OwnDelegations;
  /** For a Super Admin, who may choose for anybody. */
  whose: { id: number; name: string } | undefined;
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
      ...(form.whose ? [delegatorInput(form.whose)] : []),
      searchField('delegate', 'Delegate', {
        actionId: personSearchId.encode({ purpose: 'delegate' }),
        placeholder: 'Search by name or e-mail',
        hint: 'New tasks go to them, and say whose they are.',
      }),
      dayInput('from', 'From', 'Left empty: from now on.'),
      dayInput('until', 'Until', 'The last day. Left empty: until you end it.'),
      context(
        'Tasks that wait already stay where they are; reassign them if needed. A new delegate takes the place of the one before.',
      ),
    ],
  };
}

function delegatorInput(person: { id: number; name: string }): InputBlock {
  return searchField('person', 'Whose tasks', {
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
