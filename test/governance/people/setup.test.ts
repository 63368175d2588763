import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { listOwnerlessApplications, loadSetup } from '../../../src/governance/people/setup.ts';
import { applications } from '../../../src/store/schema/access.ts';
import { people, slackIdentities } from '../../../src/store/schema/people.ts';
import { databases } from '../../support/database.ts';
import { useCompany } from '../../support/use-database.ts';

describe.each(databases())('setup on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  beforeAll(async () => {
    await db.insert(applications).values({ name: 'Jira' });
    await db
      .insert(slackIdentities)
      .values({ personId: company.ids.Ana, state: 'linked', teamId: 'T1', userId: 'U1' });
  });

  it('how far a workspace is comes from what there is', async () => {
    const dana = await company.as('Dana');
    expect(await loadSetup(dana)).toEqual({
      otherAdmins: [],
      people: 6,
      linked: 1,
      applications: 2,
      grants: 1,
      ownerless: 1,
      lastRun: undefined,
    });
    const ownerless = { total: 1, apps: [{ name: 'Jira', entitlements: 0 }] };
    expect(await listOwnerlessApplications(dana)).toEqual(ownerless);
  });

  it('an owner who has left is none', async () => {
    await db.update(people).set({ active: false }).where(eq(people.id, company.ids.Kim));
    const { apps } = await listOwnerlessApplications(await company.as('Dana'));
    expect(apps).toEqual([
      { name: 'GitHub', entitlements: 2 },
      { name: 'Jira', entitlements: 0 },
    ]);
  });

  it('is for Super Admins', async () => {
    const ana = await company.as('Ana');
    await expect(loadSetup(ana)).rejects.toThrow('Dana can.');
    await expect(listOwnerlessApplications(ana)).rejects.toThrow('Dana can.');
  });
});
