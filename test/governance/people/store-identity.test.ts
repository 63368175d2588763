import { eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { leaveSandbox } from '../../../src/governance/people/leave-sandbox.ts';
import { claimSetup, linkSlackUser } from '../../../src/governance/people/slack-accounts.ts';
import { recordSlackUsers } from '../../../src/governance/people/slack-directory.ts';
import type { SlackUser } from '../../../src/governance/people/slack-user.ts';
import {
  assertNotDemo,
  claimForSandbox,
  claimForWorkspace,
  describeStore,
  reserveForWorkspace,
} from '../../../src/governance/people/store-identity.ts';
import { requestAccess } from '../../../src/governance/requests/request-access.ts';
import { syncSource } from '../../../src/governance/sync/sync-source.ts';
import { startSandbox } from '../../../src/sandbox/sandbox.ts';
import { rows } from '../../../src/store/db.ts';
import { sandboxTeamId } from '../../../src/store/identity/store-identity.ts';
import { listPeopleForCohorts } from '../../../src/store/people/people.ts';
import { listSuperAdmins } from '../../../src/store/people/roles.ts';
import { applicationOwners, entitlements, grants } from '../../../src/store/schema/access.ts';
import { storeIdentity } from '../../../src/store/schema/identity.ts';
import { auditLog } from '../../../src/store/schema/messages.ts';
import { people, personRoles, slackIdentities } from '../../../src/store/schema/people.ts';
import { policies } from '../../../src/store/schema/tasks.ts';
import { databases } from '../../support/database.ts';
import { useCompany, useDatabase } from '../../support/use-database.ts';
import { sourceOf } from '../sync/sync-source.ts';

const acme = { teamId: 'T1', name: 'Acme' };
const beta = { teamId: 'T2', name: 'Beta' };
const user = (name: string, teamId: string): SlackUser => ({
  teamId,
  userId: `U${name.toUpperCase()}`,
  name,
  title: undefined,
  email: `${name.toLowerCase()}@acme.example`,
  timeZone: undefined,
  isWorkspaceAdmin: true,
  barred: undefined,
});

describe.each(databases())('the identity of a store on $name', ({ open }) => {
  const db = useDatabase(open);
  const ctx = { db, actor: undefined, via: 'system' as const, now: new Date() };
  const audits = () => rows<{ verb: string }>(db, sql`select verb from audit_log order by id`);

  it('is fixed by the first use: a demo refuses Slack tokens, and says both ways on', async () => {
    await claimForSandbox(ctx, { isRequested: false });
    await claimForSandbox(ctx, { isRequested: false });
    const refusal = /demo.*DATA_DIR to a new folder.*"rolemine leave-sandbox"/;
    await expect(claimForWorkspace(ctx, acme)).rejects.toThrow(refusal);
    await expect(assertNotDemo(ctx)).rejects.toThrow(refusal);
    await expect(reserveForWorkspace(ctx)).rejects.toThrow(refusal);
    expect(await audits()).toEqual([{ verb: 'store.claim' }]);
  });

  it('is fixed by the first use: the store of a workspace refuses the sandbox, even when it is requested', async () => {
    await claimForWorkspace(ctx, acme);
    await expect(claimForSandbox(ctx, { isRequested: true })).rejects.toThrow(
      'belongs to the Slack workspace Acme (T1)',
    );
    await expect(leaveSandbox(ctx, { dryRun: false })).rejects.toThrow('not a demo');
  });

  it('another workspace is refused with both names, and so are its users', async () => {
    await claimForWorkspace(ctx, acme);
    await expect(claimForWorkspace(ctx, beta)).rejects.toThrow(
      'This store belongs to the Slack workspace Acme (T1), and the tokens belong to the Slack workspace Beta (T2).',
    );
    const foreign = user('Ana', 'T2');
    await expect(linkSlackUser(ctx, foreign, 'ana@acme.example')).rejects.toThrow('Acme (T1)');
    await expect(recordSlackUsers(ctx, [foreign])).rejects.toThrow('Acme (T1)');
    expect(await db.select().from(slackIdentities)).toEqual([]);
  });

  it('follows a new name of its workspace', async () => {
    await claimForWorkspace(ctx, acme);
    await claimForWorkspace(ctx, { ...acme, name: 'Acme\u202e Group' });
    expect(await describeStore(ctx, { hasTokens: true })).toBe(
      'the store of the Slack workspace Acme Group (T1)',
    );
  });

  it('an import with tokens reserves the store for the first workspace, and keeps the sandbox out', async () => {
    await reserveForWorkspace(ctx);
    await expect(claimForSandbox(ctx, { isRequested: true })).rejects.toThrow('has not connected');
    await claimForWorkspace(ctx, acme);
    await expect(claimForWorkspace(ctx, beta)).rejects.toThrow('Acme (T1)');
  });

  it('imported people get into the sandbox only when the operator requests it', async () => {
    await db.insert(people).values({ connector: 'csv', name: 'Ana', email: 'ana@acme.example' });
    await expect(claimForSandbox(ctx, { isRequested: false })).rejects.toThrow(
      /1 imported person.*"rolemine start --sandbox"/,
    );
    await claimForSandbox(ctx, { isRequested: true });
    await expect(assertNotDemo(ctx)).rejects.toThrow('demo');
  });

  it('an older store is recognized by its people and Slack links', async () => {
    const insert = async (connector: string, teamId: string | null) => {
      const email = `ana-${connector}-${teamId}@acme.example`;
      const [person] = await db
        .insert(people)
        .values({ connector, name: 'Ana', email })
        .returning();
      const link = {
        personId: person!.id,
        state: 'linked' as const,
        teamId,
        userId: `U${person!.id}`,
      };
      if (teamId) await db.insert(slackIdentities).values(link);
    };
    expect(await describeStore(ctx, { hasTokens: false })).toContain('without identity');
    await insert('csv', sandboxTeamId);
    expect(await describeStore(ctx, { hasTokens: false })).toContain('demo store');
    await insert('csv', 'T1');
    await expect(describeStore(ctx, { hasTokens: false })).rejects.toThrow(
      'the Slack workspace T1',
    );
    await expect(claimForWorkspace(ctx, beta)).rejects.toThrow('T1');
    await claimForWorkspace(ctx, acme);
    // The links to the sandbox made real people "linked to another account".
    const links = await db.select({ team: slackIdentities.teamId }).from(slackIdentities);
    expect(links).toEqual([{ team: 'T1' }]);
    await db.delete(storeIdentity);
    await insert('sandbox', null);
    await expect(describeStore(ctx, { hasTokens: true })).rejects.toThrow('demo');
  });

  it('knows the workspace of the sandbox', async () => {
    const sandbox = await startSandbox({ users: [] });
    expect(sandbox.teamId).toBe(sandboxTeamId);
    await sandbox.close();
  });
});

describe.each(databases())('leaving the sandbox on $name', ({ open }) => {
  const { db, company } = useCompany(open);
  const ctx = { db, actor: undefined, via: 'cli' as const, now: new Date() };
  const count = async (table: string) =>
    (await rows<{ n: number }>(db, sql.raw(`select count(*)::int n from ${table}`)))[0]?.n;

  /** A made-up company beside the imported one, and decisions by people of both. */
  beforeEach(async () => {
    await claimForSandbox(ctx, { isRequested: true });
    const source = sourceOf(
      {
        people: [
          {
            id: 'e1',
            email: 'made@sandbox.example',
            name: 'Made Up',
            managerRef: 'cy@acme.example',
          },
          { id: 'e2', email: 'up@sandbox.example', name: 'Up Made' },
        ],
        entitlements: [
          { app: 'GitHub', entitlement: 'Made' },
          { app: 'CRM', entitlement: 'Made' },
        ],
        grants: [
          { person: 'e1', app: 'GitHub', entitlement: 'Admin' },
          { person: 'e2', app: 'CRM', entitlement: 'Made' },
        ],
      },
      'sandbox',
    );
    await syncSource(ctx, source);
    const made = await linkSlackUser(
      ctx,
      { ...user('Made', sandboxTeamId), email: 'made@sandbox.example' },
      'made@sandbox.example',
    );
    await db.update(people).set({ managerId: made.personId }).where(eq(people.id, company.ids.Bo));
    await linkSlackUser(ctx, user('Ana', sandboxTeamId), undefined);
    await db.insert(personRoles).values({ personId: company.ids.Ana, role: 'super_admin' });
    const ana = await company.as('Ana');
    const input = { personId: company.ids.Ana, reason: 'so' };
    await requestAccess(ana, { ...input, entitlementIds: [company.user] });
    // Somebody says in the sandbox that Bo was given access.
    const claim = {
      personId: company.ids.Bo,
      entitlementId: company.admin,
      source: 'task' as const,
    };
    await db.insert(grants).values({ ...claim, firstSeenAt: ctx.now });
    await db.insert(policies).values({ name: 'Nobody', isDefault: false });
    await db.update(policies).set({ isDefault: false });
    await db.update(grants).set({ connector: 'csv' }).where(eq(grants.personId, company.ids.Cy));
  });

  it('keeps imported people and their access, and nothing that anybody decided', async () => {
    const before = await count('audit_log');
    const dropped = await leaveSandbox(ctx, { dryRun: false });
    expect(dropped).toMatchObject({ people: 2, grants: 3, slackLinks: 2, tasks: 1 });
    const left = await listPeopleForCohorts(db);
    expect(left.map(({ name }) => name)).toEqual(['Ana', 'Bo', 'Cy', 'Kim', 'Lee', 'Dana']);
    expect(left.find(({ name }) => name === 'Bo')?.managerId).toBeNull();
    const held = await db.select({ personId: grants.personId, task: grants.taskId }).from(grants);
    expect(held).toEqual([{ personId: company.ids.Cy, task: null }]);
    expect(await db.select({ name: entitlements.name }).from(entitlements)).toEqual([
      { name: 'Admin' },
    ]);
    const empty = [personRoles, slackIdentities, applicationOwners];
    for (const table of empty) expect(await db.select().from(table)).toEqual([]);
    for (const table of ['tasks', 'outbox', 'action_links', 'access_profiles', 'delegations']) {
      expect(await count(table), table).toBe(0);
    }
    const defaults = await db.select().from(policies).where(eq(policies.isDefault, true));
    expect(defaults.map(({ name }) => name)).toEqual(['One approval', 'One approval']);
    expect(await db.select().from(policies).where(eq(policies.builtIn, false))).toEqual([]);
    expect(await count('audit_log')).toBe((before ?? 0) + 1);
    const [row] = await db.select().from(auditLog).where(eq(auditLog.verb, 'store.leave-sandbox'));
    expect(row).toMatchObject({ via: 'cli', subject: 'store', after: { dropped } });
  });

  it('lets the first workspace in, whose admin becomes Super Admin and meets no made-up person', async () => {
    await leaveSandbox(ctx, { dryRun: false });
    // A sandbox that still runs on the database links nobody any more.
    await expect(linkSlackUser(ctx, user('Bo', sandboxTeamId), undefined)).rejects.toThrow(
      'not connected yet',
    );
    await expect(claimForSandbox(ctx, { isRequested: true })).rejects.toThrow('not connected yet');
    await claimForWorkspace(ctx, acme);
    const actor = await linkSlackUser(ctx, user('Ana', 'T1'), undefined);
    expect(actor).toMatchObject({ personId: company.ids.Ana, roles: [] });
    expect(await claimSetup({ ...ctx, actor }, undefined, true)).toBe(true);
    expect((await listSuperAdmins(db)).map(({ name }) => name)).toEqual(['Ana']);
    // The id and the address of a made-up person are free for somebody else.
    const hired = { id: 'e1', email: 'made@sandbox.example', name: 'Real Person' };
    await syncSource(ctx, sourceOf({ people: [hired] }, 'hr'));
    const [person] = await db.select().from(people).where(eq(people.externalId, 'e1'));
    expect(person).toMatchObject({ name: 'Real Person', connector: 'hr' });
  });

  it('a dry run counts the same and changes nothing', async () => {
    const dropped = await leaveSandbox(ctx, { dryRun: true });
    expect(await count('tasks')).toBe(1);
    expect(await leaveSandbox(ctx, { dryRun: false })).toEqual(dropped);
  });
});
