import { and, asc, eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { addMembers } from '../../../src/governance/profiles/enroll.ts';
import { type Leaving, unenroll } from '../../../src/governance/profiles/unenroll.ts';
import { listEnrolled } from '../../../src/store/profiles/enrollments.ts';
import { insertProfile } from '../../../src/store/profiles/profiles.ts';
import { grants } from '../../../src/store/schema/access.ts';
import { auditLog } from '../../../src/store/schema/messages.ts';
import { people } from '../../../src/store/schema/people.ts';
import { tasks } from '../../../src/store/schema/tasks.ts';
import { databases } from '../../support/database.ts';
import { noon } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';

describe.each(databases())('leaving a profile on $name', ({ open }) => {
  const { db, company } = useCompany(open);
  let finance: number;

  beforeEach(async () => {
    finance = await createProfile('Finance', [company.admin, company.user]);
    await enroll(finance, [company.ids.Ana, company.ids.Cy]);
  });

  const createProfile = async (name: string, entitlementIds: number[]) => {
    const row = { name, nameKey: name.toLowerCase(), createdAt: noon };
    return (await insertProfile(db, row, entitlementIds))!.id;
  };
  const enroll = async (profileId: number, personIds: number[], createRequests = false) =>
    addMembers(await company.as('Dana'), {
      profileId,
      personIds,
      wholeCohort: false,
      createRequests,
    });
  const insertGrant = (personId: number, entitlementId: number, profileId: number | null) =>
    db.insert(grants).values({
      personId,
      entitlementId,
      profileId,
      source: 'task',
      firstSeenAt: noon,
    });
  const removeMembers = async (personIds: number[], leaving: Leaving, confirmed?: number) =>
    unenroll(await company.as('Dana'), { profileId: finance, personIds, leaving, confirmed });
  const listRevocations = async () => {
    const open = and(eq(tasks.kind, 'revoke'), eq(tasks.state, 'open'));
    return db.select().from(tasks).where(open).orderBy(asc(tasks.id));
  };

  it('revokes access that the profile granted and nothing else justifies, and names direct access', async () => {
    const { Ana, Cy, Dana } = company.ids;
    await insertGrant(Ana, company.admin, finance);
    await insertGrant(Ana, company.user, finance);
    await enroll(await createProfile('Everyone', [company.user]), [Ana]);
    const result = await removeMembers([Ana, Cy], 'revoke_unjustified');
    expect(result).toMatchObject({
      kind: 'left',
      removed: 2,
      opened: 1,
      direct: ['Cy holds GitHub · Admin'],
      skipped: [],
    });
    expect(await listRevocations()).toMatchObject([
      {
        personId: Ana,
        entitlementId: company.admin,
        cause: 'left_profile',
        requesterId: null,
        openedBy: Dana,
        reason: 'Left the access profile "Finance".',
      },
    ]);
    expect(await listEnrolled(db, finance)).toEqual([]);
    const audits = await db
      .select()
      .from(auditLog)
      .where(eq(auditLog.verb, 'profile.unenroll'))
      .orderBy(auditLog.id);
    expect(audits).toMatchObject([
      { actorId: Dana, after: { leaving: 'revoke_unjustified', people: [Ana, Cy] } },
    ]);
  });

  it('revokes all access or leaves it as it is, as chosen', async () => {
    const { Ana, Cy } = company.ids;
    await insertGrant(Ana, company.admin, finance);
    expect(await removeMembers([Ana], 'leave')).toMatchObject({
      removed: 1,
      opened: 0,
      direct: [],
    });
    expect(await listRevocations()).toEqual([]);
    expect(await removeMembers([Cy], 'revoke_all')).toMatchObject({ removed: 1, opened: 1 });
    expect(await listRevocations()).toMatchObject([{ personId: Cy, entitlementId: company.admin }]);
  });

  it('closes open requests of the profile; a person who was removed can be enrolled again', async () => {
    const { Ana } = company.ids;
    await enroll(finance, [], true);
    expect(await removeMembers([Ana], 'revoke_unjustified')).toMatchObject({
      closed: 2,
      opened: 0,
    });
    const [closed] = await db.select().from(tasks).where(eq(tasks.personId, Ana));
    expect(closed).toMatchObject({
      state: 'canceled',
      closedReason: 'Ana left the access profile "Finance".',
    });
    expect(await enroll(finance, [Ana])).toMatchObject({ added: 1, alreadyMembers: 0 });
  });

  it('pauses until the number is confirmed when more than five and more than a fifth would leave', async () => {
    const many = await db
      .insert(people)
      .values(Array.from({ length: 10 }, (_, nth) => ({ connector: 'csv', name: `P${nth}` })))
      .returning();
    const leavers = many.slice(0, 6).map(({ id }) => id);
    await enroll(
      finance,
      many.map(({ id }) => id),
    );
    expect(await removeMembers(leavers, 'leave')).toMatchObject({
      kind: 'paused',
      removing: 6,
      members: 12,
    });
    expect(await removeMembers(leavers, 'leave', 5)).toMatchObject({ kind: 'paused' });
    expect(await listEnrolled(db, finance)).toHaveLength(12);
    expect(await removeMembers(leavers, 'leave', 6)).toMatchObject({ kind: 'left', removed: 6 });
  });

  it('is refused without permission, without people, and for people who are no members', async () => {
    const input = { profileId: finance, personIds: [company.ids.Ana], leaving: 'leave' as const };
    await expect(unenroll(await company.as('Bo'), input)).rejects.toThrow('Dana can.');
    await expect(removeMembers([], 'leave')).rejects.toThrow('Choose at least one member.');
    await expect(removeMembers([company.ids.Kim], 'leave')).rejects.toThrow(
      'None of these people is still a member of "Finance".',
    );
  });
});
