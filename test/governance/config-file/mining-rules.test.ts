import { asc, eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { applyConfigFile } from '../../../src/governance/config-file/apply.ts';
import { exportConfig } from '../../../src/governance/config-file/export.ts';
import type { Ctx } from '../../../src/governance/context.ts';
import { listMiningRules } from '../../../src/store/rules/mining-rules.ts';
import { entitlements } from '../../../src/store/schema/access.ts';
import { auditLog } from '../../../src/store/schema/messages.ts';
import { applyLines, planLines } from '../../support/config-file.ts';
import { embedded } from '../../support/database.ts';
import { noon } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';

const mining = `
rulePolicies:
  - { name: Default }
  - { name: Mining, graceDays: 30 }
miningRules:
  - name: sensitive
    policy: Default
    rulePolicy: mining
    includeNoValidation: false
    includeSimpleValidation: false
    precisionMinPercent: 97
    falsePositiveMaxPercent: 1
    priority: 10
  - { policy: Default, rulePolicy: Mining, precisionMinPercent: 95, falsePositiveMaxPercent: 5, priority: 1 }
  - { policy: Default, rulePolicy: Mining, ruleType: suggested, precisionMinPercent: 80, falsePositiveMaxPercent: 20, priority: 1 }
`;

describe.each(embedded())('mining rules in a configuration file, on $name', ({ open }) => {
  const { db, company } = useCompany(open);
  let ctx: Ctx;

  beforeEach(async () => {
    ctx = { db, actor: undefined, via: 'cli', now: noon };
  });

  const plan = (text: string) => planLines(ctx, text);
  const apply = (text: string) => applyLines(ctx, text);
  const rules = () => listMiningRules(db);

  it('mining rules are planned, applied with audit rows, and a second time change nothing', async () => {
    const lines = [
      'new rule policy Default: grace period 14 days',
      'new rule policy Mining: grace period 30 days',
      'new mining rule “sensitive” for Mining, Required: precision at least 97 %, at most 1 % false positives · entitlements with 2 or 3 approvals · priority 10',
      'new mining rule for Mining, Required: precision at least 95 %, at most 5 % false positives · priority 1',
      'new mining rule for Mining, Suggested: precision at least 80 %, at most 20 % false positives · priority 1',
    ];
    expect(await plan(mining)).toEqual(lines);
    expect(await rules()).toEqual([]);
    expect(await apply(mining)).toEqual(lines);
    expect((await rules()).map((rule) => [rule.policy, rule.rulePolicy, rule.ruleType])).toEqual([
      ['Default', 'Mining', 'required'],
      ['Default', 'Mining', 'required'],
      ['Default', 'Mining', 'suggested'],
    ]);
    const auditRows = await db.select().from(auditLog).orderBy(asc(auditLog.id));
    expect(auditRows.map(({ verb }) => verb)).toEqual([
      ...Array(2).fill('rule-policy.create'),
      ...Array(3).fill('mining-rule.create'),
    ]);
    expect(await plan(mining)).toEqual([]);
    expect(await plan(await exportConfig(ctx))).toEqual([]);
    expect(await plan('policies: []')).toEqual([]);
    expect(await plan(mining.replace('Mining, graceDays: 30', 'MINING'))).toEqual([]);
  });

  it('a changed file changes mining rules, and omitted ones are removed', async () => {
    await apply(mining);
    const ids = (await rules()).map(({ id }) => id);
    const changed = mining
      .replace('graceDays: 30', 'graceDays: 7')
      .replace(
        'precisionMinPercent: 95',
        'precisionMinPercent: 96, maxNewGrants: 50, enabled: false',
      );
    expect(await apply(changed)).toEqual([
      'rule policy Mining: grace period 30 → 7 days',
      'mining rule for Mining, Required: precision at least 95 %, at most 5 % false positives · priority 1: the precision 95 → 96, the maximum number of new grants none → 50, whether it is switched on yes → no',
    ]);
    expect(await plan(changed)).toEqual([]);
    expect(await plan(await exportConfig(ctx))).toEqual([]);
    expect((await rules()).map(({ id }) => id)).toEqual(ids);
    expect(await apply('miningRules: []')).toHaveLength(3);
    expect(await rules()).toEqual([]);
  });

  it('rules of the same priority run in the order of the file', async () => {
    await apply(mining);
    const lines = mining.trimEnd().split('\n');
    const turned = [...lines.slice(0, -2), lines.at(-1), lines.at(-2)].join('\n');
    expect(await apply(turned)).toHaveLength(2);
    const order = () => rules().then((all) => all.map((rule) => rule.precisionMinPercent));
    expect(await order()).toEqual([97, 80, 95]);
    expect(await plan(turned)).toEqual([]);
    const between = '  - { policy: Mining, precisionMinPercent: 90, priority: 1 }';
    await apply([...turned.split('\n').slice(0, -1), between, lines.at(-2)].join('\n'));
    expect(await order()).toEqual([97, 80, 90, 95]);
    await apply(mining);
    expect(await order()).toEqual([97, 95, 80]);
  });

  it('mining rules need existing policies and categories, and percentages from 0 to 100', async () => {
    await apply(mining);
    const rule = (words: string) => `miningRules: [{ ${words} }]`;
    expect(await plan(rule('policy: Minning'))).toEqual([
      '1:25 "Minning": there is no rule policy of this name; add it to rulePolicies to create it; did you mean Mining?',
    ]);
    expect(await plan(rule('ruleType: suggested'))).toEqual([
      expect.stringContaining('policy is missing: name the rule policy of this rule'),
    ]);
    expect(await plan(rule('policy: Mining, category: Mony'))).toEqual([
      '1:43 "Mony": no entitlement has this category or a subcategory of it',
    ]);
    const bought =
      'applications: [{ name: GitHub, entitlements: [{ name: User, category: Money/Paid }] }]';
    expect(await plan(`${bought}\n${rule('policy: Mining, category: money')}`)).toHaveLength(5);
    expect(await plan(rule('policy: Mining, precisionMinPercent: 101'))).toEqual([
      '1:54 101: expected a percentage from 0 to 100',
    ]);
    expect(await plan(rule('policy: Mining, precision: 10'))).toEqual([
      expect.stringContaining('is an unknown key; known keys: name, entityType, policy'),
    ]);
    expect(await plan('rulePolicies: [{ name: A }, { name: a, graceDays: 366 }]')).toEqual([
      '1:37 "a": this rule policy is in the file already',
      '1:51 366: expected a whole number from 0 to 365',
    ]);
  });

  it('a percentage that looks like a share gets a warning', async () => {
    const text = `${mining.replace('falsePositiveMaxPercent: 1\n', 'falsePositiveMaxPercent: 0.03\n')}`;
    const planned = await applyConfigFile(ctx, text);
    expect('warnings' in planned && planned.warnings).toMatchObject([
      { line: 12, key: 'falsePositiveMaxPercent', value: '0.03' },
    ]);
    expect((await rules())[0]?.falsePositiveMaxPercent).toBe(0.03);
  });

  it('a stored mining rule keeps a category that no entitlement has any longer', async () => {
    const right = eq(entitlements.id, company.user);
    await db.update(entitlements).set({ category: 'Money' }).where(right);
    const text = mining.replace('name: sensitive', '$&\n    category: Money');
    await apply(text);
    await db.update(entitlements).set({ category: null }).where(right);
    expect(await plan(text)).toEqual([]);
    expect(await apply(text.replace('graceDays: 30', 'graceDays: 31'))).toHaveLength(1);
  });
});
