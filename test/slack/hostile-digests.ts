import fc from 'fast-check';
import type { DigestView } from '../../src/governance/messages/digest.ts';
import { digestMessage, reminderReply } from '../../src/slack/blocks/tasks/digest.ts';
import { card, id, line, list, maybe, moment, numbered, text } from './hostile-text.ts';

const digest: fc.Arbitrary<DigestView> = fc
  .record({
    title: text,
    opening: fc.constantFrom('', 'Reminder: '),
    detail: maybe(text),
    askedBy: maybe(text),
    since: maybe(moment),
    cards: fc.array(card, { maxLength: 5 }),
    titles: list(fc.record({ taskId: id, stepId: maybe(id), words: text }), 50),
    more: fc.nat(),
    waiting: fc.nat(),
    tab: fc.constantFrom(undefined, 'approval', 'provision'),
    done: maybe(fc.record({ words: maybe(text), lines: list(line, 3) })),
    summary: text,
    only: maybe(card),
    thread: fc.constant(undefined),
  })
  .map((one) => ({ ...one, cards: one.cards.map((card, at) => numbered(card, at + 1)) }));

export const digestMessages = {
  'a digest': digest.map(digestMessage),
  'a reminder in a thread': digest.map(reminderReply),
};
