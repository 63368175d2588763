import type { KnownBlock, ModalView } from '@slack/web-api';
import type { ApplicationForm, ApplicationList } from '../../../governance/catalog/applications.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { ids } from '../../ids.ts';
import { applicationForm, entitlementPageButton } from '../../state/catalog.ts';
import type { withoutPolicy } from '../../state/policies.ts';
import { idButton, pageForm } from '../../state/records.ts';
import { bold, button, context, divider, escapeText, plainText, section } from '../kit/elements.ts';
import { peopleField, policyField, searchBlock, textField } from '../kit/fields.ts';
import { pagingBlocks } from '../kit/paging.ts';

/** The applications, those without an owner first, and a search. */
export function applicationsView(
  { applications, total, ownerless, pages }: ApplicationList,
  { page, note }: { page: number; note?: string | undefined },
): ModalView {
  const withoutOwner = ownerless > 0 ? ` · ${ownerless} without owner` : '';
  return {
    type: 'modal',
    private_metadata: pageForm.encode(page),
    title: plainText('Applications', 24),
    close: plainText('Close', 24),
    blocks: [
      ...(note ? [section(note)] : []),
      searchBlock('apps.search', 'Find an application to edit:', ids.appSearch),
      divider,
      context(`${formatCount(total, 'application')}${withoutOwner} · page ${page + 1} of ${pages}`),
      ...applications.map(({ id, name, owners, entitlements }) => ({
        ...section(
          `${bold(name)}  ${formatCount(entitlements, 'entitlement')}\n${owners ? `Owned by ${escapeText(owners)}` : ':warning: No owner'}`,
        ),
        accessory: button('Edit', `${ids.appEdit}.${id}`, idButton.encode(id), {
          label: `Edit ${name}`,
        }),
      })),
      ...pagingBlocks(ids.appList, { page, pages }),
    ],
  };
}

/** @param list the list below the form. It is drawn again after saving. */
export function applicationView(
  app: ApplicationForm,
  list: { window: string; page: number },
): ModalView {
  const { id, version, policyNames } = app;
  const at = `${id}.${version}`;
  return {
    type: 'modal',
    callback_id: ids.appSave,
    private_metadata: applicationForm.encode({ id, version, ...list }),
    title: plainText('Edit application', 24),
    submit: plainText('Save', 24),
    close: plainText('Back', 24),
    blocks: [
      {
        ...section(bold(app.name)),
        accessory: button(
          'Entitlements',
          ids.entitlementList,
          entitlementPageButton.encode({ applicationId: id, page: 0 }),
          { label: `Entitlements of ${app.name}` },
        ),
      },
      peopleField(
        `owners.${at}`,
        'Owners',
        app.owners,
        'They approve if a policy asks the owners.',
      ),
      peopleField(
        `provisioners.${at}`,
        'Provisioners',
        app.provisioners,
        'They provision and deprovision. Without any, the owners do.',
      ),
      textField(`instructions.${at}`, 'Instructions', {
        value: app.instructions,
        hint: 'How to provision and deprovision. Provisioners see it on the task.',
        multiline: true,
      }),
      ...policyFields(at, app, policyNames, {
        request: 'rules',
        emergency: 'emergency',
        revocation: 'rules',
      }),
      context('Open tasks keep their execution plan.'),
    ],
  };
}

type Chosen = Pick<ApplicationForm, 'policyId' | 'emergencyPolicyId' | 'revokePolicyId'>;

/** The three own policies of an application or entitlement. */
export function policyFields(
  at: string,
  chosen: Chosen,
  names: ApplicationForm['policyNames'],
  without: Record<'request' | 'emergency' | 'revocation', keyof typeof withoutPolicy>,
): KnownBlock[] {
  return [
    policyField(`policyId.${at}`, 'Request policy', 'grant', {
      id: chosen.policyId,
      name: names.policyId,
      without: without.request,
    }),
    policyField(`emergencyPolicyId.${at}`, 'Emergency policy', 'grant', {
      id: chosen.emergencyPolicyId,
      name: names.emergencyPolicyId,
      without: without.emergency,
    }),
    policyField(`revokePolicyId.${at}`, 'Revocation policy', 'revoke', {
      id: chosen.revokePolicyId,
      name: names.revokePolicyId,
      without: without.revocation,
    }),
  ];
}
