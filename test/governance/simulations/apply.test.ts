import { and, eq, inArray, isNull } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { inTransaction } from '../../../src/governance/context.ts';
import {
  changeMiningRule,
  viewRulePolicy,
} from '../../../src/governance/mining-rules/mining-rules.ts';
import { reconcileRoleRules } from '../../../src/governance/role-rules/reconcile.ts';
import { applySimulation } from '../../../src/governance/simulations/apply.ts';
import { viewSimulation } from '../../../src/governance/simulations/report.ts';
import { runNextSimulation } from '../../../src/governance/simulations/run.ts';
import {
  cancelSimulation,
  type QueuedSimulation,
  requestSimulation,
} from '../../../src/governance/simulations/simulations.ts';
import { entitlements, grants } from '../../../src/store/schema/access.ts';
import { auditLog } from '../../../src/store/schema/messages.ts';
import { personRoles } from '../../../src/store/schema/people.ts';
import { type Criteria, simulations, singleRoleRules } from '../../../src/store/schema/rules.ts';
import { tasks } from '../../../src/store/schema/tasks.ts';
import { databases } from '../../support/database.ts';
import { miner } from '../../support/miner.ts';
import { addDepartment, finishSync, makeMiningPolicy } from '../../support/mining-policy.ts';
import { noon } from '../../support/small-company.ts';
import { commits, useCompany } from '../../support/use-database.ts';

const later = new Date(noon.getTime() + 120_000);
const inDepartment = (value: string): Criteria => [{ dimension: 'department', value }];

describe.each(databases())('applying a simulation on $name', ({ open }) => {
  const { db, company } = useCompany(open);
  let mining: number;
  let sales: number[];

  // Kim is a Super Admin too. Of twenty people in Sales, 19 hold GitHub · User.
  beforeEach(async () => {
    await db.insert(personRoles).values({ personId: company.ids.Kim, role: 'super_admin' });
    sales = await addDepartment(db, 'Sales', 20, { entitlementIds: [company.user], holding: 19 });
    await finishSync(db);
    mining = await makeMiningPolicy(company, 'Mining', [
      { precisionMinPercent: 95, falsePositiveMaxPercent: 5, ruleType: 'required' },
    ]);
  });

  /** Requests a simulation, runs it and returns its id. */
  const simulate = async () => {
    const dana = await company.as('Dana');
    const input = { rulePolicyId: mining, confirmed: 1 };
    // Confirms the handwritten rule that a test may insert, so the simulation is queued.
    const { id } = (await requestSimulation(dana, input)) as QueuedSimulation;
    const report = await runNextSimulation({ ...company.system, now: noon }, miner);
    if (report?.failed) throw new Error(report.failed);
    return id;
  };
  const apply = async (id: number, confirmed?: number) =>
    applySimulation(await company.as('Dana', later), { id, confirmed });
  const findFigures = async (id: number) =>
    (await db.select().from(simulations).where(eq(simulations.id, id)))[0]?.figures;
  const listInForce = () =>
    db
      .select()
      .from(singleRoleRules)
      .where(isNull(singleRoleRules.endedAt))
      .orderBy(singleRoleRules.id);
  const insertRule = async (values: Partial<typeof singleRoleRules.$inferInsert>) => {
    const [rule] = await db
      .insert(singleRoleRules)
      .values({
        ...{ rulePolicyId: mining, origin: 'generated', entitlementId: company.user },
        ...{ criteria: inDepartment('Sales'), ruleType: 'required', appliedAt: noon },
        ...values,
      })
      .returning();
    return rule!;
  };

  it('replaces generated rules and leaves handwritten ones', async () => {
    const kept = await insertRule({ criteria: inDepartment(' SALES') });
    const removed = await insertRule({
      criteria: inDepartment('IT'),
      entitlementId: company.admin,
    });
    const written = await insertRule({ origin: 'written', criteria: inDepartment('Legal') });
    await addDepartment(db, 'Support', 8, { entitlementIds: [company.admin], holding: 8 });
    await db.update(entitlements).set({ risk: 'low' });
    await db.delete(grants).where(eq(grants.personId, company.ids.Cy));
    const id = await simulate();
    expect(await findFigures(id)).toMatchObject({ added: 1, removed: 1, kept: 1, newGrants: 0 });
    const counts = { policy: 'Mining', added: 1, removed: 1, kept: 1 };
    expect(await apply(id)).toMatchObject({ kind: 'applied', ...counts });
    const rules = await listInForce();
    expect(rules.map(({ id, origin }) => [id, origin])).toEqual([
      [kept.id, 'generated'],
      [written.id, 'written'],
      [written.id + 1, 'generated'],
    ]);
    expect(rules[0]).toMatchObject({ figures: { matched: 20, truePositives: 19 } });
    expect(rules[2]).toMatchObject({
      ...{ entitlementId: company.admin, criteria: inDepartment('Support') },
      ...{ createdBy: company.ids.Dana, appliedAt: later, figures: { truePositives: 8 } },
    });
    const verbs = ['simulation.apply', 'role-rule.end', 'role-rule.create'];
    const audits = await db
      .select()
      .from(auditLog)
      .where(inArray(auditLog.verb, verbs))
      .orderBy(auditLog.id);
    expect(audits.map(({ verb, subject, actorId }) => [verb, subject, actorId])).toEqual(
      expect.arrayContaining([
        ['simulation.apply', `simulation:${id}`, company.ids.Dana],
        ['role-rule.end', `role-rule:${removed.id}`, company.ids.Dana],
        ['role-rule.create', `role-rule:${written.id + 1}`, company.ids.Dana],
      ]),
    );
  });

  it('opens the tasks that its rules demand, directly with the provisioners', async () => {
    const followed = { opened: 1, requested: 0, lapsed: 0, heldRemovals: 0, skipped: [] };
    expect(await apply(await simulate())).toMatchObject({ followed });
    const opened = await db.select().from(tasks);
    const [rule] = await listInForce();
    expect(opened).toMatchObject([
      { personId: sales[19], entitlementId: company.user, cause: 'rule', ruleId: rule?.id },
    ]);
  });

  it(
    'of several who decide at once only one succeeds, and the others see who',
    commits,
    async () => {
      const id = await simulate();
      const kim = await company.as('Kim', later);
      const results = await Promise.allSettled([
        apply(id),
        applySimulation(kim, { id }),
        cancelSimulation(kim, id),
      ]);
      const refusals = results.flatMap((result) =>
        result.status === 'rejected' ? [result.reason.message] : [],
      );
      expect(refusals).toHaveLength(2);
      for (const sentence of refusals) {
        expect(sentence).toMatch(
          /^This simulation was (applied|canceled) by (Dana|Kim) just now\.$/,
        );
      }
      const isApplied = refusals.every((sentence) => sentence.includes('applied'));
      expect(await listInForce()).toHaveLength(isApplied ? 1 : 0);
      await expect(applySimulation(await company.as('Ana'), { id })).rejects.toThrow('Only Super');
    },
  );

  it('is refused after a sync or a change of a mining rule, and changes nothing', async () => {
    const id = await simulate();
    const dana = await company.as('Dana');
    const [rule] = (await viewRulePolicy(dana, mining)).rules;
    const edit = { id: rule!.id, version: rule!.version };
    await changeMiningRule(dana, edit, { falsePositiveMaxPercent: 3, rulePolicy: 'Mining' });
    await expect(apply(id)).rejects.toThrow('Rules of its policy changed after this simulation');
    await finishSync(db);
    await expect(apply(id)).rejects.toThrow('A sync ran after this simulation; refresh it.');
    expect(await listInForce()).toEqual([]);
  });

  it('needs confirmation of the number before more than twenty people get high-risk access', async () => {
    await addDepartment(db, 'Support', 600, { entitlementIds: [company.admin], holding: 575 });
    const id = await simulate();
    const paused = await apply(id);
    expect(paused).toEqual({
      ...{ kind: 'paused', policy: 'Mining', changes: 26 },
      reasons: ['25 people would get high-risk access: GitHub · Admin.'],
    });
    expect(await apply(id, 25)).toEqual(paused);
    expect(await listInForce()).toEqual([]);
    expect(await apply(id, 26)).toMatchObject({ kind: 'applied', added: 2 });
  });

  it('needs confirmation before more than five and more than a fifth of the holders lose access', async () => {
    const rule = await insertRule({
      criteria: inDepartment('Support'),
      entitlementId: company.admin,
    });
    const support = await addDepartment(db, 'Support', 10, {
      ...{ entitlementIds: [company.admin], holding: 10 },
    });
    await db.update(grants).set({ ruleId: rule.id }).where(inArray(grants.personId, support));
    await db.update(entitlements).set({ mined: false }).where(eq(entitlements.id, company.admin));
    const id = await simulate();
    expect(await findFigures(id)).toMatchObject({ removed: 1, losing: 10, lostGrants: 10 });
    const { people: affected } = await viewSimulation(await company.as('Dana'), id, {
      ...{ tab: 'people', page: 0 },
    });
    expect(affected?.losses.map(({ person }) => person)).toContain('Support 10');
    expect(await apply(id)).toMatchObject({
      kind: 'paused',
      changes: 11,
      reasons: [
        '10 people, more than a fifth of the holders, would lose access after the grace period: GitHub · Admin.',
      ],
    });
  });

  describe('rules that mining no longer finds, because it does not count the access they granted', () => {
    let rule: typeof singleRoleRules.$inferSelect;

    // Twelve of the nineteen now have it by the rule, so mining counts only seven of twenty.
    beforeEach(async () => {
      await apply(await simulate());
      [rule] = (await listInForce()) as [typeof rule];
      const subject = { personId: sales[0]!, entitlementId: company.user, ruleId: rule.id };
      const [task] = await db
        .insert(tasks)
        .values({
          ...{ ...subject, kind: 'grant', state: 'provisioned', cause: 'rule' },
          ...{ policyName: 'No approval', openedAt: noon, closedAt: noon },
        })
        .returning();
      await db
        .update(grants)
        .set({ ruleId: rule.id, taskId: task!.id })
        .where(inArray(grants.personId, sales.slice(0, 12)));
    });

    it('stay while they are within the limits with all access counted, and their figures say so', async () => {
      const id = await simulate();
      expect(await findFigures(id)).toMatchObject({ added: 0, removed: 0, kept: 1, lostGrants: 0 });
      const { rules } = await viewSimulation(await company.as('Dana'), id, {
        ...{ tab: 'kept', page: 0 },
      });
      expect(rules).toMatchObject([
        { figures: { matched: 20, truePositives: 20, countsOwnGrants: true }, missed: [] },
      ]);
      // Includes the person whose task by the rule is not provisioned yet.
      expect(rules[0]?.right).toHaveLength(20);
      await apply(id);
      expect(await listInForce()).toMatchObject([
        { id: rule.id, figures: { countsOwnGrants: true } },
      ]);
    });

    it('stay while their grants are not provisioned yet', async () => {
      await addDepartment(db, 'Sales', 5, { entitlementIds: [], holding: 0 });
      await inTransaction({ ...company.system, now: later }, (ctx) => reconcileRoleRules(ctx));
      const id = await simulate();
      expect(await findFigures(id)).toMatchObject({ removed: 0, kept: 1, lostGrants: 0 });
      const place = { tab: 'kept', page: 0 } as const;
      const { rules } = await viewSimulation(await company.as('Dana'), id, place);
      expect(rules).toMatchObject([{ figures: { matched: 25, truePositives: 25 }, wrong: [] }]);
    });

    it('are removed when they exceed the limits even with all access counted', async () => {
      await db
        .update(grants)
        .set({ closedAt: noon })
        .where(inArray(grants.personId, sales.slice(12)));
      expect(await findFigures(await simulate())).toMatchObject({
        removed: 1,
        kept: 0,
        losing: 12,
      });
    });

    it('are removed when their mining rule demands more', async () => {
      const dana = await company.as('Dana');
      const [miningRule] = (await viewRulePolicy(dana, mining)).rules;
      const edit = { id: miningRule!.id, version: miningRule!.version };
      await changeMiningRule(dana, edit, { minIdentities: 21, rulePolicy: 'Mining' });
      expect(await findFigures(await simulate())).toMatchObject({ removed: 1, kept: 0 });
    });
  });

  it('canceling a simulation leaves the rules in force unchanged', async () => {
    await insertRule({ criteria: inDepartment('IT') });
    const id = await simulate();
    await cancelSimulation(await company.as('Dana', later), id);
    expect(await listInForce()).toHaveLength(1);
    const open = and(eq(simulations.id, id), eq(simulations.state, 'canceled'));
    expect(await db.select().from(simulations).where(open)).toMatchObject([
      { decidedBy: company.ids.Dana, decidedAt: later },
    ]);
  });
});
