import type { ModalView } from '@slack/web-api';
import type { SlackMessage } from '../tasks/task.ts';
import { actions, bold, button, plainText, section } from './elements.ts';

/** A sentence where there is room for nothing else: a refusal, a confirmation. */
export function sentenceView(title: string, sentence: string): ModalView {
  return {
    type: 'modal',
    title: plainText(title, 24),
    close: plainText('Close', 24),
    blocks: [section(sentence)],
  };
}

/** What became of a form that was saved. */
export function describeSaved({ name, isChanged }: { name: string; isChanged: boolean }): string {
  return isChanged ? `${bold(name)} is saved.` : `Nothing changed about ${bold(name)}.`;
}

/** Where no modal can open (a direct message), a button opens it. @param value what the action reads, if anything. */
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
