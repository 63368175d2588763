import { asc, eq, inArray } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { expireGrants } from '../../src/governance/access/expiry.ts';
import { loadPersonalMessage } from '../../src/governance/messages/messages.ts';
import {
  keepSlackLink,
  listAccountConflicts,
} from '../../src/governance/people/account-conflicts.ts';
import { changeRoles } from '../../src/governance/people/role-assignments.ts';
import { ensureSuperAdmin, linkSlackUser } from '../../src/governance/people/slack-accounts.ts';
import { recordSlackUsers } from '../../src/governance/people/slack-directory.ts';
import type { SlackUser } from '../../src/governance/people/slack-user.ts';
import { saveRule } from '../../src/governance/profiles/membership-rule.ts';
import { reconcileMembers } from '../../src/governance/profiles/reconcile-members.ts';
import { cancelAnalysis } from '../../src/governance/role-mining/cancel-run.ts';
import { recordFailedSync } from '../../src/governance/sync/failure-notice.ts';
import { listHeldImports } from '../../src/governance/sync/held-import-card.ts';
import { releaseHeldImport } from '../../src/governance/sync/held-imports.ts';
import { syncSource } from '../../src/governance/sync/sync-source.ts';
import { listRoles } from '../../src/store/people/roles.ts';
import { findProfile } from '../../src/store/profiles/profiles.ts';
import { grants } from '../../src/store/schema/access.ts';
import { auditLog, type MessageKind, outbox } from '../../src/store/schema/messages.ts';
import { accessProfiles, enrollments, miningRuns } from '../../src/store/schema/mining.ts';
import { people, personRoles } from '../../src/store/schema/people.ts';
import { listFailedSyncs } from '../../src/store/sync/sync-failures.ts';
import { databases } from '../support/database.ts';
import { forgetAuditLog } from '../support/forget-audit-log.ts';
import { noon } from '../support/small-company.ts';
import { useCompany } from '../support/use-database.ts';
import { sourceOf } from './sync/sync-source.ts';

const minutes = (count: number) => new Date(noon.getTime() + count * 60_000);

describe.each(databases())('with an audit log that was lost, on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  const told = (kind: MessageKind) =>
    db.select().from(outbox).where(eq(outbox.kind, kind)).orderBy(asc(outbox.id));
  const noticeOf = async (kind: MessageKind) => {
    const row = (await told(kind)).at(-1)!;
    const message = (await loadPersonalMessage(company.system, row))?.message;
    if (message?.kind === 'notice') return message.notice.summary;
    return message?.kind === 'held_import' ? message.held.summary : undefined;
  };
  const slackUser = (name: string, change: Partial<SlackUser> = {}): SlackUser => ({
    userId: `U${name.toUpperCase()}`,
    teamId: 'T1',
    name,
    title: undefined,
    email: `${name.toLowerCase()}@acme.example`,
    timeZone: 'Europe/Madrid',
    isWorkspaceAdmin: false,
    barred: undefined,
    ...change,
  });

  it('a held import brings one message, goes through once, and names the person who let it through', async () => {
    const staff = (count: number) =>
      sourceOf({ people: Array.from({ length: count }, (_, at) => ({ id: `${at}` })) }, 'hr');
    const held = () => expect(syncSource(company.system, staff(20))).rejects.toThrow(/^Held: /);
    await syncSource(company.system, staff(30));
    await held();
    await forgetAuditLog(db);
    await held();
    expect(await told('held_import')).toHaveLength(1);
    const dana = await company.as('Dana');
    const [{ holdId } = { holdId: 0 }, ...others] = await listHeldImports(dana);
    expect(others).toEqual([]);
    await releaseHeldImport(dana, { holdId });
    await forgetAuditLog(db);
    await expect(releaseHeldImport(dana, { holdId })).rejects.toThrow('Dana let this import of hr');
    expect(await noticeOf('held_import')).toContain('Dana let it through on 21 Nov 2026');
    expect((await syncSource(company.system, staff(20))).counts.peopleClosed).toBe(10);
    await forgetAuditLog(db);
    expect(await noticeOf('held_import')).toContain('a later import of hr went through.');
    await expect(syncSource(company.system, staff(10))).rejects.toThrow(/^Held: /);
  });

  it('a failing sync brings one message for the same failure, however much of its text is shown', async () => {
    const long = 'x'.repeat(600);
    const fail = (error: string) => recordFailedSync(company.system, 'hr', new Error(error));
    await fail(`${long} in line 1`);
    await forgetAuditLog(db);
    await fail(`${long} in line 1`);
    expect(await told('sync')).toHaveLength(1);
    await fail(`${long} in line 2`);
    expect(await told('sync')).toHaveLength(2);
    await forgetAuditLog(db);
    expect(await listFailedSyncs(db)).toMatchObject([
      { connector: 'hr', error: long.slice(0, 500) },
    ]);
    expect(await noticeOf('sync')).toContain('The sync of hr failed');
    const staff = { people: [{ email: 'ana@acme.example', name: 'Ana' }] };
    await syncSource(company.system, sourceOf(staff, 'hr'));
    expect(await listFailedSyncs(db)).toEqual([]);
  });

  it('a role that others took away stays away, and the message names the person who changed it', async () => {
    const { Lee } = company.ids;
    await ensureSuperAdmin(company.system, 'lee@acme.example');
    await changeRoles(await company.as('Dana'), { personId: Lee, roles: ['campaign_admin'] });
    await forgetAuditLog(db);
    await ensureSuperAdmin(company.system, 'lee@acme.example');
    expect(await listRoles(db, Lee)).toEqual(['campaign_admin']);
    const [row] = await told('roles');
    expect((await loadPersonalMessage(company.system, row!))?.message).toMatchObject({
      notice: { lines: [expect.stringMatching(/^Changed by Dana\./)] },
    });
  });

  it('a changed address and a shared one are still shown to Super Admins', async () => {
    await linkSlackUser(company.system, slackUser('Ana'), undefined);
    const moved = slackUser('Ana', { email: 'ana.ruiz@other.example' });
    const twin = slackUser('Kim', { userId: 'UKIM2', name: 'Kim Two' });
    const read = { ...company.system, now: minutes(5) };
    await recordSlackUsers(read, [moved, slackUser('Kim'), twin]);
    await forgetAuditLog(db);
    expect(await noticeOf('address')).toContain("Ana's address in Slack is now ana.ruiz@other");
    const dana = await company.as('Dana');
    expect(await listAccountConflicts(dana)).toMatchObject({
      sharedAddresses: [{ email: 'kim@acme.example', names: ['Kim', 'Kim Two'] }],
      readAt: minutes(5),
    });
    const choice = { personId: company.ids.Ana, slackEmail: 'ana.ruiz@other.example' };
    await keepSlackLink(dana, choice);
    await recordSlackUsers({ ...company.system, now: minutes(9) }, [moved]);
    expect(await told('address')).toHaveLength(1);
  });

  it('a membership rule goes on in the name of the person who saved it', async () => {
    const { Dana, Bo } = company.ids;
    await db.insert(accessProfiles).values({ name: 'Devs', nameKey: 'devs', createdAt: noon });
    const [{ id: profileId } = { id: 0 }] = await db.select().from(accessProfiles);
    const rule = { department: ['Engineering'] };
    const dana = await company.as('Dana');
    await saveRule(dana, { profileId, version: 1, rule, excludedIds: [] });
    await forgetAuditLog(db);
    await db.delete(enrollments).where(eq(enrollments.personId, Bo));
    await reconcileMembers(company.system);
    const [joined] = await db.select().from(enrollments).where(eq(enrollments.personId, Bo));
    expect(joined).toMatchObject({ enrolledBy: Dana, source: 'rule' });
    expect((await findProfile(db, profileId))?.ruleSavedBy).toBe(Dana);
  });

  it('a canceled analysis names the person who canceled it', async () => {
    const dana = await company.as('Dana');
    const queued = { kind: 'all', trigger: 'person', state: 'queued', queuedAt: noon } as const;
    const [run] = await db.insert(miningRuns).values(queued).returning();
    await cancelAnalysis(dana, run!.id);
    await forgetAuditLog(db);
    await expect(cancelAnalysis(dana, run!.id)).rejects.toThrow('already canceled by Dana');
  });

  it('access that nobody can be asked to take away is audited once for each end', async () => {
    const { Ana, Bo, Kim, Dana } = company.ids;
    const end = minutes(-60);
    const given = { source: 'task', firstSeenAt: minutes(-600), expiresAt: end } as const;
    await db.insert(grants).values({ ...given, personId: Ana, entitlementId: company.user });
    await db
      .update(people)
      .set({ active: false })
      .where(inArray(people.id, [Bo, Kim]));
    await db.delete(personRoles).where(eq(personRoles.personId, Dana));
    const stays = async () =>
      (await db.select().from(auditLog).orderBy(auditLog.id)).filter(
        ({ verb }) => verb === 'grant.stay',
      ).length;
    await expireGrants(company.system);
    expect(await stays()).toBe(1);
    await forgetAuditLog(db);
    await expireGrants(company.system);
    expect(await stays()).toBe(0);
    await db
      .update(grants)
      .set({ expiresAt: minutes(30) })
      .where(eq(grants.personId, Ana));
    await expireGrants({ ...company.system, now: minutes(40) });
    expect(await stays()).toBe(1);
  });
});
