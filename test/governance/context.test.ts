import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { subjectOf } from '../../src/governance/audit-subjects.ts';
import { audit, type Ctx, inTransaction } from '../../src/governance/context.ts';
import { auditLog } from '../../src/store/schema/messages.ts';
import { openEmbedded, type TestDatabase } from '../support/database.ts';
import { noon } from '../support/small-company.ts';

describe('a transaction', () => {
  let database: TestDatabase;
  let ctx: Ctx;

  beforeAll(async () => {
    database = await openEmbedded();
    ctx = { db: database.db, actor: undefined, via: 'system', now: noon };
  });
  afterAll(() => database.close());

  /** Work that the database ends so often, as it does when two transactions wait for each other. */
  function endedBefore(times: number) {
    let tries = 0;
    const work = async () => {
      tries++;
      if (tries <= times) throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
      return tries;
    };
    return { work, count: () => tries };
  }

  it('that is ended because of another begins anew, but not for ever', async () => {
    expect(await inTransaction(ctx, endedBefore(2).work)).toBe(3);
    await expect(inTransaction(ctx, endedBefore(3).work)).rejects.toThrow('deadlock');
  });

  it('within another one leaves that to the outer one', async () => {
    const { work, count } = endedBefore(1);
    expect(await inTransaction(ctx, (inner) => inTransaction(inner, work))).toBe(2);
    expect(count()).toBe(2);
  });
});

describe('an audit row', () => {
  let database: TestDatabase;
  let ctx: Ctx;

  beforeAll(async () => {
    database = await openEmbedded();
    ctx = { db: database.db, actor: undefined, via: 'system', now: noon };
  });
  afterAll(() => database.close());

  it('has the action, its subject, and the fields before and after', async () => {
    await audit(ctx, 'task.restart', subjectOf.task(1042), {
      before: { state: 'open', step: 1 },
      after: { reason: 'a new owner' },
    });
    expect(await database.db.select().from(auditLog).orderBy(auditLog.id)).toMatchObject([
      {
        at: noon,
        actorId: null,
        via: 'system',
        verb: 'task.restart',
        subject: 'task:1042',
        before: { state: 'open', step: 1 },
        after: { reason: 'a new owner' },
      },
    ]);
  });

  it('is about an action, a noun and fields that are known, or it does not compile', () => {
    const task = subjectOf.task(1042);
    const neverCalled = async () => {
      // @ts-expect-error There is no such action.
      await audit(ctx, 'task.restarted', task, { after: { comment: 1 } });
      // @ts-expect-error A comment is about a task.
      await audit(ctx, 'task.comment', subjectOf.person(7), { after: { comment: 1 } });
      // @ts-expect-error A subject has a noun of the map.
      await audit(ctx, 'task.comment', 'ticket:1042', { after: { comment: 1 } });
      // @ts-expect-error The row of a comment names the comment.
      await audit(ctx, 'task.comment', task, { after: { text: 'hello' } });
    };
    expect(neverCalled).toBeTypeOf('function');
  });
});
