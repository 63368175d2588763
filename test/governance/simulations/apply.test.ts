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

  // Kim is a Super Admin, too. Of twenty in Sales, all but one hold GitHub · User.
  beforeEach(async () => {
    await db.insert(personRoles).values({ personId: company.ids.Kim, role: 'super_admin' });
    sales = await addDepartment(db, 'Sales', 20, { entitlementIds: [company.user], holding: 19 });
    await finishSync(db);
    mining = await makeMiningPolicy(company, 'Mining', [
      { precisionMinPercent: 95, falsePositiveMaxPercent: 5, ruleType: 'required' },
    ]);
  });

  /** Asks for a simulation and carries it out. @returns its number. */
  const simulate = async () => {
    const dana = await company.as('Dana');
    const asked = { rulePolicyId: mining, confirmed: 1 };
    const { id } = (await requestSimulation(dana, asked)) as QueuedSimulation;
    const report = await runNextSimulation({ ...company.system, now: noon }, miner);
    if (report?.failed) throw new Error(report.failed);
    return id;
  };
  const apply = async (id: number, confirmed?: number) =>
    applySimulation(await company.as('Dana', later), { id, confirmed });
  const figuresOf = async (id: number) =>
    (await db.select().from(simulations).where(eq(simulations.id, id)))[0]?.figures;
  const inForce = () =>
    db
      .select()
      .from(singleRoleRules)
      .where(isNull(singleRoleRules.endedAt))
      .orderBy(singleRoleRules.id);
  const generate = async (more: Partial<typeof singleRoleRules.$inferInsert>) => {
    const [rule] = await db
      .insert(singleRoleRules)
      .values({
        ...{ rulePolicyId: mining, origin: 'generated', entitlementId: company.user },
        ...{ criteria: inDepartment('Sales'), ruleType: 'required', appliedAt: noon },
        ...more,
      })
      .returning();
    return rule!;
  };

  it('puts its rules in the place of those that a run made, and leaves what somebody wrote', async () => {
    const kept = await generate({ criteria: inDepartment(' SALES') });
    const gone = await generate({ criteria: inDepartment('IT'), entitlementId: company.admin });
    const written = await generate({ origin: 'written', criteria: inDepartment('Legal') });
    await addDepartment(db, 'Support', 8, { entitlementIds: [company.admin], holding: 8 });
    await db.update(entitlements).set({ risk: 'low' });
    await db.delete(grants).where(eq(grants.personId, company.ids.Cy));
    const id = await simulate();
    expect(await figuresOf(id)).toMatchObject({ added: 1, removed: 1, kept: 1, newGrants: 0 });
    const done = { policy: 'Mining', added: 1, removed: 1, kept: 1 };
    expect(await apply(id)).toMatchObject({ kind: 'applied', ...done });
    const rules = await inForce();
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
    const trail = await db.select().from(auditLog).where(inArray(auditLog.verb, verbs));
    expect(trail.map(({ verb, subject, actorId }) => [verb, subject, actorId])).toEqual(
      expect.arrayContaining([
        ['simulation.apply', `simulation:${id}`, company.ids.Dana],
        ['role-rule.end', `role-rule:${gone.id}`, company.ids.Dana],
        ['role-rule.create', `role-rule:${written.id + 1}`, company.ids.Dana],
      ]),
    );
  });

  it('opens what its rules ask for, straight to who provisions it', async () => {
    const followed = { opened: 1, requested: 0, lapsed: 0, heldRemovals: 0, skipped: [] };
    expect(await apply(await simulate())).toMatchObject({ followed });
    const opened = await db.select().from(tasks);
    const [rule] = await inForce();
    expect(opened).toMatchObject([
      { personId: sales[19], entitlementId: company.user, cause: 'rule', ruleId: rule?.id },
    ]);
  });

  it('of two who decide at once one does, and the other is told who', commits, async () => {
    const id = await simulate();
    const kim = await company.as('Kim', later);
    const both = await Promise.allSettled([
      apply(id),
      applySimulation(kim, { id }),
      cancelSimulation(kim, id),
    ]);
    const told = both.flatMap((one) => (one.status === 'rejected' ? [one.reason.message] : []));
    expect(told).toHaveLength(2);
    for (const sentence of told) {
      expect(sentence).toMatch(
        /^This simulation was (applied|cancelled) by (Dana|Kim) just now\.$/,
      );
    }
    const isApplied = told.every((sentence) => sentence.includes('applied'));
    expect(await inForce()).toHaveLength(isApplied ? 1 : 0);
    await expect(applySimulation(await company.as('Ana'), { id })).rejects.toThrow('Only Super');
  });

  it('is refused once a sync came in between, or a mining rule was changed, and changes nothing', async () => {
    const id = await simulate();
    const dana = await company.as('Dana');
    const [rule] = (await viewRulePolicy(dana, mining)).rules;
    const edit = { id: rule!.id, version: rule!.version };
    await changeMiningRule(dana, edit, { falsePositiveMaxPercent: 3, rulePolicy: 'Mining' });
    await expect(apply(id)).rejects.toThrow('The rules of its policy were changed in between');
    await finishSync(db);
    await expect(apply(id)).rejects.toThrow('A sync came in between; refresh it.');
    expect(await inForce()).toEqual([]);
  });

  it('asks before it gives access of high risk to more than twenty, and does what was said yes to', async () => {
    await addDepartment(db, 'Support', 600, { entitlementIds: [company.admin], holding: 575 });
    const id = await simulate();
    const paused = await apply(id);
    expect(paused).toEqual({
      ...{ kind: 'paused', policy: 'Mining', changes: 26 },
      reasons: ['25 people would get access of high risk: GitHub · Admin.'],
    });
    expect(await apply(id, 25)).toEqual(paused);
    expect(await inForce()).toEqual([]);
    expect(await apply(id, 26)).toMatchObject({ kind: 'applied', added: 2 });
  });

  it('asks before it takes something from more than five and more than a fifth who hold it', async () => {
    const rule = await generate({
      criteria: inDepartment('Support'),
      entitlementId: company.admin,
    });
    const support = await addDepartment(db, 'Support', 10, {
      ...{ entitlementIds: [company.admin], holding: 10 },
    });
    await db.update(grants).set({ ruleId: rule.id }).where(inArray(grants.personId, support));
    await db.update(entitlements).set({ mined: false }).where(eq(entitlements.id, company.admin));
    const id = await simulate();
    expect(await figuresOf(id)).toMatchObject({ removed: 1, losing: 10, lostGrants: 10 });
    const { people: who } = await viewSimulation(await company.as('Dana'), id, {
      ...{ tab: 'people', page: 0 },
    });
    expect(who?.losses.map(({ person }) => person)).toContain('Support 10');
    expect(await apply(id)).toMatchObject({
      kind: 'paused',
      changes: 11,
      reasons: [
        '10 people, more than a fifth of those who hold it, would lose access after the grace period: GitHub · Admin.',
      ],
    });
  });

  describe('rules that mining would no longer find, since what they gave is not counted', () => {
    let rule: typeof singleRoleRules.$inferSelect;

    // Twelve of the nineteen have it by the rule now: seven of twenty are left to be mined.
    beforeEach(async () => {
      await apply(await simulate());
      [rule] = (await inForce()) as [typeof rule];
      const about = { personId: sales[0]!, entitlementId: company.user, ruleId: rule.id };
      const [task] = await db
        .insert(tasks)
        .values({
          ...{ ...about, kind: 'grant', state: 'provisioned', cause: 'rule' },
          ...{ policyName: 'No approval', openedAt: noon, closedAt: noon },
        })
        .returning();
      await db
        .update(grants)
        .set({ ruleId: rule.id, taskId: task!.id })
        .where(inArray(grants.personId, sales.slice(0, 12)));
    });

    it('stay while they are within the limits with all access counted, and say so', async () => {
      const id = await simulate();
      expect(await figuresOf(id)).toMatchObject({ added: 0, removed: 0, kept: 1, lostGrants: 0 });
      const { rules } = await viewSimulation(await company.as('Dana'), id, {
        ...{ tab: 'kept', page: 0 },
      });
      expect(rules).toMatchObject([
        { figures: { matched: 20, truePositives: 20, countsOwnGrants: true }, missed: [] },
      ]);
      // With the one for whom a task of the rule waits to be provisioned.
      expect(rules[0]?.right).toHaveLength(20);
      await apply(id);
      expect(await inForce()).toMatchObject([{ id: rule.id, figures: { countsOwnGrants: true } }]);
    });

    it('stay while what they give is still to be provisioned', async () => {
      await addDepartment(db, 'Sales', 5, { entitlementIds: [], holding: 0 });
      await inTransaction({ ...company.system, now: later }, (ctx) => reconcileRoleRules(ctx));
      const id = await simulate();
      expect(await figuresOf(id)).toMatchObject({ removed: 0, kept: 1, lostGrants: 0 });
      const place = { tab: 'kept', page: 0 } as const;
      const { rules } = await viewSimulation(await company.as('Dana'), id, place);
      expect(rules).toMatchObject([{ figures: { matched: 25, truePositives: 25 }, wrong: [] }]);
    });

    it('go when even so they are not within the limits', async () => {
      await db
        .update(grants)
        .set({ closedAt: noon })
        .where(inArray(grants.personId, sales.slice(12)));
      expect(await figuresOf(await simulate())).toMatchObject({ removed: 1, kept: 0, losing: 12 });
    });

    it('go when their mining rule asks for more', async () => {
      const dana = await company.as('Dana');
      const [maker] = (await viewRulePolicy(dana, mining)).rules;
      const edit = { id: maker!.id, version: maker!.version };
      await changeMiningRule(dana, edit, { minIdentities: 21, rulePolicy: 'Mining' });
      expect(await figuresOf(await simulate())).toMatchObject({ removed: 1, kept: 0 });
    });
  });

  it('nothing is lost of what is in force when a simulation is cancelled', async () => {
    await generate({ criteria: inDepartment('IT') });
    const id = await simulate();
    await cancelSimulation(await company.as('Dana', later), id);
    expect(await inForce()).toHaveLength(1);
    const open = and(eq(simulations.id, id), eq(simulations.state, 'cancelled'));
    expect(await db.select().from(simulations).where(open)).toMatchObject([
      { decidedBy: company.ids.Dana, decidedAt: later },
    ]);
  });
});
