import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { loadPersonalMessage } from '../../../src/governance/messages/messages.ts';
import { changeRoles, findUsers } from '../../../src/governance/people/role-assignments.ts';
import { ensureSuperAdmin } from '../../../src/governance/people/slack-accounts.ts';
import { listRoles } from '../../../src/store/people/roles.ts';
import { auditLog, outbox } from '../../../src/store/schema/messages.ts';
import { databases } from '../../support/database.ts';
import type { SmallCompany } from '../../support/small-company.ts';
import { commits, useCompany } from '../../support/use-database.ts';

describe.each(databases())('roles on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  const rolesOf = async (name: keyof SmallCompany['ids']) => listRoles(db, company.ids[name]);

  it('a Super Admin gives several roles at once; it is audited and the person is told', async () => {
    const roles = ['connector_admin', 'access_request_admin'];
    const ctx = await company.as('Dana');
    const { words } = await changeRoles(ctx, { personId: company.ids.Kim, roles });
    expect(words).toBe('Access Request Admin and Connector Admin');
    expect((await rolesOf('Kim')).sort()).toEqual(roles.sort());
    const [row] = await db
      .select()
      .from(auditLog)
      .where(eq(auditLog.verb, 'role.change'))
      .orderBy(auditLog.id);
    expect(row).toMatchObject({ subject: `person:${company.ids.Kim}`, before: { roles: [] } });
    const [told] = await db.select().from(outbox).orderBy(outbox.id);
    expect((await loadPersonalMessage(company.system, told!))?.message).toEqual({
      kind: 'notice',
      notice: {
        title: 'You now have the roles Access Request Admin and Connector Admin in Rolemine',
        lines: ['Changed by Dana. Write "help" to Rolemine in Slack to see what you can do.'],
        summary: 'You now have the roles Access Request Admin and Connector Admin in Rolemine.',
      },
    });
  });

  it('nobody else changes roles', async () => {
    const input = { personId: company.ids.Ana, roles: ['super_admin'] };
    await expect(changeRoles(await company.as('Ana'), input)).rejects.toThrow(
      'Only Super Admins can manage users and their roles. Dana can.',
    );
    expect(await rolesOf('Ana')).toEqual([]);
  });

  it('who is Super Admin by configuration is not made one again after others have taken the role', async () => {
    const email = 'lee@acme.example';
    await ensureSuperAdmin(company.system, email);
    expect(await rolesOf('Lee')).toEqual(['super_admin']);
    await changeRoles(await company.as('Dana'), { personId: company.ids.Lee, roles: [] });
    await ensureSuperAdmin(company.system, email);
    expect(await rolesOf('Lee')).toEqual([]);
  });

  it(
    'the last Super Admin stays one, also when two take the role from each other at once',
    commits,
    async () => {
      const dana = await company.as('Dana');
      const none = { roles: [] };
      await expect(changeRoles(dana, { personId: company.ids.Dana, ...none })).rejects.toThrow(
        'Dana is the last Super Admin. Make somebody else a Super Admin first.',
      );
      await changeRoles(dana, { personId: company.ids.Kim, roles: ['super_admin'] });
      const both = await Promise.allSettled([
        changeRoles(dana, { personId: company.ids.Kim, ...none }),
        changeRoles(await company.as('Kim'), { personId: company.ids.Dana, ...none }),
      ]);
      expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    },
  );

  it('the second of two who change the same person is told what changed', async () => {
    const dana = await company.as('Dana');
    const before: string[] = [];
    const personId = company.ids.Kim;
    await changeRoles(dana, { personId, roles: ['campaign_admin'], before });
    await expect(changeRoles(dana, { personId, roles: ['super_admin'], before })).rejects.toThrow(
      'Somebody changed the roles of Kim in the meantime (now: Campaign Admin). Your changes were not saved: open the form again.',
    );
  });

  it('unknown roles and people who have left are refused', async () => {
    const dana = await company.as('Dana');
    const kim = { personId: company.ids.Kim, roles: ['owner'] };
    await expect(changeRoles(dana, kim)).rejects.toThrow(
      'There is no role "owner". The roles are: ',
    );
    const gone = { personId: company.ids.Gone, roles: ['super_admin'] };
    await expect(changeRoles(dana, gone)).rejects.toThrow('Gone is not active');
  });

  it('users are found by name, e-mail or title, those with roles first', async () => {
    const dana = await company.as('Dana');
    const all = await findUsers(dana, { words: 'engineer', onlyWithRoles: false, page: 0 });
    expect(all.users.map((one) => one.name)).toEqual(['Dana', 'Ana', 'Bo', 'Cy', 'Kim', 'Lee']);
    const some = await findUsers(dana, { words: '', onlyWithRoles: true, page: 0 });
    expect(some).toMatchObject({ total: 1, users: [{ name: 'Dana', words: 'Super Admin' }] });
  });
});
