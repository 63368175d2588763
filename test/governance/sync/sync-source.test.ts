import { asc, eq, isNull } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { formatProblems } from '../../../src/connectors/problems.ts';
import type { Ctx } from '../../../src/governance/context.ts';
import { syncSource } from '../../../src/governance/sync/sync-source.ts';
import { loadTaskView } from '../../../src/governance/task-cards/task-view.ts';
import { insertProvisionedGrant } from '../../../src/store/access/grants.ts';
import {
  applicationOwners,
  applications,
  entitlements,
  grants,
  syncRuns,
} from '../../../src/store/schema/access.ts';
import { auditLog } from '../../../src/store/schema/messages.ts';
import { miningRuns } from '../../../src/store/schema/mining.ts';
import { people } from '../../../src/store/schema/people.ts';
import { databases } from '../../support/database.ts';
import { askFor, makeSmallCompany } from '../../support/small-company.ts';
import { useDatabase } from '../../support/use-database.ts';
import { ana, bo, type Content, sourceOf } from './sync-source.ts';

const noon = new Date('2026-11-21T12:00:00Z');
const evening = new Date('2026-11-21T20:00:00Z');

describe.each(databases())('a sync on $name', ({ open }) => {
  const db = useDatabase(open);

  const ctx = (now = noon): Ctx => ({ db, actor: undefined, via: 'cli', now });
  const sync = async (content: Content, { name = 'csv', now = noon, dryRun = false } = {}) => {
    const source = sourceOf(content, name);
    const { counts } = await syncSource(ctx(now), source, { dryRun });
    // Only counts above zero.
    const changes = Object.entries(counts).filter(([, count]) => count > 0);
    return { ...Object.fromEntries(changes), warnings: formatProblems(source.warnings) };
  };
  const personOf = async (email: string) => {
    const [person] = await db.select().from(people).where(eq(people.email, email));
    return person;
  };
  /** Live grants as `ana Jira·User`. */
  const access = async () => {
    const held = await db
      .select({
        email: people.email,
        id: people.externalId,
        app: applications.name,
        right: entitlements.name,
      })
      .from(grants)
      .innerJoin(people, eq(people.id, grants.personId))
      .innerJoin(entitlements, eq(entitlements.id, grants.entitlementId))
      .innerJoin(applications, eq(applications.id, entitlements.applicationId))
      .where(isNull(grants.closedAt));
    return held
      .map(({ email, id, app, right }) => `${email?.split('@')[0] ?? id} ${app}·${right}`)
      .sort();
  };

  it('creates people with managers, applications with owners, entitlements and grants', async () => {
    const happened = await sync({
      people: [
        { ...ana, managerRef: 'BO@acme.example', attributes: { cost_center: 'R-10' } },
        { ...bo, id: '7', managerRef: 'ceo@acme.example' },
      ],
      applications: [{ app: 'Jira', owners: ['bo@acme.example'], provisioners: ['7'] }],
      entitlements: [{ app: 'jira', entitlement: 'User', risk: 'low' }],
      grants: [
        'ana@acme.example Jira User',
        { person: '7', app: 'GitHub', entitlement: 'Admin', grantedAt: new Date('2024-02-29') },
      ],
    });
    expect(happened).toEqual({
      peopleAdded: 2,
      applicationsAdded: 2,
      entitlementsAdded: 2,
      ownersChanged: 2,
      grantsAdded: 2,
      warnings: [
        'people.csv:3 manager_email "ceo@acme.example": no such person; people with this manager still form a cohort.',
      ],
    });
    const boss = await personOf('bo@acme.example');
    expect(boss).toMatchObject({
      externalId: '7',
      active: true,
      managerRef: 'ceo@acme.example',
      managerId: null,
    });
    expect(await personOf('ana@acme.example')).toMatchObject({
      name: 'Ana Ruiz',
      department: 'Engineering',
      managerId: boss!.id,
      attributes: { cost_center: 'R-10' },
      connector: 'csv',
    });
    expect(await access()).toEqual(['ana Jira·User', 'bo GitHub·Admin']);
    const owners = await db.select().from(applicationOwners).orderBy(asc(applicationOwners.kind));
    expect(owners.map(({ kind, personId }) => [kind, personId])).toEqual([
      ['owner', boss!.id],
      ['provisioner', boss!.id],
    ]);
    const [run] = await db.select().from(syncRuns);
    expect(run).toMatchObject({ connector: 'csv', startedAt: noon, counts: { grantsAdded: 2 } });
    expect(run!.finishedAt).not.toBeNull();
    const [row] = await db
      .select()
      .from(auditLog)
      .where(eq(auditLog.subject, `sync-run:${run!.id}`))
      .orderBy(auditLog.id);
    expect(row).toMatchObject({ verb: 'sync.complete', via: 'cli', after: { peopleAdded: 2 } });
    expect(await db.select().from(miningRuns)).toMatchObject([
      { state: 'queued', trigger: 'import' },
    ]);
  });

  it('an unchanged source changes nothing but the last sync of each row', async () => {
    const content = {
      people: [{ ...ana, attributes: { z: '1', cost_center: '2' } }, bo],
      applications: [{ app: 'Jira', owners: ['bo@acme.example'] }],
      grants: ['ana@acme.example Jira User'],
    };
    await sync(content);
    expect(await sync(content)).toEqual({ grantsUnchanged: 1, warnings: [] });
    const lastSyncRunId = Math.max(...(await db.select().from(syncRuns)).map(({ id }) => id));
    expect(await db.select().from(grants)).toMatchObject([{ firstSeenAt: noon, lastSyncRunId }]);
    expect(await personOf('ana@acme.example')).toMatchObject({ lastSyncRunId });
  });

  it('closes missing people and grants without deleting them, and reopens returning people', async () => {
    const both = {
      people: [ana, bo],
      grants: [
        'ana@acme.example Jira User',
        'ana@acme.example Jira Admin',
        'bo@acme.example Jira User',
      ],
    };
    await sync(both);
    const less = {
      people: [{ ...ana, department: 'Sales' }],
      grants: ['ana@acme.example Jira User'],
    };
    expect(await sync(less, { now: evening })).toEqual({
      peopleUpdated: 1,
      peopleClosed: 1,
      grantsClosed: 2,
      grantsUnchanged: 1,
      warnings: [],
    });
    expect(await access()).toEqual(['ana Jira·User']);
    const [left] = await db.select().from(people).where(eq(people.formerEmail, 'bo@acme.example'));
    expect(left).toMatchObject({ closedAt: evening, email: null });
    expect(await db.select().from(grants).where(eq(grants.closedAt, evening))).toHaveLength(2);
    expect(await sync(both)).toMatchObject({ peopleUpdated: 1, peopleReopened: 1, grantsAdded: 2 });
    expect(await personOf('bo@acme.example')).toMatchObject({ closedAt: null });
  });

  it('confirms the claim of a task if the source has the grant, and keeps the claim otherwise', async () => {
    const content = { people: [ana, bo], grants: ['bo@acme.example Jira User'] };
    await sync(content);
    const claim = {
      personId: (await personOf('ana@acme.example'))!.id,
      entitlementId: (await db.select().from(entitlements))[0]!.id,
      taskId: null,
      profileId: null,
      ruleId: null,
      expiresAt: null,
    };
    await insertProvisionedGrant(db, claim, noon);
    expect(await sync(content)).toEqual({ grantsUnchanged: 1, warnings: [] });
    expect(await access()).toContain('ana Jira·User');

    const seen = { ...content, grants: [...content.grants, 'ana@acme.example Jira User'] };
    expect(await sync(seen, { now: evening })).toMatchObject({ grantsConfirmed: 1 });
    const [confirmed] = await db.select().from(grants).where(eq(grants.source, 'task'));
    expect(confirmed).toMatchObject({ verifiedAt: evening, connector: 'csv', closedAt: null });

    expect(await sync(content)).toMatchObject({ grantsClosed: 1 });
    expect(await access()).toEqual(['bo Jira·User']);
  });

  it("keeps other sources' people and grants, but may refer to them", async () => {
    await sync({ people: [{ ...ana, id: '1' }], grants: ['1 Jira User'] }, { name: 'hr' });
    const own = {
      people: [bo, { email: 'ana@acme.example', jobTitle: 'SRE' }],
      grants: ['1 Jira User', 'ANA@acme.example GitHub Admin'],
    };
    expect(await sync(own)).toMatchObject({ peopleAdded: 1, peopleUpdated: 1, grantsAdded: 1 });
    const shared = await personOf('ana@acme.example');
    expect(shared).toMatchObject({ connector: 'hr', department: 'Engineering', jobTitle: 'SRE' });
    expect(await sync({ people: [bo], grants: ['1 GitHub Admin'] })).toMatchObject({
      grantsUnchanged: 1,
    });
    expect(await access()).toEqual(['ana GitHub·Admin', 'ana Jira·User']);
    expect(await sync({ people: [bo] })).toMatchObject({ grantsClosed: 1 });
    expect(await access()).toEqual(['ana Jira·User']);
  });

  it('stores the dates of a grant, counts a repeated grant once, and closes it after its end', async () => {
    const grant = { person: 'ana@acme.example', app: 'Jira', entitlement: 'User' };
    const until = { ...grant, expiresAt: new Date('2026-11-21T18:00:00Z') };
    const content = { people: [ana], grants: [until, until] };
    expect(await sync(content)).toEqual({
      peopleAdded: 1,
      applicationsAdded: 1,
      entitlementsAdded: 1,
      grantsAdded: 1,
      warnings: ['grants.csv: 1 grant is repeated; each counts once.'],
    });
    expect(await db.select().from(grants)).toMatchObject([{ expiresAt: until.expiresAt }]);
    expect(await sync(content, { now: evening })).toMatchObject({ grantsClosed: 1 });
    const used = { ...grant, lastUsedAt: noon };
    await sync({ people: [ana], grants: [used] }, { now: evening });
    expect(await sync({ people: [ana], grants: [{ ...used, lastUsedAt: evening }] })).toMatchObject(
      {
        grantsUnchanged: 1,
      },
    );
    const live = await db.select().from(grants).where(isNull(grants.closedAt));
    expect(live).toMatchObject([{ expiresAt: null, lastUsedAt: evening }]);
  });

  it('changes nothing if the source has a problem', async () => {
    await sync({ people: [ana], grants: ['ana@acme.example Jira User'] });
    await expect(sync({ people: [] })).rejects.toThrow('The imported data has 1 problem');
    expect(await access()).toEqual(['ana Jira·User']);
    expect(await db.select().from(syncRuns)).toHaveLength(1);
  });

  it('leaves out unknown owners and owners who have left, and keeps the others', async () => {
    const { warnings } = await sync({
      people: [ana, { ...bo, active: false }],
      applications: [
        {
          app: 'Jira',
          owners: ['ana@acme.example', 'bo@acme.example'],
          provisioners: ['cy@acme.example'],
        },
      ],
      entitlements: [{ app: 'Jira', entitlement: 'User', owners: ['di@acme.example'] }],
    });
    expect(warnings).toEqual([
      'applications.csv:2 owner_email "bo@acme.example": this person has left; left out.',
      'applications.csv:2 provisioner_email "cy@acme.example": no such person in people.csv or in Rolemine; left out.',
      'entitlements:2 owner_email "di@acme.example": no such person in people.csv or in Rolemine; left out.',
      'grants.csv: it has no grants; all access from this source ends.',
    ]);
    const owners = await db.select().from(applicationOwners);
    const { id } = (await personOf('ana@acme.example'))!;
    expect(owners).toMatchObject([{ kind: 'owner', personId: id }]);
  });

  it('compares ids without regard to case where that is unique', async () => {
    const happened = await sync({
      people: [{ id: 'asmith' }, { id: 'Bo1' }, { id: 'bo1' }],
      grants: ['ASMITH Jira User', 'Bo1 Jira User', 'bo1 Jira Admin'],
    });
    expect(happened).toMatchObject({ grantsAdded: 3, warnings: [] });
    expect(await access()).toEqual(['Bo1 Jira·User', 'asmith Jira·User', 'bo1 Jira·Admin']);
  });

  it('keeps a stored end that the source has and that cannot be read', async () => {
    const grant = { person: 'ana@acme.example', app: 'Jira', entitlement: 'User' };
    const expiresAt = new Date('2027-06-30T12:00:00Z');
    await sync({ people: [ana], grants: [{ ...grant, expiresAt }] });
    await sync({
      people: [ana],
      grants: [{ ...grant, isEndUnread: true, lastUsedAt: noon }],
    });
    expect(await db.select().from(grants)).toMatchObject([{ expiresAt, lastUsedAt: noon }]);
  });

  it('a dry run counts the changes and stores nothing', async () => {
    const content = { people: [ana], grants: ['ana@acme.example Jira User'] };
    const counts = await sync(content, { dryRun: true });
    expect(counts).toMatchObject({ peopleAdded: 1, grantsAdded: 1 });
    for (const table of [people, grants, applications, syncRuns, auditLog, miningRuns]) {
      expect(await db.select().from(table)).toEqual([]);
    }
    expect(await sync(content)).toEqual(counts);
  });

  it('asks the next approver if the only assignee of a step has left', async () => {
    const company = await makeSmallCompany(db);
    const task = await askFor(await company.as('Ana'), {
      personId: company.ids.Ana,
      entitlementId: company.admin,
      reason: 'on call',
    });
    const names = ['ana', 'cy', 'kim', 'lee', 'dana'];
    await sync({ people: names.map((name) => ({ name, email: `${name}@acme.example` })) });
    const view = await loadTaskView(ctx(), task.id);
    expect(view?.active?.assignees.map((one) => one.name)).toEqual(['kim']);
    expect(view?.active?.note).toContain('Bo left.');
  });
});
