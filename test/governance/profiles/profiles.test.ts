import { and, asc, eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { decideStep } from '../../../src/governance/decisions/decide-step.ts';
import { loadPersonalMessage } from '../../../src/governance/messages/messages.ts';
import { archiveProfile, editProfile, makeProfile } from '../../../src/governance/profiles/edit.ts';
import { endMemberships } from '../../../src/governance/profiles/end-memberships.ts';
import { addMembers } from '../../../src/governance/profiles/enroll.ts';
import { changeEntitlements } from '../../../src/governance/profiles/entitlements.ts';
import { offerProfile, requestProfile } from '../../../src/governance/profiles/request-profile.ts';
import { unenroll } from '../../../src/governance/profiles/unenroll.ts';
import { listAccessProfiles, viewProfile } from '../../../src/governance/profiles/view.ts';
import { grants } from '../../../src/store/schema/access.ts';
import { auditLog, outbox } from '../../../src/store/schema/messages.ts';
import { taskSteps, tasks } from '../../../src/store/schema/tasks.ts';
import { databases } from '../../support/database.ts';
import { askFor, noon } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';

describe.each(databases())('an access profile on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  const words = {
    name: 'Developers',
    description: 'Who writes code',
    ownerIds: [] as number[],
    leaving: 'revoke_unjustified' as const,
    maxMembershipDays: null as number | null,
  };
  const make = async (more: Partial<typeof words> = {}) => {
    const entitlementIds = [company.user, company.admin];
    return makeProfile(await company.as('Dana'), { ...words, ...more, entitlementIds });
  };
  const see = async (id: number) => viewProfile(await company.as('Dana'), id);
  const enroll = async (profileId: number, personIds: number[], as: 'Dana' | 'Kim' = 'Dana') =>
    addMembers(await company.as(as), {
      profileId,
      personIds,
      wholeCohort: false,
      createRequests: false,
    });
  const openTasks = async (kind: 'grant' | 'revoke') =>
    db
      .select()
      .from(tasks)
      .where(and(eq(tasks.kind, kind), eq(tasks.state, 'open')))
      .orderBy(asc(tasks.id));
  /** Carries a task to its end: Bo approves and Lee provisions. */
  const provision = async (taskId: number) => {
    for (const name of ['Bo', 'Lee'] as const) {
      const [step] = await db
        .select()
        .from(taskSteps)
        .where(and(eq(taskSteps.taskId, taskId), eq(taskSteps.state, 'active')));
      const ref = { stepId: step!.id, version: step!.version };
      await decideStep(await company.as(name), ref, { positive: true });
    }
  };

  it('is made by hand, with nobody in it, by who manages profiles', async () => {
    const profile = await make({ ownerIds: [company.ids.Kim], maxMembershipDays: 90 });
    expect(await see(profile.id)).toMatchObject({
      profile: { name: 'Developers', description: 'Who writes code', maxMembershipDays: 90 },
      entitlements: ['GitHub · Admin', 'GitHub · User'],
      members: [],
      owners: [{ name: 'Kim' }],
    });
    await expect(make()).rejects.toThrow('There is an access profile called "Developers" already');
    await expect(make({ name: 'x', maxMembershipDays: 0 })).rejects.toThrow(
      'in whole days, from 1',
    );
    await expect(make({ name: 'x', ownerIds: [company.ids.Gone] })).rejects.toThrow(
      'Gone is not active',
    );
    const bo = await company.as('Bo');
    await expect(makeProfile(bo, { ...words, entitlementIds: [company.user] })).rejects.toThrow(
      'Only Access Request Admins and Super Admins can manage access profiles. Dana can.',
    );
    await expect(viewProfile(bo, profile.id)).rejects.toThrow('Dana can.');
  });

  it('lets its owners add and remove members, and change nothing else', async () => {
    const { id, version } = await make({ ownerIds: [company.ids.Kim] });
    await enroll(id, [company.ids.Ana], 'Kim');
    const kim = await company.as('Kim');
    expect((await viewProfile(kim, id)).members).toMatchObject([
      { name: 'Ana', why: 'added by Kim', since: noon, until: null },
    ]);
    const leave = { profileId: id, personIds: [company.ids.Ana], leaving: 'leave' as const };
    expect(await unenroll(kim, leave)).toMatchObject({ kind: 'left', removed: 1 });
    const edit = { ...words, profileId: id, version };
    await expect(editProfile(kim, edit)).rejects.toThrow('Dana can.');
    const change = { add: [], remove: [company.user], createRequests: false, revoke: false };
    await expect(changeEntitlements(kim, { profileId: id, version, ...change })).rejects.toThrow(
      'Dana can.',
    );
    await expect(archiveProfile(kim, { profileId: id, version, leaving: 'leave' })).rejects.toThrow(
      'Dana can.',
    );
  });

  it('is edited by the first of two; what did not change leaves no trace', async () => {
    const { id, version } = await make();
    const dana = await company.as('Dana');
    expect(await editProfile(dana, { ...words, profileId: id, version })).toMatchObject({
      version,
    });
    const edited = { ...words, name: 'Devs', maxMembershipDays: 30, profileId: id, version };
    expect(await editProfile(dana, edited)).toMatchObject({ name: 'Devs', version: version + 1 });
    await expect(editProfile(dana, edited)).rejects.toThrow('changed "Devs" in the meantime');
    const edits = await db
      .select()
      .from(auditLog)
      .where(eq(auditLog.verb, 'profile.edit'))
      .orderBy(auditLog.id);
    expect(edits).toMatchObject([
      {
        before: { name: 'Developers', maxMembershipDays: null },
        after: { name: 'Devs', maxMembershipDays: 30 },
      },
    ]);
  });

  it('gives members what is new only if so ticked, and takes from them only what it gave', async () => {
    const { Ana, Cy } = company.ids;
    const { id } = await make();
    await enroll(id, [Ana, Cy]);
    const change = async (input: Partial<Parameters<typeof changeEntitlements>[1]>) => {
      const { version } = (await see(id)).profile;
      const none = { add: [], remove: [], createRequests: false, revoke: false };
      return changeEntitlements(await company.as('Dana'), {
        profileId: id,
        version,
        ...none,
        ...input,
      });
    };
    await db.insert(grants).values({
      personId: Ana,
      entitlementId: company.admin,
      profileId: id,
      source: 'task',
      firstSeenAt: noon,
    });
    expect(await change({ remove: [company.admin], revoke: true })).toMatchObject({
      removed: 1,
      taken: { opened: 1, direct: ['Cy holds GitHub · Admin'] },
    });
    expect(await openTasks('revoke')).toMatchObject([
      {
        personId: Ana,
        entitlementId: company.admin,
        reason: 'It was taken out of the access profile "Developers".',
      },
    ]);
    expect(await change({ add: [company.admin] })).toMatchObject({
      added: 1,
      requests: { opened: 0 },
    });
    expect(await change({ remove: [company.user] })).toMatchObject({ taken: { opened: 0 } });
    expect(await change({ add: [company.user], createRequests: true })).toMatchObject({
      requests: { opened: 2 },
    });
    expect(await openTasks('grant')).toHaveLength(2);
    // What was asked for and is taken out is not to be given.
    expect(await change({ remove: [company.user] })).toMatchObject({ taken: { closed: 2 } });
    await expect(change({ remove: [company.admin] })).rejects.toThrow('a profile cannot be empty');
    await expect(change({})).rejects.toThrow('Choose what is to be put in or taken out.');
  });

  it('ends memberships that have lasted the longest they may, and tells those who were members', async () => {
    const { Ana } = company.ids;
    const { id } = await make({ maxMembershipDays: 30, leaving: 'revoke_unjustified' });
    await enroll(id, [Ana]);
    const [member] = (await see(id)).members;
    expect(member?.until).toEqual(new Date('2026-12-21T23:59:59Z'));
    await endMemberships({ ...company.system, now: new Date('2026-12-21T12:00:00Z') });
    expect((await see(id)).memberCount).toBe(1);
    await endMemberships({ ...company.system, now: new Date('2026-12-22T00:05:00Z') });
    expect((await see(id)).memberCount).toBe(0);
    const told = await db.select().from(outbox).where(eq(outbox.kind, 'profile'));
    expect(told).toMatchObject([{ recipientId: Ana }]);
    expect((await loadPersonalMessage(company.system, told[0]!))?.message).toMatchObject({
      kind: 'notice',
      notice: {
        title: 'You are no longer a member of the access profile "Developers"',
        lines: ['It was until 21 Dec 2026.', expect.stringContaining('you are told')],
      },
    });
    await endMemberships({ ...company.system, now: new Date('2026-12-22T01:05:00Z') });
    expect(await db.select().from(outbox).where(eq(outbox.kind, 'profile'))).toHaveLength(1);
  });

  it('can be asked for as a whole: who has been given all of it is a member', async () => {
    const { Ana, Bo } = company.ids;
    const { id } = await make({ maxMembershipDays: 10 });
    const ana = await company.as('Ana');
    expect((await offerProfile(ana, id)).entitlements).toEqual([
      { label: 'GitHub · Admin', isHeld: false },
      { label: 'GitHub · User', isHeld: false },
    ]);
    // What she asked for before becomes part of it.
    const first = await askFor(ana, { personId: Ana, entitlementId: company.user, reason: 'x' });
    const asked = await requestProfile(ana, { profileId: id, personId: Ana, reason: 'I build it' });
    expect(asked.opened).toMatchObject([{ requesterId: Ana, profileId: id, cause: 'asked' }]);
    expect(asked.refused).toHaveLength(1);
    await provision(asked.opened[0]!.id);
    expect((await see(id)).memberCount).toBe(0);
    await provision(first.id);
    expect((await see(id)).members).toMatchObject([
      { name: 'Ana', why: 'on request', until: new Date('2026-12-01T23:59:59Z') },
    ]);
    const told = await db.select().from(outbox).where(eq(outbox.kind, 'profile'));
    expect(told).toMatchObject([{ recipientId: Ana }]);

    const again = { profileId: id, personId: Ana, reason: 'x' };
    await expect(requestProfile(ana, again)).rejects.toThrow(
      'You are a member of "Developers" already.',
    );
    await unenroll(await company.as('Dana'), { profileId: id, personIds: [Ana], leaving: 'leave' });
    await expect(requestProfile(ana, again)).rejects.toThrow(
      'You hold everything in "Developers" already; there is nothing to ask for.',
    );
    await expect(requestProfile(ana, { ...again, personId: Bo })).rejects.toThrow(
      'You can request access for yourself and your direct reports',
    );
    await expect(requestProfile(ana, { ...again, reason: ' ' })).rejects.toThrow('Say what it is');
  });

  it('is in no list once it is archived, and takes nobody any more', async () => {
    const { id, version } = await make();
    await enroll(id, [company.ids.Ana]);
    const dana = await company.as('Dana');
    const list = async (archived: boolean) => {
      const found = await listAccessProfiles(dana, { words: 'DEV', archived, page: 0 });
      return found.rows.map(({ profile }) => profile.name);
    };
    expect(await list(false)).toEqual(['Developers']);
    const leaving = 'revoke_all' as const;
    expect(await archiveProfile(dana, { profileId: id, version, leaving })).toMatchObject({
      removed: 1,
    });
    expect([await list(false), await list(true)]).toEqual([[], ['Developers']]);
    await expect(enroll(id, [company.ids.Cy])).rejects.toThrow('"Developers" is archived');
    const ana = await company.as('Ana');
    const asked = { profileId: id, personId: company.ids.Ana, reason: 'x' };
    await expect(requestProfile(ana, asked)).rejects.toThrow(
      '"Developers" is archived and cannot be requested.',
    );
    await expect(listAccessProfiles(ana, { words: '', archived: true, page: 0 })).rejects.toThrow(
      'Dana can.',
    );
    expect(await listAccessProfiles(ana, { words: '', archived: false, page: 0 })).toMatchObject({
      total: 0,
      canManage: false,
    });
  });
});
