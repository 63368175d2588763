import { setTimeout as sleep } from 'node:timers/promises';
import { isNotNull } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveNotificationSettings } from '../../src/governance/notifications/preferences.ts';
import { outbox } from '../../src/store/schema/messages.ts';
import { oneDatabase, type TestDatabase } from '../support/database.ts';
import { addressOf, type DeliveryOffice, openDeliveryOffice } from '../support/delivery.ts';
import {
  type HostileMailServer,
  startHostileMailServer,
  type Trick,
} from '../support/hostile-mail-server.ts';

/** The delay of a slow server. Real ones take half a minute: set MAIL_SLOW_MS=30000 to wait as long. */
const slowMs = Number(process.env.MAIL_SLOW_MS ?? 2_000);
const readers = Array.from({ length: 1_000 }, (_, at) => `reader${at}`);

function trickOf(address: string): Trick {
  const number = Number(/\d+/.exec(address)?.[0]);
  if (number % 10 === 1) return 'greylist once';
  if (number % 10 === 2) return '421 once';
  if (number % 50 === 3) return 'refuse';
  if (number % 50 === 4) return 'drop once';
  if (number % 100 === 5) return 'drop always';
  return number % 250 === 6 ? 'slow' : undefined;
}

describe.each(oneDatabase())('1,000 mails to a hostile mail server, on $name', ({ open }) => {
  let database: TestDatabase;
  let server: HostileMailServer;
  let office: DeliveryOffice;

  beforeAll(async () => {
    database = await open();
    server = await startHostileMailServer({ trickOf, slowMs, failedTls: 8 });
    office = await openDeliveryOffice(database.db, {
      bosses: [],
      outside: readers,
      smtpUrl: server.url,
    });
    // By e-mail alone, because Slack limits the look-up of people to 50 a minute.
    const actor = {
      personId: office.idOf('dana'),
      name: 'Dana',
      roles: ['super_admin' as const],
    };
    const settings = { channel: 'email', summary: 'off', locked: true } as const;
    await saveNotificationSettings({ ...office.newCtx(), actor }, settings);
    await office.askBosses(readers);
  }, 120_000);
  afterAll(async () => {
    await office?.close();
    await server?.close();
    await database?.close();
  });

  const waiting = async () =>
    (await database.db.select().from(outbox).orderBy(outbox.id)).filter(
      (row) => !row.deliveredAt && !row.failedAt,
    );
  const copiesOf = (reader: string) => server.got.get(addressOf(reader)) ?? [];
  const readersWith = (trick: Trick) => readers.filter((one) => trickOf(addressOf(one)) === trick);

  it('all of them end, although the server asks to wait, hangs up and is silent', async () => {
    let before = -1;
    while ((await waiting()).length > 0) {
      const arrived = [...server.got.values()].flat().length + (server.played.get('550') ?? 0);
      // Nothing is being sent, so all pending mails wait for their next attempt.
      if (arrived === before && server.busy() === 0) office.later(1);
      before = arrived;
      await sleep(500);
    }
    expect(server.played.get('451')).toBe(100);
    expect(server.played.get('421')).toBe(100);
    expect(server.played.get('STARTTLS fails')).toBe(8);
  }, 400_000);

  it('none is lost, and only a mail with a broken connection is sent twice, under one Message-ID', () => {
    const undecided = new Set([...readersWith('drop once'), ...readersWith('drop always')]);
    const refused = new Set(readersWith('refuse'));
    for (const reader of readers) {
      const copies = copiesOf(reader).length;
      const expected = refused.has(reader) ? 0 : undecided.has(reader) ? 2 : 1;
      expect({ reader, copies }).toEqual({ reader, copies: expected });
      expect(new Set(copiesOf(reader)).size).toBe(Math.min(copies, 1));
    }
    expect(undecided.size).toBe(30);
    expect(new Set([...server.got.values()].flat()).size).toBe(readers.length - refused.size);
  });

  it('a permanently refused mail was tried once, and its error has the reason', async () => {
    const failed = await database.db
      .select()
      .from(outbox)
      .where(isNotNull(outbox.failedAt))
      .orderBy(outbox.id);
    expect(failed).toHaveLength(readersWith('refuse').length);
    expect(server.played.get('550')).toBe(failed.length);
    for (const { error } of failed) expect(error).toMatch(/e-mail: reader\d+@.* is refused: 550 5/);
  });
});
