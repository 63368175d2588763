import type { ModalView } from '@slack/web-api';
import {
  type EntitlementForm,
  type EntitlementList,
  maxDaysPerGrant,
} from '../../../governance/catalog/entitlements.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { ids } from '../../ids.ts';
import {
  entitlementForm,
  entitlementPageButton,
  entitlementPageForm,
  riskOption,
} from '../../state/catalog.ts';
import { idButton } from '../../state/records.ts';
import {
  actions,
  bold,
  button,
  context,
  divider,
  plainText,
  say,
  section,
} from '../kit/elements.ts';
import { boxesField, choiceField, peopleField, searchBlock, textField } from '../kit/fields.ts';
import { pagingBlocks } from '../kit/paging.ts';
import { policyFields } from './applications.ts';

const riskWords = {
  [riskOption.encode(null)]: 'Not said',
  [riskOption.encode('low')]: 'Low',
  [riskOption.encode('medium')]: 'Medium',
  [riskOption.encode('high')]: 'High',
};

/** The entitlements of one application, and a search among them. */
export function entitlementsView(
  { applicationId, app, entitlements, total, pages }: EntitlementList,
  { page, note }: { page: number; note?: string | undefined },
): ModalView {
  return {
    type: 'modal',
    private_metadata: entitlementPageForm.encode({ applicationId, page }),
    title: plainText('Entitlements', 24),
    close: plainText('Back', 24),
    blocks: [
      ...(note ? [section(note)] : []),
      searchBlock('rights.search', `${bold(app)}\nFind an entitlement to edit:`, ids.rightSearch),
      divider,
      context(`${formatCount(total, 'entitlement')} · page ${page + 1} of ${pages}`),
      ...entitlements.map((one) => ({
        ...section(`${bold(one.name)}\n${aboutWords(one)}`),
        accessory: button('Edit', `${ids.rightEdit}.${one.id}`, idButton.encode(one.id), {
          label: `Edit ${one.name}`,
        }),
      })),
      ...pagingBlocks(ids.rightPage, { page, pages }, (to) =>
        entitlementPageButton.encode({ applicationId, page: to }),
      ),
    ],
  };
}

function aboutWords(one: EntitlementList['entitlements'][number]): string {
  const words = [
    one.risk ? `${one.risk} risk` : 'risk not said',
    ...(one.category ? [say(one.category)] : []),
    ...(one.requestable ? [] : ['cannot be requested']),
    ...(one.mined ? [] : ['not for mining']),
  ];
  return words.join(' · ');
}

/** @param list the page of the list whose place the form takes, and to which it goes back. */
export function entitlementView(
  right: EntitlementForm,
  list: { applicationId: number; page: number },
): ModalView {
  const { id, version } = right;
  const at = `${id}.${version}`;
  return {
    type: 'modal',
    callback_id: ids.rightSave,
    private_metadata: entitlementForm.encode({ id, version, ...list }),
    title: plainText('Edit entitlement', 24),
    submit: plainText('Save', 24),
    close: plainText('Back', 24),
    blocks: [
      section(bold(`${right.app} · ${right.name}`)),
      actions('rights.back', [
        button('All entitlements', ids.rightPage, entitlementPageButton.encode(list)),
      ]),
      textField(`description.${at}`, 'Description', {
        value: right.description,
        hint: 'Who asks for it and who approves it read this.',
        multiline: true,
      }),
      choiceField(`risk.${at}`, 'Risk', riskWords, riskOption.encode(right.risk)),
      textField(`category.${at}`, 'Category', { value: right.category }),
      peopleField(
        `owners.${at}`,
        'Owners',
        right.owners,
        'Without any, the owners of the application.',
      ),
      boxesField(`options.${at}`, 'How it may be asked for', [
        { text: 'Can be requested', value: 'requestable', ticked: right.requestable },
        {
          text: 'Can be requested as an emergency',
          value: 'emergency',
          what: 'By its emergency policy; marked everywhere, ends within 7 days.',
          ticked: right.emergencyAllowed,
        },
        {
          text: 'Not for mining',
          value: 'unmined',
          what: 'Role mining leaves it out of every suggestion.',
          ticked: !right.mined,
        },
      ]),
      textField(`maxGrantDays.${at}`, 'Longest grant in days', {
        value: right.maxGrantDays === null ? '' : String(right.maxGrantDays),
        hint: `1 to ${maxDaysPerGrant}. Empty: it may be asked for without an end.`,
      }),
      ...policyFields(at, right, right.policyNames, {
        request: 'application',
        emergency: 'application',
        revocation: 'application',
      }),
      context('Tasks that are open keep the plan they were opened with.'),
    ],
  };
}
