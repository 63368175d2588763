import type { KnownBlock, ModalView, PlainTextOption } from '@slack/web-api';
import { maxRequested, type RequestedAccess } from '../../../governance/requests/request-access.ts';
import type { SuggestedAccess } from '../../../governance/role-rules/suggested-by-rules.ts';
import { formatMoment } from '../../../governance/wording/relative-time.ts';
import { ids } from '../../ids.ts';
import { LIMITS } from '../../limits.ts';
import type { Decoded } from '../../state/codec.ts';
import { personSearchId } from '../../state/people.ts';
import { type durationOption, requestForm } from '../../state/requests.ts';
import {
  bold,
  context,
  entitlementOption,
  plainText,
  recordOption,
  say,
  sections,
} from '../kit/elements.ts';
import { multiSearchField, searchField } from '../kit/fields.ts';
import { durationBlocks, reasonBlock } from './request-fields.ts';

/** What of the form has been chosen that changes what it offers. */
export interface RequestForm {
  me: { id: number; name: string };
  applicationId?: number | undefined;
  personId?: number | undefined;
  duration?: Decoded<typeof durationOption> | undefined;
  emergency?: boolean | undefined;
}

/**
 * Asks for access to one or several entitlements. Drawn anew when a choice changes what is offered; the block
 * ids stay, so that Slack keeps what was typed, and the search reads what was chosen in the metadata.
 */
export function requestView(form: RequestForm): ModalView {
  const { me, applicationId, personId = me.id } = form;
  return {
    type: 'modal',
    callback_id: ids.requestSubmit,
    private_metadata: requestForm.encode({ personId, applicationId }),
    title: plainText('Request access', 24),
    submit: plainText('Request access', 24),
    close: plainText('Cancel', 24),
    blocks: [
      searchField('person', 'For whom', {
        actionId: personSearchId.encode({ purpose: 'request' }),
        chosen: recordOption(me),
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
        placeholder: 'Search, for example: github admin',
        hint: 'One or several; each becomes a request of its own.',
      }),
      ...durationBlocks(form),
      reasonBlock('What it is needed for. The approver reads it.'),
    ],
  };
}

/** What the search in the form offers: what peers hold first, as far as nothing was typed. */
export function entitlementOffer(
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
      { label: 'Everything else', options: others },
    ],
  };
}

/** What became of each entitlement that was asked for. `until`: the end that was asked for. */
export function requestedView({ opened, refused }: RequestedAccess, until: Date | null): ModalView {
  const lines = opened.map(({ id, label, accessUntil }) => {
    const isLongest = until === null && accessUntil !== null;
    const end = accessUntil
      ? ` until ${formatMoment(accessUntil)}${isLongest ? ', the longest it is given for' : ''}`
      : '';
    return `• ${bold(label)}${end}: Request #${id} is on its way.`;
  });
  const against: KnownBlock[] =
    refused.length > 0
      ? sections(['Not requested:', ...refused.map(({ why }) => `• ${say(why)}`)])
      : [];
  return {
    type: 'modal',
    title: plainText('Request access', 24),
    close: plainText('Close', 24),
    blocks: [
      ...sections(lines),
      ...against,
      context(
        'You get a message with the state of each; “My requests” in my Home tab shows it, too.',
      ),
    ],
  };
}
