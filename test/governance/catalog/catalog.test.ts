import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  changeApplication,
  findApplicationsToManage,
  readApplication,
} from '../../../src/governance/catalog/applications.ts';
import {
  changeEntitlement,
  type EntitlementEdit,
  findEntitlementsToManage,
  readEntitlement,
} from '../../../src/governance/catalog/entitlements.ts';
import { loadTaskView } from '../../../src/governance/task-cards/task-view.ts';
import { listPolicyHeads } from '../../../src/store/policies/policies.ts';
import { applications } from '../../../src/store/schema/access.ts';
import { auditLog } from '../../../src/store/schema/messages.ts';
import { databases } from '../../support/database.ts';
import { askFor } from '../../support/small-company.ts';
import { commits, useCompany } from '../../support/use-database.ts';

describe.each(databases())('applications and entitlements on $name', ({ open }) => {
  const { db, company } = useCompany(open);
  let github: number;

  beforeEach(async () => {
    const [row] = await db.select().from(applications);
    github = row!.id;
  });

  const policyId = async (name: string, kind: 'grant' | 'revoke') =>
    (await listPolicyHeads(db)).find((one) => one.name === name && one.kind === kind)!.id;
  const idsOf = (people: readonly { id: number }[]) => people.map(({ id }) => id);
  /** The form of GitHub as it is, with these changes. */
  const appForm = async (change: object = {}) => {
    const form = await readApplication(await company.as('Dana'), github);
    const { owners, provisioners } = form;
    return { ...form, owners: idsOf(owners), provisioners: idsOf(provisioners), ...change };
  };
  const form = async (change: Partial<EntitlementEdit> = {}) => {
    const now = await readEntitlement(await company.as('Dana'), company.admin);
    return { ...now, owners: idsOf(now.owners), maxGrantDays: '', ...change };
  };
  const audits = (verb: string) =>
    db.select().from(auditLog).where(eq(auditLog.verb, verb)).orderBy(auditLog.id);

  it('an application gets owners, provisioners, instructions and policies; the log has what changed', async () => {
    const dana = await company.as('Dana');
    const { Kim, Lee } = company.ids;
    const two = await policyId('Two approvals', 'grant');
    const change = { owners: [Kim, Lee], instructions: ' Ask Lee. ', policyId: two };
    await changeApplication(dana, await appForm(change));
    expect(await readApplication(dana, github)).toMatchObject({
      version: 2,
      owners: [{ name: 'Kim' }, { name: 'Lee' }],
      provisioners: [{ name: 'Lee' }],
      instructions: 'Ask Lee.',
      policyNames: { policyId: 'Two approvals', revokePolicyId: undefined },
    });
    const [row] = await audits('application.change');
    expect(row).toMatchObject({
      subject: `application:${github}`,
      before: { owners: [Kim], policyId: null },
      after: { owners: [Kim, Lee], policyId: two, instructions: 'Ask Lee.' },
    });
    expect(row?.after).not.toHaveProperty('provisioners');
    expect(await changeApplication(dana, await appForm())).toMatchObject({ isChanged: false });
  });

  it('an entitlement gets all of its own, and what applies to it follows at once', async () => {
    const dana = await company.as('Dana');
    const ana = { personId: company.ids.Ana, entitlementId: company.admin, reason: 'on call' };
    const before = await askFor(await company.as('Ana'), ana);
    const change = {
      description: 'Everything',
      category: 'Code',
      risk: 'medium',
      owners: [company.ids.Lee],
      emergencyAllowed: true,
      maxGrantDays: ' 30 ',
      mined: false,
      policyId: await policyId('Three approvals', 'grant'),
    };
    const input = await form(change);
    expect(await changeEntitlement(dana, input)).toMatchObject({ label: 'GitHub · Admin' });
    expect(await readEntitlement(dana, company.admin)).toMatchObject({
      ...change,
      version: 2,
      maxGrantDays: 30,
      owners: [{ name: 'Lee' }],
      policyNames: { policyId: 'Three approvals' },
    });
    const [row] = await audits('entitlement.change');
    expect(row).toMatchObject({ before: { risk: 'high', mined: true }, after: { mined: false } });
    // What was opened before keeps its plan.
    const view = await loadTaskView(company.system, before.id);
    expect([view?.task.policyName, view?.steps.length]).toEqual(['One approval', 2]);
  });

  it(
    'the second of two editors is told who changed what, and nothing of theirs is saved',
    commits,
    async () => {
      const dana = await company.as('Dana');
      const [first, second] = [await form({ risk: 'low' }), await form({ category: 'Mine' })];
      await changeEntitlement(dana, { ...first, description: 'New' });
      await expect(changeEntitlement(dana, second)).rejects.toThrow(
        'Dana changed GitHub · Admin in the meantime (the description, the risk). Your changes were not saved: open it again.',
      );
      const [one, other] = [await appForm({ owners: [] }), await appForm({ instructions: 'x' })];
      const both = await Promise.allSettled([
        changeApplication(dana, one),
        changeApplication(dana, other),
      ]);
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    },
  );

  it.each<[string, Partial<EntitlementEdit>, string]>([
    ['an unknown risk', { risk: 'huge' }, 'Choose low, medium, high or no risk.'],
    [
      'part of a day',
      { maxGrantDays: '1.5' },
      'Enter a whole number of days from 1 to 3650, or nothing.',
    ],
    ['a longest grant of nothing', { maxGrantDays: '0' }, 'a whole number of days'],
    ['a long text', { description: 'x'.repeat(3_001) }, 'write at most 3000 characters'],
    ['a policy that is gone', { policyId: 9_999 }, 'That policy is no longer here'],
    ['somebody unknown', { owners: [9_999] }, 'One of these people is not known here.'],
    [
      'an emergency for what cannot be requested',
      { requestable: false, emergencyAllowed: true },
      'Only an entitlement that can be requested can allow emergencies.',
    ],
  ])('%s is refused in one sentence', async (_, change, sentence) => {
    const dana = await company.as('Dana');
    await expect(changeEntitlement(dana, await form(change))).rejects.toThrow(sentence);
  });

  it('policies of the other kind and people who left are refused; who left and is owner may stay', async () => {
    const dana = await company.as('Dana');
    const wrong = { revokePolicyId: await policyId('One approval', 'grant') };
    await expect(changeApplication(dana, await appForm(wrong))).rejects.toThrow(
      '"One approval" is not a policy of revocations.',
    );
    const { Kim, Gone } = company.ids;
    const owners = { owners: [Kim, Gone] };
    await expect(changeApplication(dana, await appForm(owners))).rejects.toThrow(
      'Gone is not active. Choose somebody else.',
    );
  });

  it('nobody but a Super Admin sees or changes any of it', async () => {
    const kim = await company.as('Kim');
    const sentence = 'Only Super Admins can manage applications and entitlements. Dana can.';
    const own = await appForm();
    const right = await form();
    const all = [
      () => findApplicationsToManage(kim, { page: 0 }),
      () => readApplication(kim, github),
      () => changeApplication(kim, own),
      () => findEntitlementsToManage(kim, { applicationId: github, page: 0 }),
      () => readEntitlement(kim, company.admin),
      () => changeEntitlement(kim, right),
    ];
    for (const verb of all) await expect(verb()).rejects.toThrow(sentence);
  });

  it('applications without an owner who is here come first', async () => {
    const dana = await company.as('Dana');
    await db.insert(applications).values([{ name: 'Zoom' }, { name: 'Asana' }]);
    const { applications: all, ...rest } = await findApplicationsToManage(dana, { page: 0 });
    expect(all.map(({ name, owners }) => `${name}: ${owners}`)).toEqual([
      'Asana: ',
      'Zoom: ',
      'GitHub: Kim',
    ]);
    expect(rest).toEqual({ total: 3, ownerless: 2, pages: 1 });
    const list = { applicationId: github, words: 'adm', page: 0 };
    expect(await findEntitlementsToManage(dana, list)).toMatchObject({
      app: 'GitHub',
      total: 1,
      entitlements: [{ name: 'Admin', risk: 'high' }],
    });
  });
});
