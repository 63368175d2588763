import type { KnownBlock, ModalView } from '@slack/web-api';
import type { ApplicationForm, ApplicationList } from '../../../governance/catalog/applications.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { ids } from '../../ids.ts';
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
import { peopleField, policyField, textField, type withoutPolicy } from '../kit/fields.ts';

/** Buttons that turn the pages of a list in a modal. */
export function turnButtons(
  actionId: string,
  { page, pages }: { page: number; pages: number },
): KnownBlock[] {
  const turn = [
    ...(page > 0 ? [button('Previous', `${actionId}.previous`, String(page - 1))] : []),
    ...(page + 1 < pages ? [button('Next', `${actionId}.next`, String(page + 1))] : []),
  ];
  return turn.length > 0 ? [actions(`turn.${page}`, turn)] : [];
}

/** Applications, those without owner first, and a search for any of them. */
export function applicationsView(
  { applications, total, ownerless, pages }: ApplicationList,
  { page, note }: { page: number; note?: string | undefined },
): ModalView {
  const lacking = ownerless > 0 ? ` · ${ownerless} without owner` : '';
  return {
    type: 'modal',
    private_metadata: String(page),
    title: plainText('Applications', 24),
    close: plainText('Close', 24),
    blocks: [
      ...(note ? [section(note)] : []),
      searchBlock('apps.search', 'Find an application to edit:', ids.appSearch),
      divider,
      context(`${formatCount(total, 'application')}${lacking} · page ${page + 1} of ${pages}`),
      ...applications.map(({ id, name, owners, entitlements }) => ({
        ...section(
          `${bold(name)}  ${formatCount(entitlements, 'entitlement')}\n${owners ? `Owned by ${say(owners)}` : ':warning: No owner'}`,
        ),
        accessory: button('Edit', `${ids.appEdit}.${id}`, String(id), { label: `Edit ${name}` }),
      })),
      ...turnButtons(ids.appList, { page, pages }),
    ],
  };
}

/** A line with a search field beside it. */
export function searchBlock(blockId: string, text: string, actionId: string): KnownBlock {
  return {
    ...section(text, blockId),
    accessory: {
      type: 'external_select',
      action_id: actionId,
      min_query_length: 0,
      placeholder: plainText('Search by name', 75),
    },
  };
}

/** @param place the list behind it, which is drawn anew when this is saved. */
export function applicationView(
  app: ApplicationForm,
  place: { list: string; page: number },
): ModalView {
  const { id, version, policyNames } = app;
  const at = `${id}.${version}`;
  return {
    type: 'modal',
    callback_id: ids.appSave,
    private_metadata: JSON.stringify({ id, version, ...place }),
    title: plainText('Edit application', 24),
    submit: plainText('Save', 24),
    close: plainText('Back', 24),
    blocks: [
      {
        ...section(bold(app.name)),
        accessory: button('Entitlements', `${ids.rightList}.${id}`, `${id}.0`, {
          label: `Entitlements of ${app.name}`,
        }),
      },
      peopleField(`owners.${at}`, 'Owners', app.owners, 'They approve where a policy asks them.'),
      peopleField(
        `provisioners.${at}`,
        'Provisioners',
        app.provisioners,
        'They give and take the access; without any, the owners do.',
      ),
      textField(`instructions.${at}`, 'Instructions', {
        value: app.instructions,
        hint: 'How the access is given and taken. Provisioners read it on the task.',
        multiline: true,
      }),
      ...policyFields(at, app, policyNames, {
        request: 'rules',
        emergency: 'emergency',
        revocation: 'rules',
      }),
      context('Tasks that are open keep the plan they were opened with.'),
    ],
  };
}

type Chosen = Pick<ApplicationForm, 'policyId' | 'emergencyPolicyId' | 'revokePolicyId'>;

/** The three policies that something can have of its own. */
export function policyFields(
  at: string,
  chosen: Chosen,
  names: ApplicationForm['policyNames'],
  without: Record<'request' | 'emergency' | 'revocation', keyof typeof withoutPolicy>,
): KnownBlock[] {
  return [
    policyField(`policyId.${at}`, 'Policy of requests', 'grant', {
      id: chosen.policyId,
      name: names.policyId,
      without: without.request,
    }),
    policyField(`emergencyPolicyId.${at}`, 'Policy of emergency requests', 'grant', {
      id: chosen.emergencyPolicyId,
      name: names.emergencyPolicyId,
      without: without.emergency,
    }),
    policyField(`revokePolicyId.${at}`, 'Policy of revocations', 'revoke', {
      id: chosen.revokePolicyId,
      name: names.revokePolicyId,
      without: without.revocation,
    }),
  ];
}
