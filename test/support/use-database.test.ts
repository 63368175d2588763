import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { applications } from '../../src/store/schema/access.ts';
import { policies } from '../../src/store/schema/tasks.ts';
import { databases } from './database.ts';
import { commits, rollBack, useCompany } from './use-database.ts';

describe.each(databases())('the database of a test on $name', ({ open }) => {
  const { db } = useCompany(open);

  const names = async () => (await db.select().from(applications)).map(({ name }) => name);
  const add = (name: string) => db.insert(applications).values({ name });

  it('takes what a test writes', async () => {
    await add('Jira');
    await db.transaction(async (tx) => {
      await tx.insert(applications).values({ name: 'Wiki' });
    });
    expect(await names()).toEqual(['GitHub', 'Jira', 'Wiki']);
  });

  it('has nothing of the test before', async () => {
    expect(await names()).toEqual(['GitHub']);
  });

  it('goes on after a transaction that fails', async () => {
    const failing = db.transaction(async (tx) => {
      await tx.insert(applications).values({ name: 'Jira' });
      await tx.execute(sql`select 1 / 0`);
    });
    await expect(failing).rejects.toThrow();
    expect(await names()).toEqual(['GitHub']);
  });

  it('takes what a test commits', commits, async () => {
    await add('Jira');
    await db.update(policies).set({ builtIn: false, version: 7 });
    await db.insert(policies).values({ name: 'Own' });
    expect(await names()).toEqual(['GitHub', 'Jira']);
  });

  it('has nothing of a test that committed, and the policies that come with Rolemine', async () => {
    expect(await names()).toEqual(['GitHub']);
    const known = await db.select().from(policies);
    expect(known.map(({ name }) => name)).toContain('One approval');
    expect(known.every(({ builtIn, version }) => builtIn && version === 1)).toBe(true);
  });

  it('fails a test that runs two transactions at once and does not commit', commits, async () => {
    const transaction = async () => {};
    const atOnce = rollBack(db, async (tx) => {
      await Promise.allSettled([tx.transaction(transaction), tx.transaction(transaction)]);
    });
    await expect(atOnce).rejects.toThrow('Two transactions ran at once');
    await rollBack(db, async (tx) => {
      await tx.transaction((inner) => inner.transaction(transaction));
      await tx.transaction(transaction);
    });
  });
});
