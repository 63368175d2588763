import fc from 'fast-check';
import { createTransport } from 'nodemailer';
import { describe, expect, it } from 'vitest';
import { renderMail } from '../../src/email/render.ts';
import type { PersonalMessage } from '../../src/governance/messages/messages.ts';
import { card, comment, list, numbered, text } from '../slack/hostile-text.ts';
import { approvalCard, letterTo, personNamed } from './cards.ts';
import { elementsOf, linksOf } from './mail-html.ts';

const links = {
  tasks: new Map([[1042, 'https://rolemine.acme.example/t/token']]),
  preferences: 'https://rolemine.acme.example/p/token',
};
const message: fc.Arbitrary<PersonalMessage['message']> = fc.oneof(
  card.map((one) => ({ kind: 'task' as const, card: numbered(one, 1042) })),
  fc.record({ about: text, author: text, body: comment }).map((one) => ({
    kind: 'comment' as const,
    comment: { ...one, taskId: 1042, authorId: 1, inDigest: false, thread: undefined },
  })),
  fc
    .record({ title: text, lines: list(text, 10), summary: text })
    .map((notice) => ({ kind: 'notice' as const, notice })),
);
const ours = 'a body br div h1 head html meta p style table td th title tr'.split(' ');

describe('a mail of whatever people wrote', () => {
  it('has one line of subject, short lines of text, and HTML that is all ours', () => {
    fc.assert(
      fc.property(message, text, (message, name) => {
        const mail = renderMail(letterTo(personNamed(name), { message }), { links, replyTo: name });
        if (!mail) throw new Error('nothing to mail');
        expect(mail.subject.length).toBeLessThanOrEqual(150);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be there
        expect(mail.subject).not.toMatch(/[\u0000-\u001f\u202a-\u202e\u2066-\u2069]/);
        const longest = Math.max(...mail.text.split('\n').map((line) => Buffer.byteLength(line)));
        expect(longest).toBeLessThan(998);
        expect(elementsOf(mail.html).filter((name) => !ours.includes(name))).toEqual([]);
        expect(linksOf(mail.html).every((url) => url.startsWith('https://rolemine.acme.'))).toBe(
          true,
        );
      }),
      { numRuns: 200 },
    );
  });

  it('is a message whose lines are short and whose headers are its own', async () => {
    const trap = 'Eve\r\nBcc: all@acme.example\r\n\r\n<script>alert(1)</script>';
    const long = `${'x'.repeat(30_000)} ${'مرحبا 👩🏽‍💻 '.repeat(500)}`;
    const personalMessage = letterTo(personNamed(trap), {
      message: { kind: 'task', card: approvalCard({ title: trap, summary: trap, quote: long }) },
    });
    const mail = renderMail(personalMessage, { links });
    const transport = createTransport({ streamTransport: true, buffer: true });
    const { message } = await transport.sendMail({
      ...mail,
      from: 'rolemine@acme.example',
      to: { name: trap, address: 'bo@acme.example' },
    });
    const raw = String(message);
    expect(Math.max(...raw.split(/\r?\n/).map((line) => line.length))).toBeLessThanOrEqual(78);
    expect(raw.slice(0, raw.search(/\r?\n\r?\n/))).not.toMatch(/^bcc:/im);
    expect(mail?.text).toContain('That is its beginning only.');
    expect(Buffer.byteLength(mail?.html ?? '')).toBeLessThan(102_000);
  });
});
