import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { EmailDelivery } from '../../src/email/deliver.ts';
import { parseSender } from '../../src/email/transport.ts';
import type { Ctx } from '../../src/governance/context.ts';
import { openLink } from '../../src/governance/email-links/action-links.ts';
import { findMessageCopy, type PersonalMessage } from '../../src/governance/messages/messages.ts';
import { Mailbox } from '../../src/sandbox/mail.ts';
import { insertPerson } from '../../src/store/people/people.ts';
import { slackIdentities } from '../../src/store/schema/people.ts';
import { openEmbedded, type TestDatabase } from '../support/database.ts';
import { startHostileMailServer } from '../support/hostile-mail-server.ts';
import { buildIdentity, buildMessage } from './messages.ts';

const from = 'Rolemine <rolemine@acme.example>';
let database: TestDatabase;
let ctx: Ctx;
let mailbox: Mailbox;
let email: EmailDelivery;
let smtpUrl: string;
let people = 0;

beforeAll(async () => {
  database = await openEmbedded();
  ctx = { db: database.db, actor: undefined, via: 'system', now: new Date() };
  mailbox = new Mailbox(Date.now, () => {});
  smtpUrl = await mailbox.listen();
  email = new EmailDelivery({ smtpUrl, from });
});

afterAll(async () => {
  email.close();
  await mailbox.close();
  await database.close();
});

beforeEach(() => {
  mailbox.mails.length = 0;
});

async function newPerson(
  name = 'Bo Chen',
  address?: string | null,
): Promise<PersonalMessage['person']> {
  people += 1;
  const mail = address === undefined ? `bo${people}@acme.example` : address;
  const person = await insertPerson(ctx.db, { connector: 'csv', name, email: mail });
  if (!person) throw new Error('the person was not stored');
  return person;
}

it('delivers a message once, with HTML and plain text, marked as written by a machine', async () => {
  const bo = await newPerson();
  expect(await email.deliver(ctx, buildMessage(bo))).toEqual({ done: 'sent' });
  expect(await email.deliver(ctx, buildMessage(bo))).toEqual({ done: 'unchanged' });
  expect(mailbox.mails).toHaveLength(1);
  expect(mailbox.mails[0]).toMatchObject({
    to: [bo.email],
    from: '"Rolemine" <rolemine@acme.example>',
    subject: 'Approve? Ana Ruiz asks for GitHub · Admin (#1042)',
    text: expect.stringContaining('> On-call rotation starts Monday.'),
    html: expect.stringContaining('On-call rotation starts Monday.</td>'),
    headers: {
      'auto-submitted': 'auto-generated',
      'x-auto-response-suppress': 'All',
      'list-id': 'Rolemine <rolemine.acme.example>',
    },
  });
});

it('mails neither old news nor the App Home', async () => {
  const bo = await newPerson();
  expect(await email.deliver(ctx, buildMessage(bo, { isNews: false }))).toEqual({
    done: 'skipped',
  });
  // The content of a Home is never read here.
  const home = { kind: 'home', name: bo.name, home: {} } as PersonalMessage['message'];
  expect(await email.deliver(ctx, buildMessage(bo, { message: home }))).toEqual({
    done: 'skipped',
  });
  expect(mailbox.mails).toHaveLength(0);
});

it('tries again later when the server asks to wait, drops the connection or is not there', async () => {
  const bo = await newPerson();
  const later = { retryAt: expect.any(Date), counted: true };
  mailbox.fail({ kind: 451 });
  expect(await email.deliver(ctx, buildMessage(bo))).toEqual({
    ...later,
    error: expect.stringContaining('451'),
  });
  const nowhere = new EmailDelivery({ smtpUrl: 'smtp://127.0.0.1:1', from });
  expect(await nowhere.deliver(ctx, buildMessage(bo))).toMatchObject(later);
  nowhere.close();
  const restore = mailbox.fail({ kind: 'drop', times: 9 });
  expect(await email.deliver(ctx, buildMessage(bo))).toMatchObject(later);
  restore();
  expect(await email.deliver(ctx, buildMessage(bo))).toEqual({ done: 'sent' });
});

it('repeats a mail after a crash under the same Message-ID, so that mailboxes recognize it', async () => {
  const personalMessage = buildMessage(await newPerson());
  await email.deliver(ctx, personalMessage);
  // After a crash between sending and recording, there is no record.
  await database.db.execute('delete from message_copies');
  expect(await email.deliver(ctx, personalMessage)).toEqual({ done: 'sent' });
  await email.deliver(ctx, {
    ...personalMessage,
    key: { ...personalMessage.key, kind: 'outcome' },
  });
  const ids = mailbox.mails.map((mail) => mail.headers['message-id']);
  expect(ids[0]).toMatch(/^<rolemine\.step\.3\.\d+\.\w+@acme\.example>$/);
  expect(ids[1]).toBe(ids[0]);
  expect(ids[2]).not.toBe(ids[0]);
});

it('puts all mails to a person about a task into one thread', async () => {
  const personalMessage = buildMessage(await newPerson());
  for (const [hour, kind] of (['request', 'emergency', 'outcome'] as const).entries()) {
    const later = { ...ctx, now: new Date(ctx.now.getTime() + hour * 3_600_000) };
    await email.deliver(later, {
      ...personalMessage,
      key: { ...personalMessage.key, kind, subjectId: 1042 },
    });
  }
  const [first, second, third] = mailbox.mails.map(({ headers }) => headers);
  expect(first?.['reply-to']).toBe('no-reply@acme.example');
  expect(first).not.toHaveProperty('in-reply-to');
  expect(second).toMatchObject({
    'in-reply-to': first?.['message-id'],
    references: first?.['message-id'],
  });
  expect(third?.['in-reply-to']).toBe(second?.['message-id']);
  expect(third?.references?.split(/\s+/)).toEqual([first?.['message-id'], second?.['message-id']]);
});

it('puts new links of the reader into each mail, and leaves them out of its content hash', async () => {
  const linking = new EmailDelivery({ smtpUrl, from, publicUrl: 'https://rolemine.acme.example' });
  const bo = await newPerson();
  expect(await linking.deliver(ctx, buildMessage(bo))).toEqual({ done: 'sent' });
  const copy = await findMessageCopy(ctx, buildMessage(bo).key, 'email');
  await database.db.execute('delete from message_copies');
  expect(await linking.deliver(ctx, buildMessage(bo))).toEqual({ done: 'sent' });
  linking.close();
  const [first, again] = mailbox.mails.map(({ text, headers }) => ({
    task: /\.example\/t\/([\w-]{43})\?decide=yes$/m.exec(text)?.[1] ?? '',
    preferences: /\/p\/([\w-]{43})>$/.exec(headers['list-unsubscribe'] ?? '')?.[1] ?? '',
  }));
  expect(again?.task).not.toBe(first?.task);
  expect((await findMessageCopy(ctx, buildMessage(bo).key, 'email'))?.contentHash).toBe(
    copy?.contentHash,
  );
  const { link } = await openLink(ctx, first?.task ?? '', 'task');
  expect(link).toMatchObject({ personId: bo.id, taskId: 1042, stepId: 3, usedAt: null });
  expect((await openLink(ctx, again?.preferences ?? '', 'preferences')).person.id).toBe(bo.id);
});

it('mails nobody who has left, and puts no link to a task into the mail of a guest', async () => {
  const leaver = await newPerson();
  for (const change of [{ active: false }, { closedAt: new Date() }]) {
    expect(await email.deliver(ctx, buildMessage({ ...leaver, ...change }))).toEqual({
      done: 'skipped',
    });
  }
  expect(mailbox.mails).toEqual([]);
  const linking = new EmailDelivery({ smtpUrl, from, publicUrl: 'https://rolemine.acme.example' });
  const guest = await newPerson();
  const identity = buildIdentity({ personId: guest.id, state: 'guest' });
  await ctx.db.insert(slackIdentities).values(identity);
  expect(await linking.deliver(ctx, buildMessage(guest, { identity }))).toEqual({ done: 'sent' });
  linking.close();
  expect(mailbox.mails[0]?.text).not.toContain('/t/');
  const token = /\/p\/(\S+)/.exec(mailbox.mails[0]?.text ?? '')?.[1] ?? '';
  expect((await openLink(ctx, token, 'preferences')).person.id).toBe(guest.id);
});

it('reports a person as unreachable whom the server refuses for good or who has no address', async () => {
  const bo = await newPerson();
  mailbox.fail({ kind: 550 });
  expect(await email.deliver(ctx, buildMessage(bo))).toEqual({
    unreachable: expect.stringContaining('550'),
    mail: 'refused',
    address: bo.email,
  });
  const noAddress = await newPerson('No Address', null);
  expect(await email.deliver(ctx, buildMessage(noAddress))).toEqual({
    unreachable: 'no e-mail address',
    mail: 'no_address',
  });
  const unset = new EmailDelivery({ smtpUrl: undefined, from });
  expect(await unset.deliver(ctx, buildMessage(bo))).toEqual({
    unreachable: 'SMTP_URL is not set',
  });
});

it('tries again later when the login is refused, because that says nothing about the reader', async () => {
  const server = new SMTPServer({
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth: (_auth, _session, callback) => callback(new Error('wrong password')),
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  // A server that listens on a port has an address with a port.
  const { port } = server.server.address() as AddressInfo;
  const locked = new EmailDelivery({ smtpUrl: `smtp://ana:secret@127.0.0.1:${port}`, from });
  expect(await locked.deliver(ctx, buildMessage(await newPerson()))).toEqual({
    retryAt: expect.any(Date),
    counted: true,
    error: expect.stringMatching(/^535(?!.*secret)/),
  });
  locked.close();
  await new Promise<void>((resolve) => server.close(resolve));
});

it('never lets a name or an address add a header or a recipient', async () => {
  const name = 'Eve "x", <eve@evil.example>\r\nBcc: all@acme.example\r\n\r\nBody';
  const eve = await newPerson(name);
  expect(await email.deliver(ctx, buildMessage(eve))).toEqual({ done: 'sent' });
  const [mail] = mailbox.mails;
  expect(mail?.to).toEqual([eve.email]);
  expect(mail?.headers).not.toHaveProperty('bcc');
  expect(mail?.headers.to).toMatch(new RegExp(`<${eve.email}>$`));
  for (const address of [
    'a@acme.example, b@evil.example',
    'a@acme.example>\r\nRCPT TO:<b@evil.example',
    'a@acme.example\r\nBcc: b@evil.example',
  ]) {
    const bad = await newPerson('Mallory', address);
    expect(await email.deliver(ctx, buildMessage(bad))).toEqual({
      unreachable: expect.stringContaining('is not an e-mail address'),
      mail: 'refused',
      address,
    });
  }
  expect(mailbox.mails).toHaveLength(1);
});

it.each([
  ['Rolemine <r@acme.example>', 'Rolemine', 'r@acme.example'],
  ['"Acme, Inc." <r@acme.example>', 'Acme, Inc.', 'r@acme.example'],
  ['r@acme.example', '', 'r@acme.example'],
])('parses the sender %s', (sender, name, address) => {
  expect(parseSender(sender)).toEqual({ name, address });
});

it('sends nothing to a server whose certificate is not trusted, and tries again later', async () => {
  const server = await startHostileMailServer({
    trickOf: () => undefined,
    slowMs: 0,
    failedTls: 0,
  });
  const strict = new EmailDelivery({ smtpUrl: server.url.replace(/\?.*/, ''), from });
  expect(await strict.deliver(ctx, buildMessage(await newPerson()))).toMatchObject({
    retryAt: expect.any(Date),
    error: expect.stringMatching(/certificate/),
  });
  expect(server.got.size).toBe(0);
  strict.close();
  await server.close();
});

it('sends a mail once more after a connection broke before the answer, then counts it as delivered', async () => {
  const server = await startHostileMailServer({
    trickOf: () => 'drop always',
    slowMs: 0,
    failedTls: 0,
  });
  const delivery = new EmailDelivery({ smtpUrl: server.url, from });
  const personalMessage = buildMessage(await newPerson());
  expect(await delivery.deliver(ctx, personalMessage)).toMatchObject({ retryAt: expect.any(Date) });
  expect(await delivery.deliver(ctx, personalMessage)).toEqual({ done: 'sent' });
  expect(await delivery.deliver(ctx, personalMessage)).toEqual({ done: 'unchanged' });
  const [ids] = [...server.got.values()];
  expect(ids).toHaveLength(2);
  expect(ids?.[1]).toBe(ids?.[0]);
  delivery.close();
  await server.close();
});
