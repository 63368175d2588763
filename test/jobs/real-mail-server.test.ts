import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveNotificationSettings } from '../../src/governance/notifications/preferences.ts';
import { oneDatabase, type TestDatabase } from '../support/database.ts';
import { addressOf, type DeliveryOffice, openDeliveryOffice } from '../support/delivery.ts';
import { type Exim, eximIsHere, startExim } from '../support/exim.ts';

if (!eximIsHere) console.warn('exim4 is not installed; its tests are skipped.');

const readers = Array.from({ length: 1_000 }, (_, at) => `reader${at}`);

describe.skipIf(!eximIsHere)('1,000 mails to exim', () => {
  let database: TestDatabase;
  let exim: Exim;
  let office: DeliveryOffice;

  beforeAll(async () => {
    database = await oneDatabase()[0]!.open();
    exim = await startExim();
    const people = { bosses: [], outside: readers, smtpUrl: exim.url };
    office = await openDeliveryOffice(database.db, people);
    const actor = { personId: office.idOf('dana'), name: 'Dana', roles: ['super_admin' as const] };
    const settings = { channel: 'email', summary: 'off', locked: true } as const;
    await saveNotificationSettings({ ...office.newCtx(), actor }, settings);
  }, 60_000);
  afterAll(async () => {
    await office?.close();
    await exim?.close();
    await database?.close();
  });

  it('the server receives each one once', async () => {
    await office.askBosses(readers);
    await expect
      .poll(async () => (await exim.taken()).length, { timeout: 300_000, interval: 500 })
      .toBe(readers.length);
    const taken = await exim.taken();
    expect(new Set(taken.map(({ id }) => id)).size).toBe(readers.length);
    expect(taken.map(({ to }) => to).sort()).toEqual(readers.map(addressOf).sort());
  }, 320_000);
});
