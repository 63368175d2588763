import fc from 'fast-check';
import type { Line } from '../../src/governance/task-cards/history-lines.ts';
import type { TaskCard } from '../../src/governance/task-cards/step-card.ts';

// Hostile names and texts, and task cards with them.

const samples = [
  '',
  ' ',
  'Ana Ruiz',
  '<!channel>',
  '<@U1> <!here> <http://evil.example|Okta>',
  'R&D <&> &amp; &lt;',
  '*bold* _it_ ~no~ `code` > quote',
  'invoice\u202efdp.exe',
  '\u200b\u2066\u2069',
  '👩🏽‍💻👍🏿'.repeat(20),
  'line one\nline two\r\n\n> three',
  'مرحبا بالعالم',
  '__proto__',
  'x'.repeat(10_000),
  '&'.repeat(10_000),
  '<'.repeat(10_000),
  ' '.repeat(10_000),
  '\n'.repeat(10_000),
  '👍'.repeat(5_000),
  'a b\n'.repeat(3_000),
];
export const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...samples) },
  fc.string({ unit: 'grapheme', maxLength: 200 }),
);
export const comment = fc.oneof(
  text,
  fc.constantFrom('word '.repeat(2_400), '<&>\n'.repeat(3_000)),
);
export const id = fc.integer({ min: 1, max: 2_147_483_647 });
export const moment = fc.date({
  min: new Date('2000-01-01'),
  max: new Date('2100-01-01'),
  noInvalidDate: true,
});
export const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
export const list = <T>(value: fc.Arbitrary<T>, max: number) =>
  fc.oneof(
    fc.array(value, { maxLength: 3 }),
    fc.array(value, { minLength: max, maxLength: max, size: 'max' }),
  );
export const percent = fc.double({ min: 0, max: 100, noNaN: true });
export const line: fc.Arbitrary<Line> = fc.record({
  text,
  at: maybe(moment),
  quote: maybe(comment),
});
export const choice = fc.record({
  stepId: id,
  version: id,
  yes: fc.constantFrom('Approve', 'Provisioned'),
  no: fc.constantFrom('Deny', "Won't provision"),
  reassignable: fc.boolean(),
  isDestructive: fc.boolean(),
  hasOptions: fc.boolean(),
  byEmail: fc.boolean(),
});
export const card: fc.Arbitrary<TaskCard> = fc.record({
  taskId: id,
  kind: fc.constantFrom('Request', 'Revocation'),
  marks: list(text, 3),
  actsFor: maybe(text),
  next: fc.constantFrom(undefined, 'ask', 'revoke'),
  title: text,
  number: text,
  quote: maybe(comment),
  facts: list(fc.tuple(text, text), 10),
  howTo: maybe(comment),
  notes: list(text, 5),
  records: list(line, 20),
  choice: maybe(choice),
  canCancel: fc.boolean(),
  summary: text,
});

/** Gives each card its own task and step ids, as in the database. */
export function numbered(one: TaskCard, number: number): TaskCard {
  const choice = one.choice && { ...one.choice, stepId: number };
  return { ...one, taskId: number, choice };
}
