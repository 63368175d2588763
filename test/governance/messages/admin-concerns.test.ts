import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { listConcerns } from '../../../src/governance/messages/admin-concerns.ts';
import { loadPersonalMessage } from '../../../src/governance/messages/messages.ts';
import { setRoles } from '../../../src/governance/people/role-assignments.ts';
import { syncSource } from '../../../src/governance/sync/sync-source.ts';
import { applicationOwners } from '../../../src/store/schema/access.ts';
import { outbox } from '../../../src/store/schema/messages.ts';
import { slackIdentities } from '../../../src/store/schema/people.ts';
import { databases } from '../../support/database.ts';
import { askFor, noon } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';
import { sourceOf } from '../sync/sync-source.ts';

const days = (count: number) => new Date(noon.getTime() + count * 86_400_000);

describe.each(databases())('concerns of administrators on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  const concerns = async (now = noon, name: 'Dana' | 'Ana' = 'Dana') =>
    listConcerns(await company.as(name, now));

  it('there are none without problems, and none for people who administer nothing', async () => {
    expect(await concerns()).toEqual([]);
    await db.delete(applicationOwners);
    expect(await concerns(noon, 'Ana')).toEqual([]);
  });

  it('they name late tasks, people without Slack, missing owners and undelivered messages', async () => {
    await askFor(await company.as('Ana'), {
      personId: company.ids.Ana,
      entitlementId: company.user,
      reason: 'on call',
    });
    await db.delete(applicationOwners);
    await db.insert(slackIdentities).values({ personId: company.ids.Lee, state: 'not_found' });
    const failed = {
      failedAt: days(3),
      error: 'e-mail: bo@acme.example is refused: 550 no such user',
    };
    await db.update(outbox).set(failed).where(eq(outbox.recipientId, company.ids.Bo));
    const stuck = { createdAt: days(3), error: 'Slack cannot be reached' };
    await db.update(outbox).set(stuck).where(eq(outbox.recipientId, company.ids.Ana));
    expect(await concerns(days(4))).toEqual([
      '1 task has been open for longer than the policy allows.',
      '1 person has no Slack account, or a new address in Slack.',
      '2 entitlements have no active owner (1 application without one). Super Admins get the requests.',
      '1 message to Bo could not be delivered: e-mail: bo@acme.example is refused: 550 no such user.',
      '1 message has waited over an hour for delivery: Slack cannot be reached.',
    ]);
  });

  const good = { people: [{ email: 'ana@acme.example', name: 'Ana' }] };
  const fail = async () => {
    const bad = sourceOf(good);
    bad.problems.add({ file: 'people.csv', line: 2, message: 'is wrong' });
    await expect(syncSource(company.system, bad)).rejects.toThrow(
      'The imported data has 1 problem',
    );
  };

  it('they name a failed sync until one succeeds', async () => {
    await fail();
    expect(await concerns()).toEqual([
      'The last sync of csv failed: The imported data has 1 problem; nothing was changed.',
    ]);
    await syncSource(company.system, sourceOf(good));
    expect((await concerns()).filter((one) => one.includes('sync'))).toEqual([]);
  });

  it('a failed sync notifies Connector Admins and Super Admins once, until one succeeds', async () => {
    await setRoles(company.system, company.ids.Kim, { before: [], after: ['connector_admin'] });
    const notified = async () =>
      (await db.select().from(outbox).where(eq(outbox.kind, 'sync'))).map((row) => row.recipientId);
    await fail();
    await fail();
    expect((await notified()).sort()).toEqual([company.ids.Dana, company.ids.Kim].sort());
    const [row] = await db.select().from(outbox).where(eq(outbox.kind, 'sync')).orderBy(outbox.id);
    expect((await loadPersonalMessage(company.system, row!))?.message).toMatchObject({
      notice: {
        title: 'The sync of csv failed',
        lines: [
          expect.stringContaining('The imported data has 1 problem'),
          expect.stringContaining('stays until a sync succeeds'),
        ],
      },
    });
    const people = ['Kim', 'Dana'].map((name) => ({ email: `${name}@acme.example`, name }));
    await syncSource(company.system, sourceOf({ people }));
    await fail();
    expect(await notified()).toHaveLength(4);
  });
});
