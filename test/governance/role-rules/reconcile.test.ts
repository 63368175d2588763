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
import { day, type WithRules, withRules } from './role-rule-company.ts';

describe.each(databases())('following single role rules on $name', ({ open }) => {
  const { db, company } = useCompany(open);
  let rules: WithRules;

  beforeEach(async () => {
    rules = await withRules(db, company);
  });
  const everybodyHolds = async () => {
    const ruleId = await rules.rule();
    await rules.follow();
    await rules.provisionAll();
    return ruleId;
  };
  const grace = (days: number) => endGracePeriods({ ...company.system, now: day(days) });

  it('gives what a required rule says without anybody being asked, for as long as the rule gives it', async () => {
    const ruleId = await rules.rule();
    await db.update(people).set({ department: 'Sales' }).where(eq(people.id, company.ids.Kim));
    expect(await rules.follow()).toMatchObject({ opened: 4, requested: 0, skipped: [] });
    expect(await rules.askedFor()).toEqual(['Ana', 'Bo', 'Cy', 'Lee']);
    const [task] = await rules.open();
    expect(task).toMatchObject({
      cause: 'rule',
      ruleId,
      requesterId: null,
      openedBy: company.ids.Dana,
      policyName: 'No approval',
      reason: 'Because department = Engineering: 58 of 60 hold it.',
    });
    const view = await loadTaskView(company.system, task!.id);
    expect(view?.steps.map(({ kind, state }) => `${kind} ${state}`)).toEqual(['provision active']);
    expect(await rules.follow()).toMatchObject({ opened: 0 });
    await rules.provisionAll();
    expect((await rules.held()).get('Ana')).toMatchObject({ ruleId, taskId: task!.id });
    expect(await rules.follow()).toMatchObject({ opened: 0, lost: 0 });
  });

  it('is held by the rule, too, where a sync saw it before somebody said that it was provisioned', async () => {
    const ruleId = await rules.rule();
    await rules.follow();
    const [task] = await rules.open();
    const seen = { source: 'connector' as const, connector: 'csv', firstSeenAt: day(0) };
    await db
      .insert(grants)
      .values({ ...seen, personId: task!.personId, entitlementId: company.user });
    await rules.provisionAll();
    // With its task it does not count for mining, which would feed on its own output.
    expect((await rules.held()).get('Ana')).toMatchObject({
      ...{ source: 'connector', ruleId, taskId: task!.id, verifiedAt: day(0) },
    });
  });

  it('gives it to new people and to who moves in at the next sync, and asks no more for who moves out', async () => {
    await rules.rule();
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
    const here = { Bo: 'Engineering', Kim: 'IT', Lee: 'IT', Dana: 'IT' };
    await sync({ ...here, Cy: 'Engineering', Ana: 'Sales' }, 1);
    expect(await rules.askedFor()).toEqual(['Bo', 'Cy']);
    await sync({ ...here, Cy: 'Sales', Ana: 'Engineering', Zoe: 'Engineering' }, 2);
    const asked = await rules.askedFor();
    expect(asked.slice(0, 2)).toEqual(['Ana', 'Bo']);
    expect(asked).toHaveLength(3);
    const [closed] = await db.select().from(tasks).where(eq(tasks.personId, company.ids.Cy));
    expect(closed).toMatchObject({
      state: 'cancelled',
      closedReason: 'No role rule asks for it any more.',
    });
    await sync({ ...here, Cy: 'Engineering', Ana: 'Engineering', Zoe: 'Engineering' }, 3);
    expect(await rules.askedFor()).toContain('Cy');
  });

  it('lets access go on for the grace period when somebody moves, and then opens a revocation, once', async () => {
    const ruleId = await everybodyHolds();
    await rules.move('Ana', 'Sales');
    expect(await rules.follow(day(1))).toMatchObject({ lost: 1, held: 0 });
    expect((await rules.held()).get('Ana')).toMatchObject({ ruleId, graceStartedAt: day(1) });
    expect(await rules.audits('role-rule.lose')).toMatchObject([
      { subject: `role-rule:${ruleId}`, after: { people: [company.ids.Ana] } },
    ]);
    expect(await rules.follow(day(2))).toMatchObject({ lost: 0 });
    await grace(10);
    expect(await rules.open('revoke')).toEqual([]);
    await grace(11);
    await grace(12);
    const revocations = await rules.open('revoke');
    expect(revocations).toMatchObject([
      {
        personId: company.ids.Ana,
        cause: 'rule_gone',
        ruleId,
        reason:
          'No role rule gives it any more since 22 Nov 2026; it was given because department = Engineering.',
      },
    ]);
    await rules.decide(revocations[0]!.id, 'Bo', false);
    await grace(13);
    expect(await rules.open('revoke')).toEqual([]);
    expect((await rules.held()).get('Ana')).toMatchObject({ ruleId: null, graceStartedAt: null });
    expect(await rules.audits('grant.keep')).toMatchObject([{ before: { rule: ruleId } }]);
    await grace(40);
    await rules.follow(day(41));
    expect(await rules.open('revoke')).toEqual([]);
  });

  it('forgets the loss when somebody returns, also when it was about to be taken away', async () => {
    const ruleId = await everybodyHolds();
    await rules.move('Ana', 'Sales');
    await rules.follow(day(1));
    await rules.move('Ana', 'Engineering');
    await rules.follow(day(2));
    expect((await rules.held()).get('Ana')).toMatchObject({ ruleId, graceStartedAt: null });
    await rules.move('Ana', 'Sales');
    await rules.follow(day(3));
    await grace(13);
    await rules.move('Ana', 'Engineering');
    await rules.follow(day(14));
    expect(await rules.open('revoke')).toEqual([]);
    const [revocation] = await db.select().from(tasks).where(eq(tasks.kind, 'revoke'));
    expect(revocation).toMatchObject({ closedReason: 'A role rule gives it again.' });
    await rules.move('Ana', 'Sales');
    await rules.follow(day(15));
    await grace(25);
    expect(await rules.open('revoke')).toMatchObject([{ personId: company.ids.Ana }]);
  });

  it('moves what a rule gave to another that gives it, and takes the rest after a rule has ended', async () => {
    const ruleId = await everybodyHolds();
    await rules.endRule(ruleId);
    const manager = [{ dimension: 'manager', value: 'bo@acme.example' }];
    const other = await rules.rule({ criteria: manager });
    expect(await rules.follow(day(1))).toMatchObject({ lost: 3, held: 0, opened: 0 });
    const held = await rules.held();
    expect(held.get('Ana')).toMatchObject({ ruleId: other, graceStartedAt: null });
    expect(held.get('Lee')).toMatchObject({ ruleId, graceStartedAt: day(1) });
    expect(await rules.audits('role-rule.keep')).toMatchObject([
      { subject: `role-rule:${other}`, after: { from: [ruleId] } },
    ]);
    await rules.endRule(other);
    await rules.follow(day(2));
    await grace(12);
    expect((await rules.open('revoke')).length).toBe(5);
  });

  it('leaves what a profile gives, too, as it is', async () => {
    await everybodyHolds();
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
    expect(await rules.follow(day(1))).toMatchObject({ lost: 0 });
    expect((await rules.held()).get('Ana')).toMatchObject({ ruleId: null, graceStartedAt: null });
    await grace(30);
    expect(await rules.open('revoke')).toEqual([]);
  });

  it('takes from who leaves what rules gave after the grace period, and gives it to who comes back', async () => {
    const ruleId = await everybodyHolds();
    const be = (name: 'Cy' | 'Lee', is: Partial<typeof people.$inferInsert>) =>
      db.update(people).set(is).where(eq(people.id, company.ids[name]));
    await be('Cy', { active: false });
    await be('Lee', { closedAt: day(1) });
    expect(await rules.follow(day(1))).toMatchObject({ lost: 2 });
    expect((await rules.held()).get('Cy')).toMatchObject({ ruleId, graceStartedAt: day(1) });
    await grace(11);
    const left = (await rules.open('revoke')).map((task) => task.personId);
    expect(new Set(left)).toEqual(new Set([company.ids.Cy, company.ids.Lee]));
    await be('Cy', { active: true });
    await rules.follow(day(12));
    expect(await rules.open('revoke')).toMatchObject([{ personId: company.ids.Lee }]);
    expect((await rules.held()).get('Cy')).toMatchObject({ ruleId, graceStartedAt: null });
    // Taken back since they had left: nobody decided that they are not to have it.
    await db.delete(grants).where(eq(grants.personId, company.ids.Cy));
    await db.insert(tasks).values({
      ...{ kind: 'revoke', state: 'deprovisioned', cause: 'asked', policyName: 'Revocation' },
      ...{ personId: company.ids.Cy, entitlementId: company.user },
      ...{ openedAt: day(13), closedAt: day(13) },
    });
    expect(await rules.follow(day(14))).toMatchObject({ opened: 1 });
  });

  it('does not ask again by a mined rule that takes the place of another', async () => {
    const ruleId = await rules.rule();
    await rules.follow();
    const [first] = await rules.open();
    await rules.decide(first!.id, 'Lee', false);
    await rules.endRule(ruleId, day(1));
    const manager = [{ dimension: 'job_title', value: 'Engineer' }];
    await rules.rule({ criteria: manager, appliedAt: day(1) });
    await rules.follow(day(1));
    expect(await rules.askedFor()).not.toContain('Ana');
    await rules.rule({ origin: 'written', priority: -1, appliedAt: day(2) });
    await rules.follow(day(2));
    expect(await rules.askedFor()).toContain('Ana');
  });

  it('does not ask again for what somebody would not provision, or had taken away', async () => {
    await rules.rule();
    await rules.follow();
    const [first, second] = await rules.open();
    await rules.decide(first!.id, 'Lee', false);
    expect(await rules.follow(day(1))).toMatchObject({ opened: 0 });
    await db
      .update(tasks)
      .set({ state: 'cancelled', closedAt: day(1) })
      .where(eq(tasks.id, second!.id));
    expect(await rules.follow(day(2))).toMatchObject({ opened: 0 });
    await rules.provisionAll();
    const [taken] = await db.select().from(grants).where(eq(grants.entitlementId, company.user));
    const { personId, entitlementId } = taken!;
    await db
      .update(grants)
      .set({ closedAt: day(3) })
      .where(eq(grants.id, taken!.id));
    await db.insert(tasks).values({
      kind: 'revoke',
      state: 'deprovisioned',
      personId,
      entitlementId,
      policyName: 'Revocation',
      // Asked for before there was the rule, and done since.
      openedAt: day(-3),
      closedAt: day(3),
      requesterId: company.ids.Bo,
    });
    expect(await rules.follow(day(4))).toMatchObject({ opened: 0 });
  });

  it('requests for new people alone what is requested automatically, once, through its policy', async () => {
    const ruleId = await rules.rule({ ruleType: 'requestedAutomatically' });
    const { Ana } = company.ids;
    await db
      .update(people)
      .set({ createdAt: day(1) })
      .where(eq(people.id, Ana));
    expect(await rules.follow(day(1))).toMatchObject({ opened: 0, requested: 1 });
    const [task] = await rules.open();
    expect(task).toMatchObject({
      personId: Ana,
      requesterId: Ana,
      cause: 'rule',
      ruleId,
      policyName: 'One approval',
    });
    await cancelRequest(await company.as('Ana', day(1)), task!.id);
    expect(await rules.follow(day(2))).toMatchObject({ requested: 0 });
    await db
      .update(people)
      .set({ createdAt: day(1) })
      .where(eq(people.id, company.ids.Cy));
    await rules.follow(day(3));
    const [other] = await rules.open();
    await rules.decide(other!.id, 'Bo', true);
    await rules.decide(other!.id, 'Lee', true);
    expect((await rules.held()).get('Cy')).toMatchObject({ ruleId: null, taskId: other!.id });
    expect(await rules.follow(day(4))).toMatchObject({ requested: 0, lost: 0 });
  });
});
