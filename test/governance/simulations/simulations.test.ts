import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Miner } from '../../../src/governance/role-mining/miner.ts';
import { viewSimulation } from '../../../src/governance/simulations/report.ts';
import {
  requeueInterruptedSimulations,
  runNextSimulation,
} from '../../../src/governance/simulations/run.ts';
import {
  cancelSimulation,
  type QueuedSimulation,
  refreshSimulation,
  requestSimulation,
} from '../../../src/governance/simulations/simulations.ts';
import { syncRuns } from '../../../src/store/schema/access.ts';
import { auditLog, outbox } from '../../../src/store/schema/messages.ts';
import { personRoles } from '../../../src/store/schema/people.ts';
import { simulations, singleRoleRules } from '../../../src/store/schema/rules.ts';
import { databases } from '../../support/database.ts';
import { miner } from '../../support/miner.ts';
import { addDepartment, finishSync, makeMiningPolicy } from '../../support/mining-policy.ts';
import { noon } from '../../support/small-company.ts';
import { commits, useCompany } from '../../support/use-database.ts';

const later = new Date(noon.getTime() + 120_000);

describe.each(databases())('simulating mining rules on $name', ({ open }) => {
  const { db, company } = useCompany(open);
  let mining: number;

  // Kim is a Super Admin too. Of twenty people in Sales, 19 hold GitHub · User. Engineering has 5 of 26 people.
  beforeEach(async () => {
    await db.insert(personRoles).values({ personId: company.ids.Kim, role: 'super_admin' });
    await addDepartment(db, 'Sales', 20, { entitlementIds: [company.user], holding: 19 });
    await finishSync(db);
    mining = await makeMiningPolicy(company, 'Mining', [
      { precisionMinPercent: 95, falsePositiveMaxPercent: 5, ruleType: 'required' },
    ]);
  });

  const request = async (rulePolicyId = mining, confirmed?: number) =>
    requestSimulation(await company.as('Dana'), { rulePolicyId, confirmed });
  // Without handwritten rules, a request is queued.
  const queue = async (rulePolicyId = mining) => (await request(rulePolicyId)) as QueuedSimulation;
  const run = () => runNextSimulation({ ...company.system, now: later }, miner);
  const stateOf = async (id: number) =>
    (await db.select().from(simulations).where(eq(simulations.id, id)))[0]?.state;
  const listAudited = async (id: number) =>
    (
      await db
        .select()
        .from(auditLog)
        .where(eq(auditLog.subject, `simulation:${id}`))
        .orderBy(auditLog.id)
    ).map(({ verb }) => verb);
  const insertRule = (rulePolicyId: number, values = {}) =>
    db.insert(singleRoleRules).values({
      rulePolicyId,
      origin: 'written',
      entitlementId: company.user,
      criteria: [{ dimension: 'department', value: 'IT' }],
      ruleType: 'required',
      appliedAt: noon,
      ...values,
    });

  it('counts the changes, names the people of each rule, and notifies the person who requested it', async () => {
    const { id } = await queue();
    const report = await run();
    expect(report?.failed).toBeUndefined();
    expect(report?.figures).toMatchObject({
      ...{ people: 26, entitlements: 2, grants: 20 },
      ...{ added: 1, removed: 0, kept: 0, gaining: 1, newGrants: 1, losing: 0, lostGrants: 0 },
      ...{ redundantGrants: 19, highRiskGrants: 0, conflicts: 0 },
    });
    const dana = await company.as('Dana', later);
    const { card, rules } = await viewSimulation(dana, id, { tab: 'added', page: 0 });
    expect(card).toMatchObject({ state: 'open', policy: 'Mining', requestedBy: 'Dana' });
    expect(card.stale).toBeUndefined();
    expect(rules).toMatchObject([
      {
        entitlement: 'GitHub · User',
        words: 'department = Sales',
        type: 'Required',
        figures: { matched: 20, truePositives: 19, falsePositives: 1, falsePositivePercent: 5 },
        wrong: ['Sales 20'],
        missed: [],
      },
    ]);
    expect(rules[0]?.right).toHaveLength(19);
    const { people } = await viewSimulation(dana, id, { tab: 'people', page: 0 });
    expect(people?.gains).toMatchObject([
      { person: 'Sales 20', entitlement: 'GitHub · User', words: 'department = Sales' },
    ]);
    expect(people?.redundant).toHaveLength(19);
    const messages = await db
      .select()
      .from(outbox)
      .where(eq(outbox.kind, 'simulation'))
      .orderBy(outbox.id);
    expect(messages).toMatchObject([{ recipientId: company.ids.Dana, subjectId: id }]);
    expect(await listAudited(id)).toEqual(['simulation.queue', 'simulation.complete']);
    expect(await db.select().from(singleRoleRules)).toEqual([]);
  });

  it(
    'each policy has one at a time; of two requests at once, one is refused and names the other',
    commits,
    async () => {
      const results = await Promise.allSettled([
        request(),
        requestSimulation(await company.as('Kim'), { rulePolicyId: mining }),
      ]);
      const refused = results.flatMap((result) =>
        result.status === 'rejected' ? [result.reason.message] : [],
      );
      expect(refused).toHaveLength(1);
      expect(refused[0]).toMatch(
        /^(Dana|Kim) requested a simulation of "Mining" just now; it is queued\.$/,
      );
      await run();
      await expect(request()).rejects.toThrow('it is ready to be applied or canceled.');
    },
  );

  it('simulations of several policies run one after the other', async () => {
    const other = await makeMiningPolicy(company, 'Other', [
      { precisionMinPercent: 80, falsePositiveMaxPercent: 20, ruleType: 'suggested' },
    ]);
    const first = await queue();
    const second = await queue(other);
    expect((await run())?.simulation.id).toBe(first.id);
    const { figures } = (await run()) ?? {};
    expect(figures).toMatchObject({ added: 1, gaining: 0, redundantGrants: 0 });
    expect(await run()).toBeUndefined();
    expect([await stateOf(first.id), await stateOf(second.id)]).toEqual(['open', 'open']);
  });

  it('is refused without a role, an import or an enabled mining rule', async () => {
    await expect(
      requestSimulation(await company.as('Ana'), { rulePolicyId: mining }),
    ).rejects.toThrow('Only Super Admins can run role mining.');
    const idle = await makeMiningPolicy(company, 'Idle', [{ enabled: false }]);
    await expect(request(idle)).rejects.toThrow(
      '"Idle" has no enabled mining rule; add or enable one first.',
    );
    await expect(request(999)).rejects.toThrow('This rule policy no longer exists.');
    await db.delete(syncRuns);
    await expect(request()).rejects.toThrow('Nothing has been imported yet');
  });

  it('needs confirmation for a policy with handwritten rules', async () => {
    await insertRule(mining);
    expect(await request()).toEqual({ kind: 'asked', policy: 'Mining', written: 1 });
    expect(await request(mining, 2)).toMatchObject({ kind: 'asked' });
    expect(await request(mining, 1)).toMatchObject({ kind: 'queued', policy: 'Mining' });
  });

  it('removes generated rules when no mining rule is enabled', async () => {
    const idle = await makeMiningPolicy(company, 'Idle', [{ enabled: false }]);
    await insertRule(idle, { origin: 'generated' });
    await queue(idle);
    expect((await run())?.figures).toMatchObject({ added: 0, removed: 1, kept: 0 });
  });

  it('names conflicting rules and the one that wins', async () => {
    const other = await makeMiningPolicy(company, 'Other', []);
    const sales = [{ dimension: 'department', value: 'sales' }];
    await insertRule(other, { criteria: sales, ruleType: 'suggested' });
    const { id } = await queue();
    expect((await run())?.figures).toMatchObject({ conflicts: 1 });
    const dana = await company.as('Dana');
    const conflictsOf = async () =>
      (await viewSimulation(dana, id, { tab: 'people', page: 0 })).people?.conflicts;
    const words = 'Required where department = Sales, against Suggested where department = sales';
    const entitlement = 'GitHub · User';
    expect(await conflictsOf()).toEqual([{ entitlement, words, people: 20, isOurs: true }]);
    await db.update(singleRoleRules).set({ priority: -7 });
    expect(await conflictsOf()).toMatchObject([{ isOurs: false }]);
    await db.update(singleRoleRules).set({ rulePolicyId: mining });
    expect(await conflictsOf()).toMatchObject([{ people: 20, isOurs: false }]);
  });

  it('lists the rules that the limits held back, with their figures', async () => {
    await addDepartment(db, 'Support', 8, { entitlementIds: [company.admin], holding: 8 });
    await addDepartment(db, 'Legal', 9, { entitlementIds: [company.admin], holding: 4 });
    const { id } = await queue();
    expect((await run())?.figures).toMatchObject({ heldBackCount: 1 });
    const { held } = await viewSimulation(await company.as('Dana'), id, { tab: 'held', page: 0 });
    expect(held).toMatchObject([
      { entitlement: 'GitHub · Admin', figures: { truePositives: 8, falseNegatives: 5 } },
    ]);
  });

  it('has one outcome when it is canceled while it runs; a second cancellation names the first', async () => {
    const { id } = await queue();
    const endless: Miner = {
      ...miner,
      mineRules: (_ctx, _about, signal) =>
        new Promise((_, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason));
        }),
    };
    const running = runNextSimulation(company.system, endless);
    await expect.poll(() => stateOf(id)).toBe('running');
    await cancelSimulation(await company.as('Dana'), id);
    expect(await running).toMatchObject({ canceled: true, failed: undefined });
    await expect(cancelSimulation(await company.as('Kim', later), id)).rejects.toThrow(
      'This simulation was canceled by Dana 2 minutes ago.',
    );
    await expect(cancelSimulation(await company.as('Ana'), id)).rejects.toThrow('Only Super');
    expect(await listAudited(id)).toEqual(['simulation.queue', 'simulation.cancel']);
  });

  it('records a failure, and restarts simulations that a stopped process left behind', async () => {
    const { id } = await queue();
    const broken: Miner = { ...miner, mineRules: () => Promise.reject(new Error('out of memory')) };
    expect(await runNextSimulation(company.system, broken)).toMatchObject({
      failed: 'out of memory',
    });
    expect(await stateOf(id)).toBe('failed');
    const again = await queue();
    await db.update(simulations).set({ state: 'running' }).where(eq(simulations.id, again.id));
    await requeueInterruptedSimulations(company.system);
    expect((await run())?.simulation.id).toBe(again.id);
    expect(await listAudited(id)).toEqual(['simulation.queue', 'simulation.fail']);
  });

  it('is stale after a sync or a change of rules; refreshing replaces it', async () => {
    const { id } = await queue();
    await run();
    const staleness = async (of: number) =>
      (await viewSimulation(await company.as('Dana'), of, { tab: 'kept', page: 0 })).card.stale;
    await insertRule(mining);
    expect(await staleness(id)).toBe(
      'Rules of its policy changed after this simulation; refresh it.',
    );
    await finishSync(db);
    expect(await staleness(id)).toBe('A sync ran after this simulation; refresh it.');
    const refreshed = await refreshSimulation(await company.as('Dana', later), id);
    await run();
    expect(await staleness(refreshed.id)).toBeUndefined();
    await expect(refreshSimulation(await company.as('Kim', later), id)).rejects.toThrow(
      'This simulation was refreshed by Dana just now; a new one replaces it.',
    );
  });
});
