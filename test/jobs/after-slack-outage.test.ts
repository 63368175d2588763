import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outbox } from '../../src/store/schema/messages.ts';
import { databases, type TestDatabase } from '../support/database.ts';
import { type DeliveryOffice, openDeliveryOffice, until } from '../support/delivery.ts';

describe.each(databases())('a message that waits for Slack, on $name', ({ open }) => {
  let database: TestDatabase;
  let office: DeliveryOffice;

  beforeAll(async () => {
    database = await open();
    office = await openDeliveryOffice(database.db, { bosses: ['ann'] });
  }, 60_000);
  afterAll(async () => {
    await office?.close();
    await database?.close();
  });

  const waiting = async () =>
    (await database.db.select().from(outbox).orderBy(outbox.id)).filter(
      ({ waitingFor }) => waitingFor === 'slack',
    );

  it('is sent when Slack is reachable again, whatever its stored error is', async () => {
    const endOutage = office.slack.fail({ kind: 'offline' });
    await office.askBosses(['ann']);
    await expect.poll(async () => (await waiting()).length, { timeout: 20_000 }).toBe(1);
    await database.db.update(outbox).set({ error: 'gone' });
    endOutage();
    await until(() => office.messagesOf('ann').length === 1, 'the card', 30_000);
    await expect.poll(waiting).toEqual([]);
    expect(office.slack.mails('ann@acme.example')).toEqual([]);
  }, 60_000);
});
