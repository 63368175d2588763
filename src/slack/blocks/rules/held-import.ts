import type { HeldImportCard } from '../../../governance/sync/held-import-card.ts';
import { ids } from '../../ids.ts';
import { idButton } from '../../state/records.ts';
import {
  actions,
  bold,
  button,
  context,
  escapeText,
  section,
  sections,
  toMessageText,
} from '../kit/elements.ts';
import type { SlackMessage } from '../tasks/task.ts';

/** An import that needs confirmation; after a decision, the record. */
export function heldImportMessage(held: HeldImportCard): SlackMessage {
  const { holdId, title, lines, changes, summary, isOpen } = held;
  const [figures = '', ...rest] = lines;
  const label = `Let it through: ${title}`;
  const release = button('Let it through', ids.importRelease, idButton.encode(holdId), {
    style: 'danger',
    label,
  });
  return {
    text: toMessageText(summary),
    blocks: [
      section(`${bold(title)}\n${escapeText(figures)}`),
      ...sections(changes.map((line) => `• ${escapeText(line)}`)),
      ...(rest.length > 0 ? [context(rest.map((line) => escapeText(line)).join('\n'))] : []),
      ...(isOpen ? [actions(`held.${holdId}`, [release])] : []),
    ],
  };
}
