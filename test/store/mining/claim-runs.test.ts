import { describe, expect, it } from 'vitest';
import {
  claimMiningRun,
  endMiningRun,
  insertMiningRun,
} from '../../../src/store/mining/mining-runs.ts';
import { databases, served } from '../../support/database.ts';
import { noon } from '../../support/small-company.ts';
import { commits, useDatabase } from '../../support/use-database.ts';

const queued = { kind: 'all', state: 'queued' } as const;
const minutes = (count: number) => new Date(noon.getTime() + count * 60_000);

describe.each(databases())('mining runs on $name', ({ open }) => {
  const db = useDatabase(open);

  const queue = async (change: object = {}) => {
    const run = { ...queued, trigger: 'import', queuedAt: noon, ...change } as const;
    return (await insertMiningRun(db, run)).id;
  };

  it('are claimed one after the other, the oldest first; custom analyses are never claimed', async () => {
    await queue({ kind: 'custom' });
    const [first, second] = [await queue(), await queue()];
    expect(await claimMiningRun(db, noon)).toMatchObject({ id: first, state: 'running' });
    expect((await claimMiningRun(db, noon))?.id).toBe(second);
    expect(await claimMiningRun(db, noon)).toBeUndefined();
  });

  it('are claimed again an hour after their start', async () => {
    const id = await queue({ state: 'running', startedAt: noon });
    expect(await claimMiningRun(db, minutes(60))).toBeUndefined();
    expect(await claimMiningRun(db, minutes(61))).toMatchObject({ id, startedAt: minutes(61) });
  });

  it('end once, and only from the given states', async () => {
    const id = await queue({ state: 'running' });
    const completed = { state: 'completed', finishedAt: noon } as const;
    expect(await endMiningRun(db, { id, from: ['queued'], end: completed })).toBeUndefined();
    expect(
      await endMiningRun(db, { id, from: ['queued', 'running'], end: completed }),
    ).toMatchObject(completed);
    expect(
      await endMiningRun(db, { id, from: ['running'], end: { state: 'canceled' } }),
    ).toBeUndefined();
  });

  it('go to only one of several concurrent claims', commits, async () => {
    const ids = [await queue(), await queue(), await queue()];
    const claims = await Promise.all(Array.from({ length: 6 }, () => claimMiningRun(db, noon)));
    const claimed = claims.flatMap((run) => run?.id ?? []);
    expect(new Set(claimed).size).toBe(claimed.length);
    for (let run = await claimMiningRun(db, noon); run; run = await claimMiningRun(db, noon)) {
      claimed.push(run.id);
    }
    expect(claimed.sort((a, b) => a - b)).toEqual(ids);
  });
});

describe.each(served())('two connections of $name', commits, ({ open }) => {
  const db = useDatabase(open);

  it('a claim takes the next run while an uncommitted claim has the first', async () => {
    const run = { ...queued, trigger: 'import', queuedAt: noon } as const;
    const first = await insertMiningRun(db, run);
    const second = await insertMiningRun(db, run);
    await db.transaction(async (tx) => {
      expect((await claimMiningRun(tx as typeof db, noon))?.id).toBe(first.id);
      expect((await claimMiningRun(db, noon))?.id).toBe(second.id);
      expect(await claimMiningRun(db, noon)).toBeUndefined();
    });
  });
});
