import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ctx, inTransaction } from '../../src/governance/context.ts';
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
