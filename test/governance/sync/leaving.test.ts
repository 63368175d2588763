import { eq, inArray, isNull } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { loadPersonalMessage } from '../../../src/governance/messages/messages.ts';
import { decideReturn, listReturnedPeople } from '../../../src/governance/people/departures.ts';
import { setRoles } from '../../../src/governance/people/role-assignments.ts';
import { ensureSuperAdmin, linkSlackUser } from '../../../src/governance/people/slack-accounts.ts';
import type { SlackUser } from '../../../src/governance/people/slack-user.ts';
import { syncSource } from '../../../src/governance/sync/sync-source.ts';
import { listRoles } from '../../../src/store/people/roles.ts';
import { applicationOwners, entitlementOwners } from '../../../src/store/schema/access.ts';
import { auditLog, outbox } from '../../../src/store/schema/messages.ts';
import { people, slackIdentities } from '../../../src/store/schema/people.ts';
import { delegations, policies, policySteps } from '../../../src/store/schema/tasks.ts';
import { databases } from '../../support/database.ts';
import { noon } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';
import { type Content, sourceOf } from './sync-source.ts';

const jo = { id: '2', email: 'jo.lee@acme.example', name: 'Jo Lee' };
const joan = { id: '977', email: 'jo.lee@acme.example', name: 'Joan Leeds' };
const staff = [3, 4, 5, 6].map((id) => ({ id: `${id}`, name: `Person ${id}` }));

describe.each(databases())('somebody who leaves, on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  const sync = (list: Content['people'], name = 'hr') =>
    syncSource({ ...company.system, via: 'cli' }, sourceOf({ people: [...list, ...staff] }, name));
  const personOf = async (externalId: string) =>
    (await db.select().from(people).where(eq(people.externalId, externalId)))[0]!;
  const slackUser = (userId: string, name: string): SlackUser => ({
    ...{ userId, teamId: 'T1', name, title: undefined, email: 'jo.lee@acme.example' },
    ...{ timeZone: undefined, isWorkspaceAdmin: false, barred: undefined },
  });
  /** Jo is Super Admin, owns, decides, delegates, gets delegated, and is linked. */
  const bringJo = async () => {
    await sync([jo]);
    const { id } = await personOf('2');
    const { Ana, Bo } = company.ids;
    await setRoles(company.system, id, { before: [], after: ['super_admin'] });
    const kinds = ['owner', 'provisioner'] as const;
    await db
      .insert(applicationOwners)
      .values(kinds.map((kind) => ({ applicationId: company.github, personId: id, kind })));
    await db.insert(entitlementOwners).values({ entitlementId: company.admin, personId: id });
    const [policy] = await db.insert(policies).values({ name: 'Seats' }).returning();
    const step = { policyId: policy!.id, kind: 'approval', approvers: 'people' } as const;
    await db.insert(policySteps).values([
      { ...step, position: 1, options: { people: [id] } },
      { ...step, position: 2, options: { people: [Bo, id], quorum: 1 } },
    ]);
    const dates = { startsAt: new Date(0), createdAt: noon };
    await db.insert(delegations).values([
      { personId: id, delegateId: Ana, ...dates },
      { personId: Bo, delegateId: id, ...dates },
    ]);
    await linkSlackUser(company.system, slackUser('U2', 'Jo Lee'), undefined);
    return { id, policyId: policy!.id };
  };
  const seatsOf = async (policyId: number) =>
    (await db.select().from(policySteps).where(eq(policySteps.policyId, policyId)))
      .sort((a, b) => a.position - b.position)
      .map(({ approvers, options }) => [approvers, options.people]);
  const rightsOf = async (id: number) => ({
    roles: await listRoles(db, id),
    owned: await db.$count(applicationOwners, eq(applicationOwners.personId, id)),
    entitlements: await db.$count(entitlementOwners, eq(entitlementOwners.personId, id)),
    delegations: await db.$count(
      delegations,
      inArray(
        delegations.id,
        db.select({ id: delegations.id }).from(delegations).where(isNull(delegations.endsAt)),
      ),
    ),
    links: await db.$count(slackIdentities, eq(slackIdentities.personId, id)),
  });
  const nothing = { roles: [], owned: 0, entitlements: 0, delegations: 0, links: 0 };

  it.each([
    ['is missing', []],
    ['is not active', [{ ...jo, active: false }]],
  ])('loses every right when the source says that they left: %s', async (_, list) => {
    const { id, policyId } = await bringJo();
    await sync(list);
    expect(await rightsOf(id)).toEqual(nothing);
    expect(await seatsOf(policyId)).toEqual([
      ['application_owners', undefined],
      ['people', [company.ids.Bo]],
    ]);
    const [row] = await db.select().from(auditLog).where(eq(auditLog.verb, 'person.leave'));
    expect(row).toMatchObject({
      subject: `person:${id}`,
      before: { roles: ['super_admin'], slack: { userId: 'U2' } },
    });
  });

  it('is somebody new when the address comes back under another id', async () => {
    const { id } = await bringJo();
    await sync([]);
    expect(await personOf('2')).toMatchObject({ email: null, formerEmail: jo.email });
    await sync([joan]);
    const other = await personOf('977');
    expect(other.id).not.toBe(id);
    expect(await rightsOf(other.id)).toEqual(nothing);
    await ensureSuperAdmin(company.system, jo.email);
    expect(await listRoles(db, other.id)).toEqual([]);
  });

  it('is somebody new also when the address changes hands within one import, or comes without an id', async () => {
    const { id } = await bringJo();
    await sync([joan]);
    expect((await personOf('977')).id).not.toBe(id);
    expect(await rightsOf(id)).toEqual(nothing);
    await sync([]);
    await sync([{ email: jo.email, name: 'Joe Lean' }]);
    const [third] = await db.select().from(people).where(eq(people.email, jo.email));
    expect([id, (await personOf('977')).id]).not.toContain(third!.id);
  });

  it('gets nothing back by returning: a Super Admin decides, once, and not about themself', async () => {
    const { id, policyId } = await bringJo();
    await sync([]);
    await sync([jo]);
    expect(await personOf('2')).toMatchObject({ id, email: jo.email, closedAt: null });
    expect(await rightsOf(id)).toEqual(nothing);
    const dana = await company.as('Dana');
    const [row] = await db.select().from(outbox).where(eq(outbox.kind, 'departure'));
    expect((await loadPersonalMessage(dana, row!))?.message).toMatchObject({
      notice: { title: 'Jo Lee is back' },
    });
    const [{ departureId, ...returned } = { departureId: 0 }] = await listReturnedPeople(dana);
    expect(returned).toEqual({
      name: 'Jo Lee',
      about: 'jo.lee@acme.example, id 2',
      leftAt: noon,
      ended: [
        'Super Admin',
        'owner of GitHub',
        'provisioner of GitHub',
        'owner of GitHub · Admin',
        'approver in the policy Seats',
        'delegate Ana of Jo Lee',
        'delegate Jo Lee of Bo',
      ],
    });
    await decideReturn(dana, { departureId, restore: true });
    expect(await rightsOf(id)).toEqual({
      ...{ roles: ['super_admin'], owned: 2, entitlements: 1, delegations: 2, links: 0 },
    });
    expect(await seatsOf(policyId)).toEqual([
      ['people', [id]],
      ['people', [company.ids.Bo, id]],
    ]);
    const again = decideReturn(dana, { departureId, restore: false });
    await expect(again).rejects.toThrow('Dana restored these rights already.');
    expect(await listReturnedPeople(dana)).toEqual([]);
  });

  it('does not come in as somebody new by their Slack account, and hands it on only by name', async () => {
    await bringJo();
    await sync([]);
    const link = (name: string) => linkSlackUser(company.system, slackUser('U2', name), undefined);
    await expect(link('Jo Lee')).rejects.toThrow('You are marked as inactive');
    await sync([joan]);
    await expect(link('Jo Lee')).rejects.toThrow('was linked to Jo Lee, who has left');
    expect(await link('Joan Leeds')).toMatchObject({ name: 'Joan Leeds', roles: [] });
  });

  it('tells the other administrators when no Super Admin is left', async () => {
    await bringJo();
    await setRoles(company.system, company.ids.Dana, { before: ['super_admin'], after: [] });
    await setRoles(company.system, company.ids.Kim, { before: [], after: ['connector_admin'] });
    await sync([]);
    const [row] = await db.select().from(outbox).where(eq(outbox.kind, 'departure'));
    expect(row).toMatchObject({ recipientId: company.ids.Kim });
    expect((await loadPersonalMessage(company.system, row!))?.message).toMatchObject({
      notice: { title: 'Rolemine has no Super Admin' },
    });
    await ensureSuperAdmin(company.system, 'dana@acme.example');
    expect(await listRoles(db, company.ids.Dana)).toEqual(['super_admin']);
  });

  it('counts for every source: active=no of another one ends the access of whom Slack brought', async () => {
    const slack = { id: 'U9', email: 'zoe@acme.example', name: 'zoe' };
    const zoe = { email: 'zoe@acme.example', name: 'Zoe Park' };
    const imported = (list: Content['people']) =>
      syncSource(company.system, sourceOf({ people: list }, 'slack'));
    await imported([slack]);
    await sync([{ ...zoe, active: false }]);
    expect(await personOf('U9')).toMatchObject({ active: false, connector: 'hr' });
    await imported([slack]);
    expect(await personOf('U9')).toMatchObject({ active: false });
    await sync([zoe]);
    expect(await personOf('U9')).toMatchObject({ active: true });
  });
});
