import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { createRulePolicy } from '../../../src/governance/mining-rules/rule-policies.ts';
import {
  previewRoleRule,
  type WrittenRule,
  writeRoleRule,
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

describe.each(databases())('rules written by hand on $name', ({ open }) => {
  const { db, company } = useCompany(open);
  let policyId: number;

  beforeEach(async () => {
    policyId = (await createRulePolicy(await dana(), { name: 'Own', graceDays: 7 })).id;
  });

  const dana = () => company.as('Dana');
  const given = (change: Partial<WrittenRule> = {}): WrittenRule => ({
    ...{ rulePolicyId: policyId, entitlementId: company.admin, criteria: engineering },
    ...{ ruleType: 'required', priority: 0 },
    ...change,
  });
  const write = async (change: Partial<WrittenRule> & { confirmed?: number } = {}) =>
    writeRoleRule(await dana(), { ...given(change), ...change });
  const refused = async (change: Partial<WrittenRule>) =>
    previewRoleRule(await dana(), given(change)).then(
      () => undefined,
      (error) => [error.field, error.message],
    );
  const listed = async (page = 0) => listRoleRules(await dana(), { rulePolicyId: policyId, page });

  it('a preview says whom a rule reaches, in the spelling of the people it is about', async () => {
    const criteria = [
      { dimension: 'Department', value: 'engineering' },
      { dimension: 'job title', value: 'ENGINEER' },
    ];
    const preview = await previewRoleRule(await dana(), given({ criteria }));
    expect(preview).toMatchObject({
      ...{ label: 'GitHub · Admin', risk: 'high', policy: 'Own' },
      words: 'department = Engineering and title = Engineer',
      ...{ matching: 5, holding: 1, gaining: 4, isAsked: false },
    });
    expect(preview.input.criteria).toEqual([
      { dimension: 'department', value: 'Engineering' },
      { dimension: 'job_title', value: 'Engineer' },
    ]);
    const suggested = await previewRoleRule(await dana(), given({ ruleType: 'suggested' }));
    expect(suggested).toMatchObject({ matching: 5, gaining: 0, overruled: 0, overruling: 0 });
    expect((await listed()).total).toBe(0);
  });

  it('what nobody is like, or is misspelt or too much, is refused', async () => {
    const about = (...criteria: string[][]) =>
      refused({ criteria: criteria.map(([dimension = '', value = '']) => ({ dimension, value })) });
    expect(await about(['departmnt', 'IT'])).toEqual([
      'rule',
      expect.stringContaining('There is no attribute "departmnt". Did you mean department?'),
    ]);
    expect(await about(['department', 'Enginering'])).toEqual([
      'rule',
      'Nobody matches department = Enginering. Did you mean Engineering (5 people)?',
    ]);
    const nobody = [
      ['department', 'IT'],
      ['manager', 'bo@acme.example'],
    ];
    expect((await about(...nobody))?.[1]).toBe('Nobody matches department = IT and manager = Bo.');
    expect((await about(['department', 'IT'], ['Department', 'Engineering']))?.[1]).toContain(
      'one value of Department',
    );
    expect((await about())?.[1]).toContain('Say who');
    expect(await refused({ entitlementId: 999_999 })).toEqual([
      'entitlement',
      'That entitlement is no longer here; choose another.',
    ]);
    expect(await refused({ priority: 0.5 })).toEqual(['priority', expect.any(String)]);
  });

  it('a rule is written, listed in words and ended, each with an audit row', async () => {
    const { id, label } = await write({ priority: 3 });
    const suggested = { ruleType: 'suggested', priority: 3 } as const;
    const against = await previewRoleRule(await dana(), given(suggested));
    expect(against).toMatchObject({ overruled: 5, overruling: 0 });
    const first = await previewRoleRule(await dana(), given({ ...suggested, priority: 2 }));
    expect(first).toMatchObject({ overruled: 0, overruling: 5 });
    expect(label).toBe('GitHub · Admin');
    expect(await listed()).toMatchObject({ total: 1, page: 0, pages: 1 });
    expect((await listed()).rules).toEqual([
      {
        ...{ id, version: 1, label: 'GitHub · Admin', isWritten: true },
        words: 'department = Engineering',
        ...{ holding: 0, about: 'Required · written by hand · priority 3' },
      },
    ]);
    await expect(write()).rejects.toThrow('There is such a rule for GitHub · Admin already');
    expect(await endRoleRule(await dana(), { id, version: 1 })).toMatchObject({ graceDays: 7 });
    expect((await listed()).total).toBe(0);
    await expect(endRoleRule(await dana(), { id, version: 1 })).rejects.toThrow(
      'The rule for GitHub · Admin has ended already, just now.',
    );
    const rows = await db
      .select()
      .from(auditLog)
      .where(eq(auditLog.subject, `role-rule:${id}`));
    expect(rows.map(({ verb, actorId }) => [verb, actorId])).toEqual([
      ['role-rule.create', company.ids.Dana],
      ['role-rule.end', company.ids.Dana],
    ]);
  });

  it('what it asks for opens at once, and what it gave goes on for a while when it ends', async () => {
    const written = await write();
    expect(written).toMatchObject({ opened: 4, skipped: [] });
    const open = await db.select().from(tasks).where(eq(tasks.state, 'open'));
    expect(open.map(({ cause, ruleId }) => [cause, ruleId])).toEqual(
      Array.from({ length: 4 }, () => ['rule', written.id]),
    );
    await db.update(grants).set({ ruleId: written.id });
    const [line] = (await listed()).rules;
    expect(line).toMatchObject({ holding: 1, about: expect.stringContaining('1 person by this') });
    const ended = await endRoleRule(await dana(), { id: written.id, version: 1 });
    expect(ended).toMatchObject({ lost: 1, closed: 4, graceDays: 7 });
    expect((await db.select().from(grants))[0]?.graceStartedAt).toEqual(noon);
  });

  it('two who end one at once end it once', commits, async () => {
    const { id } = await write();
    const end = async () => endRoleRule(await dana(), { id, version: 1 });
    const both = await Promise.allSettled([end(), end()]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('high risk for more than 20 people, anything for more than 100, waits for a yes to the number', async () => {
    const join = (count: number) =>
      db.insert(people).values(
        Array.from({ length: count }, (_, at) => ({
          ...{ connector: 'csv', name: `New ${at}`, department: 'Engineering' },
        })),
      );
    await join(17);
    expect(await previewRoleRule(await dana(), given())).toMatchObject({
      ...{ gaining: 21, isAsked: true },
    });
    const usual = given({ entitlementId: company.user });
    expect(await previewRoleRule(await dana(), usual)).toMatchObject({ isAsked: false });
    await expect(write()).rejects.toThrow(
      'This rule would give GitHub · Admin to 21 people at once; look at it again and confirm',
    );
    await join(1);
    await expect(write({ confirmed: 21 })).rejects.toThrow('to 22 people at once, not to 21');
    await write({ confirmed: 22 });
    await join(90);
    expect(await previewRoleRule(await dana(), usual)).toMatchObject({ isAsked: true });
  });

  it('of many rules, the page on which those for an entitlement begin can be gone to', async () => {
    const rules = Array.from({ length: 12 }, (_, at) => ({
      ...{ rulePolicyId: policyId, origin: 'generated' as const, ruleType: 'suggested' as const },
      ...{ entitlementId: at < 11 ? company.admin : company.user, appliedAt: noon },
      criteria: engineering,
    }));
    await db.insert(singleRoleRules).values(rules);
    const about = async (entitlementId: number) =>
      listRoleRules(await dana(), { rulePolicyId: policyId, page: 0, entitlementId });
    expect(await about(company.admin)).toMatchObject({ page: 0, pages: 2 });
    const { page, rules: shown } = await about(company.user);
    expect([page, shown.map(({ label }) => label)]).toEqual([
      1,
      ['GitHub · Admin', 'GitHub · User'],
    ]);
    await write();
    expect((await about(company.admin)).rules[0]?.isWritten).toBe(true);
    await expect(about(999_999)).rejects.toThrow('No rule of this policy that is in force');
  });

  it('a rule that mining made tells its figures, and is not ended by hand', async () => {
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
    const [line] = (await listed(4)).rules;
    expect(line?.about).toBe('Suggested · 58 of 60 hold it · 3.33 % false positives');
    await expect(endRoleRule(await dana(), { id: rule!.id, version: 1 })).rejects.toThrow(
      'Mining made this rule for GitHub · Admin',
    );
  });
});
