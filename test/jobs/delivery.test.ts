import { setTimeout as sleep } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActorCtx } from '../../src/governance/context.ts';
import { listConcerns } from '../../src/governance/messages/admin-concerns.ts';
import { retryReaddressed } from '../../src/governance/notifications/outbox.ts';
import { savePreferences } from '../../src/governance/notifications/preferences.ts';
import { outbox } from '../../src/store/schema/messages.ts';
import { people } from '../../src/store/schema/people.ts';
import { databases, type TestDatabase } from '../support/database.ts';
import { addressOf, type DeliveryOffice, openDeliveryOffice, until } from '../support/delivery.ts';

describe.each(databases())('the delivery of messages, on $name', ({ open }) => {
  let database: TestDatabase;
  let office: DeliveryOffice;

  beforeAll(async () => {
    database = await open();
    const bosses = ['ann', 'ben', 'cat', 'don', 'eli'];
    office = await openDeliveryOffice(database.db, { bosses, outside: ['olga', 'otto', 'oz'] });
  }, 60_000);
  afterAll(async () => {
    await office?.close();
    await database?.close();
  });

  const actorOf = (name: string, role?: 'super_admin'): ActorCtx => ({
    ...office.newCtx(),
    actor: { personId: office.idOf(name), name, roles: role ? [role] : [] },
  });
  const mailsTo = (name: string) => office.slack.mails(addressOf(name));
  const settled = async () =>
    expect
      .poll(
        async () => {
          const rows = await database.db.select().from(outbox).orderBy(outbox.id);
          return rows.filter((row) => !row.deliveredAt && !row.failedAt && row.kind !== 'home');
        },
        { timeout: 30_000 },
      )
      .toEqual([]);
  const counts = (name: string) => [office.messagesOf(name).length, mailsTo(name).length];

  it('a message goes once to each chosen channel: Slack, both, or e-mail', async () => {
    await savePreferences(actorOf('ben'), { channel: 'both' });
    await savePreferences(actorOf('cat'), { channel: 'email' });
    await office.askBosses(['ann', 'ben', 'cat', 'olga']);
    await settled();
    expect(counts('ann')).toEqual([1, 0]);
    expect(counts('ben')).toEqual([1, 1]);
    expect(counts('cat')).toEqual([0, 1]);
    expect(mailsTo('olga')).toHaveLength(1);
  }, 60_000);

  it('a retry of the mail does not repeat the card in Slack', async () => {
    office.slack.failMail({ kind: 451, to: addressOf('ben'), times: 2 });
    await office.askBosses(['ben']);
    await until(() => office.messagesOf('ben').length === 2, 'the card');
    expect(mailsTo('ben')).toHaveLength(1);
    for (let tries = 0; mailsTo('ben').length < 2 && tries < 60; tries++) {
      office.later(1);
      await sleep(500);
    }
    await settled();
    expect(counts('ben')).toEqual([2, 2]);
  }, 90_000);

  it('after a change to e-mail, earlier messages of Slack are not mailed', async () => {
    await savePreferences(actorOf('ann'), { channel: 'email' });
    const [row] = await database.db
      .select()
      .from(outbox)
      .where(eq(outbox.recipientId, office.idOf('ann')))
      .orderBy(outbox.id);
    const { kind, subjectId, recipientId, priority } = row!;
    const now = office.newCtx().now;
    const again = { kind, subjectId, recipientId, priority, createdAt: now, availableAt: now };
    await database.db.insert(outbox).values(again);
    office.later(0);
    await settled();
    expect(counts('ann')).toEqual([1, 0]);
    await office.askBosses(['ann']);
    await settled();
    expect(counts('ann')).toEqual([1, 1]);
  }, 60_000);

  it('a person who refuses messages in Slack gets them by e-mail', async () => {
    office.slack.fail({
      kind: 'refuse',
      method: 'chat.postMessage',
      error: 'messages_tab_disabled',
    });
    await office.askBosses(['don']);
    await settled();
    expect(counts('don')).toEqual([0, 1]);
  }, 60_000);

  it('Super Admins see a bounce with its reason, and only another address is tried again', async () => {
    office.slack.failMail({ kind: 550, to: addressOf('otto'), times: 9 });
    await office.askBosses(['otto']);
    await settled();
    const [concern] = (await listConcerns(actorOf('dana', 'super_admin'))).filter((one) =>
      one.includes('Otto'),
    );
    expect(concern).toMatch(
      /^1 message to Otto could not be delivered: .*e-mail: otto@acme\.example is refused: 550 .*\.$/,
    );
    await retryReaddressed(office.newCtx());
    office.later(60);
    await settled();
    expect(mailsTo('otto')).toEqual([]);
    await database.db
      .update(people)
      .set({ email: addressOf('otto.new') })
      .where(eq(people.id, office.idOf('otto')));
    await retryReaddressed(office.newCtx());
    office.later(0);
    await until(() => mailsTo('otto.new').length === 1, 'the mail at the new address');
    await settled();
    expect(
      (await listConcerns(actorOf('dana', 'super_admin'))).filter((one) => one.includes('Otto')),
    ).toEqual([]);
  }, 90_000);

  it('many tasks within minutes become one mail, a few minutes later', async () => {
    for (let times = 0; times < 9; times++) await office.askBosses(['oz']);
    await until(() => mailsTo('oz').length === 3, 'three mails');
    office.later(6);
    await until(() => mailsTo('oz').length === 4, 'the digest');
    await settled();
    expect(
      mailsTo('oz')
        .map(({ subject }) => subject)
        .at(-1),
    ).toBe('You have 6 open tasks');
  }, 60_000);
});
