import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { createRulePolicy } from '../../../src/governance/mining-rules/rule-policies.ts';
import {
  createRoleRule,
  type HandwrittenRule,
  previewRoleRule,
} from '../../../src/governance/role-rules/handwritten-rules.ts';
import { endRoleRule, listRoleRules } from '../../../src/governance/role-rules/rules-in-force.ts';
import { grants } from '../../../src/store/schema/access.ts';
import { auditLog } from '../../../src/store/schema/messages.ts';
import { people } from '../../../src/store/schema/people.ts';
import { singleRoleRules } from '../../../src/store/schema/rules.ts';
import { tasks } from '../../../src/store/schema/tasks.ts';
import { databases } from '../../support/database.ts';
import { noon } from '../../support/small-company.ts';
import { commits, useCompany } from '../../support/use-database.ts';

const engineering = [{ dimension: 'department', value: 'Engineering' }];

describe.each(databases())('handwritten rules on $name', ({ open }) => {
  const { db, company } = useCompany(open);
  let policyId: number;

  beforeEach(async () => {
    policyId = (await createRulePolicy(await dana(), { name: 'Own', graceDays: 7 })).id;
  });

  const dana = () => company.as('Dana');
  const toRule = (change: Partial<HandwrittenRule> = {}): HandwrittenRule => ({
    ...{ rulePolicyId: policyId, entitlementId: company.admin, criteria: engineering },
    ...{ ruleType: 'required', priority: 0 },
    ...change,
  });
  const createRule = async (change: Partial<HandwrittenRule> & { confirmed?: number } = {}) =>
    createRoleRule(await dana(), { ...toRule(change), ...change });
  const refusalOf = async (change: Partial<HandwrittenRule>) =>
    previewRoleRule(await dana(), toRule(change)).then(
      () => undefined,
      (error) => [error.field, error.message],
    );
  const listRules = async (page = 0) =>
    listRoleRules(await dana(), { rulePolicyId: policyId, page });

  it('a preview counts the matching people and uses their spelling of attributes', async () => {
    const criteria = [
      { dimension: 'Department', value: 'engineering' },
      { dimension: 'job title', value: 'ENGINEER' },
    ];
    const preview = await previewRoleRule(await dana(), toRule({ criteria }));
    expect(preview).toMatchObject({
      ...{ label: 'GitHub · Admin', risk: 'high', policy: 'Own' },
      criteriaText: 'department = Engineering and title = Engineer',
      ...{ matching: 5, holderCount: 1, gaining: 4, requiresConfirmation: false },
    });
    expect(preview.input.criteria).toEqual([
      { dimension: 'department', value: 'Engineering' },
      { dimension: 'job_title', value: 'Engineer' },
    ]);
    const suggested = await previewRoleRule(await dana(), toRule({ ruleType: 'suggested' }));
    expect(suggested).toMatchObject({ matching: 5, gaining: 0, overruled: 0, overruling: 0 });
    expect((await listRules()).total).toBe(0);
  });

  it('criteria that match nobody, are misspelled or too many are refused', async () => {
    const refusalOfCriteria = (...criteria: string[][]) =>
      refusalOf({
        criteria: criteria.map(([dimension = '', value = '']) => ({ dimension, value })),
      });
    expect(await refusalOfCriteria(['departmnt', 'IT'])).toEqual([
      'rule',
      expect.stringContaining('There is no attribute "departmnt". Did you mean department?'),
    ]);
    expect(await refusalOfCriteria(['department', 'Enginering'])).toEqual([
      'rule',
      'Nobody matches department = Enginering. Did you mean Engineering (5 people)?',
    ]);
    const nobody = [
      ['department', 'IT'],
      ['manager', 'bo@acme.example'],
    ];
    expect((await refusalOfCriteria(...nobody))?.[1]).toBe(
      'Nobody matches department = IT and manager = Bo.',
    );
    expect(
      (await refusalOfCriteria(['department', 'IT'], ['Department', 'Engineering']))?.[1],
    ).toContain('one value of Department');
    expect((await refusalOfCriteria())?.[1]).toContain('Write at least one attribute=value');
    expect(await refusalOf({ entitlementId: 999_999 })).toEqual([
      'entitlement',
      'This entitlement no longer exists; choose another one.',
    ]);
    expect(await refusalOf({ priority: 0.5 })).toEqual(['priority', expect.any(String)]);
  });

  it('a rule is created, listed with its texts and ended, with an audit row for each change', async () => {
    const { id, label } = await createRule({ priority: 3 });
    const suggested = { ruleType: 'suggested', priority: 3 } as const;
    const opposed = await previewRoleRule(await dana(), toRule(suggested));
    expect(opposed).toMatchObject({ overruled: 5, overruling: 0 });
    const first = await previewRoleRule(await dana(), toRule({ ...suggested, priority: 2 }));
    expect(first).toMatchObject({ overruled: 0, overruling: 5 });
    expect(label).toBe('GitHub · Admin');
    expect(await listRules()).toMatchObject({ total: 1, page: 0, pages: 1 });
    expect((await listRules()).rules).toEqual([
      {
        ...{ id, version: 1, label: 'GitHub · Admin', isHandwritten: true },
        criteriaText: 'department = Engineering',
        ...{ holderCount: 0, details: 'Required · written by hand · priority 3' },
      },
    ]);
    await expect(createRule()).rejects.toThrow(
      'A rule for GitHub · Admin with these criteria already exists',
    );
    expect(await endRoleRule(await dana(), { id, version: 1 })).toMatchObject({ graceDays: 7 });
    expect((await listRules()).total).toBe(0);
    await expect(endRoleRule(await dana(), { id, version: 1 })).rejects.toThrow(
      'The rule for GitHub · Admin already ended just now.',
    );
    const rows = await db
      .select()
      .from(auditLog)
      .where(eq(auditLog.subject, `role-rule:${id}`))
      .orderBy(auditLog.id);
    expect(rows.map(({ verb, actorId }) => [verb, actorId])).toEqual([
      ['role-rule.create', company.ids.Dana],
      ['role-rule.end', company.ids.Dana],
    ]);
  });

  it('a new rule opens tasks at once, and its access lasts for the grace period after it ends', async () => {
    const written = await createRule();
    expect(written).toMatchObject({ opened: 4, skipped: [] });
    const open = await db.select().from(tasks).where(eq(tasks.state, 'open'));
    expect(open.map(({ cause, ruleId }) => [cause, ruleId])).toEqual(
      Array.from({ length: 4 }, () => ['rule', written.id]),
    );
    await db.update(grants).set({ ruleId: written.id });
    const [line] = (await listRules()).rules;
    expect(line).toMatchObject({
      holderCount: 1,
      details: expect.stringContaining('granted to 1 person'),
    });
    const ended = await endRoleRule(await dana(), { id: written.id, version: 1 });
    expect(ended).toMatchObject({ lapsed: 1, closed: 4, graceDays: 7 });
    expect((await db.select().from(grants))[0]?.graceStartedAt).toEqual(noon);
  });

  it('two people ending a rule at once end it once', commits, async () => {
    const { id } = await createRule();
    const end = async () => endRoleRule(await dana(), { id, version: 1 });
    const both = await Promise.allSettled([end(), end()]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('access of high risk for more than 20 people, or any access for more than 100, needs confirmation of the number', async () => {
    const addPeople = (count: number) =>
      db.insert(people).values(
        Array.from({ length: count }, (_, at) => ({
          ...{ connector: 'csv', name: `New ${at}`, department: 'Engineering' },
        })),
      );
    await addPeople(17);
    expect(await previewRoleRule(await dana(), toRule())).toMatchObject({
      ...{ gaining: 21, requiresConfirmation: true },
    });
    const otherRule = toRule({ entitlementId: company.user });
    expect(await previewRoleRule(await dana(), otherRule)).toMatchObject({
      requiresConfirmation: false,
    });
    await expect(createRule()).rejects.toThrow(
      'This rule would grant GitHub · Admin to 21 people at once; check the rule and confirm',
    );
    await addPeople(1);
    await expect(createRule({ confirmed: 21 })).rejects.toThrow('to 22 people at once, not to 21');
    await createRule({ confirmed: 22 });
    await addPeople(90);
    expect(await previewRoleRule(await dana(), otherRule)).toMatchObject({
      requiresConfirmation: true,
    });
  });

  it('the list opens at the page on which the rules for an entitlement begin', async () => {
    const rules = Array.from({ length: 12 }, (_, at) => ({
      ...{ rulePolicyId: policyId, origin: 'generated' as const, ruleType: 'suggested' as const },
      ...{ entitlementId: at < 11 ? company.admin : company.user, appliedAt: noon },
      criteria: engineering,
    }));
    await db.insert(singleRoleRules).values(rules);
    const listFrom = async (entitlementId: number) =>
      listRoleRules(await dana(), { rulePolicyId: policyId, page: 0, entitlementId });
    expect(await listFrom(company.admin)).toMatchObject({ page: 0, pages: 2 });
    const { page, rules: listedRules } = await listFrom(company.user);
    expect([page, listedRules.map(({ label }) => label)]).toEqual([
      1,
      ['GitHub · Admin', 'GitHub · User'],
    ]);
    await createRule();
    expect((await listFrom(company.admin)).rules[0]?.isHandwritten).toBe(true);
    await expect(listFrom(999_999)).rejects.toThrow(
      'This policy has no rule in force for that entitlement',
    );
  });

  it('a generated rule shows its figures and cannot be ended by hand', async () => {
    const figures = {
      ...{ matched: 60, truePositives: 58, falsePositives: 2, falseNegatives: 0 },
      ...{ precisionPercent: 99.8, falsePositivePercent: 100 / 30 },
    };
    const [rule] = await db
      .insert(singleRoleRules)
      .values({
        ...{ rulePolicyId: policyId, entitlementId: company.admin, origin: 'generated' },
        ...{ ruleType: 'suggested', criteria: engineering, appliedAt: noon, figures },
      })
      .returning();
    const [line] = (await listRules(4)).rules;
    expect(line?.details).toBe('Suggested · 58 of 60 have it · 3.33 % false positives');
    await expect(endRoleRule(await dana(), { id: rule!.id, version: 1 })).rejects.toThrow(
      'Mining created this rule for GitHub · Admin',
    );
  });
});
