import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { cancelAnalysis } from '../../../src/governance/role-mining/cancel-run.ts';
import { listAnalyses } from '../../../src/governance/role-mining/cohort-analysis.ts';
import type { Miner } from '../../../src/governance/role-mining/miner.ts';
import { requestAnalysis, runNextAnalysis } from '../../../src/governance/role-mining/runs.ts';
import { listSuggestions, viewRun } from '../../../src/governance/role-mining/suggestions.ts';
import { grants, syncRuns } from '../../../src/store/schema/access.ts';
import { auditLog, outbox } from '../../../src/store/schema/messages.ts';
import { miningRuns } from '../../../src/store/schema/mining.ts';
import { people, personRoles } from '../../../src/store/schema/people.ts';
import { databases } from '../../support/database.ts';
import { miner } from '../../support/miner.ts';
import { noon } from '../../support/small-company.ts';
import { commits, useCompany } from '../../support/use-database.ts';

const twoMinutesLater = new Date(noon.getTime() + 120_000);

describe.each(databases())('canceling an analysis on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  // Kim is a Super Admin, too. Ten people in Sales hold GitHub · User: one suggestion.
  beforeEach(async () => {
    await db.insert(personRoles).values({ personId: company.ids.Kim, role: 'super_admin' });
    const sellers = await db
      .insert(people)
      .values(
        Array.from({ length: 10 }, (_, at) => ({
          connector: 'csv',
          name: `Seller ${at}`,
          department: 'Sales',
        })),
      )
      .returning();
    const grant = { entitlementId: company.user, source: 'connector' as const, firstSeenAt: noon };
    await db.insert(grants).values(sellers.map(({ id }) => ({ ...grant, personId: id })));
    await db.insert(syncRuns).values({ connector: 'csv', startedAt: noon, finishedAt: noon });
  });

  const readState = async (id: number) =>
    (await db.select().from(miningRuns).where(eq(miningRuns.id, id)))[0]?.state;
  const listRecipients = async () =>
    (await db.select().from(outbox).where(eq(outbox.kind, 'run')).orderBy(outbox.id)).map(
      (row) => row.recipientId,
    );
  /** A miner that is not done before it is told to stop. */
  const endlessMiner: Miner = {
    ...miner,
    findAll: (_ctx, _options, signal) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
      }),
  };

  it('a queued one is not worked on; history says by whom, who asked is told, the trail has it', async () => {
    const { id } = await requestAnalysis(await company.as('Kim'));
    await cancelAnalysis(await company.as('Dana'), id);
    expect(await runNextAnalysis(company.system, miner)).toBeUndefined();
    expect(await listRecipients()).toEqual([company.ids.Kim]);
    const dana = await company.as('Dana', twoMinutesLater);
    expect(await listAnalyses(dana)).toMatchObject([
      { runId: id, answer: 'canceled by Dana 2 minutes ago', isOpen: false },
    ]);
    const view = await viewRun(dana, id, company.ids.Kim);
    expect(view?.cancellation).toBe('canceled by Dana 2 minutes ago');
    const audits = await db
      .select()
      .from(auditLog)
      .where(eq(auditLog.verb, 'mining.cancel'))
      .orderBy(auditLog.id);
    expect(audits).toMatchObject([
      {
        actorId: company.ids.Dana,
        subject: `mining-run:${id}`,
        before: { state: 'queued' },
        after: { state: 'canceled' },
      },
    ]);
  });

  it('a running one stops, the suggestions there were stay, and the next one runs', async () => {
    const dana = await company.as('Dana');
    await requestAnalysis(dana);
    await runNextAnalysis(company.system, miner);
    const { id } = await requestAnalysis(dana);
    const running = runNextAnalysis(company.system, endlessMiner);
    await expect.poll(() => readState(id)).toBe('running');
    expect((await listAnalyses(dana))[0]).toMatchObject({ answer: 'running', isOpen: true });
    await cancelAnalysis(dana, id);
    expect(await running).toMatchObject({ isCanceled: true, failed: undefined, found: 0 });
    expect(await readState(id)).toBe('canceled');
    expect((await listSuggestions(dana)).suggestions).toHaveLength(1);
    await requestAnalysis(dana);
    expect(await runNextAnalysis(company.system, miner)).toMatchObject({
      found: 1,
      newSuggestions: 0,
    });
  });

  it('one that is done at the same moment has one outcome', commits, async () => {
    const dana = await company.as('Dana');
    const { id } = await requestAnalysis(dana);
    let cancellation: Promise<'canceled' | 'too late'> | undefined;
    const minerAtTheEnd: Miner = {
      ...miner,
      findAll: async (ctx, options) => {
        const found = await miner.findAll(ctx, options);
        cancellation = cancelAnalysis(dana, id).then(
          () => 'canceled',
          () => 'too late',
        );
        return found;
      },
    };
    const report = await runNextAnalysis(company.system, minerAtTheEnd);
    const isCanceled = (await cancellation) === 'canceled';
    expect(report?.isCanceled).toBe(isCanceled);
    expect(await readState(id)).toBe(isCanceled ? 'canceled' : 'completed');
    expect((await listSuggestions(dana)).suggestions).toHaveLength(isCanceled ? 0 : 1);
    const verbs = (await db.select().from(auditLog).orderBy(auditLog.id)).map((row) => row.verb);
    const ends = ['mining.cancel', 'mining.complete', 'mining.fail'];
    expect(verbs.filter((verb) => ends.includes(verb))).toHaveLength(1);
  });

  it('what cannot be canceled is refused with the reason', async () => {
    const dana = await company.as('Dana');
    const { id } = await requestAnalysis(dana);
    await expect(cancelAnalysis(await company.as('Ana'), id)).rejects.toThrow(
      'Only Super Admins can run role mining. Dana and 1 other can.',
    );
    await cancelAnalysis(dana, id);
    await expect(cancelAnalysis(await company.as('Kim', twoMinutesLater), id)).rejects.toThrow(
      'This analysis was already canceled by Dana 2 minutes ago.',
    );
    const { id: completedId } = await requestAnalysis(dana);
    await runNextAnalysis(company.system, miner);
    await expect(cancelAnalysis(dana, completedId)).rejects.toThrow(
      'This analysis completed just now and cannot be canceled.',
    );
    await expect(cancelAnalysis(dana, completedId + 1)).rejects.toThrow(
      'This analysis no longer exists.',
    );
  });
});
