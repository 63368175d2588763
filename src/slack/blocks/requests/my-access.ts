import type { KnownBlock, ModalView, SectionBlock } from '@slack/web-api';
import type { MyAccess } from '../../../governance/access/my-access.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { ids } from '../../ids.ts';
import { idButton } from '../../state/records.ts';
import { offsetButton } from '../../state/requests.ts';
import {
  actions,
  button,
  context,
  escapeText,
  header,
  plainText,
  section,
  sections,
} from '../kit/elements.ts';

const maxEnding = 5;
const maxRows = 40;

/** The reader's access in their Home. Access with an end comes first. */
export function accessBlocks(access: readonly MyAccess[]): KnownBlock[] {
  const ending = access.slice(0, maxEnding).filter(({ expiresAt }) => expiresAt);
  const others = access.slice(ending.length, maxRows);
  const shown = ending.length + others.length;
  return [
    header('My access'),
    ...ending.map(endingRow),
    ...sections(others.map((one) => `• ${lineOf(one)}`)),
    ...(shown === 0 ? [context('Rolemine knows of no access you have.')] : []),
    ...(shown > 0
      ? [
          actions('home.access', [
            ...(shown < access.length
              ? [
                  button(`Show all ${access.length}`, ids.accessList, offsetButton.encode(0), {
                    label: 'Show all my access',
                  }),
                ]
              : []),
            button('I no longer need…', ids.accessReturn, 'home', {
              label: 'Give back access that I no longer need',
            }),
          ]),
        ]
      : []),
  ];
}

/** The reader's access in one line, for people whose Home has more urgent things. */
export function foldedAccessBlocks(access: readonly MyAccess[]): KnownBlock[] {
  const ending = access.filter(({ expiresAt }) => expiresAt).length;
  const ends = ending > 0 ? `, ${ending} with an end` : '';
  return [
    header('My access'),
    {
      ...section(`${formatCount(access.length, 'entitlement')}${ends}`),
      accessory: button('Show my access', ids.accessList, offsetButton.encode(0)),
    },
  ];
}

/** A page of the reader's access, from index `from` on. */
export function myAccessView(access: readonly MyAccess[], from: number): ModalView {
  const page = access.slice(from, from + maxRows);
  const ending = page.filter(({ expiresAt }) => expiresAt);
  const pages = [
    ...(from > 0 ? [pageButton('Previous page', Math.max(0, from - maxRows))] : []),
    ...(from + page.length < access.length ? [pageButton('Next page', from + page.length)] : []),
  ];
  return {
    type: 'modal',
    title: plainText('My access', 24),
    close: plainText('Close', 24),
    blocks: [
      context(`${Math.min(from + 1, access.length)}–${from + page.length} of ${access.length}`),
      ...ending.map(endingRow),
      ...sections(page.slice(ending.length).map((one) => `• ${lineOf(one)}`)),
      ...(pages.length > 0 ? [actions('access.pages', pages)] : []),
    ],
  };
}

function endingRow(one: MyAccess): SectionBlock {
  return {
    ...section(lineOf(one)),
    accessory: button('Extend', ids.accessExtend, idButton.encode(one.entitlementId), {
      label: `Extend ${one.label}`,
    }),
  };
}

function lineOf({ label, until, pending }: MyAccess): string {
  const end = until ? ` · until ${escapeText(until)}` : '';
  return `${escapeText(label)}${end}${pending ? ' · not confirmed by a sync yet' : ''}`;
}

function pageButton(text: string, from: number) {
  return button(text, `${ids.accessList}.${text}`, offsetButton.encode(from));
}
