import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { loadExpiryNote, notifyExpiring } from '../../src/governance/access/expiry.ts';
import { listMyAccess } from '../../src/governance/access/my-access.ts';
import type { ActorCtx } from '../../src/governance/context.ts';
import { listDelegations, setDelegate } from '../../src/governance/delegations/delegations.ts';
import { loadPersonalMessage } from '../../src/governance/messages/messages.ts';
import { findActor } from '../../src/governance/people/slack-accounts.ts';
import { makeProfile } from '../../src/governance/profiles/edit.ts';
import { addMembers } from '../../src/governance/profiles/enroll.ts';
import { toEndDate } from '../../src/governance/requests/end-date.ts';
import { prepareExtension, requestExtension } from '../../src/governance/requests/extend-access.ts';
import { requestAccess } from '../../src/governance/requests/request-access.ts';
import { endOfDay } from '../../src/governance/wording/calendar-days.ts';
import { entitlements, grants } from '../../src/store/schema/access.ts';
import { outbox } from '../../src/store/schema/messages.ts';
import { enrollments } from '../../src/store/schema/mining.ts';
import { slackIdentities } from '../../src/store/schema/people.ts';
import { databases } from '../support/database.ts';
import type { SmallCompany } from '../support/small-company.ts';
import { useCompany } from '../support/use-database.ts';

type Name = keyof SmallCompany['ids'];

/** Ana is in Los Angeles, Bo in Kathmandu, Cy on Kiritimati. Nobody knows about the others, and the company is in Paris. */
const zones = {
  Ana: 'America/Los_Angeles',
  Bo: 'Asia/Kathmandu',
  Cy: 'Pacific/Kiritimati',
  Kim: 'Mars/Olympus',
};

describe.each(databases())('days and times of people, on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  beforeEach(async () => {
    await db.insert(slackIdentities).values(
      (Object.keys(zones) as (keyof typeof zones)[]).map((name) => ({
        personId: company.ids[name],
        teamId: 'T1',
        userId: `U${name}`,
        state: 'linked' as const,
        timeZone: zones[name],
      })),
    );
  });

  const system = (now: string) => ({
    ...company.system,
    now: new Date(now),
    timeZone: 'Europe/Paris',
  });
  /** A context as a click of this person has it. */
  const as = async (name: Name, now: string): Promise<ActorCtx> => {
    const ctx = system(now);
    const actor = await findActor(ctx, 'T1', `U${name}`);
    return { ...ctx, actor: actor ?? (await company.as(name)).actor };
  };
  const delegate = async (by: Name, now: string, days: { from?: string; until?: string }) =>
    setDelegate(await as(by, now), {
      personId: company.ids[by],
      delegateId: company.ids.Kim,
      ...days,
    });
  const setGrant = (change: Partial<typeof grants.$inferInsert>) => db.update(grants).set(change);

  describe('a delegation', () => {
    it('until today lasts through the day in Los Angeles, where it is half past six in the evening', async () => {
      const evening = '2027-01-11T02:30:00Z';
      expect(await delegate('Ana', evening, { until: '2027-01-10' })).toBe(
        'Kim acts for you until 10 Jan 2027. Open tasks stay with you. Reassign them if needed.',
      );
      await expect(delegate('Ana', evening, { until: '2027-01-09' })).rejects.toThrow(
        '9 Jan 2027 is in the past. Choose a later last day.',
      );
      const kim = await listDelegations(await as('Kim', evening));
      expect(kim.others).toEqual(['You act for Ana until 11 Jan 2027, 08:59.']);
    });

    it('from today begins now, and from tomorrow at the midnight of the person', async () => {
      // On Kiritimati it is the morning of January 1, 2027.
      const morning = '2026-12-31T18:00:00Z';
      expect(await delegate('Cy', morning, { from: '2027-01-01' })).toContain('Kim acts for you.');
      expect(await delegate('Cy', morning, { from: '2027-01-02', until: '2027-01-02' })).toContain(
        'Kim will act for you from 2 Jan 2027 until 2 Jan 2027.',
      );
      await expect(delegate('Cy', morning, { from: '2026-12-31' })).rejects.toThrow(
        '31 Dec 2026 is in the past.',
      );
    });

    it('has the days of the organization where nobody knows the zone of the person', async () => {
      const evening = '2027-01-10T22:30:00Z';
      expect(
        await setDelegate(await as('Dana', evening), {
          personId: company.ids.Dana,
          delegateId: company.ids.Lee,
          until: '2027-01-10',
        }),
      ).toContain('until 10 Jan 2027');
      await expect(
        setDelegate(await as('Dana', '2027-01-10T23:30:00Z'), {
          personId: company.ids.Dana,
          delegateId: company.ids.Lee,
          until: '2027-01-10',
        }),
      ).rejects.toThrow('10 Jan 2027 is in the past.');
    });
  });

  describe('a request', () => {
    const evening = '2027-01-11T02:30:00Z';
    const ask = async (by: Name, until: Date | null, emergency = false) =>
      requestAccess(await as(by, evening), {
        personId: company.ids.Ana,
        entitlementIds: [company.user],
        reason: 'on call',
        until,
        emergency,
      });

    it('ends with the day of the person who gets the access, and each reader reads it in their zone', async () => {
      const until = toEndDate('date', '2027-01-10', { now: new Date(evening), zone: zones.Ana });
      expect(until).toEqual(endOfDay('2027-01-10', zones.Ana));
      const { opened } = await ask('Bo', until);
      expect(opened[0]!.until).toBe('11 Jan 2027, 13:44');
      const [row] = await db.select().from(outbox).where(eq(outbox.kind, 'step'));
      const titleFor = async (reader: Name) => {
        const message = { ...row!, recipientId: company.ids[reader] };
        const read = await loadPersonalMessage(system(evening), message);
        return read?.message.kind === 'task' ? read.message.card.title : undefined;
      };
      const title = 'Bo asks for GitHub · User for Ana until';
      expect(await titleFor('Ana')).toBe(`${title} 10 Jan 2027`);
      expect(await titleFor('Dana')).toBe(`${title} 11 Jan 2027, 08:59`);
      expect(await titleFor('Kim')).toBe(`${title} 11 Jan 2027, 08:59`);
      expect(await titleFor('Cy')).toBe(`${title} 11 Jan 2027, 21:59`);
    });

    it('is limited by the days of that person', async () => {
      await db
        .update(entitlements)
        .set({ maxGrantDays: 7, emergencyAllowed: true })
        .where(eq(entitlements.id, company.user));
      const late = endOfDay('2027-01-18', zones.Ana);
      await expect(ask('Ana', late)).rejects.toThrow(
        'GitHub · User is available for at most 7 days, until 17 Jan 2027.',
      );
      await expect(ask('Ana', late, true)).rejects.toThrow(
        'Emergency access must end within 7 days, by 17 Jan 2027.',
      );
      const { opened } = await ask('Ana', null);
      expect(opened[0]!.accessUntil).toEqual(endOfDay('2027-01-17', zones.Ana));
    });

    it('for longer is offered and refused in the days of the actor', async () => {
      await setGrant({ expiresAt: endOfDay('2027-01-20', zones.Cy) });
      const cy = await as('Cy', evening);
      expect(await prepareExtension(cy, { entitlementId: company.admin })).toMatchObject({
        until: '20 Jan 2027',
      });
      expect(await listMyAccess(cy)).toMatchObject([{ until: '20 Jan 2027' }]);
      await expect(
        requestExtension(cy, {
          entitlementId: company.admin,
          until: endOfDay('2027-01-19', zones.Cy),
          reason: 'on call',
        }),
      ).rejects.toThrow('You already have GitHub · Admin until 20 Jan 2027. Choose a later day.');
    });
  });

  it('a membership ends with a day of each member', async () => {
    const dana = await as('Dana', '2027-01-11T02:30:00Z');
    const { id } = await makeProfile(dana, {
      name: 'Developers',
      description: '',
      ownerIds: [],
      leaving: 'leave',
      maxMembershipDays: 30,
      entitlementIds: [company.user],
    });
    await addMembers(dana, {
      profileId: id,
      personIds: [company.ids.Ana, company.ids.Cy, company.ids.Lee],
      wholeCohort: false,
      createRequests: false,
    });
    const ends = new Map(
      (await db.select().from(enrollments)).map((one) => [one.personId, one.endsAt]),
    );
    expect(ends.get(company.ids.Ana)).toEqual(endOfDay('2027-02-09', zones.Ana));
    expect(ends.get(company.ids.Cy)).toEqual(endOfDay('2027-02-10', zones.Cy));
    expect(ends.get(company.ids.Lee)).toEqual(endOfDay('2027-02-10', 'Europe/Paris'));
  });

  it('a holder is notified three business days of theirs before the end', async () => {
    const told = async (now: string) => {
      await notifyExpiring(system(now));
      return (await db.select().from(outbox).where(eq(outbox.kind, 'expiring'))).length;
    };
    await setGrant({ expiresAt: endOfDay('2027-01-13', zones.Cy), grantedAt: null });
    // Friday evening in Paris is Saturday on Kiritimati; there, the third business day from Monday on is Thursday.
    expect(await told('2027-01-08T20:00:00Z')).toBe(0);
    expect(await told('2027-01-10T12:00:00Z')).toBe(1);
    const [grant] = await db.select().from(grants);
    const note = await loadExpiryNote(
      { ...system('2027-01-10T12:00:00Z'), readerZone: zones.Cy },
      grant!.id,
    );
    expect(note?.title).toBe('Your access to GitHub · Admin ends on 13 Jan 2027');
  });
});
