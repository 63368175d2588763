import type { Notice } from '../../../governance/notifications/notice.ts';
import { bold, context, say, section, spoken } from '../kit/elements.ts';
import type { SlackMessage } from '../tasks/task.ts';

/** Something told once. */
export function noticeMessage({ title, lines, summary }: Notice): SlackMessage {
  return {
    text: spoken(summary),
    blocks: [
      section(bold(title)),
      ...(lines.length > 0 ? [context(lines.map((line) => say(line)).join('\n'))] : []),
    ],
  };
}
