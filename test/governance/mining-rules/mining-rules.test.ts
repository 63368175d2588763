import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { inTransaction } from '../../../src/governance/context.ts';
import {
  addMiningRule,
  changeMiningRule,
  createMiningRule,
  deleteMiningRule,
  readMiningRule,
  reviseMiningRule,
  setMiningRuleEnabled,
  viewRulePolicy,
} from '../../../src/governance/mining-rules/mining-rules.ts';
import {
  changeRulePolicy,
  createRulePolicy,
  deleteRulePolicy,
  viewRulePolicies,
} from '../../../src/governance/mining-rules/rule-policies.ts';
import type { GivenMiningRule } from '../../../src/governance/mining-rules/schema.ts';
import { entitlements, grants } from '../../../src/store/schema/access.ts';
import { auditLog } from '../../../src/store/schema/messages.ts';
import { simulations, singleRoleRules } from '../../../src/store/schema/rules.ts';
import { databases } from '../../support/database.ts';
import { noon } from '../../support/small-company.ts';
import { commits, useCompany } from '../../support/use-database.ts';

describe.each(databases())('mining rules on $name', ({ open }) => {
  const { db, company } = useCompany(open);
  let mining: { id: number; name: string };

  beforeEach(async () => {
    mining = await createRulePolicy(await dana(), { name: 'Mining' });
  });

  const dana = () => company.as('Dana');
  const add = async (given: GivenMiningRule) =>
    createMiningRule(await dana(), { rulePolicy: 'Mining', ...given });
  const refused = async (given: GivenMiningRule) =>
    add(given).then(
      () => undefined,
      (error) => [error.field, error.message],
    );
  const audited = (verb: string) =>
    db.select().from(auditLog).where(eq(auditLog.verb, verb)).orderBy(auditLog.id);
  const shown = async () => viewRulePolicy(await dana(), mining.id);

  it('the three rules of the reference are told in words, in the order in which they run', async () => {
    await add({ precisionMinPercent: 95, falsePositiveMaxPercent: 0.05, priority: 1 });
    const sensitive = { includeNoValidation: false, includeSimpleValidation: false, priority: 10 };
    await add({ ...sensitive, precisionMinPercent: 97, falsePositiveMaxPercent: 0.03 });
    const loose = { precisionMinPercent: 80, falsePositiveMaxPercent: 20, priority: 1 };
    await add({ ...loose, ruleType: 'suggested', entityType: 'Directory_User' });
    expect((await shown()).rules.map(({ words }) => words)).toEqual([
      'Required: precision at least 97 %, at most 0.03 % false positives · roles with 2 or 3 approvals · priority 10',
      'Required: precision at least 95 %, at most 0.05 % false positives · priority 1',
      'Suggested: precision at least 80 %, at most 20 % false positives · priority 1',
    ]);
    const [, , third] = (await shown()).rules;
    expect(third).toMatchObject({ entityType: 'Directory_User', policy: 'Mining' });
    expect(await audited('mining-rule.create')).toHaveLength(3);
  });

  it('what is left out has its default, and the policy stands for where the rules go', async () => {
    const { id } = await createMiningRule(await dana(), { policy: 'mining' });
    expect(await readMiningRule(await dana(), id)).toMatchObject({
      ...{ entityType: 'people', category: null, excludeRole: false, enabled: true },
      ...{ precisionMinPercent: 100, falsePositiveMaxPercent: 0, criterion: 'precision' },
      ...{ ruleType: 'required', priority: 0, minIdentities: 5, maxCriteria: 3 },
      ...{ maxNewGrants: null, rulePolicyId: mining.id, policyId: mining.id, version: 1 },
      createdBy: company.ids.Dana,
    });
  });

  it('what is out of range, unknown or misspelt is refused beside the property it is about', async () => {
    await db.update(entitlements).set({ category: 'IT/Servers' });
    expect(await refused({ precisionMinPercent: 100.5 })).toEqual([
      'precisionMinPercent',
      'The precision: write a percentage from 0 to 100.',
    ]);
    expect(await refused({ maxCriteria: 4 })).toEqual([
      'maxCriteria',
      'The most criteria: write a whole number from 1 to 3.',
    ]);
    expect(await refused({ category: 'IT/Server' })).toEqual([
      'category',
      'There is no category "IT/Server". Did you mean IT/Servers? There are: IT/Servers.',
    ]);
    expect(await refused({ category: 'it' })).toBeUndefined();
    expect(await refused({ rulePolicy: 'Minning' })).toEqual([
      'rulePolicy',
      'There is no rule policy "Minning". Did you mean Mining? There are: Mining.',
    ]);
  });

  it('a share in the place of a percentage and a low precision are kept, with a word about them', async () => {
    const { id, doubts } = await add({ precisionMinPercent: 0.97, falsePositiveMaxPercent: 0.03 });
    expect(doubts).toEqual([
      'The precision 0.97 is read as 0.97 %; if a share was meant, write 97.',
      'The share of false positives 0.03 is read as 0.03 %; if a share was meant, write 3.',
    ]);
    expect(await readMiningRule(await dana(), id)).toMatchObject({ precisionMinPercent: 0.97 });
    expect((await add({ precisionMinPercent: 40 })).doubts).toEqual([
      'A precision of 40 % lets rules be wrong about more than half of everyone; 99.5 is usual.',
    ]);
    expect((await add({ precisionMinPercent: 99.5, falsePositiveMaxPercent: 1 })).doubts).toEqual(
      [],
    );
  });

  it('of two who change one, the second is told what the first changed', async () => {
    const { id } = await add({ name: 'Loose', priority: 1 });
    const first = { id, version: 1 };
    const given = { name: 'Loose', policy: 'Mining', precisionMinPercent: 90, priority: 1 };
    expect((await changeMiningRule(await dana(), first, given)).isChanged).toBe(true);
    await expect(changeMiningRule(await dana(), first, given)).rejects.toThrow(
      'Dana changed the mining rule "Loose" in the meantime (the precision).',
    );
    const again = await changeMiningRule(await dana(), { id, version: 2 }, given);
    expect(again.isChanged).toBe(false);
    const [row] = await audited('mining-rule.change');
    expect(row).toMatchObject({
      subject: `mining-rule:${id}`,
      before: { precisionMinPercent: 100 },
      after: { precisionMinPercent: 90 },
    });
  });

  it('one is switched off and on, and deleted, by who saw it last', async () => {
    const { id } = await add({});
    const off = await setMiningRuleEnabled(await dana(), { id, version: 1, enabled: false });
    expect(off).toMatchObject({ enabled: false, version: 2 });
    expect((await shown()).policy).toMatchObject({ miningRules: 1, disabled: 1 });
    await expect(deleteMiningRule(await dana(), { id, version: 1 })).rejects.toThrow(
      '(whether it is switched on)',
    );
    await deleteMiningRule(await dana(), { id, version: 2 });
    expect((await shown()).rules).toEqual([]);
    expect(await audited('mining-rule.delete')).toMatchObject([{ before: { enabled: false } }]);
    await expect(readMiningRule(await dana(), id)).rejects.toThrow('no longer here');
  });

  it('two who delete one at once delete it once', commits, async () => {
    const { id } = await add({});
    const both = await Promise.allSettled([
      deleteMiningRule(await dana(), { id, version: 1 }),
      deleteMiningRule(await dana(), { id, version: 1 }),
    ]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await audited('mining-rule.delete')).toHaveLength(1);
  });

  it('a file’s worth of them is made with its policies in one transaction, or not at all', async () => {
    const make = (priority: number) =>
      inTransaction(company.system, async (ctx) => {
        const rule = { policy: 'Default', rulePolicy: 'Sensitive' };
        const { id } = await addMiningRule(ctx, rule, true);
        await reviseMiningRule(ctx, { id, version: 1 }, { ...rule, priority }, true);
      });
    await expect(make(0.5)).rejects.toThrow('The priority: write a whole number');
    expect(await viewRulePolicies(await dana())).toHaveLength(1);
    await make(5);
    const names = (await viewRulePolicies(await dana())).map(({ name }) => name);
    expect(names).toEqual(['Default', 'Mining', 'Sensitive']);
  });

  it('a rule policy has a name of its own and a grace period of up to a year', async () => {
    await expect(createRulePolicy(await dana(), { name: ' mining ' })).rejects.toThrow(
      'There is a rule policy called "Mining" already',
    );
    const change = async (name: string, graceDays: number, version = 1) =>
      changeRulePolicy(await dana(), { id: mining.id, version, name, graceDays });
    await expect(change('Mining', 366)).rejects.toThrow('a whole number of days, 0 to 365');
    await expect(change(' ', 1)).rejects.toThrow('Give the rule policy a name.');
    await change('Mined', 0);
    await expect(change('Mine', 7)).rejects.toThrow(
      'Dana changed "Mined" in the meantime (the name, the grace period).',
    );
    expect(await viewRulePolicies(await dana())).toMatchObject([{ name: 'Mined', graceDays: 0 }]);
    expect(await audited('rule-policy.change')).toHaveLength(1);
  });

  it('it is deleted with its history, but not while anything goes by it', async () => {
    const remove = async () => deleteRulePolicy(await dana(), { id: mining.id, version: 1 });
    const other = await createRulePolicy(await dana(), { name: 'Default' });
    const { id } = await add({ policy: 'Default' });
    await expect(remove()).rejects.toThrow('cannot be deleted: a mining rule names it');
    await expect(deleteRulePolicy(await dana(), { id: other.id, version: 1 })).rejects.toThrow(
      'a mining rule names it',
    );
    const [rule] = await db
      .insert(singleRoleRules)
      .values({
        ...{ rulePolicyId: mining.id, origin: 'generated', miningRuleId: id },
        ...{ entitlementId: company.admin, ruleType: 'required', appliedAt: noon },
        criteria: [{ dimension: 'department', value: 'Engineering' }],
      })
      .returning();
    await deleteMiningRule(await dana(), { id, version: 1 });
    await expect(remove()).rejects.toThrow('a rule of it is in force');
    await db.update(singleRoleRules).set({ endedAt: noon });
    await db.insert(simulations).values({ rulePolicyId: mining.id, state: 'open', queuedAt: noon });
    await expect(remove()).rejects.toThrow('a simulation of it is open');
    await db.update(simulations).set({ state: 'cancelled' });
    await db.update(grants).set({ ruleId: rule!.id });
    await expect(remove()).rejects.toThrow('one grant goes on in the grace period');
    await db.update(grants).set({ ruleId: null });
    await remove();
    expect((await viewRulePolicies(await dana())).map(({ name }) => name)).toEqual(['Default']);
    expect(await audited('rule-policy.delete')).toMatchObject([{ before: { name: 'Mining' } }]);
  });
});
