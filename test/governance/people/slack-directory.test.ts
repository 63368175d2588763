import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { loadPersonalMessage } from '../../../src/governance/messages/messages.ts';
import {
  keepSlackLink,
  listAccountConflicts,
  unlinkSlackUser,
} from '../../../src/governance/people/account-conflicts.ts';
import {
  findActor,
  linkSlackUser,
  saveLookup,
} from '../../../src/governance/people/slack-accounts.ts';
import {
  recordSlackUser,
  recordSlackUsers,
} from '../../../src/governance/people/slack-directory.ts';
import type { SlackUser } from '../../../src/governance/people/slack-user.ts';
import { saveUserGroups } from '../../../src/governance/people/slack-user-groups.ts';
import { findPerson } from '../../../src/store/people/people.ts';
import { findSlackIdentity } from '../../../src/store/people/slack-identities.ts';
import { listUserGroups } from '../../../src/store/people/user-groups.ts';
import { auditLog, outbox } from '../../../src/store/schema/messages.ts';
import { databases } from '../../support/database.ts';
import { askFor, noon, type SmallCompany } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';

const slackUser = (name: string, change: Partial<SlackUser> = {}): SlackUser => ({
  teamId: 'T1',
  userId: `U${name.toUpperCase()}`,
  name,
  title: undefined,
  email: `${name.toLowerCase()}@acme.example`,
  timeZone: 'Europe/Madrid',
  isWorkspaceAdmin: false,
  barred: undefined,
  ...change,
});

describe.each(databases())('people and Slack on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  const later = (minutes: number) => ({
    ...company.system,
    now: new Date(noon.getTime() + minutes * 60_000),
  });
  const link = (name: string) => linkSlackUser(company.system, slackUser(name), undefined);
  const identityOf = (name: keyof SmallCompany['ids']) => findSlackIdentity(db, company.ids[name]);
  const verbs = async () =>
    (await db.select().from(auditLog).orderBy(auditLog.id)).map(({ verb }) => verb);
  const moved = slackUser('Ana', { email: 'ana.ruiz@other.example' });

  it('everybody is linked by a verified address that one member alone has; who is not in Slack is known', async () => {
    const counts = await recordSlackUsers(company.system, [
      slackUser('Ana'),
      slackUser('Bo', { barred: 'guest' }),
      slackUser('Cy', { barred: 'deactivated' }),
      slackUser('Kim'),
      slackUser('Kim', { userId: 'UKIM2', name: 'Kim Two', email: 'KIM@acme.example' }),
      slackUser('Lee', { email: undefined }),
      slackUser('Dana', { barred: 'bot' }),
    ]);
    expect(counts).toEqual({ users: 7, linked: 1, changed: 0, unknown: 4 });
    expect(await identityOf('Ana')).toMatchObject({ userId: 'UANA', state: 'linked' });
    expect(await identityOf('Bo')).toMatchObject({ userId: 'UBO', state: 'guest' });
    expect(await identityOf('Kim')).toMatchObject({ userId: null, state: 'not_found' });
    const attention = await listAccountConflicts(await company.as('Dana'));
    expect(attention.sharedAddresses).toEqual([
      { email: 'kim@acme.example', names: ['Kim', 'Kim Two'] },
    ]);
    expect(attention.unknown.people.map(({ name }) => name)).toEqual(['Cy', 'Dana', 'Kim', 'Lee']);
  });

  it('states and time zones follow Slack, but not over what it has told since the reading began', async () => {
    await link('Ana');
    const deactivated = slackUser('Ana', { barred: 'deactivated', timeZone: undefined });
    await recordSlackUser(later(5), deactivated);
    await recordSlackUsers(later(4), [slackUser('Ana')]);
    expect(await identityOf('Ana')).toMatchObject({
      state: 'deactivated',
      timeZone: 'Europe/Madrid',
    });
    await expect(linkSlackUser(later(6), deactivated, undefined)).rejects.toThrow('deactivated');
    await recordSlackUsers(later(9), [slackUser('Ana', { timeZone: 'Asia/Tokyo' })]);
    expect(await identityOf('Ana')).toMatchObject({ state: 'linked', timeZone: 'Asia/Tokyo' });
    const before = await verbs();
    await recordSlackUsers(later(10), [slackUser('Ana', { timeZone: 'Asia/Tokyo' })]);
    expect(await verbs()).toEqual([...before, 'slack.directory']);
  });

  it('who is known from Slack alone is called what they call themselves there', async () => {
    const actor = await linkSlackUser(company.system, slackUser('Zoe'), undefined);
    await link('Ana');
    await recordSlackUser(later(1), slackUser('Zoe', { name: 'Zoe Zed' }));
    await recordSlackUser(later(1), slackUser('Ana', { name: 'Annie' }));
    expect((await findPerson(db, actor.personId))?.name).toBe('Zoe Zed');
    expect((await findPerson(db, company.ids.Ana))?.name).toBe('Ana');
  });

  it('another address leaves the link as it is, and Super Admins are told once', async () => {
    await link('Ana');
    await recordSlackUser(later(1), moved);
    await recordSlackUsers(later(2), [moved]);
    expect((await findActor(company.system, 'T1', 'UANA'))?.personId).toBe(company.ids.Ana);
    const told = await db
      .select()
      .from(outbox)
      .where(eq(outbox.kind, 'address'))
      .orderBy(outbox.id);
    expect(told.map(({ recipientId }) => recipientId)).toEqual([company.ids.Dana]);
    expect((await loadPersonalMessage(company.system, told[0]!))?.message).toMatchObject({
      notice: {
        summary:
          'Ana\'s address in Slack is now ana.ruiz@other.example. The account stays linked to ana@acme.example. If it belongs to somebody else now, unlink it: type "/rolemine people".',
      },
    });
  });

  it('a Super Admin keeps the link, and is not asked about that address again', async () => {
    await link('Ana');
    await recordSlackUser(later(1), moved);
    const dana = await company.as('Dana');
    const choice = { personId: company.ids.Ana, slackEmail: 'ana.ruiz@other.example' };
    await expect(keepSlackLink(await company.as('Bo'), choice)).rejects.toThrow('Dana can');
    await keepSlackLink(dana, choice);
    await recordSlackUsers(later(2), [moved]);
    expect((await listAccountConflicts(dana)).changed).toEqual([]);
    await expect(unlinkSlackUser(dana, choice)).rejects.toThrow('Somebody has already decided');
    expect(await verbs()).toContain('slack.keep');
  });

  it('a Super Admin unlinks: the account is no longer that person, whose open tasks are told anew', async () => {
    await link('Bo');
    await askFor(await company.as('Ana'), {
      personId: company.ids.Ana,
      entitlementId: company.user,
      reason: 'on call',
    });
    await db.delete(outbox);
    const other = slackUser('Bo', { email: 'bob@acme.example', name: 'Bob' });
    await recordSlackUser(later(1), other);
    const choice = { personId: company.ids.Bo, slackEmail: 'bob@acme.example' };
    await unlinkSlackUser(await company.as('Dana'), choice);
    expect(await identityOf('Bo')).toMatchObject({ userId: null, state: 'not_found', email: null });
    const told = await db
      .select()
      .from(outbox)
      .where(eq(outbox.recipientId, company.ids.Bo))
      .orderBy(outbox.id);
    expect(told.map(({ kind }) => kind)).toEqual(['step']);
    const bob = await linkSlackUser(later(2), other, undefined);
    expect(bob.personId).not.toBe(company.ids.Bo);
    expect(await verbs()).toContain('slack.unlink');
  });

  it('nobody unlinks themself', async () => {
    await link('Dana');
    await recordSlackUser(later(1), slackUser('Dana', { email: 'd@acme.example' }));
    const choice = { personId: company.ids.Dana, slackEmail: 'd@acme.example' };
    await expect(unlinkSlackUser(await company.as('Dana'), choice)).rejects.toThrow('yourself');
  });

  it('a second account with the same address is refused, and told of when the first is deactivated', async () => {
    await link('Ana');
    const second = slackUser('Ana', { userId: 'UANA2' });
    await expect(linkSlackUser(later(1), second, undefined)).rejects.toThrow(
      'another Slack account',
    );
    await saveLookup(later(1), company.ids.Ana, second);
    expect(await identityOf('Ana')).toMatchObject({ userId: 'UANA' });
    await recordSlackUser(later(2), slackUser('Ana', { barred: 'deactivated' }));
    await linkSlackUser(later(3), second, undefined);
    expect(await identityOf('Ana')).toMatchObject({ userId: 'UANA2', state: 'linked' });
    const [told] = await db
      .select()
      .from(outbox)
      .where(eq(outbox.kind, 'address'))
      .orderBy(outbox.id);
    expect((await loadPersonalMessage(company.system, told!))?.message).toMatchObject({
      notice: { title: 'Ana has a new Slack account' },
    });
  });

  it('who is back under another address is who they were', async () => {
    await link('Ana');
    await recordSlackUser(later(1), slackUser('Ana', { barred: 'deactivated' }));
    const actor = await linkSlackUser(
      later(2),
      slackUser('Ana', { email: 'bo@acme.example' }),
      undefined,
    );
    expect(actor.personId).toBe(company.ids.Ana);
    expect((await listAccountConflicts(await company.as('Dana'))).changed).toHaveLength(1);
  });

  it('user groups are stored with the people who are linked; one that is gone in Slack is gone', async () => {
    await link('Kim');
    const group = { id: 'S1', handle: 'oncall', name: 'On call', userIds: ['UKIM', 'UNOBODY'] };
    await saveUserGroups(company.system, [group, { ...group, id: 'S2', userIds: [] }]);
    await saveUserGroups(later(1), [group]);
    await saveUserGroups(later(2), [group]);
    const stored = await listUserGroups(db, ['S1', 'S2']);
    expect(stored).toMatchObject([{ id: 'S1', memberIds: [company.ids.Kim] }]);
    expect((await verbs()).filter((verb) => verb === 'user-groups.change')).toHaveLength(2);
    await saveUserGroups(later(3), []);
    expect(await listUserGroups(db, ['S1'])).toEqual([]);
  });
});
