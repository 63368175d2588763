import { eq, inArray, isNull } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { expireGrants } from '../../../src/governance/access/expiry.ts';
import { listConcerns } from '../../../src/governance/messages/admin-concerns.ts';
import { loadPersonalMessage } from '../../../src/governance/messages/messages.ts';
import { unenroll } from '../../../src/governance/profiles/unenroll.ts';
import {
  adoptGrants,
  countAdoptable,
} from '../../../src/governance/role-rules/adopt-manual-grants.ts';
import { decideHeldRemoval } from '../../../src/governance/role-rules/held-removals.ts';
import { grants } from '../../../src/store/schema/access.ts';
import {
  accessProfiles,
  enrollments,
  profileEntitlements,
} from '../../../src/store/schema/mining.ts';
import { people } from '../../../src/store/schema/people.ts';
import { tasks } from '../../../src/store/schema/tasks.ts';
import { databases } from '../../support/database.ts';
import { forgetAuditLog } from '../../support/forget-audit-log.ts';
import { useCompany } from '../../support/use-database.ts';
import { day, type RoleRuleCompany, setUpRoleRules } from './role-rule-company.ts';

describe.each(databases())('held removals and manual grants on $name', ({ open }) => {
  const { db, company } = useCompany(open);
  let rules: RoleRuleCompany;

  beforeEach(async () => {
    rules = await setUpRoleRules(db, company);
  });

  /** Adds ten people to a department. Each has GitHub · User by hand or by a rule. */
  const addTenHolders = async (department: string, ruleId: number | null) => {
    const added = await db
      .insert(people)
      .values(
        Array.from({ length: 10 }, (_, at) => ({ connector: 'csv', name: `P${at}`, department })),
      )
      .returning();
    await db.insert(grants).values(
      added.map(({ id }) => ({
        personId: id,
        entitlementId: company.user,
        source: 'connector' as const,
        connector: 'csv',
        firstSeenAt: day(0),
        ruleId,
      })),
    );
    return added.map(({ id }) => id);
  };
  const loadMessage = async () => {
    const [row] = (await rules.listMessages('held_grants')).slice(-1);
    const { message, isNews } = (await loadPersonalMessage(
      { ...company.system, now: day(1) },
      row!,
    ))!;
    return message.kind === 'held_grants' ? { ...message.held, isNews } : undefined;
  };

  it('a removal from more than a fifth is held until a Super Admin confirms it', async () => {
    const ruleId = await rules.addRule();
    const ids = await addTenHolders('Engineering', ruleId);
    const moved = ids.slice(0, 6);
    await db.update(people).set({ department: 'Sales' }).where(inArray(people.id, moved));
    expect(await rules.reconcile(day(1))).toMatchObject({ lapsed: 0, heldRemovals: 6 });
    await rules.reconcile(day(1));
    expect((await rules.readRule(ruleId)).pendingRemovalGrantIds).toHaveLength(6);
    expect((await rules.listMessages('held_grants')).map((row) => row.recipientId)).toEqual([
      company.ids.Dana,
    ]);
    expect(await loadMessage()).toMatchObject({
      title: 'A role rule would remove GitHub · User from 6 people at once',
      pending: 6,
      isNews: true,
    });
    const dana = await company.as('Dana', day(1));
    expect((await listConcerns(dana)).join()).toContain('1 role rule would remove access');
    const input = { ruleId, shown: 6, decision: 'apply' } as const;
    await expect(decideHeldRemoval(await company.as('Kim'), input)).rejects.toThrow(/Dana can/);
    await expect(decideHeldRemoval(dana, { ...input, shown: 5 })).rejects.toThrow(
      /would now remove access from 6 people/,
    );
    expect(await decideHeldRemoval(dana, input)).toEqual({ grants: 6 });
    await expect(decideHeldRemoval(dana, input)).rejects.toThrow('Dana chose Apply removals');
    const lapsed = (await db.select().from(grants)).filter(
      (grant) => grant.graceStartedAt !== null,
    );
    expect(lapsed.map((grant) => grant.personId).toSorted((a, b) => a - b)).toEqual(moved);
    expect(await rules.listAudits('role-rule.apply-held')).toMatchObject([
      { actorId: company.ids.Dana, subject: `role-rule:${ruleId}` },
    ]);
    expect(await loadMessage()).toMatchObject({ pending: 0, isNews: false });
    expect(await rules.reconcile(day(2))).toMatchObject({ lapsed: 0, heldRemovals: 0 });
  });

  it('kept grants count as manual grants from then on', async () => {
    const ruleId = await rules.addRule({ criteria: [{ dimension: 'department', value: 'Legal' }] });
    const ids = await addTenHolders('Sales', ruleId);
    // Nobody matches the rule.
    await db
      .update(grants)
      .set({ closedAt: day(0) })
      .where(inArray(grants.personId, ids.slice(3)));
    expect(await rules.reconcile(day(1))).toMatchObject({ lapsed: 0, heldRemovals: 3 });
    expect((await loadMessage())?.lines).toContain(
      'Nobody matches the rule any longer, which may be an error of the source; nothing was removed.',
    );
    const dana = await company.as('Dana', day(1));
    await decideHeldRemoval(dana, { ruleId, shown: 3, decision: 'keep' });
    const live = await db
      .select()
      .from(grants)
      .where(inArray(grants.personId, ids.slice(0, 3)));
    expect(live.map((grant) => [grant.ruleId, grant.graceStartedAt])).toEqual(
      live.map(() => [null, null]),
    );
    expect(await rules.reconcile(day(2))).toMatchObject({ lapsed: 0, heldRemovals: 0 });
  });

  it('a held removal ends when the people match again, but not when the rule ends', async () => {
    const ruleId = await rules.addRule();
    const ids = await addTenHolders('Engineering', ruleId);
    const moveSome = (department: string) =>
      db
        .update(people)
        .set({ department })
        .where(inArray(people.id, ids.slice(0, 6)));
    await moveSome('Sales');
    await rules.reconcile(day(1));
    await moveSome('Engineering');
    await rules.reconcile(day(2));
    expect((await rules.readRule(ruleId)).pendingRemovalGrantIds).toBeNull();
    await moveSome('Sales');
    await rules.reconcile(day(3));
    await rules.endRule(ruleId, day(4));
    expect(await rules.reconcile(day(4))).toMatchObject({ lapsed: 4, heldRemovals: 6 });
  });

  it('the message names the person who decided, until other removals are held', async () => {
    const ruleId = await rules.addRule();
    const first = await addTenHolders('Engineering', ruleId);
    const second = await addTenHolders('Engineering', ruleId);
    const moveSome = (some: readonly number[], department: string) =>
      db
        .update(people)
        .set({ department })
        .where(inArray(people.id, [...some]));
    await moveSome(first.slice(0, 6), 'Sales');
    await rules.reconcile(day(1));
    const dana = await company.as('Dana', day(1));
    await decideHeldRemoval(dana, { ruleId, shown: 6, decision: 'keep' });
    await forgetAuditLog(db);
    expect((await loadMessage())?.lines.at(-1)).toBe('Dana chose Keep them just now.');
    await moveSome(second.slice(0, 6), 'Sales');
    await rules.reconcile(day(2));
    await moveSome(second.slice(0, 6), 'Engineering');
    await rules.reconcile(day(3));
    expect((await rules.readRule(ruleId)).pendingRemovalGrantIds).toBeNull();
    expect((await loadMessage())?.lines.at(-1)).toBe(
      'Nothing needs confirmation any longer: these people match the rule again.',
    );
  });

  it('manual grants turn into rule grants, which lapse when the person moves', async () => {
    const ruleId = await rules.addRule();
    const other = { criteria: [{ dimension: 'department', value: 'Sales' }] };
    await rules.addRule({ ...other, ruleType: 'suggested' });
    const ids = await addTenHolders('Engineering', null);
    await addTenHolders('Sales', null);
    await rules.reconcile();
    const dana = await company.as('Dana', day(1));
    const { rulePolicyId } = rules;
    expect(await countAdoptable(dana, rulePolicyId)).toBe(10);
    expect(await adoptGrants(dana, { rulePolicyId })).toEqual({ adopted: 10 });
    expect(await adoptGrants(dana, { rulePolicyId })).toEqual({ adopted: 0 });
    const ruleGrants = await db.select().from(grants).where(eq(grants.ruleId, ruleId));
    expect(new Set(ruleGrants.map((grant) => grant.personId))).toEqual(new Set(ids));
    expect(await rules.listAudits('rule-policy.adopt')).toHaveLength(1);
    await db.update(people).set({ department: 'Sales' }).where(eq(people.id, ids[0]!));
    expect(await rules.reconcile(day(2))).toMatchObject({ lapsed: 1 });
    await expect(adoptGrants(await company.as('Bo'), { rulePolicyId })).rejects.toThrow(/Dana can/);
  });

  it('access by a required rule ends neither by its date nor with a profile', async () => {
    const ruleId = await rules.addRule();
    const { Ana, Bo } = company.ids;
    const given = {
      entitlementId: company.user,
      source: 'task' as const,
      firstSeenAt: day(0),
    };
    await db.insert(accessProfiles).values({ name: 'Base', nameKey: 'base', createdAt: day(0) });
    const [profile] = await db.select().from(accessProfiles);
    const profileId = profile!.id;
    await db.insert(profileEntitlements).values({ profileId, entitlementId: company.user });
    await db.insert(enrollments).values({ profileId, personId: Bo, enrolledAt: day(0) });
    await db.insert(grants).values([
      { ...given, personId: Ana, expiresAt: day(1) },
      { ...given, personId: Bo, profileId },
    ]);
    await expireGrants({ ...company.system, now: day(2) });
    const input = { profileId, personIds: [Bo], leaving: 'revoke_all' as const };
    await unenroll(await company.as('Dana'), input);
    expect(await db.select().from(tasks).where(eq(tasks.kind, 'revoke'))).toEqual([]);
    const live = (await db.select().from(grants).where(isNull(grants.closedAt))).filter(
      (grant) => grant.entitlementId === company.user,
    );
    expect(live.map((grant) => [grant.ruleId, grant.expiresAt])).toEqual([
      [ruleId, null],
      [ruleId, null],
    ]);
  });
});
