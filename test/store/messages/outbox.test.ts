import { asc, eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import {
  claimOutbox,
  countUndelivered,
  insertOutbox,
  markDelivered,
  markFailed,
  nextDue,
  putOff,
} from '../../../src/store/messages/outbox.ts';
import { isPending, renewClaim } from '../../../src/store/messages/outbox-claims.ts';
import { outbox } from '../../../src/store/schema/messages.ts';
import { databases, served } from '../../support/database.ts';
import { noon } from '../../support/small-company.ts';
import { commits, useCompany } from '../../support/use-database.ts';

const card = { kind: 'step', subjectId: 7, priority: 1 } as const;
const seconds = (count: number) => new Date(noon.getTime() + count * 1000);

describe.each(databases())('the outbox on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  const add = (recipientId: number, more: { subjectId?: number; priority?: 0 | 1 | 2 } = {}) =>
    insertOutbox(db, [{ ...card, recipientId, ...more }], noon);
  const subjects = (rows: readonly { subjectId: number }[]) => rows.map((row) => row.subjectId);
  const all = () => db.select().from(outbox).orderBy(asc(outbox.id));

  it('a newer row about a message that was tried before is a second try, so that what arrived is looked for', async () => {
    const { ids } = company;
    await add(ids.Bo);
    const [first] = await claimOutbox(db, noon, 8);
    await putOff(db, first!.id, noon, { counted: true, error: 'no answer' });
    await add(ids.Bo);
    await add(ids.Lee);
    const claimed = await claimOutbox(db, noon, 8);
    const tries = claimed.map(({ recipientId, attempts }) => [recipientId, attempts]);
    expect(Object.fromEntries(tries)).toEqual({ [ids.Bo]: 2, [ids.Lee]: 1 });
  });

  it('claims the most urgent row first, and no row before it is due', async () => {
    const { Bo } = company.ids;
    await add(Bo, { subjectId: 1, priority: 2 });
    await add(Bo, { subjectId: 2, priority: 0 });
    await add(Bo, { subjectId: 3 });
    const [urgent] = await claimOutbox(db, noon, 1);
    expect(urgent?.subjectId).toBe(2);
    await putOff(db, urgent!.id, seconds(30), { counted: true, error: 'no answer' });
    expect(subjects(await claimOutbox(db, noon, 8)).sort()).toEqual([1, 3]);
    expect(await claimOutbox(db, seconds(29), 8)).toEqual([]);
    expect(subjects(await claimOutbox(db, seconds(30), 8))).toEqual([2]);
  });

  it('claims a row again once its lease is over, as a further try', async () => {
    await add(company.ids.Bo);
    expect(await claimOutbox(db, noon, 8, 60)).toMatchObject([{ attempts: 1 }]);
    expect(await claimOutbox(db, seconds(59), 8)).toEqual([]);
    expect(await claimOutbox(db, seconds(60), 8)).toMatchObject([{ attempts: 2 }]);
  });

  it('claims no newer row about a message while another claim is drawing it', async () => {
    const { Bo } = company.ids;
    await add(Bo);
    await claimOutbox(db, noon, 8, 60);
    await add(Bo);
    expect(await claimOutbox(db, noon, 8)).toEqual([]);
    const [newest] = await claimOutbox(db, seconds(60), 8);
    expect(newest?.id).toBe((await all()).at(-1)?.id);
  });

  it('renews a claim for its holder only', async () => {
    await add(company.ids.Bo);
    const [claim] = await claimOutbox(db, noon, 8, 60);
    const renewed = await renewClaim(db, claim!, seconds(120));
    expect(renewed?.claimedUntil).toEqual(seconds(120));
    expect(await renewClaim(db, claim!, seconds(180))).toBeUndefined();
    expect(await claimOutbox(db, seconds(119), 8)).toEqual([]);
  });

  it('a delivery is also that of every older row about the message, and of no newer or other one', async () => {
    const { Bo, Lee } = company.ids;
    await add(Bo);
    await add(Bo);
    await add(Lee);
    const claimed = await claimOutbox(db, noon, 8);
    await add(Bo);
    const ofBo = claimed.find(({ recipientId }) => recipientId === Bo)!;
    await markDelivered(db, ofBo, 'slack', noon);
    const delivered = (await all()).map(({ deliveredVia }) => deliveredVia);
    expect(delivered).toEqual(['slack', 'slack', null, null]);
    expect(await isPending(db, ofBo.id)).toBe(false);
    expect(await countUndelivered(db)).toEqual({ waiting: 2, failed: 0 });
  });

  it('a failure is also that of every older row about the message, with its reason', async () => {
    const { Bo } = company.ids;
    await add(Bo);
    await add(Bo);
    const [claim] = await claimOutbox(db, noon, 8);
    await markFailed(db, claim!, { error: 'no such user', via: 'email' }, noon);
    const rows = await db.select().from(outbox).where(eq(outbox.error, 'no such user'));
    expect(rows).toHaveLength(2);
    expect(await countUndelivered(db)).toEqual({ waiting: 0, failed: 2 });
    expect(await claimOutbox(db, seconds(3_600), 8)).toEqual([]);
  });

  it('a row that is put off without having been tried keeps its number of tries', async () => {
    await add(company.ids.Bo);
    const [claim] = await claimOutbox(db, noon, 8);
    await putOff(db, claim!.id, seconds(10), { counted: false });
    expect(await all()).toMatchObject([{ attempts: 0, claimedUntil: null, error: null }]);
    expect(await nextDue(db)).toEqual(seconds(10));
  });

  it('gives each row to one of those who claim at once', commits, async () => {
    const { Bo } = company.ids;
    for (let subjectId = 1; subjectId <= 40; subjectId++) await add(Bo, { subjectId });
    const claims = await Promise.all(Array.from({ length: 6 }, () => claimOutbox(db, noon, 8)));
    const claimed = subjects(claims.flat());
    expect(new Set(claimed).size).toBe(claimed.length);
    claimed.push(...subjects(await claimOutbox(db, noon, 40)));
    expect(new Set(claimed).size).toBe(40);
    expect(claimed).toHaveLength(40);
  });
});

describe.each(served())('two connections of $name', commits, ({ open }) => {
  const { db, company } = useCompany(open);

  it('a claim leaves the rows alone that another one is about to take', async () => {
    const { Bo } = company.ids;
    await insertOutbox(db, [{ ...card, recipientId: Bo, subjectId: 1 }], noon);
    await insertOutbox(db, [{ ...card, recipientId: Bo, subjectId: 2 }], noon);
    await db.transaction(async (first) => {
      expect(await claimOutbox(first as typeof db, noon, 1)).toMatchObject([{ subjectId: 1 }]);
      expect(await claimOutbox(db, noon, 8)).toMatchObject([{ subjectId: 2 }]);
    });
    expect(await claimOutbox(db, noon, 8)).toEqual([]);
  });
});
