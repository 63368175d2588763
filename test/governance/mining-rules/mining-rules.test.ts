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
import type { MiningRuleInput } from '../../../src/governance/mining-rules/schema.ts';
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
  const add = async (input: MiningRuleInput) =>
    createMiningRule(await dana(), { rulePolicy: 'Mining', ...input });
  const refusalOf = async (input: MiningRuleInput) =>
    add(input).then(
      () => undefined,
      (error) => [error.field, error.message],
    );
  const listAudits = (verb: string) =>
    db.select().from(auditLog).where(eq(auditLog.verb, verb)).orderBy(auditLog.id);
  const viewPolicy = async () => viewRulePolicy(await dana(), mining.id);

  it('the three rules of the reference have descriptions and appear in the order in which they run', async () => {
    await add({ precisionMinPercent: 95, falsePositiveMaxPercent: 0.05, priority: 1 });
    const sensitive = { includeNoValidation: false, includeSimpleValidation: false, priority: 10 };
    await add({ ...sensitive, precisionMinPercent: 97, falsePositiveMaxPercent: 0.03 });
    const loose = { precisionMinPercent: 80, falsePositiveMaxPercent: 20, priority: 1 };
    await add({ ...loose, ruleType: 'suggested', entityType: 'Directory_User' });
    expect((await viewPolicy()).rules.map(({ description }) => description)).toEqual([
      'Required: precision at least 97 %, at most 0.03 % false positives · entitlements with 2 or 3 approvals · priority 10',
      'Required: precision at least 95 %, at most 0.05 % false positives · priority 1',
      'Suggested: precision at least 80 %, at most 20 % false positives · priority 1',
    ]);
    const [, , third] = (await viewPolicy()).rules;
    expect(third).toMatchObject({ entityType: 'Directory_User', policy: 'Mining' });
    expect(await listAudits('mining-rule.create')).toHaveLength(3);
  });

  it('missing properties have their defaults, and rulePolicy defaults to the policy', async () => {
    const { id } = await createMiningRule(await dana(), { policy: 'mining' });
    expect(await readMiningRule(await dana(), id)).toMatchObject({
      ...{ entityType: 'people', category: null, excludeRole: false, enabled: true },
      ...{ precisionMinPercent: 100, falsePositiveMaxPercent: 0, criterion: 'precision' },
      ...{ ruleType: 'required', priority: 0, minIdentities: 5, maxCriteria: 3 },
      ...{ maxNewGrants: null, rulePolicyId: mining.id, policyId: mining.id, version: 1 },
      createdBy: company.ids.Dana,
    });
  });

  it('a value out of range, unknown or misspelled is refused at its property', async () => {
    await db.update(entitlements).set({ category: 'IT/Servers' });
    expect(await refusalOf({ precisionMinPercent: 100.5 })).toEqual([
      'precisionMinPercent',
      'The precision: write a percentage from 0 to 100.',
    ]);
    expect(await refusalOf({ maxCriteria: 4 })).toEqual([
      'maxCriteria',
      'The maximum number of criteria: write a whole number from 1 to 3.',
    ]);
    expect(await refusalOf({ category: 'IT/Server' })).toEqual([
      'category',
      'There is no category "IT/Server". Did you mean IT/Servers? There are: IT/Servers.',
    ]);
    expect(await refusalOf({ category: 'it' })).toBeUndefined();
    expect(await refusalOf({ rulePolicy: 'Minning' })).toEqual([
      'rulePolicy',
      'There is no rule policy "Minning". Did you mean Mining? There are: Mining.',
    ]);
  });

  it('a share instead of a percentage and a low precision are saved with a warning', async () => {
    const { id, warnings } = await add({
      precisionMinPercent: 0.97,
      falsePositiveMaxPercent: 0.03,
    });
    expect(warnings).toEqual([
      'The precision 0.97 is read as 0.97 %; if you meant a share, write 97.',
      'The share of false positives 0.03 is read as 0.03 %; if you meant a share, write 3.',
    ]);
    expect(await readMiningRule(await dana(), id)).toMatchObject({ precisionMinPercent: 0.97 });
    expect((await add({ precisionMinPercent: 40 })).warnings).toEqual([
      'A precision of 40 % lets rules be wrong about more than half of all people; 99.5 is usual.',
    ]);
    expect((await add({ precisionMinPercent: 99.5, falsePositiveMaxPercent: 1 })).warnings).toEqual(
      [],
    );
  });

  it('when two people change the same rule, the second is refused and learns what the first changed', async () => {
    const { id } = await add({ name: 'Loose', priority: 1 });
    const ref = { id, version: 1 };
    const input = { name: 'Loose', policy: 'Mining', precisionMinPercent: 90, priority: 1 };
    expect((await changeMiningRule(await dana(), ref, input)).isChanged).toBe(true);
    await expect(changeMiningRule(await dana(), ref, input)).rejects.toThrow(
      'Dana changed the mining rule "Loose" in the meantime (the precision).',
    );
    const again = await changeMiningRule(await dana(), { id, version: 2 }, input);
    expect(again.isChanged).toBe(false);
    const [row] = await listAudits('mining-rule.change');
    expect(row).toMatchObject({
      subject: `mining-rule:${id}`,
      before: { precisionMinPercent: 100 },
      after: { precisionMinPercent: 90 },
    });
  });

  it('a rule is switched off and deleted only by somebody who saw its last version', async () => {
    const { id } = await add({});
    const off = await setMiningRuleEnabled(await dana(), { id, version: 1, enabled: false });
    expect(off).toMatchObject({ enabled: false, version: 2 });
    expect((await viewPolicy()).policy).toMatchObject({ miningRules: 1, disabled: 1 });
    await expect(deleteMiningRule(await dana(), { id, version: 1 })).rejects.toThrow(
      '(whether it is switched on)',
    );
    await deleteMiningRule(await dana(), { id, version: 2 });
    expect((await viewPolicy()).rules).toEqual([]);
    expect(await listAudits('mining-rule.delete')).toMatchObject([{ before: { enabled: false } }]);
    await expect(readMiningRule(await dana(), id)).rejects.toThrow('no longer exists');
  });

  it('two people deleting a rule at once delete it once', commits, async () => {
    const { id } = await add({});
    const both = await Promise.allSettled([
      deleteMiningRule(await dana(), { id, version: 1 }),
      deleteMiningRule(await dana(), { id, version: 1 }),
    ]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await listAudits('mining-rule.delete')).toHaveLength(1);
  });

  it('several rules and their policies are created in one transaction, or none of them', async () => {
    const addAndRevise = (priority: number) =>
      inTransaction(company.system, async (ctx) => {
        const rule = { policy: 'Default', rulePolicy: 'Sensitive' };
        const { id } = await addMiningRule(ctx, rule, { createPolicies: true });
        await reviseMiningRule(ctx, {
          id,
          version: 1,
          input: { ...rule, priority },
          createPolicies: true,
        });
      });
    await expect(addAndRevise(0.5)).rejects.toThrow('The priority: write a whole number');
    expect(await viewRulePolicies(await dana())).toHaveLength(1);
    await addAndRevise(5);
    const names = (await viewRulePolicies(await dana())).map(({ name }) => name);
    expect(names).toEqual(['Default', 'Mining', 'Sensitive']);
  });

  it('a rule policy has a unique name and a grace period of up to a year', async () => {
    await expect(createRulePolicy(await dana(), { name: ' mining ' })).rejects.toThrow(
      'A rule policy is already named "Mining"; choose another name.',
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
    expect(await listAudits('rule-policy.change')).toHaveLength(1);
  });

  it('a rule policy is deleted with its history, but not while it is in use', async () => {
    const remove = async () => deleteRulePolicy(await dana(), { id: mining.id, version: 1 });
    const other = await createRulePolicy(await dana(), { name: 'Default' });
    const { id } = await add({ policy: 'Default' });
    await expect(remove()).rejects.toThrow('cannot be deleted: 1 mining rule uses it');
    await expect(deleteRulePolicy(await dana(), { id: other.id, version: 1 })).rejects.toThrow(
      '1 mining rule uses it',
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
    await expect(remove()).rejects.toThrow('1 of its rules is in force');
    await db.update(singleRoleRules).set({ endedAt: noon });
    await db.insert(simulations).values({ rulePolicyId: mining.id, state: 'open', queuedAt: noon });
    await expect(remove()).rejects.toThrow('it has an open simulation');
    await db.update(simulations).set({ state: 'canceled' });
    await db.update(grants).set({ ruleId: rule!.id });
    await expect(remove()).rejects.toThrow('1 grant is in the grace period');
    await db.update(grants).set({ ruleId: null });
    await remove();
    expect((await viewRulePolicies(await dana())).map(({ name }) => name)).toEqual(['Default']);
    expect(await listAudits('rule-policy.delete')).toMatchObject([{ before: { name: 'Mining' } }]);
  });
});
