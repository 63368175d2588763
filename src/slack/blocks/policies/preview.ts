import type { ModalView } from '@slack/web-api';
import type { Preview } from '../../../governance/requests/preview.ts';
import { ids } from '../../ids.ts';
import { personSearchId } from '../../state/people.ts';
import {
  bold,
  context,
  divider,
  escapeText,
  plainText,
  section,
  sections,
} from '../kit/elements.ts';
import { boxesField, searchField } from '../kit/fields.ts';

/** The steps of a possible request. The form stays below the answer for the next preview. */
export function previewView(preview?: Preview): ModalView {
  return {
    type: 'modal',
    callback_id: ids.policyPreviewSubmit,
    title: plainText('Preview', 24),
    submit: plainText('Preview', 24),
    close: plainText('Back', 24),
    blocks: [
      ...(preview
        ? answerBlocks(preview)
        : [section('Preview the steps of a request. No task is opened.')]),
      searchField('person', 'Requester', {
        actionId: personSearchId.encode({ purpose: 'anyone' }),
        placeholder: 'Search by name',
      }),
      searchField('entitlement', 'Entitlement', {
        actionId: ids.accessEntitlementSearch,
        placeholder: 'Search, for example: github admin',
      }),
      boxesField('emergency', 'Emergency', [
        { text: 'Preview as an emergency', value: 'yes', ticked: false },
      ]),
    ],
  };
}

function answerBlocks({ sentence, policy, because, notes, refused }: Preview) {
  return [
    // Each part is cut on its own, so that a long name does not hide the steps after it.
    ...sections(
      sentence.split(' → ').map((part, at) => `${at > 0 ? '→ ' : ''}${escapeText(part)}`),
    ),
    section(`Policy: ${bold(policy)}, because ${escapeText(because)}.`),
    ...(notes.length > 0 ? [context(...notes.map(escapeText))] : []),
    ...(refused
      ? [section(`:warning: This request would be refused: ${escapeText(refused)}`)]
      : []),
    divider,
  ];
}
