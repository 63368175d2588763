import type { KnownBlock, ModalView, PlainTextOption } from '@slack/web-api';
import {
  maxRequested,
  type RefusedRequest,
  type RequestedAccess,
} from '../../../governance/requests/request-access.ts';
import type { SuggestedAccess } from '../../../governance/role-rules/suggested-by-rules.ts';
import { ids } from '../../ids.ts';
import { LIMITS } from '../../limits.ts';
import type { Decoded } from '../../state/codec.ts';
import { personSearchId } from '../../state/people.ts';
import { type durationOption, grantButton, requestForm } from '../../state/requests.ts';
import {
  bold,
  button,
  context,
  entitlementOption,
  escapeText,
  plainText,
  recordOption,
  section,
  sections,
} from '../kit/elements.ts';
import { multiSearchField, searchField } from '../kit/fields.ts';
import { durationBlocks, reasonBlock } from './request-fields.ts';

/** The choices that change the form. */
export interface RequestForm {
  me: { id: number; name: string };
  applicationId?: number | undefined;
  personId?: number | undefined;
  duration?: Decoded<typeof durationOption> | undefined;
  emergency?: boolean | undefined;
  /** What the form is filled with when it opens. */
  person?: { id: number; name: string } | undefined;
  entitlements?: readonly { id: number; name: string }[] | undefined;
  reason?: string | undefined;
  lastDay?: string | undefined;
}

/**
 * A form to request one or more entitlements. It is drawn again when a choice changes it. The block ids stay, so that
 * Slack keeps typed text. The search reads the choices from the metadata.
 */
export function requestView(form: RequestForm): ModalView {
  const { me, applicationId, person = me, personId = person.id, entitlements, reason } = form;
  return {
    type: 'modal',
    callback_id: ids.requestSubmit,
    private_metadata: requestForm.encode({ personId, applicationId }),
    title: plainText('Request access', 24),
    submit: plainText('Request access', 24),
    close: plainText('Cancel', 24),
    blocks: [
      searchField('person', 'Request for', {
        actionId: personSearchId.encode({ purpose: 'request' }),
        chosen: recordOption(person),
        dispatches: true,
      }),
      searchField('application', 'Application', {
        actionId: ids.requestApp,
        placeholder: 'All applications',
        optional: true,
        dispatches: true,
      }),
      multiSearchField('entitlement', 'Entitlement', {
        actionId: ids.requestEntitlement,
        max: maxRequested,
        chosen: (entitlements ?? []).map((one) => recordOption(one)),
        placeholder: 'Search, for example: github admin',
        hint: 'Choose one or more. Each becomes its own request.',
      }),
      ...durationBlocks(form),
      reasonBlock('Why it is needed. The approver sees your reason.', reason),
    ],
  };
}

/** The results of the entitlement search. Suggestions come first as long as nothing is typed. */
export function entitlementResults(
  suggested: readonly SuggestedAccess[],
  found: readonly { id: number; app: string; name: string; description: string | null }[],
  isForReader: boolean,
): PlainTextOption[] | { groups: { label: string; options: PlainTextOption[] }[] } {
  const isSuggested = new Set(suggested.map((one) => one.entitlementId));
  const others = found
    .filter(({ id }) => !isSuggested.has(id))
    .slice(0, LIMITS.options)
    .map((one) => entitlementOption(one, one.description));
  if (suggested.length === 0) return others;
  const first = suggested.map(({ entitlementId, app, name, evidence }) =>
    entitlementOption({ id: entitlementId, app, name }, evidence),
  );
  const label = isForReader ? 'Suggested for you' : 'Suggested for this person';
  return {
    groups: [
      { label, options: first },
      { label: 'Other entitlements', options: others },
    ],
  };
}

/** The result for each requested entitlement. @param until the requested end. */
export function requestedView({ opened, refused }: RequestedAccess, until: Date | null): ModalView {
  const isMaximum = until === null;
  const lines = opened.map((one) => {
    const { id, label } = one;
    const end = one.until
      ? ` until ${escapeText(one.until)}${isMaximum ? ' (the maximum)' : ''}`
      : '';
    return `• ${bold(label)}${end}: request #${id} sent`;
  });
  const notRequested: KnownBlock[] =
    refused.length > 0
      ? [
          ...sections([
            'Not requested:',
            ...refused.flatMap(({ why, extendable }) => (extendable ? [] : `• ${escapeText(why)}`)),
          ]),
          ...refused.flatMap(extensionRows),
        ]
      : [];
  return {
    type: 'modal',
    title: plainText('Request access', 24),
    close: plainText('Close', 24),
    blocks: [
      ...sections(lines),
      ...(opened.length + refused.length === 0 ? [section('Nothing was requested.')] : []),
      ...notRequested,
      ...(opened.length > 0 ? [context(aboutRequests)] : []),
    ],
  };
}

const aboutRequests =
  'You get a message about each request. You also find them under “My requests” in the Home tab.';

/** Access that ends, with a button to extend it. */
function extensionRows({ why, extendable }: RefusedRequest): KnownBlock[] {
  if (!extendable) return [];
  const value = grantButton.encode(extendable);
  const extend = button('Extend', `${ids.accessExtendThis}.${value}`, value, {
    label: `Extend: ${why}`,
  });
  return [{ ...section(`• ${escapeText(why)}`), accessory: extend }];
}
