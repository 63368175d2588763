import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { exportConfig } from '../../../src/governance/config-file/export.ts';
import type { Ctx } from '../../../src/governance/context.ts';
import { auditLog } from '../../../src/store/schema/messages.ts';
import { people, userGroups } from '../../../src/store/schema/people.ts';
import { policies } from '../../../src/store/schema/tasks.ts';
import { applyLines, planLines } from '../../support/config-file.ts';
import { databases } from '../../support/database.ts';
import { noon } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';

const strict = `
policies:
  - name: Strict
    steps:
      - approvers: manager
      - approvers: { people: [KIM@acme.example, dana@acme.example] }
        quorum: 2
      - approvers: provisioners
`;

describe.each(databases())(
  'policies and mining settings in a configuration file, on $name',
  ({ open }) => {
    const { db, company } = useCompany(open);
    let ctx: Ctx;

    beforeEach(async () => {
      ctx = { db, actor: undefined, via: 'cli', now: noon };
    });

    const plan = (text: string) => planLines(ctx, text);
    const apply = (text: string) => applyLines(ctx, text);

    it('a file sets the default policy and cannot remove it', async () => {
      const chosen = 'defaultPolicies: { request: Strict }';
      const usual = chosen.replace('Strict', 'One approval');
      expect(await plan(`policies: []\n${chosen}`)).toEqual([
        '2:29 "Strict": there is no policy of this name for requests',
      ]);
      expect(await apply(`${strict}${chosen}`)).toHaveLength(2);
      expect(await plan(chosen)).toEqual([]);
      expect(await exportConfig(ctx)).toContain('request: Strict');
      expect(await plan('policies: []')).toEqual([
        expect.stringContaining('still used by everything without a policy of its own'),
      ]);
      const [row] = await db.select().from(auditLog).where(eq(auditLog.verb, 'policy.default'));
      expect(row).toMatchObject({
        before: { default: 'One approval' },
        after: { default: 'Strict' },
      });
      expect(await apply(`policies: []\n${usual}`)).toEqual([
        'policy “Strict” removed',
        'default policy for requests: Strict → One approval',
      ]);
      expect(await plan(usual)).toEqual([]);
    });

    it('a policy rule needs a condition and an existing category', async () => {
      const rules = (...conditions: string[]) =>
        `policyRules:\n${conditions.map((one) => `  - { condition: ${one}, policy: No approval }\n`).join('')}`;
      expect(await plan(rules('{ emergency: false }', '{ category: Money }'))).toEqual([
        '2:5 undefined: this rule matches everything; add a condition, or name its policy in defaultPolicies',
        '3:5 undefined: this rule never matches: rule 1 already matches all its cases',
        '3:30 "Money": no entitlement has this category',
      ]);
      const money =
        'applications: [{ name: GitHub, entitlements: [{ name: User, category: money }] }]';
      const both = `${rules('{ requesterIsManager: false }', '{ category: Money }')}${money}`;
      expect(await apply(both)).toHaveLength(3);
      expect(await plan(both)).toEqual([]);
    });

    it('a file has at most as many rules of a kind as Slack can show', async () => {
      const rules = Array.from({ length: 41 }, (_, at) => `{ application: A${at} }`);
      const apps = rules.map((_, at) => `  - name: A${at}\n`).join('');
      const list = rules.map((one) => `  - { condition: ${one}, policy: No approval }\n`).join('');
      expect(await plan(`applications:\n${apps}policyRules:\n${list}`)).toEqual([
        '84:5 undefined: there are at most 40 rules for requests',
      ]);
    });

    it('dimensions must be attributes that people have', async () => {
      const { Bo } = company.ids;
      await db
        .update(people)
        .set({ attributes: { 'Cost Centre': '7' } })
        .where(eq(people.id, Bo));
      const text = (name: string) => `mining: { dimensions: [Department, ${name}] }`;
      expect(await plan(text('team'))).toEqual([
        '1:36 "team": people have no attribute of this name; there are: department, job_title, employment_status, employment_type, manager, location, Cost Centre',
      ]);
      expect(await apply(text('cost_centre'))).toHaveLength(1);
      await db.update(people).set({ attributes: {} });
      expect(await plan(await exportConfig(ctx))).toEqual([]);
    });

    it('the plan names the changed step and its changes', async () => {
      await apply(strict);
      const changed = strict
        .replace('quorum: 2', 'reasonToApprove: true\n        decideByEmail: true')
        .replace('      - approvers: provisioners', '      - approvers: super_admins\n$&');
      expect(await apply(changed)).toEqual([
        'policy “Strict”: step 2 dana@acme.example or kim@acme.example: quorum 2 → 1, reasonToApprove false → true, decideByEmail unless of high risk → true',
        'policy “Strict”: step 3 super admins added',
      ]);
      expect(await plan(changed)).toEqual([]);
      const [row] = await db.select().from(policies).where(eq(policies.name, 'Strict'));
      expect(row?.version).toBe(2);
    });

    it('a policy name in another case is refused', async () => {
      await apply(strict);
      expect(await plan(strict.replace('Strict', 'STRICT'))).toEqual([
        '3:11 "STRICT": write the name as the existing policy has it: Strict',
      ]);
    });

    it('a new step needs somebody who can approve it', async () => {
      const team = { id: 'S1', handle: 'ops', name: 'Ops', readAt: noon };
      await db.insert(userGroups).values({ ...team, memberIds: [company.ids.Bo] });
      const policyFor = (approvers: string) =>
        `policies: [{ name: Ours, steps: [{ approvers: ${approvers} }, { approvers: provisioners }] }]`;
      expect(await apply(policyFor('{ userGroup: ops }'))).toHaveLength(1);
      await db.update(userGroups).set({ memberIds: [company.ids.Gone] });
      expect(await plan(policyFor('{ userGroup: ops }'))).toEqual([]);
      expect(await plan(policyFor('{ userGroup: ops }').replace('Ours', 'Other'))).toEqual([
        '1:61 "ops": @ops has no active members',
      ]);
      expect(await plan(policyFor('manager, quorum: 2'))).toEqual([
        '1:64 2: only 1 can approve in this step',
      ]);
    });

    it('one list has all entitlements that are not for mining', async () => {
      const leave = (name: string) =>
        `mining: { excludedEntitlements: [{ application: GitHub, entitlement: ${name} }] }`;
      expect(await apply(leave('User'))).toEqual(['GitHub · User: for mining yes → no']);
      expect((await apply(leave('admin'))).sort()).toEqual([
        'GitHub · Admin: for mining yes → no',
        'GitHub · User: for mining no → yes',
      ]);
      expect(await apply('mining: { minLift: 3 }')).toHaveLength(1);
      expect(await plan(leave('Admin'))).toEqual([]);
    });
  },
);
