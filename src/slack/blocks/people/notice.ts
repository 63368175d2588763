import type { Notice } from '../../../governance/notifications/notice.ts';
import { bold, context, escapeText, section, toMessageText } from '../kit/elements.ts';
import type { SlackMessage } from '../tasks/task.ts';

/** A message with nothing to decide. */
export function noticeMessage({ title, lines, summary }: Notice): SlackMessage {
  return {
    text: toMessageText(summary),
    blocks: [
      section(bold(title)),
      ...(lines.length > 0 ? [context(lines.map((line) => escapeText(line)).join('\n'))] : []),
    ],
  };
}
