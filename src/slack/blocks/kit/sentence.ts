import type { ModalView } from '@slack/web-api';
import type { SlackMessage } from '../tasks/task.ts';
import { actions, bold, button, plainText, section } from './elements.ts';

/** A modal with one sentence: a refusal or a confirmation. */
export function sentenceView(title: string, sentence: string): ModalView {
  return {
    type: 'modal',
    title: plainText(title, 24),
    close: plainText('Close', 24),
    blocks: [section(sentence)],
  };
}

/** Describes the result of saving a form. */
export function describeSaved({ name, isChanged }: { name: string; isChanged: boolean }): string {
  return isChanged ? `${bold(name)} is saved.` : `Nothing changed in ${bold(name)}.`;
}

/** A message with a button that opens a modal, since a typed line cannot open one. @param value the button's value. */
export function openerMessage(
  text: string,
  label: string,
  actionId: string,
  value = 'open',
): SlackMessage {
  return {
    text,
    blocks: [
      section(text),
      actions('opener', [button(label, actionId, value, { style: 'primary' })]),
    ],
  };
}
