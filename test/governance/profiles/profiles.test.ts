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

  const settings = {
    name: 'Developers',
    description: 'People who write code',
    ownerIds: [] as number[],
    leaving: 'revoke_unjustified' as const,
    maxMembershipDays: null as number | null,
  };
  const create = async (changes: Partial<typeof settings> = {}) => {
    const entitlementIds = [company.user, company.admin];
    return makeProfile(await company.as('Dana'), { ...settings, ...changes, entitlementIds });
  };
  const view = async (id: number) => viewProfile(await company.as('Dana'), id);
  const enroll = async (profileId: number, personIds: number[], as: 'Dana' | 'Kim' = 'Dana') =>
    addMembers(await company.as(as), {
      profileId,
      personIds,
      wholeCohort: false,
      createRequests: false,
    });
  const listOpenTasks = async (kind: 'grant' | 'revoke') =>
    db
      .select()
      .from(tasks)
      .where(and(eq(tasks.kind, kind), eq(tasks.state, 'open')))
      .orderBy(asc(tasks.id));
  /** Bo approves a task and Lee provisions it. */
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

  it('is created by a profile admin, with nobody enrolled', async () => {
    const profile = await create({ ownerIds: [company.ids.Kim], maxMembershipDays: 90 });
    expect(await view(profile.id)).toMatchObject({
      profile: { name: 'Developers', description: 'People who write code', maxMembershipDays: 90 },
      entitlements: ['GitHub · Admin', 'GitHub · User'],
      members: [],
      owners: [{ name: 'Kim' }],
    });
    await expect(create()).rejects.toThrow('An access profile named "Developers" already exists');
    await expect(create({ name: 'x', maxMembershipDays: 0 })).rejects.toThrow(
      'in whole days, from 1',
    );
    await expect(create({ name: 'x', ownerIds: [company.ids.Gone] })).rejects.toThrow(
      'Gone is not active',
    );
    const bo = await company.as('Bo');
    await expect(makeProfile(bo, { ...settings, entitlementIds: [company.user] })).rejects.toThrow(
      'Only Access Request Admins and Super Admins can manage access profiles. Dana can.',
    );
    await expect(viewProfile(bo, profile.id)).rejects.toThrow('Dana can.');
  });

  it('lets its owners add and remove members and change nothing else', async () => {
    const { id, version } = await create({ ownerIds: [company.ids.Kim] });
    await enroll(id, [company.ids.Ana], 'Kim');
    const kim = await company.as('Kim');
    expect((await viewProfile(kim, id)).members).toMatchObject([
      { name: 'Ana', why: 'added by Kim', since: '21 Nov 2026', until: undefined },
    ]);
    const leave = { profileId: id, personIds: [company.ids.Ana], leaving: 'leave' as const };
    expect(await unenroll(kim, leave)).toMatchObject({ kind: 'left', removed: 1 });
    const edit = { ...settings, profileId: id, version };
    await expect(editProfile(kim, edit)).rejects.toThrow('Dana can.');
    const change = { add: [], remove: [company.user], createRequests: false, revoke: false };
    await expect(changeEntitlements(kim, { profileId: id, version, ...change })).rejects.toThrow(
      'Dana can.',
    );
    await expect(archiveProfile(kim, { profileId: id, version, leaving: 'leave' })).rejects.toThrow(
      'Dana can.',
    );
  });

  it('is edited by the first of two admins; the audit log has only changed settings', async () => {
    const { id, version } = await create();
    const dana = await company.as('Dana');
    expect(await editProfile(dana, { ...settings, profileId: id, version })).toMatchObject({
      version,
    });
    const edited = { ...settings, name: 'Devs', maxMembershipDays: 30, profileId: id, version };
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

  it('requests added entitlements only if asked to, and revokes only access that it granted', async () => {
    const { Ana, Cy } = company.ids;
    const { id } = await create();
    await enroll(id, [Ana, Cy]);
    const change = async (input: Partial<Parameters<typeof changeEntitlements>[1]>) => {
      const { version } = (await view(id)).profile;
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
      withdrawn: { opened: 1, direct: ['Cy holds GitHub · Admin'] },
    });
    expect(await listOpenTasks('revoke')).toMatchObject([
      {
        personId: Ana,
        entitlementId: company.admin,
        reason: 'It was removed from the access profile "Developers".',
      },
    ]);
    expect(await change({ add: [company.admin] })).toMatchObject({
      added: 1,
      requests: { opened: 0 },
    });
    expect(await change({ remove: [company.user] })).toMatchObject({ withdrawn: { opened: 0 } });
    expect(await change({ add: [company.user], createRequests: true })).toMatchObject({
      requests: { opened: 2 },
    });
    expect(await listOpenTasks('grant')).toHaveLength(2);
    // Requests for removed entitlements are closed.
    expect(await change({ remove: [company.user] })).toMatchObject({ withdrawn: { closed: 2 } });
    await expect(change({ remove: [company.admin] })).rejects.toThrow('a profile cannot be empty');
    await expect(change({})).rejects.toThrow('Choose entitlements to add or remove.');
  });

  it('ends memberships at their limit and notifies the former members', async () => {
    const { Ana } = company.ids;
    const { id } = await create({ maxMembershipDays: 30, leaving: 'revoke_unjustified' });
    await enroll(id, [Ana]);
    const [member] = (await view(id)).members;
    expect(member?.until).toBe('21 Dec 2026');
    await endMemberships({ ...company.system, now: new Date('2026-12-21T12:00:00Z') });
    expect((await view(id)).memberCount).toBe(1);
    await endMemberships({ ...company.system, now: new Date('2026-12-22T00:05:00Z') });
    expect((await view(id)).memberCount).toBe(0);
    const messages = await db
      .select()
      .from(outbox)
      .where(eq(outbox.kind, 'profile'))
      .orderBy(outbox.id);
    expect(messages).toMatchObject([{ recipientId: Ana }]);
    expect((await loadPersonalMessage(company.system, messages[0]!))?.message).toMatchObject({
      kind: 'notice',
      notice: {
        title: 'You are no longer a member of the access profile "Developers"',
        lines: [
          'Your membership ended on 21 Dec 2026.',
          expect.stringContaining('You are notified'),
        ],
      },
    });
    await endMemberships({ ...company.system, now: new Date('2026-12-22T01:05:00Z') });
    expect(
      await db.select().from(outbox).where(eq(outbox.kind, 'profile')).orderBy(outbox.id),
    ).toHaveLength(1);
  });

  it('can be requested as a whole; a person who gets all of it becomes a member', async () => {
    const { Ana, Bo } = company.ids;
    const { id } = await create({ maxMembershipDays: 10 });
    const ana = await company.as('Ana');
    expect((await offerProfile(ana, id)).entitlements).toEqual([
      { label: 'GitHub · Admin', isHeld: false },
      { label: 'GitHub · User', isHeld: false },
    ]);
    // Her earlier request becomes part of the request for the profile.
    const first = await askFor(ana, { personId: Ana, entitlementId: company.user, reason: 'x' });
    const asked = await requestProfile(ana, { profileId: id, personId: Ana, reason: 'I build it' });
    expect(asked.opened).toMatchObject([{ requesterId: Ana, profileId: id, cause: 'asked' }]);
    expect(asked.refused).toHaveLength(1);
    await provision(asked.opened[0]!.id);
    expect((await view(id)).memberCount).toBe(0);
    await provision(first.id);
    expect((await view(id)).members).toMatchObject([
      { name: 'Ana', why: 'on request', until: '1 Dec 2026' },
    ]);
    const messages = await db
      .select()
      .from(outbox)
      .where(eq(outbox.kind, 'profile'))
      .orderBy(outbox.id);
    expect(messages).toMatchObject([{ recipientId: Ana }]);

    const again = { profileId: id, personId: Ana, reason: 'x' };
    await expect(requestProfile(ana, again)).rejects.toThrow(
      'You are already a member of "Developers".',
    );
    await unenroll(await company.as('Dana'), { profileId: id, personIds: [Ana], leaving: 'leave' });
    await expect(requestProfile(ana, again)).rejects.toThrow(
      'You have everything in "Developers" already; there is nothing to request.',
    );
    await expect(requestProfile(ana, { ...again, personId: Bo })).rejects.toThrow(
      'You can request access for yourself and your direct reports',
    );
    await expect(requestProfile(ana, { ...again, reason: ' ' })).rejects.toThrow('Say what it is');
  });

  it('is in no list once it is archived, and accepts no new members', async () => {
    const { id, version } = await create();
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
