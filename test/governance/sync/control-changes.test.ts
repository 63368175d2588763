import { desc, eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import type { EntitlementRecord } from '../../../src/connectors/records.ts';
import { readEntitlement } from '../../../src/governance/catalog/entitlements.ts';
import { loadPersonalMessage } from '../../../src/governance/messages/messages.ts';
import { setRoles } from '../../../src/governance/people/role-assignments.ts';
import { listHeldImports } from '../../../src/governance/sync/held-import-card.ts';
import { releaseHeldImport } from '../../../src/governance/sync/held-imports.ts';
import { syncSource } from '../../../src/governance/sync/sync-source.ts';
import { entitlements } from '../../../src/store/schema/access.ts';
import { auditLog, outbox } from '../../../src/store/schema/messages.ts';
import { people } from '../../../src/store/schema/people.ts';
import { heldImports } from '../../../src/store/schema/sync.ts';
import { databases } from '../../support/database.ts';
import { useCompany } from '../../support/use-database.ts';
import { sourceOf } from './sync-source.ts';

const address = (name: string) => `${name.toLowerCase()}@acme.example`;

describe.each(databases())('an import that changes who controls access, on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  beforeEach(() => sync({}));

  /** Imports everybody, with these people as owners and these fields of GitHub · Admin. */
  const sync = (
    {
      owners = ['Kim'],
      provisioners = ['Lee'],
      admin = {},
      managers = {},
      leavers = [],
    }: {
      owners?: string[];
      provisioners?: string[];
      admin?: Partial<EntitlementRecord>;
      managers?: Record<string, string>;
      leavers?: string[];
    },
    options: Parameters<typeof syncSource>[2] = {},
  ) => {
    const reportsTo: Record<string, string> = { Ana: 'Bo', Cy: 'Bo', Bo: 'Dana', ...managers };
    const source = sourceOf({
      people: ['Ana', 'Bo', 'Cy', 'Kim', 'Lee', 'Dana'].map((name) => ({
        email: address(name),
        name,
        active: !leavers.includes(name),
        ...(reportsTo[name] ? { managerRef: address(reportsTo[name]) } : {}),
      })),
      applications: [
        { app: 'GitHub', owners: owners.map(address), provisioners: provisioners.map(address) },
      ],
      entitlements: [
        { app: 'GitHub', entitlement: 'Admin', approvals: 2, ...admin },
        { app: 'GitHub', entitlement: 'User' },
      ],
      grants: [`${address('Cy')} GitHub Admin`],
    });
    return syncSource({ ...company.system, via: 'cli', operator: 'mika' }, source, options);
  };
  const newestHold = async () =>
    (await db.select().from(heldImports).orderBy(desc(heldImports.id)))[0]!;
  const release = async (name: 'Dana' | 'Kim' | 'Bo') =>
    releaseHeldImport(await company.as(name), { holdId: (await newestHold()).id });
  const readMessages = async (kind: 'import_changes' | 'held_import') => {
    const rows = await db.select().from(outbox).where(eq(outbox.kind, kind)).orderBy(outbox.id);
    const read = await Promise.all(rows.map((row) => loadPersonalMessage(company.system, row)));
    return read.flatMap((one) => (one ? [{ reader: one.person.name, message: one.message }] : []));
  };
  const auditsOf = (verb: string) =>
    db.select().from(auditLog).where(eq(auditLog.verb, verb)).orderBy(auditLog.id);

  it.each([
    ['lowers a risk', { admin: { risk: 'low' } }, 'risk high → low'],
    ['lowers the approvals', { admin: { approvals: 0 } }, 'approvals 2 → 0'],
    ['allows emergencies', { admin: { emergencyAllowed: true } }, 'emergencies allowed no → yes'],
    [
      'adds an owner',
      { owners: ['Kim', 'Ana'] },
      'owners Kim (kim@acme.example) → Ana (ana@acme.example), Kim (kim@acme.example)',
    ],
    [
      'replaces the provisioner',
      { provisioners: ['Ana'] },
      'provisioners Lee (lee@acme.example) → Ana (ana@acme.example)',
    ],
    [
      'names an owner of the entitlement',
      { admin: { owners: ['ana@acme.example'] } },
      'owners nobody → Ana (ana@acme.example)',
    ],
  ] as const)(
    'is held when it %s of high risk, and goes through once a Super Admin confirms',
    async (_, change, line) => {
      // The operator confirms removals only.
      const held = sync(structuredClone(change) as Parameters<typeof sync>[0], {
        acceptFall: true,
      });
      await expect(held).rejects.toThrow(
        /^Held: this import would weaken control with 1 change\. A Super Admin has to let it through/,
      );
      await expect(held).rejects.toThrow(line);
      expect(await readMessages('held_import')).toEqual([
        { reader: 'Dana', message: expect.objectContaining({ kind: 'held_import' }) },
      ]);
      await release('Dana');
      await sync(structuredClone(change) as Parameters<typeof sync>[0]);
      const told = await readMessages('import_changes');
      expect(told.map(({ reader }) => reader).sort()).toContain('Dana');
      expect(JSON.stringify(told)).toContain(line);
      expect((await newestHold()).state).toBe('used');
    },
  );

  it('is held when it opens requests of high risk without an approval', async () => {
    await db
      .update(entitlements)
      .set({ requestable: false, policyId: null })
      .where(eq(entitlements.name, 'Admin'));
    await expect(sync({ admin: { approvals: 0, requestable: true } })).rejects.toThrow(
      'GitHub · Admin: requestable no → yes',
    );
  });

  it('is held when two owners become one', async () => {
    await expect(sync({ owners: ['Kim', 'Bo'] })).rejects.toThrow('Held');
    await release('Dana');
    await sync({ owners: ['Kim', 'Bo'] });
    await expect(sync({ owners: ['Kim'] })).rejects.toThrow('Held');
    // Nobody waits for a confirmation to lose the rights of somebody who left.
    await sync({ owners: ['Kim'], leavers: ['Bo'] });
  });

  it('is released for its own changes only', async () => {
    await expect(sync({ owners: ['Ana'] })).rejects.toThrow('Held');
    await release('Dana');
    await expect(sync({ owners: ['Cy'] })).rejects.toThrow('Held');
    await expect(sync({ owners: ['Ana'], admin: { risk: 'low' } })).rejects.toThrow('2 changes');
  });

  it('is confirmed by a Super Admin who does not become an owner by it', async () => {
    const { ids, system } = company;
    await setRoles(system, ids.Kim, { before: [], after: ['connector_admin'] });
    await setRoles(system, ids.Bo, { before: [], after: ['super_admin'] });
    await expect(sync({ owners: ['Bo'] })).rejects.toThrow('Held');
    await expect(release('Kim')).rejects.toThrow('Only Super Admins can manage applications');
    expect(await listHeldImports(await company.as('Kim'))).toEqual([]);
    await expect(release('Bo')).rejects.toThrow(
      'This import would make you an owner or provisioner. Another Super Admin has to confirm it, such as Dana.',
    );
    await release('Dana');
    await sync({ owners: ['Bo'] });
  });

  it('goes through when it tightens control or changes something of low risk', async () => {
    await sync({ admin: { approvals: 3, requestable: false } });
    await db.update(entitlements).set({ risk: 'low' });
    await sync({ owners: ['Ana'], admin: { approvals: 3, emergencyAllowed: true } });
  });

  it('audits each change with the operator, and tells Super Admins and former owners once', async () => {
    const open = await readEntitlement(await company.as('Dana'), company.admin);
    await db.update(entitlements).set({ risk: 'low' });
    await sync({ owners: ['Ana'], admin: { risk: 'medium' }, managers: { Cy: 'Kim' } });
    const { ids } = company;
    expect((await auditsOf('application.change')).at(-1)).toMatchObject({
      operator: 'mika',
      via: 'cli',
      subject: `application:${company.github}`,
      before: { owners: [ids.Kim] },
      after: { owners: [ids.Ana] },
    });
    expect((await auditsOf('entitlement.change')).at(-1)).toMatchObject({
      before: { risk: 'low' },
      after: { risk: 'medium' },
    });
    expect((await auditsOf('person.manager')).at(-1)).toMatchObject({
      subject: `person:${ids.Cy}`,
      before: { manager: ids.Bo },
      after: { manager: ids.Kim },
    });
    const all = await readMessages('import_changes');
    // Dana and Kim also heard of the first import, which raised the approvals.
    const told = all.slice(-3);
    const linesOf = (name: string) =>
      told.flatMap(({ reader, message }) =>
        reader === name && message.kind === 'notice' ? message.notice.lines : [],
      );
    expect(told.map(({ reader }) => reader).sort()).toEqual(['Dana', 'Kim', 'Lee']);
    expect(linesOf('Dana')).toEqual([
      'GitHub: owners Kim (kim@acme.example) → Ana (ana@acme.example)',
      'GitHub · Admin: risk low → medium',
      '1 person has another manager.',
      'If this is wrong, notify your administrators. The operating system user mika ran it.',
    ]);
    expect(linesOf('Kim')).toHaveLength(3);
    // A form that was open meanwhile is refused, so that it does not undo the import.
    const now = await readEntitlement(await company.as('Dana'), company.admin);
    expect(now.version).toBeGreaterThan(open.version);
  });

  it('names the first twenty changes and counts the others', async () => {
    const many = Array.from({ length: 25 }, (_, at) => `Right ${at}`);
    await db
      .insert(entitlements)
      .values(many.map((name) => ({ applicationId: company.github, name, risk: 'high' as const })));
    const content = {
      people: (await db.select().from(people)).flatMap(({ email, name }) =>
        email ? [{ email, name }] : [],
      ),
      entitlements: many.map((name) => ({
        app: 'GitHub',
        entitlement: name,
        risk: 'medium' as const,
      })),
    };
    const held = syncSource(company.system, sourceOf(content), { acceptFall: true });
    await expect(held).rejects.toThrow('weaken control with 25 changes');
    await expect(held).rejects.toThrow('and 5 more changes');
    expect((await newestHold()).weakenings).toHaveLength(20);
  });
});
