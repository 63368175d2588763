import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { cancelRequest } from '../../../src/governance/decisions/decide-step.ts';
import { endGracePeriods } from '../../../src/governance/role-rules/grace-periods.ts';
import { syncSource } from '../../../src/governance/sync/sync-source.ts';
import { loadTaskView } from '../../../src/governance/task-cards/task-view.ts';
import { grants } from '../../../src/store/schema/access.ts';
import * as mining from '../../../src/store/schema/mining.ts';
import { people } from '../../../src/store/schema/people.ts';
import { tasks } from '../../../src/store/schema/tasks.ts';
import { databases } from '../../support/database.ts';
import { useCompany } from '../../support/use-database.ts';
import { sourceOf } from '../sync/sync-source.ts';
import { day, type RoleRuleCompany, setUpRoleRules } from './role-rule-company.ts';

describe.each(databases())('reconciling single role rules on $name', ({ open }) => {
  const { db, company } = useCompany(open);
  let rules: RoleRuleCompany;

  beforeEach(async () => {
    rules = await setUpRoleRules(db, company);
  });
  const provisionEverybody = async () => {
    const ruleId = await rules.addRule();
    await rules.reconcile();
    await rules.provisionAll();
    return ruleId;
  };
  const endGracePeriodsAfter = (days: number) =>
    endGracePeriods({ ...company.system, now: day(days) });

  it('a required rule grants access without an approval for as long as it matches', async () => {
    const ruleId = await rules.addRule();
    await db.update(people).set({ department: 'Sales' }).where(eq(people.id, company.ids.Kim));
    expect(await rules.reconcile()).toMatchObject({ opened: 4, requested: 0, skipped: [] });
    expect(await rules.listSubjects()).toEqual(['Ana', 'Bo', 'Cy', 'Lee']);
    const [task] = await rules.listOpenTasks();
    expect(task).toMatchObject({
      cause: 'rule',
      ruleId,
      requesterId: null,
      openedBy: company.ids.Dana,
      policyName: 'No approval',
      reason: 'Because department = Engineering: 58 of 60 have it.',
    });
    const view = await loadTaskView(company.system, task!.id);
    expect(view?.steps.map(({ kind, state }) => `${kind} ${state}`)).toEqual(['provision active']);
    expect(await rules.reconcile()).toMatchObject({ opened: 0 });
    await rules.provisionAll();
    expect((await rules.loadGrants()).get('Ana')).toMatchObject({ ruleId, taskId: task!.id });
    expect(await rules.reconcile()).toMatchObject({ opened: 0, lapsed: 0 });
  });

  it('a grant that a sync sees before it is marked as provisioned belongs to the rule too', async () => {
    const ruleId = await rules.addRule();
    await rules.reconcile();
    const [task] = await rules.listOpenTasks();
    const seen = { source: 'connector' as const, connector: 'csv', firstSeenAt: day(0) };
    await db
      .insert(grants)
      .values({ ...seen, personId: task!.personId, entitlementId: company.user });
    await rules.provisionAll();
    // A grant with a task of a rule does not count for mining, which would feed on its own output.
    expect((await rules.loadGrants()).get('Ana')).toMatchObject({
      ...{ source: 'connector', ruleId, taskId: task!.id, verifiedAt: day(0) },
    });
  });

  it('the next sync opens tasks for newcomers and people who move in, and closes those of people who move out', async () => {
    await rules.addRule();
    await rules.move('Ana', 'Sales');
    const sync = async (departments: Record<string, string>, at: number) =>
      syncSource(
        { ...company.system, now: day(at) },
        sourceOf({
          people: Object.keys(departments).map((name) => ({
            name,
            email: `${name.toLowerCase()}@acme.example`,
            department: departments[name] ?? '',
          })),
        }),
      );
    const unchanged = { Bo: 'Engineering', Kim: 'IT', Lee: 'IT', Dana: 'IT' };
    await sync({ ...unchanged, Cy: 'Engineering', Ana: 'Sales' }, 1);
    expect(await rules.listSubjects()).toEqual(['Bo', 'Cy']);
    await sync({ ...unchanged, Cy: 'Sales', Ana: 'Engineering', Zoe: 'Engineering' }, 2);
    const asked = await rules.listSubjects();
    expect(asked.slice(0, 2)).toEqual(['Ana', 'Bo']);
    expect(asked).toHaveLength(3);
    const [closed] = await db.select().from(tasks).where(eq(tasks.personId, company.ids.Cy));
    expect(closed).toMatchObject({
      state: 'canceled',
      closedReason: 'No role rule asks for this access any longer.',
    });
    await sync({ ...unchanged, Cy: 'Engineering', Ana: 'Engineering', Zoe: 'Engineering' }, 3);
    expect(await rules.listSubjects()).toContain('Cy');
  });

  it('access lasts for the grace period after somebody moves, and then one revocation opens', async () => {
    const ruleId = await provisionEverybody();
    await rules.move('Ana', 'Sales');
    expect(await rules.reconcile(day(1))).toMatchObject({ lapsed: 1, heldRemovals: 0 });
    expect((await rules.loadGrants()).get('Ana')).toMatchObject({ ruleId, graceStartedAt: day(1) });
    expect(await rules.listAudits('role-rule.lose')).toMatchObject([
      { subject: `role-rule:${ruleId}`, after: { people: [company.ids.Ana] } },
    ]);
    expect(await rules.reconcile(day(2))).toMatchObject({ lapsed: 0 });
    await endGracePeriodsAfter(10);
    expect(await rules.listOpenTasks('revoke')).toEqual([]);
    await endGracePeriodsAfter(11);
    await endGracePeriodsAfter(12);
    const revocations = await rules.listOpenTasks('revoke');
    const reason =
      'No role rule has granted this access since 22 Nov 2026; it was granted because department = Engineering.';
    expect(revocations).toMatchObject([
      { personId: company.ids.Ana, cause: 'rule_gone', ruleId, reason },
    ]);
    await rules.decide(revocations[0]!.id, 'Bo', false);
    await endGracePeriodsAfter(13);
    expect(await rules.listOpenTasks('revoke')).toEqual([]);
    expect((await rules.loadGrants()).get('Ana')).toMatchObject({
      ruleId: null,
      graceStartedAt: null,
    });
    expect(await rules.listAudits('grant.keep')).toMatchObject([{ before: { rule: ruleId } }]);
    await endGracePeriodsAfter(40);
    await rules.reconcile(day(41));
    expect(await rules.listOpenTasks('revoke')).toEqual([]);
  });

  it('the grace period ends when somebody matches again, even while a revocation is open', async () => {
    const ruleId = await provisionEverybody();
    await rules.move('Ana', 'Sales');
    await rules.reconcile(day(1));
    await rules.move('Ana', 'Engineering');
    await rules.reconcile(day(2));
    expect((await rules.loadGrants()).get('Ana')).toMatchObject({ ruleId, graceStartedAt: null });
    await rules.move('Ana', 'Sales');
    await rules.reconcile(day(3));
    await endGracePeriodsAfter(13);
    await rules.move('Ana', 'Engineering');
    await rules.reconcile(day(14));
    expect(await rules.listOpenTasks('revoke')).toEqual([]);
    const [revocation] = await db.select().from(tasks).where(eq(tasks.kind, 'revoke'));
    expect(revocation).toMatchObject({ closedReason: 'A role rule grants this access again.' });
    await rules.move('Ana', 'Sales');
    await rules.reconcile(day(15));
    await endGracePeriodsAfter(25);
    expect(await rules.listOpenTasks('revoke')).toMatchObject([{ personId: company.ids.Ana }]);
  });

  it('grants of an ended rule move to another rule that covers them, and the others lapse', async () => {
    const ruleId = await provisionEverybody();
    await rules.endRule(ruleId);
    const manager = [{ dimension: 'manager', value: 'bo@acme.example' }];
    const managerRuleId = await rules.addRule({ criteria: manager });
    expect(await rules.reconcile(day(1))).toMatchObject({ lapsed: 3, heldRemovals: 0, opened: 0 });
    const holdings = await rules.loadGrants();
    expect(holdings.get('Ana')).toMatchObject({ ruleId: managerRuleId, graceStartedAt: null });
    expect(holdings.get('Lee')).toMatchObject({ ruleId, graceStartedAt: day(1) });
    expect(await rules.listAudits('role-rule.keep')).toMatchObject([
      { subject: `role-rule:${managerRuleId}`, after: { from: [ruleId] } },
    ]);
    await rules.endRule(managerRuleId);
    await rules.reconcile(day(2));
    await endGracePeriodsAfter(12);
    expect((await rules.listOpenTasks('revoke')).length).toBe(5);
  });

  it('access that a profile also grants does not lapse', async () => {
    await provisionEverybody();
    const [profile] = await db
      .insert(mining.accessProfiles)
      .values({ name: 'Base', nameKey: 'base', createdAt: day(0) })
      .returning();
    const profileId = profile!.id;
    await db.insert(mining.profileEntitlements).values({ profileId, entitlementId: company.user });
    const enrolledAt = day(0);
    await db
      .insert(mining.enrollments)
      .values({ profileId, personId: company.ids.Ana, enrolledAt });
    await rules.move('Ana', 'Sales');
    expect(await rules.reconcile(day(1))).toMatchObject({ lapsed: 0 });
    expect((await rules.loadGrants()).get('Ana')).toMatchObject({
      ruleId: null,
      graceStartedAt: null,
    });
    await endGracePeriodsAfter(30);
    expect(await rules.listOpenTasks('revoke')).toEqual([]);
  });

  it('people who leave lose access by rules after the grace period, and people who return get it back', async () => {
    const ruleId = await provisionEverybody();
    const update = (name: 'Cy' | 'Lee', change: Partial<typeof people.$inferInsert>) =>
      db.update(people).set(change).where(eq(people.id, company.ids[name]));
    await update('Cy', { active: false });
    await update('Lee', { closedAt: day(1) });
    expect(await rules.reconcile(day(1))).toMatchObject({ lapsed: 2 });
    expect((await rules.loadGrants()).get('Cy')).toMatchObject({ ruleId, graceStartedAt: day(1) });
    await endGracePeriodsAfter(11);
    const revokedIds = (await rules.listOpenTasks('revoke')).map((task) => task.personId);
    expect(new Set(revokedIds)).toEqual(new Set([company.ids.Cy, company.ids.Lee]));
    await update('Cy', { active: true });
    await rules.reconcile(day(12));
    expect(await rules.listOpenTasks('revoke')).toMatchObject([{ personId: company.ids.Lee }]);
    expect((await rules.loadGrants()).get('Cy')).toMatchObject({ ruleId, graceStartedAt: null });
    // The revocation followed from the person leaving, so it is no decision against the access.
    await db.delete(grants).where(eq(grants.personId, company.ids.Cy));
    await db.insert(tasks).values({
      ...{ kind: 'revoke', state: 'deprovisioned', cause: 'asked', policyName: 'Revocation' },
      ...{ personId: company.ids.Cy, entitlementId: company.user },
      ...{ openedAt: day(13), closedAt: day(13) },
    });
    expect(await rules.reconcile(day(14))).toMatchObject({ opened: 1 });
  });

  it('a generated rule that replaces another one does not ask again after a denial', async () => {
    const ruleId = await rules.addRule();
    await rules.reconcile();
    const [first] = await rules.listOpenTasks();
    await rules.decide(first!.id, 'Lee', false);
    await rules.endRule(ruleId, day(1));
    const manager = [{ dimension: 'job_title', value: 'Engineer' }];
    await rules.addRule({ criteria: manager, appliedAt: day(1) });
    await rules.reconcile(day(1));
    expect(await rules.listSubjects()).not.toContain('Ana');
    await rules.addRule({ origin: 'written', priority: -1, appliedAt: day(2) });
    await rules.reconcile(day(2));
    expect(await rules.listSubjects()).toContain('Ana');
  });

  it('a rule does not ask again after Won’t provision, a cancellation or a revocation', async () => {
    await rules.addRule();
    await rules.reconcile();
    const [first, second] = await rules.listOpenTasks();
    await rules.decide(first!.id, 'Lee', false);
    expect(await rules.reconcile(day(1))).toMatchObject({ opened: 0 });
    await db
      .update(tasks)
      .set({ state: 'canceled', closedAt: day(1) })
      .where(eq(tasks.id, second!.id));
    expect(await rules.reconcile(day(2))).toMatchObject({ opened: 0 });
    await rules.provisionAll();
    const [revoked] = await db.select().from(grants).where(eq(grants.entitlementId, company.user));
    const { personId, entitlementId } = revoked!;
    await db
      .update(grants)
      .set({ closedAt: day(3) })
      .where(eq(grants.id, revoked!.id));
    await db.insert(tasks).values({
      kind: 'revoke',
      state: 'deprovisioned',
      personId,
      entitlementId,
      policyName: 'Revocation',
      // Requested before the rule existed, and done since.
      openedAt: day(-3),
      closedAt: day(3),
      requesterId: company.ids.Bo,
    });
    expect(await rules.reconcile(day(4))).toMatchObject({ opened: 0 });
  });

  it('a requestedAutomatically rule requests once, only for newcomers, through the policy', async () => {
    const ruleId = await rules.addRule({ ruleType: 'requestedAutomatically' });
    const { Ana } = company.ids;
    await db
      .update(people)
      .set({ createdAt: day(1) })
      .where(eq(people.id, Ana));
    expect(await rules.reconcile(day(1))).toMatchObject({ opened: 0, requested: 1 });
    const [task] = await rules.listOpenTasks();
    expect(task).toMatchObject({
      personId: Ana,
      requesterId: Ana,
      cause: 'rule',
      ruleId,
      policyName: 'One approval',
    });
    await cancelRequest(await company.as('Ana', day(1)), task!.id);
    expect(await rules.reconcile(day(2))).toMatchObject({ requested: 0 });
    await db
      .update(people)
      .set({ createdAt: day(1) })
      .where(eq(people.id, company.ids.Cy));
    await rules.reconcile(day(3));
    const [request] = await rules.listOpenTasks();
    await rules.decide(request!.id, 'Bo', true);
    await rules.decide(request!.id, 'Lee', true);
    expect((await rules.loadGrants()).get('Cy')).toMatchObject({
      ruleId: null,
      taskId: request!.id,
    });
    expect(await rules.reconcile(day(4))).toMatchObject({ requested: 0, lapsed: 0 });
  });
});
