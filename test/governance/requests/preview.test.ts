import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { changeRules, readRules } from '../../../src/governance/policies/policy-rules.ts';
import { previewRequest } from '../../../src/governance/requests/preview.ts';
import { listPolicyHeads } from '../../../src/store/policies/policies.ts';
import { applicationOwners, applications, entitlements } from '../../../src/store/schema/access.ts';
import { people } from '../../../src/store/schema/people.ts';
import { tasks } from '../../../src/store/schema/tasks.ts';
import { databases } from '../../support/database.ts';
import type { SmallCompany } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';

describe.each(databases())('what would become of a request, on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  beforeEach(async () => {
    const [app] = await db.select().from(applications);
    const own = { applicationId: app!.id, personId: company.ids.Lee, kind: 'owner' as const };
    await db.insert(applicationOwners).values(own);
  });

  const policyId = async (name: string) =>
    (await listPolicyHeads(db)).find((one) => one.name === name && one.kind === 'grant')!.id;
  const preview = async (name: keyof SmallCompany['ids'], emergency = false) =>
    previewRequest(await company.as('Dana'), {
      personId: company.ids[name],
      entitlementId: company.admin,
      emergency,
    });

  it('it names who would be asked in turn, and why it is that policy; no task is opened', async () => {
    await db.update(applications).set({ policyId: await policyId('Two approvals') });
    expect(await preview('Ana')).toEqual({
      sentence:
        'Ana requests GitHub · Admin → Bo (manager) → Kim or Lee (application owners) → provisioning by Lee',
      policy: 'Two approvals',
      because: 'it is the policy of GitHub',
      notes: [],
      refused: undefined,
    });
    expect(await db.select().from(tasks)).toEqual([]);
  });

  it('what the entitlement says, a rule, and the default are told apart', async () => {
    expect((await preview('Ana')).because).toBe('it is the default of requests');
    const dana = await company.as('Dana');
    const { shown } = await readRules(dana, 'grant');
    const condition = { risk: 'high' } as const;
    const rule = { condition, policyId: await policyId('Two approvals') };
    await changeRules(dana, { kind: 'grant', rules: [rule], shown });
    expect(await preview('Ana')).toMatchObject({
      policy: 'Two approvals',
      because: 'rule 1 of requests chooses it',
    });
    await db.update(entitlements).set({ policyId: await policyId('No approval') });
    expect(await preview('Ana')).toMatchObject({
      sentence: 'Ana requests GitHub · Admin → provisioning by Lee',
      because: 'it is the policy of the entitlement',
    });
  });

  it('it says who stands in, and what would be refused', async () => {
    await db.update(people).set({ managerId: null }).where(eq(people.id, company.ids.Cy));
    expect(await preview('Cy')).toMatchObject({
      sentence:
        'Cy requests GitHub · Admin → Kim or Lee (an owner of GitHub) → provisioning by Lee',
      notes: [expect.stringMatching(/manager.* is not known here, so this goes to the owners/)],
      refused: expect.stringContaining('Cy already has GitHub · Admin'),
    });
    expect(await preview('Ana', true)).toMatchObject({
      sentence:
        'Ana requests GitHub · Admin as an emergency → Kim or Lee or Dana (application owners or Super Admins) → provisioning by Lee',
      because: 'it is the default of emergencies',
      refused: 'GitHub · Admin cannot be requested as an emergency. Make a normal request.',
    });
  });

  it('it is for those who manage policies', async () => {
    const input = { personId: company.ids.Ana, entitlementId: company.admin, emergency: false };
    await expect(previewRequest(await company.as('Kim'), input)).rejects.toThrow(
      'Only Super Admins can create and manage policies. Dana can.',
    );
    const none = { ...input, entitlementId: 9_999 };
    await expect(previewRequest(await company.as('Dana'), none)).rejects.toThrow('no longer here');
  });
});
