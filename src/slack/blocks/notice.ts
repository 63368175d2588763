import type { Notice } from '../../governance/messages.ts';
import { bold, context, say, section, spoken } from './elements.ts';
import type { SlackMessage } from './task.ts';

/** Something told once. */
export function noticeMessage({ title, lines }: Notice): SlackMessage {
  return {
    text: spoken([title, ...lines].join('. ')),
    blocks: [
      section(bold(title)),
      ...(lines.length > 0 ? [context(lines.map(say).join('\n'))] : []),
    ],
  };
}
