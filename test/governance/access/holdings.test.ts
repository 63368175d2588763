import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  viewEntitlementAccess,
  viewPersonAccess,
} from '../../../src/governance/access/holdings.ts';
import {
  findPeopleByNameOrEmail,
  findViewableEntitlements,
  findViewablePeople,
} from '../../../src/governance/access/search.ts';
import { proposeRevocation } from '../../../src/governance/requests/revoke-access.ts';
import { applications, entitlements, grants } from '../../../src/store/schema/access.ts';
import { people, personRoles } from '../../../src/store/schema/people.ts';
import { databases } from '../../support/database.ts';
import { noon, type SmallCompany } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';

describe.each(databases())('access and holders on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  beforeEach(async () => {
    const [payroll] = await db.insert(applications).values({ name: 'Payroll' }).returning();
    const [entitlement] = await db
      .insert(entitlements)
      .values({ applicationId: payroll!.id, name: 'Run' })
      .returning();
    await db.insert(grants).values({
      personId: company.ids.Cy,
      entitlementId: entitlement!.id,
      source: 'task',
      taskId: 1001,
      firstSeenAt: noon,
      expiresAt: new Date('2027-06-30T23:59:59Z'),
      lastUsedAt: noon,
    });
  });

  type Name = keyof SmallCompany['ids'];
  const viewAccess = async (reader: Name, owner: Name, page?: number) =>
    viewPersonAccess(await company.as(reader), company.ids[owner], page);
  const listRows = async (reader: Name, owner: Name) =>
    (await viewAccess(reader, owner)).holdings.map(
      ({ group, title, revocation }) => `${group} · ${title}: ${revocation}`,
    );

  it('a person sees their access with its start, origin and end', async () => {
    const { title, lines, holdings } = await viewAccess('Cy', 'Cy');
    expect([title, ...lines]).toEqual(['Cy', 'Engineer, Engineering', 'Has 2 entitlements.']);
    expect(holdings.map(({ details }) => details)).toEqual([
      'Since 21 Nov 2026, found by the csv sync; last use unknown',
      'Since 21 Nov 2026, granted by task #1001, not yet confirmed by a sync; until 30 Jun 2027; last used 21 Nov 2026',
    ]);
    expect(holdings.map(({ isHighRisk }) => isHighRisk)).toEqual([true, false]);
  });

  it('each reader sees the access and the revocations that they may propose', async () => {
    expect(await listRows('Cy', 'Cy')).toEqual([
      'GitHub · Admin: forbidden',
      'Payroll · Run: forbidden',
    ]);
    const all = ['GitHub · Admin: possible', 'Payroll · Run: possible'];
    expect(await listRows('Bo', 'Cy')).toEqual(all);
    expect(await listRows('Dana', 'Cy')).toEqual(all);
    expect(await listRows('Kim', 'Cy')).toEqual(['GitHub · Admin: possible']);
    await db
      .insert(personRoles)
      .values({ personId: company.ids.Ana, role: 'access_request_helpdesk' });
    expect(await listRows('Ana', 'Cy')).toEqual(all);
  });

  it('other readers are refused, and their search finds nobody', async () => {
    await expect(viewAccess('Lee', 'Cy')).rejects.toThrow(
      'You can view your own access, the access of your direct reports',
    );
    expect(await findViewablePeople(await company.as('Lee'), '')).toMatchObject([{ name: 'Lee' }]);
    const bo = await findViewablePeople(await company.as('Bo'), '');
    expect(bo.map(({ name }) => name)).toEqual(['Bo', 'Ana', 'Cy']);
    expect(await findViewablePeople(await company.as('Kim'), '')).toHaveLength(6);
  });

  it('an application owner sees the holders of its entitlements only', async () => {
    const kim = await company.as('Kim');
    const { title, lines, holdings } = await viewEntitlementAccess(kim, company.admin);
    expect([title, ...lines]).toEqual([
      'GitHub · Admin',
      'high risk',
      '1 person has it.',
      'By department: Engineering 1',
    ]);
    expect(holdings).toMatchObject([{ title: 'Cy', revocation: 'possible' }]);
    expect(await findViewableEntitlements(kim, '')).toHaveLength(2);
    expect(await findViewableEntitlements(await company.as('Dana'), '')).toHaveLength(3);
    expect(await findViewableEntitlements(await company.as('Bo'), '')).toEqual([]);
    await expect(viewEntitlementAccess(await company.as('Bo'), company.admin)).rejects.toThrow(
      'You can view your own access',
    );
  });

  it('an open revocation is shown instead of the offer to propose one', async () => {
    const task = await proposeRevocation(await company.as('Kim'), {
      personId: company.ids.Cy,
      entitlementId: company.admin,
      reason: 'moved',
    });
    const [row] = (await viewAccess('Bo', 'Cy')).holdings;
    expect(row?.revocation).toEqual({ taskId: task.id });
  });

  it('a person who has left is shown as not active and found by e-mail address', async () => {
    await db.update(people).set({ active: false }).where(eq(people.name, 'Cy'));
    const [cy] = await findPeopleByNameOrEmail(await company.as('Dana'), 'CY@acme.example');
    expect((await viewPersonAccess(await company.as('Dana'), cy!.id)).lines[0]).toContain(
      'no longer active',
    );
    const { holdings } = await viewEntitlementAccess(await company.as('Dana'), company.admin);
    expect(holdings[0]?.details).toContain('no longer active');
  });

  it('thousands of holders are paged, and a search finds one by name', async () => {
    const manyPeople = Array.from({ length: 10_000 }, (_, at) => ({
      connector: 'csv',
      name: `Person ${String(at).padStart(5, '0')}`,
      department: `Department ${at % 20}`,
    }));
    const ids: number[] = [];
    for (let at = 0; at < manyPeople.length; at += 2_000) {
      const rows = await db
        .insert(people)
        .values(manyPeople.slice(at, at + 2_000))
        .returning({ id: people.id });
      ids.push(...rows.map(({ id }) => id));
    }
    for (let at = 0; at < ids.length; at += 2_000) {
      await db.insert(grants).values(
        ids.slice(at, at + 2_000).map((personId) => ({
          personId,
          entitlementId: company.user,
          source: 'connector' as const,
          firstSeenAt: noon,
        })),
      );
    }
    const dana = await company.as('Dana');
    expect(await findViewablePeople(dana, '09999')).toHaveLength(1);
    const view = await viewEntitlementAccess(dana, company.user, 399);
    expect(view.pages).toBe(400);
    expect(view.holdings.at(-1)?.title).toBe('Person 09999');
    expect(view.lines[1]).toBe('10000 people have it.');
    expect(view.lines[2]).toContain('and 12 more');
  }, 60_000);
});
