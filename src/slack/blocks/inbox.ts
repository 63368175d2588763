import type { KnownBlock } from '@slack/web-api';
import type { Inbox } from '../../governance/inbox.ts';
import { stepKinds, stepWords } from '../../governance/step-words.ts';
import { bold, context, divider, header, say, sections, when } from './elements.ts';
import { count } from './suggestion.ts';
import { taskRow } from './task.ts';

/** What waits for the reader, in their Home. */
export function waitingBlocks({ counts, cards }: Inbox): KnownBlock[] {
  const total = stepKinds.reduce((sum, kind) => sum + counts[kind], 0);
  const words = stepKinds.map((kind) => `${stepWords[kind].inbox} *${counts[kind]}*`);
  return [
    header(
      total === 0
        ? 'Nothing waits for you'
        : `${count(total, 'task')} wait${total === 1 ? 's' : ''} for you`,
    ),
    context(words.join('  ·  ')),
    ...cards.flatMap(taskRow),
    ...(total > cards.length
      ? [context(`and ${total - cards.length} more: type \`/rolemine tasks\``)]
      : []),
  ];
}

/** What the reader has decided. */
export function decidedBlocks({ decided }: Inbox): KnownBlock[] {
  if (decided.length === 0) return [];
  const lines = decided.map(
    ({ title, number, what, at }) =>
      `${bold(title)} ${say(number)} — ${say(what)}${at ? ` · ${when(at)}` : ''}`,
  );
  return [divider, header('Completed tasks'), ...sections(lines)];
}
