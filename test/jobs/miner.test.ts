import { setTimeout } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WorkerMiner } from '../../src/jobs/miner.ts';
import { completeRule } from '../../src/mining/rules/mining-rule.ts';
import { grants } from '../../src/store/schema/access.ts';
import { openEmbedded, type TestDatabase } from '../support/database.ts';
import { makeSmallCompany, noon, type SmallCompany } from '../support/small-company.ts';

const filter = { department: ['Engineering'] };
const options = { minCohortSize: 2 };

describe('the mining worker', () => {
  let database: TestDatabase;
  let company: SmallCompany;
  const miner = new WorkerMiner();

  beforeAll(async () => {
    database = await openEmbedded();
    company = await makeSmallCompany(database.db);
  });
  afterAll(async () => {
    await miner.close();
    await database.close();
  });

  const best = async () => {
    const { result } = await miner.analyze(company.system, filter, options);
    return result.reason === 'nothing-qualifies' ? result.best : result.reason;
  };

  it('answers in database ids, from the loaded access and the changes since', async () => {
    expect(await best()).toMatchObject({ entitlement: company.admin, holders: 1 });
    const { cohorts } = await miner.findAll(company.system, options);
    expect(cohorts).toBeGreaterThan(0);
    await database.db.insert(grants).values({
      personId: company.ids.Ana,
      entitlementId: company.admin,
      source: 'connector',
      firstSeenAt: noon,
    });
    expect(await best()).toMatchObject({ entitlement: company.admin, holders: 2 });
    const all = await miner.findAll(company.system, options);
    expect(all).toMatchObject({ recounted: 0, result: { people: 6, grants: 2 } });
  });

  it('mines rules of the given entitlements, in database ids', async () => {
    const rule = completeRule({ ruleType: 'suggested', minIdentities: 2, criterion: 'coverage' });
    const about = (...entitlements: number[]) => ({
      rules: [{ ...rule, falsePositiveMaxPercent: 80 }],
      roles: new Map(entitlements.map((id) => [id, { approvals: 1 }])),
    });
    const none = await miner.mineRules(company.system, about(company.user));
    expect(none).toMatchObject({ sets: [], people: 6, entitlements: 0, grants: 0 });
    const { sets, ...size } = await miner.mineRules(company.system, about(company.admin));
    expect(size).toMatchObject({ people: 6, entitlements: 1, grants: 2 });
    expect(sets).toMatchObject([{ entitlement: company.admin, truePositives: 2 }]);
  });

  it('survives a failed question, and starts another worker after one has ended', async () => {
    const failed = miner.mine(company.system, { minCohortSize: -1 });
    await expect(failed).rejects.toThrow('minCohortSize must be a whole number');
    expect(await best()).toMatchObject({ holders: 2 });
    await miner.close();
    expect(await best()).toMatchObject({ holders: 2 });
  });

  it('fails with a sentence when memory runs out', async () => {
    const small = new WorkerMiner({ maxOldGenerationSizeMb: 4, maxYoungGenerationSizeMb: 1 });
    const run = small.findAll(company.system, options);
    await expect(run).rejects.toThrow('the mining worker ran out of memory');
    await small.close();
  });

  it('stops an aborted question, and answers the next one', async () => {
    await makeLargeCompany(database.db);
    expect(await best()).toMatchObject({ entitlement: company.admin, holders: 2 });
    const stop = new AbortController();
    const run = miner.findAll(company.system, options, stop.signal);
    const order: string[] = [];
    const ended = run.catch((error: Error) => order.push(error.message));
    const next = best().then(() => order.push('answered'));
    await setTimeout(100);
    expect(order).toEqual([]);
    stop.abort(new Error('aborted'));
    await Promise.all([ended, next]);
    expect(order).toEqual(['aborted', 'answered']);
  }, 60_000);
});

/** Hundreds of people with random access, so that the search for hidden teams takes all of its second. */
async function makeLargeCompany(db: TestDatabase['db']): Promise<void> {
  await db.execute(sql`insert into people (connector, name, department)
    select 'csv', 'P' || n, 'D' || n % 50 from generate_series(1, 800) n`);
  await db.execute(sql`insert into entitlements (application_id, name)
    select 1, 'E' || n from generate_series(1, 400) n`);
  await db.execute(sql`insert into grants (person_id, entitlement_id, source, first_seen_at)
    select p.id, e.id, 'connector', now()
    from people p cross join generate_series(0, 19) k
    join entitlements e on e.name = 'E' || ((p.id * 7919 + k * 104729 + p.id * k * 31) % 400 + 1)
    where p.name like 'P%' on conflict do nothing`);
}
