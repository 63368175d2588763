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

/** Whom a request would go to. The form stays below the answer, for the next question. */
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
        : [section('Whom would a request go to? Nothing is opened.')]),
      searchField('person', 'Who asks', {
        actionId: personSearchId.encode({ purpose: 'anyone' }),
        placeholder: 'Search by name',
      }),
      searchField('entitlement', 'Entitlement', {
        actionId: ids.accessEntitlementSearch,
        placeholder: 'Search, for example: github admin',
      }),
      boxesField('emergency', 'Emergency', [
        { text: 'As an emergency', value: 'yes', ticked: false },
      ]),
    ],
  };
}

function answerBlocks({ sentence, policy, because, notes, refused }: Preview) {
  return [
    // Names are cut where they are too long for a line of their own.
    ...sections(
      sentence.split(' → ').map((part, at) => `${at > 0 ? '→ ' : ''}${escapeText(part)}`),
    ),
    section(`Policy: ${bold(policy)}, since ${escapeText(because)}.`),
    ...(notes.length > 0 ? [context(...notes.map(escapeText))] : []),
    ...(refused ? [section(`:warning: It would be refused now: ${escapeText(refused)}`)] : []),
    divider,
  ];
}
