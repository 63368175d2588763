import { asc, eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { planConfigFile } from '../../../src/governance/config-file/apply.ts';
import { exportConfig } from '../../../src/governance/config-file/export.ts';
import type { Ctx } from '../../../src/governance/context.ts';
import { listRulesInForce } from '../../../src/store/rules/role-rules.ts';
import { entitlements } from '../../../src/store/schema/access.ts';
import { auditLog } from '../../../src/store/schema/messages.ts';
import { people } from '../../../src/store/schema/people.ts';
import { tasks } from '../../../src/store/schema/tasks.ts';
import { applyLines, planLines } from '../../support/config-file.ts';
import { embedded } from '../../support/database.ts';
import { noon } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';

const policy = 'rulePolicies: [{ name: Birthright }]\n';
const rule = (words = '', criteria = '{ department: engineering }') =>
  `  - { application: github, entitlement: admin, criteria: ${criteria}, ruleType: required, rulePolicy: birthright${words} }\n`;
const one = `${policy}roleRules:\n${rule()}`;

describe.each(embedded())('role rules in a configuration file, on $name', ({ open }) => {
  const { db, company } = useCompany(open);
  let ctx: Ctx;

  beforeEach(async () => {
    ctx = { db, actor: undefined, via: 'cli', now: noon };
  });

  const plan = (text: string) => planLines(ctx, text);
  const apply = (text: string) => applyLines(ctx, text);
  const inForce = () => listRulesInForce(db);
  const audits = (verb: string) =>
    db.select().from(auditLog).where(eq(auditLog.verb, verb)).orderBy(asc(auditLog.id));

  it('role rules are planned with their reach, applied with an audit row, and then change nothing', async () => {
    const lines = [
      'new rule policy Birthright: grace period 14 days',
      'new rule for GitHub · Admin in Birthright, department = Engineering (required); 5 people match, 4 of them get access',
    ];
    expect(await plan(one)).toEqual(lines);
    expect(await inForce()).toEqual([]);
    expect(await apply(one)).toEqual(lines);
    expect(await inForce()).toMatchObject([
      {
        origin: 'written',
        entitlementId: company.admin,
        criteria: [{ dimension: 'department', value: 'Engineering' }],
        ruleType: 'required',
        createdBy: null,
        appliedAt: noon,
      },
    ]);
    const [row] = await audits('role-rule.create');
    expect(row).toMatchObject({ after: { policy: 'Birthright', entitlement: 'GitHub · Admin' } });
    expect(await plan(one)).toEqual([]);
    expect(await plan(await exportConfig(ctx))).toEqual([]);
    expect(await plan('rulePolicies: []')).toEqual([]);
  });

  it('a changed priority is saved, and omitted role rules end', async () => {
    await apply(one);
    const changed = `roleRules:\n${rule(', priority: 5')}`;
    expect(await apply(changed)).toEqual([
      expect.stringMatching(
        /^rule for GitHub · Admin in Birthright, .*: the priority 0 → 5; 5 people/,
      ),
    ]);
    expect((await inForce()).map(({ priority, version }) => [priority, version])).toEqual([[5, 2]]);
    expect(await plan(await exportConfig(ctx))).toEqual([]);
    expect(await apply(changed.replace('required', 'suggested'))).toEqual([
      'rule for GitHub · Admin in Birthright, department = Engineering (required) removed',
      'new rule for GitHub · Admin in Birthright, department = Engineering (suggested), priority 5; 5 people match',
    ]);
    expect(await apply('roleRules: []')).toHaveLength(1);
    expect(await inForce()).toEqual([]);
    expect(await audits('role-rule.end')).toHaveLength(2);
  });

  it('a role rule can use an entitlement and a policy of the same file', async () => {
    const desk =
      'applications: [{ name: Desk, entitlements: [{ name: Agent }] }]\nroleRules: [{ application: Desk, entitlement: Agent, criteria: { job_title: Engineer, department: IT }, ruleType: required, rulePolicy: Birthright }]\n';
    expect(await apply(policy + desk)).toContain(
      'new rule for Desk · Agent in Birthright, job_title = Engineer and department = IT (required); 1 person matches, 1 of them gets access',
    );
    expect(await plan(policy + desk)).toEqual([]);
  });

  it('a role rule needs existing names and somebody who matches', async () => {
    await apply(policy);
    const wrong = async (text: string) => (await plan(`roleRules:\n${text}`)).join('\n');
    expect(await wrong(rule().replace('github', 'gitub'))).toContain('did you mean GitHub?');
    expect(await wrong(rule().replace('entitlement: admin', 'entitlement: admn'))).toBe(
      '2:41 "admn": there is no entitlement of this name; did you mean Admin?',
    );
    expect(await wrong(rule().replace('birthright', 'birthrite'))).toContain(
      'no rule policy of this name; add it to rulePolicies to create it; did you mean Birthright?',
    );
    expect(await wrong(rule('', '{ departmant: IT }'))).toContain('departmant');
    expect(await wrong(rule('', '{ department: Enginering }'))).toContain(
      'Nobody matches department = Enginering. Did you mean Engineering (5 people)?',
    );
    expect(await wrong(rule('', '{ department: IT, manager: bo@acme.example }'))).toContain(
      'nobody matches this',
    );
    expect(await wrong(rule('', '{}'))).toContain('expected 1 to 3 attributes with a value');
    expect(await wrong(rule('', '{ department: IT, Department: IT }'))).toContain('appears twice');
    expect(await wrong(rule('', '{ department: 7 }'))).toContain('a number or date goes in quotes');
    expect(await wrong(rule() + rule('', '{ Department: ENGINEERING }'))).toContain(
      'this rule is in the file already',
    );
    expect(await wrong(rule().replace('ruleType: required, ', ''))).toContain(
      'ruleType is missing',
    );
  });

  it('tasks open at once for people who match, and close when the rule ends first', async () => {
    await apply(one);
    const opened = await db.select().from(tasks).orderBy(asc(tasks.personId));
    const { Ana, Bo, Kim, Lee } = company.ids;
    expect(opened.map(({ personId }) => personId)).toEqual([Ana, Bo, Kim, Lee]);
    const [rule] = await inForce();
    expect(opened[0]).toMatchObject({ kind: 'grant', cause: 'rule', ruleId: rule?.id });
    await apply('roleRules: []');
    const left = await db.select().from(tasks).where(eq(tasks.state, 'open'));
    expect(left).toEqual([]);
  });

  it('a role rule that gives very many people access gets a warning', async () => {
    const crowd = Array.from({ length: 21 }, (_, at) => ({
      connector: 'csv',
      name: `Person ${at}`,
      email: `p${at}@acme.example`,
      department: 'Crowd',
    }));
    await db.insert(people).values(crowd);
    const text = `${policy}roleRules:\n${rule('', '{ department: Crowd }')}`;
    const planned = await planConfigFile(ctx, text);
    expect('warnings' in planned && planned.warnings).toMatchObject([
      { line: 3, message: 'this gives GitHub · Admin (high risk) to 21 people at once' },
    ]);
    const user = await planConfigFile(ctx, text.replace('admin', 'user'));
    expect('warnings' in user && user.warnings).toEqual([]);
  });

  it('role rules of a closed entitlement do not change', async () => {
    await apply(one);
    await db.update(entitlements).set({ closedAt: noon }).where(eq(entitlements.id, company.admin));
    expect(await plan('roleRules: []')).toEqual([]);
    expect(await plan(await exportConfig(ctx))).toEqual([]);
  });
});
