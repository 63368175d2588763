import fc from 'fast-check';
import { createTransport } from 'nodemailer';
import { describe, expect, it } from 'vitest';
import { renderMail } from '../../src/email/render.ts';
import type { PersonalMessage } from '../../src/governance/messages/messages.ts';
import { card, comment, list, numbered, text } from '../slack/hostile-text.ts';
import { listElements, listLinks } from './mail-html.ts';
import { buildApprovalCard, buildMessage, buildPerson } from './messages.ts';

const links = {
  tasks: new Map([[1042, 'https://rolemine.acme.example/t/token']]),
  inbox: 'https://rolemine.acme.example/p/token',
};
const message: fc.Arbitrary<PersonalMessage['message']> = fc.oneof(
  card.map((card) => ({ kind: 'task' as const, card: numbered(card, 1042) })),
  fc.record({ about: text, author: text, body: comment }).map((comment) => ({
    kind: 'comment' as const,
    comment: { ...comment, taskId: 1042, authorId: 1, inDigest: false, thread: undefined },
  })),
  fc
    .record({ title: text, lines: list(text, 10), summary: text })
    .map((notice) => ({ kind: 'notice' as const, notice })),
);
const knownElements = 'a body br div h1 head html meta p style table td th title tr'.split(' ');

describe('a mail of hostile text', () => {
  it('has a subject of one line, short lines of text, and only elements of the template', () => {
    fc.assert(
      fc.property(message, text, (message, name) => {
        const mail = renderMail(buildMessage(buildPerson(name), { message }), {
          links,
          replyTo: name,
        });
        if (!mail) throw new Error('the message was not rendered');
        expect(mail.subject.length).toBeLessThanOrEqual(150);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: the subject may contain none of them
        expect(mail.subject).not.toMatch(/[\u0000-\u001f\u202a-\u202e\u2066-\u2069]/);
        const longest = Math.max(...mail.text.split('\n').map((line) => Buffer.byteLength(line)));
        expect(longest).toBeLessThan(998);
        expect(listElements(mail.html).filter((name) => !knownElements.includes(name))).toEqual([]);
        expect(listLinks(mail.html).every((url) => url.startsWith('https://rolemine.acme.'))).toBe(
          true,
        );
      }),
      { numRuns: 200 },
    );
  });

  it('is sent with short lines, and no text adds a header', async () => {
    const trap = 'Eve\r\nBcc: all@acme.example\r\n\r\n<script>alert(1)</script>';
    const long = `${'x'.repeat(30_000)} ${'مرحبا 👩🏽‍💻 '.repeat(500)}`;
    const personalMessage = buildMessage(buildPerson(trap), {
      message: {
        kind: 'task',
        card: buildApprovalCard({ title: trap, summary: trap, quote: long }),
      },
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
    expect(mail?.text).toContain('This is only the beginning of the text.');
    expect(Buffer.byteLength(mail?.html ?? '')).toBeLessThan(102_000);
  });
});
