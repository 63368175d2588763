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
  const inputOf = async (rule: Cohort | null, excludedIds: number[] = []) => ({
    profileId,
    version: (await see()).profile.version,
    rule,
    excludedIds,
  });
  const see = async () => viewProfile(await company.as('Dana'), profileId);
  const save = async (rule: Cohort | null, excludedIds: number[] = []) =>
    saveRule(await company.as('Dana'), await inputOf(rule, excludedIds));
  const members = async () => (await see()).members.map(({ name, why }) => `${name} ${why}`);
  const requests = async () => {
    const open = and(eq(tasks.kind, 'grant'), eq(tasks.state, 'open'));
    return db.select().from(tasks).where(open).orderBy(asc(tasks.personId));
  };
  /** Everybody of the small company as a source names them, but for these departments. */
  const sync = async (moved: Record<string, string> = {}, more: Content['people'] = []) => {
    const here = await db.select().from(people).where(eq(people.active, true));
    const named = here.filter(({ name }) => !/^E\d/.test(name));
    const records = named.map(({ name, email, department, managerRef }) => ({
      name,
      email: email ?? '',
      department: moved[name] ?? department ?? '',
      ...(managerRef ? { managerRef } : {}),
    }));
    const source = sourceOf({ people: [...records, ...more] });
    return syncSource({ ...company.system, now: new Date(noon.getTime() + 3_600_000) }, source);
  };

  it('is shown with what it would do before it is saved, and followed at once when it is', async () => {
    const { Ana, Cy, Kim } = company.ids;
    await addMembers(await company.as('Dana'), {
      profileId,
      personIds: [Kim],
      wholeCohort: false,
      createRequests: false,
    });
    const preview = await previewRule(await company.as('Dana'), await inputOf(engineering, [Cy]));
    expect(preview).toMatchObject({
      words: 'department Engineering',
      matching: 4,
      joining: 3,
      leaving: 0,
      isHeld: false,
    });
    expect(await members()).toEqual(['Kim added by Dana']);
    expect(await save(engineering, [Cy])).toMatchObject({ joined: 3, left: 0, opened: 3 });
    expect(await members()).toEqual([
      'Ana by the rule',
      'Bo by the rule',
      'Kim added by Dana',
      'Lee by the rule',
    ]);
    expect((await requests())[0]).toMatchObject({
      personId: Ana,
      cause: 'profile',
      requesterId: null,
      openedBy: company.ids.Dana,
      profileId,
    });
    expect(await see()).toMatchObject({
      rule: 'department Engineering',
      excluded: [{ id: Cy, name: 'Cy' }],
    });
  });

  it('is kept in step by each sync: who comes joins, who goes leaves; who was added by hand stays', async () => {
    await addMembers(await company.as('Dana'), {
      profileId,
      personIds: [company.ids.Kim],
      wholeCohort: false,
      createRequests: false,
    });
    await save(engineering);
    await sync({ Ana: 'Sales', Kim: 'Sales', Dana: 'Engineering' });
    expect(await members()).toEqual([
      'Bo by the rule',
      'Cy by the rule',
      'Dana by the rule',
      'Kim added by Dana',
      'Lee by the rule',
    ]);
    const asked = (await requests()).map((task) => task.personId);
    expect(asked).not.toContain(company.ids.Ana);
    expect(asked).toContain(company.ids.Dana);
    const followed = await db
      .select()
      .from(auditLog)
      .where(eq(auditLog.verb, 'profile.follow'))
      .orderBy(auditLog.id);
    expect(followed.at(-1)).toMatchObject({
      actorId: null,
      after: { joined: [company.ids.Dana], left: [company.ids.Ana] },
    });
  });

  it('removes nobody when it would remove many at once, until somebody says yes or keeps them', async () => {
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
    expect((await see()).memberCount).toBe(25);
    const moved = hires.map((one, at) => (at < 6 ? { ...one, department: 'Sales' } : one));
    await sync({}, moved);
    expect(await see()).toMatchObject({ memberCount: 25, held: { length: 6 } });
    const told = await db.select().from(outbox).where(eq(outbox.kind, 'profile'));
    const { Kim, Lee, Dana } = company.ids;
    expect(told.map((row) => row.recipientId).sort()).toEqual([Kim, Lee, Dana].sort());
    const personalMessage = await loadPersonalMessage(company.system, told[0]!);
    expect(personalMessage?.message).toMatchObject({
      kind: 'notice',
      notice: { title: 'The rule of "Engineers" would remove 6 members at once' },
    });
    // The next sync says nothing new.
    await sync({}, moved);
    expect(await db.select().from(outbox).where(eq(outbox.kind, 'profile'))).toHaveLength(3);

    const kim = await company.as('Kim');
    await expect(
      decideHeldRemovals(kim, { profileId, shown: 5, decision: 'apply' }),
    ).rejects.toThrow('By now it would remove 6 members of "Engineers".');
    expect(await decideHeldRemovals(kim, { profileId, shown: 6, decision: 'apply' })).toMatchObject(
      {
        people: 6,
        closed: 6,
      },
    );
    expect(await see()).toMatchObject({ memberCount: 19, held: [] });
    await expect(
      decideHeldRemovals(kim, { profileId, shown: 6, decision: 'keep' }),
    ).rejects.toThrow('somebody decided about them');
    await sync(
      {},
      hires.map((one) => ({ ...one, department: 'Sales' })),
    );
    expect(await see()).toMatchObject({ memberCount: 19, held: { length: 14 } });
    await decideHeldRemovals(kim, { profileId, shown: 14, decision: 'keep' });
    expect(await see()).toMatchObject({
      memberCount: 19,
      held: [],
      rule: 'department Engineering',
    });
    await sync(
      {},
      hires.map((one) => ({ ...one, department: 'Sales' })),
    );
    expect(await see()).toMatchObject({ memberCount: 19, held: [] });
  });

  it('removes nobody, however few they are, when nobody matches it any more', async () => {
    await save({ manager: ['bo@acme.example'] });
    expect((await see()).memberCount).toBe(2);
    await sync({}, []);
    expect((await see()).memberCount).toBe(2);
    await db.update(people).set({ managerRef: null, managerId: null });
    await sync();
    expect(await see()).toMatchObject({ memberCount: 2, held: [{ name: 'Ana' }, { name: 'Cy' }] });
  });

  it('is refused when it cannot be meant: an unknown attribute or value, nobody who matches', async () => {
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
    const input = await inputOf(engineering);
    await expect(previewRule(bo, input)).rejects.toThrow('Dana can.');
    await expect(saveRule(bo, input)).rejects.toThrow('Dana can.');
  });

  it('is saved by the first of two admins; the second is told what changed', async () => {
    await db
      .insert(personRoles)
      .values({ personId: company.ids.Lee, role: 'access_request_admin' });
    const input = await inputOf(engineering);
    const words = { name: 'All engineers', description: '', ownerIds: [], maxMembershipDays: null };
    await editProfile(await company.as('Lee'), { ...input, ...words, leaving: 'leave' });
    await expect(saveRule(await company.as('Dana'), input)).rejects.toThrow(
      'Lee changed the name and access of who leaves of "All engineers" in the meantime.',
    );
  });

  it('is off without a rule and in an archive, where nobody joins any more', async () => {
    await save(engineering);
    expect(await save(null)).toMatchObject({ isOn: false, left: 0 });
    await sync({ Ana: 'Sales' });
    expect((await see()).memberCount).toBe(5);
    await save({});
    const dana = await company.as('Dana');
    const { version } = (await see()).profile;
    const archived = await archiveProfile(dana, { profileId, version, leaving: 'leave' });
    expect(archived).toMatchObject({ removed: 6, opened: 0 });
    await sync();
    expect(await see()).toMatchObject({ memberCount: 0, rule: undefined });
    await expect(save(engineering)).rejects.toThrow(
      '"Engineers" is archived and cannot be changed.',
    );
  });
});
