import type { ModalView } from '@slack/web-api';
import type { SlackMessage } from '../tasks/task.ts';
import { actions, button, plainText, section } from './elements.ts';

/** A sentence where there is room for nothing else: a refusal, a confirmation. */
export function sentenceView(title: string, sentence: string): ModalView {
  return {
    type: 'modal',
    title: plainText(title, 24),
    close: plainText('Close', 24),
    blocks: [section(sentence)],
  };
}

/** Where no modal can open (a direct message), a button opens it. */
export function openerMessage(text: string, label: string, actionId: string): SlackMessage {
  return {
    text,
    blocks: [
      section(text),
      actions('opener', [button(label, actionId, 'open', { style: 'primary' })]),
    ],
  };
}
