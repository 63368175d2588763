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
  escapeText,
  plainText,
  section,
} from '../kit/elements.ts';
import { boxesField, choiceField, peopleField, searchBlock, textField } from '../kit/fields.ts';
import { pagingBlocks } from '../kit/paging.ts';
import { policyFields } from './applications.ts';

const riskWords = {
  [riskOption.encode(null)]: 'Not rated',
  [riskOption.encode('low')]: 'Low',
  [riskOption.encode('medium')]: 'Medium',
  [riskOption.encode('high')]: 'High',
};

/** The entitlements of an application, and a search. */
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
      searchBlock(
        'rights.search',
        `${bold(app)}\nFind an entitlement to edit:`,
        ids.entitlementSearch,
      ),
      divider,
      context(`${formatCount(total, 'entitlement')} · page ${page + 1} of ${pages}`),
      ...entitlements.map((one) => ({
        ...section(`${bold(one.name)}\n${describeEntitlement(one)}`),
        accessory: button('Edit', `${ids.entitlementEdit}.${one.id}`, idButton.encode(one.id), {
          label: `Edit ${one.name}`,
        }),
      })),
      ...pagingBlocks(ids.entitlementPage, { page, pages }, (to) =>
        entitlementPageButton.encode({ applicationId, page: to }),
      ),
    ],
  };
}

function describeEntitlement(one: EntitlementList['entitlements'][number]): string {
  const words = [
    one.risk ? `${one.risk} risk` : 'risk not rated',
    ...(one.category ? [escapeText(one.category)] : []),
    ...(one.requestable ? [] : ['cannot be requested']),
    ...(one.mined ? [] : ['not for mining']),
  ];
  return words.join(' · ');
}

/** @param list the page of the list that the form replaces and returns to. */
export function entitlementView(
  entitlement: EntitlementForm,
  list: { applicationId: number; page: number },
): ModalView {
  const { id, version } = entitlement;
  const at = `${id}.${version}`;
  return {
    type: 'modal',
    callback_id: ids.entitlementSave,
    private_metadata: entitlementForm.encode({ id, version, ...list }),
    title: plainText('Edit entitlement', 24),
    submit: plainText('Save', 24),
    close: plainText('Back', 24),
    blocks: [
      section(bold(`${entitlement.app} · ${entitlement.name}`)),
      actions('rights.back', [
        button('All entitlements', ids.entitlementPage, entitlementPageButton.encode(list)),
      ]),
      textField(`description.${at}`, 'Description', {
        value: entitlement.description,
        hint: 'Requesters and approvers see it.',
        multiline: true,
      }),
      choiceField(`risk.${at}`, 'Risk', riskWords, riskOption.encode(entitlement.risk)),
      textField(`category.${at}`, 'Category', { value: entitlement.category }),
      peopleField(
        `owners.${at}`,
        'Owners',
        entitlement.owners,
        'Without any, the owners of the application decide.',
      ),
      boxesField(`options.${at}`, 'Request options', [
        { text: 'Can be requested', value: 'requestable', ticked: entitlement.requestable },
        {
          text: 'Can be requested as an emergency',
          value: 'emergency',
          description: 'By its emergency policy. Flagged, and ends within 7 days.',
          ticked: entitlement.emergencyAllowed,
        },
        {
          text: 'Not for mining',
          value: 'unmined',
          description: 'Role mining leaves it out of every suggestion.',
          ticked: !entitlement.mined,
        },
      ]),
      textField(`maxGrantDays.${at}`, 'Maximum duration (days)', {
        value: entitlement.maxGrantDays === null ? '' : String(entitlement.maxGrantDays),
        hint: `1 to ${maxDaysPerGrant}. Empty: no limit.`,
      }),
      ...policyFields(at, entitlement, entitlement.policyNames, {
        request: 'application',
        emergency: 'application',
        revocation: 'application',
      }),
      context('Open tasks keep their execution plan.'),
    ],
  };
}
