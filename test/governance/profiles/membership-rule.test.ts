import { and, asc, eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { loadPersonalMessage } from '../../../src/governance/messages/messages.ts';
import { archiveProfile, editProfile } from '../../../src/governance/profiles/edit.ts';
import { addMembers } from '../../../src/governance/profiles/enroll.ts';
import { previewRule, saveRule } from '../../../src/governance/profiles/membership-rule.ts';
import { decideHeldRemovals } from '../../../src/governance/profiles/reconcile-members.ts';
import { viewProfile } from '../../../src/governance/profiles/view.ts';
import { syncSource } from '../../../src/governance/sync/sync-source.ts';
import { insertProfile, replaceProfileOwners } from '../../../src/store/profiles/profiles.ts';
import { auditLog, outbox } from '../../../src/store/schema/messages.ts';
import type { Cohort } from '../../../src/store/schema/mining.ts';
import { people, personRoles } from '../../../src/store/schema/people.ts';
import { tasks } from '../../../src/store/schema/tasks.ts';
import { databases } from '../../support/database.ts';
import { noon } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';
import { type Content, sourceOf } from '../sync/sync-source.ts';

describe.each(databases())('a membership rule on $name', ({ open }) => {
  const { db, company } = useCompany(open);
  let profileId: number;

  beforeEach(async () => {
    const row = { name: 'Engineers', nameKey: 'engineers', createdAt: noon };
    profileId = (await insertProfile(db, row, [company.user]))!.id;
  });

  const engineering: Cohort = { department: ['engineering'] };
  const toInput = async (rule: Cohort | null, excludedIds: number[] = []) => ({
    profileId,
    version: (await view()).profile.version,
    rule,
    excludedIds,
  });
  const view = async () => viewProfile(await company.as('Dana'), profileId);
  const save = async (rule: Cohort | null, excludedIds: number[] = []) =>
    saveRule(await company.as('Dana'), await toInput(rule, excludedIds));
  const describeMembers = async () =>
    (await view()).members.map(({ name, why }) => `${name} ${why}`);
  const listRequests = async () => {
    const open = and(eq(tasks.kind, 'grant'), eq(tasks.state, 'open'));
    return db.select().from(tasks).where(open).orderBy(asc(tasks.personId));
  };
  /** Syncs everybody of the small company, some of them with another department, and more people. */
  const sync = async (moved: Record<string, string> = {}, more: Content['people'] = []) => {
    const active = await db.select().from(people).where(eq(people.active, true));
    const original = active.filter(({ name }) => !/^E\d/.test(name));
    const records = original.map(({ name, email, department, managerRef }) => ({
      name,
      email: email ?? '',
      department: moved[name] ?? department ?? '',
      ...(managerRef ? { managerRef } : {}),
    }));
    const source = sourceOf({ people: [...records, ...more] });
    return syncSource({ ...company.system, now: new Date(noon.getTime() + 3_600_000) }, source);
  };

  it('is previewed before it is saved, and applied at once when it is saved', async () => {
    const { Ana, Cy, Kim } = company.ids;
    await addMembers(await company.as('Dana'), {
      profileId,
      personIds: [Kim],
      wholeCohort: false,
      createRequests: false,
    });
    const preview = await previewRule(await company.as('Dana'), await toInput(engineering, [Cy]));
    expect(preview).toMatchObject({
      words: 'department Engineering',
      matching: 4,
      joining: 3,
      leaving: 0,
      isHeld: false,
    });
    expect(await describeMembers()).toEqual(['Kim added by Dana']);
    expect(await save(engineering, [Cy])).toMatchObject({ joined: 3, left: 0, opened: 3 });
    expect(await describeMembers()).toEqual([
      'Ana by the rule',
      'Bo by the rule',
      'Kim added by Dana',
      'Lee by the rule',
    ]);
    expect((await listRequests())[0]).toMatchObject({
      personId: Ana,
      cause: 'profile',
      requesterId: null,
      openedBy: company.ids.Dana,
      profileId,
    });
    expect(await view()).toMatchObject({
      rule: 'department Engineering',
      excluded: [{ id: Cy, name: 'Cy' }],
    });
  });

  it('is applied by each sync: matching people join, others leave, members added by hand stay', async () => {
    await addMembers(await company.as('Dana'), {
      profileId,
      personIds: [company.ids.Kim],
      wholeCohort: false,
      createRequests: false,
    });
    await save(engineering);
    await sync({ Ana: 'Sales', Kim: 'Sales', Dana: 'Engineering' });
    expect(await describeMembers()).toEqual([
      'Bo by the rule',
      'Cy by the rule',
      'Dana by the rule',
      'Kim added by Dana',
      'Lee by the rule',
    ]);
    const requestedFor = (await listRequests()).map((task) => task.personId);
    expect(requestedFor).not.toContain(company.ids.Ana);
    expect(requestedFor).toContain(company.ids.Dana);
    const audits = await db
      .select()
      .from(auditLog)
      .where(eq(auditLog.verb, 'profile.follow'))
      .orderBy(asc(auditLog.id));
    expect(audits.at(-1)).toMatchObject({
      actorId: null,
      after: { joined: [company.ids.Dana], left: [company.ids.Ana] },
    });
  });

  it('removes nobody when it would remove many at once, until somebody applies or rejects the removal', async () => {
    const hires = Array.from({ length: 20 }, (_, at) => ({
      name: `E${at}`,
      email: `e${at}@acme.example`,
      department: 'Engineering',
    }));
    await replaceProfileOwners(db, profileId, [company.ids.Kim]);
    await db
      .insert(personRoles)
      .values({ personId: company.ids.Lee, role: 'access_request_admin' });
    await sync({}, hires);
    await save(engineering);
    expect((await view()).memberCount).toBe(25);
    const moved = hires.map((hire, at) => (at < 6 ? { ...hire, department: 'Sales' } : hire));
    await sync({}, moved);
    expect(await view()).toMatchObject({ memberCount: 25, held: { length: 6 } });
    const messages = await db
      .select()
      .from(outbox)
      .where(eq(outbox.kind, 'profile'))
      .orderBy(outbox.id);
    const { Kim, Lee, Dana } = company.ids;
    expect(messages.map((row) => row.recipientId).sort()).toEqual([Kim, Lee, Dana].sort());
    const personalMessage = await loadPersonalMessage(company.system, messages[0]!);
    expect(personalMessage?.message).toMatchObject({
      kind: 'notice',
      notice: { title: 'The rule of "Engineers" would remove 6 members at once' },
    });
    // The next sync sends no further message.
    await sync({}, moved);
    expect(
      await db.select().from(outbox).where(eq(outbox.kind, 'profile')).orderBy(outbox.id),
    ).toHaveLength(3);

    const kim = await company.as('Kim');
    await expect(
      decideHeldRemovals(kim, { profileId, shown: 5, decision: 'apply' }),
    ).rejects.toThrow('The rule would now remove 6 members of "Engineers".');
    expect(await decideHeldRemovals(kim, { profileId, shown: 6, decision: 'apply' })).toMatchObject(
      {
        people: 6,
        closed: 6,
      },
    );
    expect(await view()).toMatchObject({ memberCount: 19, held: [] });
    await expect(
      decideHeldRemovals(kim, { profileId, shown: 6, decision: 'keep' }),
    ).rejects.toThrow('Somebody has already decided');
    await sync(
      {},
      hires.map((hire) => ({ ...hire, department: 'Sales' })),
    );
    expect(await view()).toMatchObject({ memberCount: 19, held: { length: 14 } });
    await decideHeldRemovals(kim, { profileId, shown: 14, decision: 'keep' });
    expect(await view()).toMatchObject({
      memberCount: 19,
      held: [],
      rule: 'department Engineering',
    });
    await sync(
      {},
      hires.map((hire) => ({ ...hire, department: 'Sales' })),
    );
    expect(await view()).toMatchObject({ memberCount: 19, held: [] });
  });

  it('removes nobody, not even a few, when nobody matches it any more', async () => {
    await save({ manager: ['bo@acme.example'] });
    expect((await view()).memberCount).toBe(2);
    await sync({}, []);
    expect((await view()).memberCount).toBe(2);
    await db.update(people).set({ managerRef: null, managerId: null });
    await sync();
    expect(await view()).toMatchObject({ memberCount: 2, held: [{ name: 'Ana' }, { name: 'Cy' }] });
  });

  it('is refused with an unknown attribute or value, or when nobody matches', async () => {
    await expect(save({ departmant: ['Engineering'] })).rejects.toThrow(
      'There is no attribute "departmant". Did you mean department?',
    );
    await expect(save({ department: ['Enginering'] })).rejects.toThrow(
      'Nobody matches department = Enginering. Did you mean Engineering (5 people)?',
    );
    await expect(
      save({ department: ['Engineering'], manager: ['dana@acme.example'], job_title: ['x'] }),
    ).rejects.toThrow('Nobody matches job_title = x.');
    await expect(save({ department: ['IT'], manager: ['bo@acme.example'] })).rejects.toThrow(
      "Nobody matches department IT, Bo's team. Loosen the rule, or leave it empty to switch it off.",
    );
    const bo = await company.as('Bo');
    const input = await toInput(engineering);
    await expect(previewRule(bo, input)).rejects.toThrow('Dana can.');
    await expect(saveRule(bo, input)).rejects.toThrow('Dana can.');
  });

  it('is saved by the first of two admins; the second sees what changed', async () => {
    await db
      .insert(personRoles)
      .values({ personId: company.ids.Lee, role: 'access_request_admin' });
    const input = await toInput(engineering);
    const settings = {
      name: 'All engineers',
      description: '',
      ownerIds: [],
      maxMembershipDays: null,
    };
    await editProfile(await company.as('Lee'), { ...input, ...settings, leaving: 'leave' });
    await expect(saveRule(await company.as('Dana'), input)).rejects.toThrow(
      'Lee changed the name and access after leaving of "All engineers" in the meantime.',
    );
  });

  it('is off without criteria and in an archived profile, which nobody joins any more', async () => {
    await save(engineering);
    expect(await save(null)).toMatchObject({ isOn: false, left: 0 });
    await sync({ Ana: 'Sales' });
    expect((await view()).memberCount).toBe(5);
    await save({});
    const dana = await company.as('Dana');
    const { version } = (await view()).profile;
    const archived = await archiveProfile(dana, { profileId, version, leaving: 'leave' });
    expect(archived).toMatchObject({ removed: 6, opened: 0 });
    await sync();
    expect(await view()).toMatchObject({ memberCount: 0, rule: undefined });
    await expect(save(engineering)).rejects.toThrow(
      '"Engineers" is archived and cannot be changed.',
    );
  });
});
