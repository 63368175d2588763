import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  viewEntitlementAccess,
  viewPersonAccess,
} from '../../../src/governance/access/holdings.ts';
import {
  findPeopleByWords,
  findViewableEntitlements,
  findViewablePeople,
} from '../../../src/governance/access/search.ts';
import { proposeRevocation } from '../../../src/governance/requests/revoke-access.ts';
import { applications, entitlements, grants } from '../../../src/store/schema/access.ts';
import { people, personRoles } from '../../../src/store/schema/people.ts';
import { databases } from '../../support/database.ts';
import { noon, type SmallCompany } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';

describe.each(databases())('who holds what on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  beforeEach(async () => {
    const [payroll] = await db.insert(applications).values({ name: 'Payroll' }).returning();
    const [run] = await db
      .insert(entitlements)
      .values({ applicationId: payroll!.id, name: 'Run' })
      .returning();
    await db.insert(grants).values({
      personId: company.ids.Cy,
      entitlementId: run!.id,
      source: 'task',
      taskId: 1001,
      firstSeenAt: noon,
      expiresAt: new Date('2027-06-30T23:59:59Z'),
      lastUsedAt: noon,
    });
  });

  type Name = keyof SmallCompany['ids'];
  const accessOf = async (reader: Name, whose: Name, page?: number) =>
    viewPersonAccess(await company.as(reader), company.ids[whose], page);
  const rowsOf = async (reader: Name, whose: Name) =>
    (await accessOf(reader, whose)).holdings.map(
      ({ group, title, revocation }) => `${group} · ${title}: ${revocation}`,
    );

  it('a person sees what they hold, since when, how it came and until when', async () => {
    const { title, lines, holdings } = await accessOf('Cy', 'Cy');
    expect([title, ...lines]).toEqual(['Cy', 'Engineer, Engineering', 'Holds 2 entitlements.']);
    expect(holdings.map(({ about }) => about)).toEqual([
      'Since 21 Nov 2026, found by the csv sync; last use not known',
      'Since 21 Nov 2026, given by task #1001, not yet confirmed by a sync; until 30 Jun 2027; last used 21 Nov 2026',
    ]);
    expect(holdings.map(({ isHighRisk }) => isHighRisk)).toEqual([true, false]);
  });

  it('shows each reader what is theirs to see, and to propose', async () => {
    expect(await rowsOf('Cy', 'Cy')).toEqual([
      'GitHub · Admin: not theirs',
      'Payroll · Run: not theirs',
    ]);
    const all = ['GitHub · Admin: possible', 'Payroll · Run: possible'];
    expect(await rowsOf('Bo', 'Cy')).toEqual(all);
    expect(await rowsOf('Dana', 'Cy')).toEqual(all);
    expect(await rowsOf('Kim', 'Cy')).toEqual(['GitHub · Admin: possible']);
    await db
      .insert(personRoles)
      .values({ personId: company.ids.Ana, role: 'access_request_helpdesk' });
    expect(await rowsOf('Ana', 'Cy')).toEqual(all);
  });

  it('refuses others with one sentence, and offers them nobody to look at', async () => {
    await expect(accessOf('Lee', 'Cy')).rejects.toThrow(
      'You can view your own access, the access of your direct reports',
    );
    expect(await findViewablePeople(await company.as('Lee'), '')).toMatchObject([{ name: 'Lee' }]);
    const bo = await findViewablePeople(await company.as('Bo'), '');
    expect(bo.map(({ name }) => name)).toEqual(['Bo', 'Ana', 'Cy']);
    expect(await findViewablePeople(await company.as('Kim'), '')).toHaveLength(6);
  });

  it('the owner of an application sees who holds its entitlements, and nobody else’s', async () => {
    const kim = await company.as('Kim');
    const { title, lines, holdings } = await viewEntitlementAccess(kim, company.admin);
    expect([title, ...lines]).toEqual([
      'GitHub · Admin',
      'high risk',
      '1 person holds it.',
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

  it('says which revocation is open instead of offering another', async () => {
    const task = await proposeRevocation(await company.as('Kim'), {
      personId: company.ids.Cy,
      entitlementId: company.admin,
      reason: 'moved',
    });
    const [row] = (await accessOf('Bo', 'Cy')).holdings;
    expect(row?.revocation).toEqual({ taskId: task.id });
  });

  it('says of a leaver that they are not active, and finds them by e-mail', async () => {
    await db.update(people).set({ active: false }).where(eq(people.name, 'Cy'));
    const [cy] = await findPeopleByWords(await company.as('Dana'), 'CY@acme.example');
    expect((await viewPersonAccess(await company.as('Dana'), cy!.id)).lines[0]).toContain(
      'not active any more',
    );
    const { holdings } = await viewEntitlementAccess(await company.as('Dana'), company.admin);
    expect(holdings[0]?.about).toContain('not active any more');
  });

  it('pages through thousands of holders, and finds a name among them at once', async () => {
    const many = Array.from({ length: 10_000 }, (_, at) => ({
      connector: 'csv',
      name: `Person ${String(at).padStart(5, '0')}`,
      department: `Department ${at % 20}`,
    }));
    const ids: number[] = [];
    for (let at = 0; at < many.length; at += 2_000) {
      const rows = await db
        .insert(people)
        .values(many.slice(at, at + 2_000))
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
    expect(view.lines[1]).toBe('10000 people hold it.');
    expect(view.lines[2]).toContain('and 12 more');
  }, 60_000);
});
