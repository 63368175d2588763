import { asc, eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import {
  claimOutbox,
  countUndelivered,
  findNextDue,
  insertOutbox,
  markDelivered,
  markFailed,
  postponeRow,
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

  it('a newer row about a message counts earlier attempts, so that the delivery looks for a copy that arrived', async () => {
    const { ids } = company;
    await add(ids.Bo);
    const [first] = await claimOutbox(db, { now: noon, limit: 8 });
    await postponeRow(db, {
      id: first!.id,
      availableAt: noon,
      reason: { counted: true, error: 'no answer' },
    });
    await add(ids.Bo);
    await add(ids.Lee);
    const claimed = await claimOutbox(db, { now: noon, limit: 8 });
    const attempts = claimed.map(({ recipientId, attempts }) => [recipientId, attempts]);
    expect(Object.fromEntries(attempts)).toEqual({ [ids.Bo]: 2, [ids.Lee]: 1 });
  });

  it('claims the most urgent row first, and no row before it is due', async () => {
    const { Bo } = company.ids;
    await add(Bo, { subjectId: 1, priority: 2 });
    await add(Bo, { subjectId: 2, priority: 0 });
    await add(Bo, { subjectId: 3 });
    const [urgent] = await claimOutbox(db, { now: noon, limit: 1 });
    expect(urgent?.subjectId).toBe(2);
    await postponeRow(db, {
      id: urgent!.id,
      availableAt: seconds(30),
      reason: { counted: true, error: 'no answer' },
    });
    expect(subjects(await claimOutbox(db, { now: noon, limit: 8 })).sort()).toEqual([1, 3]);
    expect(await claimOutbox(db, { now: seconds(29), limit: 8 })).toEqual([]);
    expect(subjects(await claimOutbox(db, { now: seconds(30), limit: 8 }))).toEqual([2]);
  });

  it('claims a row again after its lease, as a further attempt', async () => {
    await add(company.ids.Bo);
    expect(await claimOutbox(db, { now: noon, limit: 8, leaseSeconds: 60 })).toMatchObject([
      { attempts: 1 },
    ]);
    expect(await claimOutbox(db, { now: seconds(59), limit: 8 })).toEqual([]);
    expect(await claimOutbox(db, { now: seconds(60), limit: 8 })).toMatchObject([{ attempts: 2 }]);
  });

  it('claims no newer row about a message while another claim on it lasts', async () => {
    const { Bo } = company.ids;
    await add(Bo);
    await claimOutbox(db, { now: noon, limit: 8, leaseSeconds: 60 });
    await add(Bo);
    expect(await claimOutbox(db, { now: noon, limit: 8 })).toEqual([]);
    const [newest] = await claimOutbox(db, { now: seconds(60), limit: 8 });
    expect(newest?.id).toBe((await all()).at(-1)?.id);
  });

  it('renews a claim for its holder only', async () => {
    await add(company.ids.Bo);
    const [claim] = await claimOutbox(db, { now: noon, limit: 8, leaseSeconds: 60 });
    const renewed = await renewClaim(db, claim!, seconds(120));
    expect(renewed?.claimedUntil).toEqual(seconds(120));
    expect(await renewClaim(db, claim!, seconds(180))).toBeUndefined();
    expect(await claimOutbox(db, { now: seconds(119), limit: 8 })).toEqual([]);
  });

  it('a delivery completes the row and all older ones about the message, and no newer or other one', async () => {
    const { Bo, Lee } = company.ids;
    await add(Bo);
    await add(Bo);
    await add(Lee);
    const claimed = await claimOutbox(db, { now: noon, limit: 8 });
    await add(Bo);
    const ofBo = claimed.find(({ recipientId }) => recipientId === Bo)!;
    await markDelivered(db, { row: ofBo, via: 'slack', now: noon });
    const delivered = (await all()).map(({ deliveredVia }) => deliveredVia);
    expect(delivered).toEqual(['slack', 'slack', null, null]);
    expect(await isPending(db, ofBo.id)).toBe(false);
    expect(await countUndelivered(db)).toEqual({ waiting: 2, failed: 0 });
  });

  it('a failure fails the row and all older ones about the message, with its reason', async () => {
    const { Bo } = company.ids;
    await add(Bo);
    await add(Bo);
    const [claim] = await claimOutbox(db, { now: noon, limit: 8 });
    await markFailed(db, {
      row: claim!,
      failure: { error: 'no such user', via: 'email' },
      now: noon,
    });
    const rows = await db
      .select()
      .from(outbox)
      .where(eq(outbox.error, 'no such user'))
      .orderBy(outbox.id);
    expect(rows).toHaveLength(2);
    expect(await countUndelivered(db)).toEqual({ waiting: 0, failed: 2 });
    expect(await claimOutbox(db, { now: seconds(3_600), limit: 8 })).toEqual([]);
  });

  it('a row that is postponed without an attempt keeps its number of attempts', async () => {
    await add(company.ids.Bo);
    const [claim] = await claimOutbox(db, { now: noon, limit: 8 });
    await postponeRow(db, { id: claim!.id, availableAt: seconds(10), reason: { counted: false } });
    expect(await all()).toMatchObject([{ attempts: 0, claimedUntil: null, error: null }]);
    expect(await findNextDue(db)).toEqual(seconds(10));
  });

  it('gives each row to only one of several concurrent claims', commits, async () => {
    const { Bo } = company.ids;
    for (let subjectId = 1; subjectId <= 40; subjectId++) await add(Bo, { subjectId });
    const claims = await Promise.all(
      Array.from({ length: 6 }, () => claimOutbox(db, { now: noon, limit: 8 })),
    );
    const claimed = subjects(claims.flat());
    expect(new Set(claimed).size).toBe(claimed.length);
    claimed.push(...subjects(await claimOutbox(db, { now: noon, limit: 40 })));
    expect(new Set(claimed).size).toBe(40);
    expect(claimed).toHaveLength(40);
  });
});

describe.each(served())('two connections of $name', commits, ({ open }) => {
  const { db, company } = useCompany(open);

  it('a claim skips rows that an uncommitted claim has taken', async () => {
    const { Bo } = company.ids;
    await insertOutbox(db, [{ ...card, recipientId: Bo, subjectId: 1 }], noon);
    await insertOutbox(db, [{ ...card, recipientId: Bo, subjectId: 2 }], noon);
    await db.transaction(async (first) => {
      expect(await claimOutbox(first as typeof db, { now: noon, limit: 1 })).toMatchObject([
        { subjectId: 1 },
      ]);
      expect(await claimOutbox(db, { now: noon, limit: 8 })).toMatchObject([{ subjectId: 2 }]);
    });
    expect(await claimOutbox(db, { now: noon, limit: 8 })).toEqual([]);
  });
});
