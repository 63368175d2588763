import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { listMyAccess } from '../../../src/governance/access/my-access.ts';
import { decideStep } from '../../../src/governance/decisions/decide-step.ts';
import { requestExtension } from '../../../src/governance/requests/extend-access.ts';
import {
  type AccessRequest,
  requestAccess,
} from '../../../src/governance/requests/request-access.ts';
import { listMyRequests } from '../../../src/governance/task-cards/my-requests.ts';
import { loadTaskView } from '../../../src/governance/task-cards/task-view.ts';
import { endOfDay } from '../../../src/governance/wording/calendar-days.ts';
import { entitlements, grants } from '../../../src/store/schema/access.ts';
import { auditLog, outbox } from '../../../src/store/schema/messages.ts';
import { tasks } from '../../../src/store/schema/tasks.ts';
import { databases } from '../../support/database.ts';
import { noon, type SmallCompany } from '../../support/small-company.ts';
import { commits, useCompany } from '../../support/use-database.ts';

describe.each(databases())('asking for access on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  type Name = keyof SmallCompany['ids'];
  const ask = async (who: Name, more: Partial<AccessRequest> = {}) =>
    requestAccess(await company.as(who), {
      personId: company.ids[who],
      entitlementIds: [company.admin, company.user],
      reason: 'on call',
      ...more,
    });
  const rule = (entitlementId: number, change: Partial<typeof entitlements.$inferInsert>) =>
    db.update(entitlements).set(change).where(eq(entitlements.id, entitlementId));
  const decide = async (who: Name, taskId: number) => {
    const { active } = (await loadTaskView(company.system, taskId))!;
    const ref = { stepId: active!.id, version: active!.version };
    return decideStep(await company.as(who), ref, { positive: true });
  };

  describe('for several entitlements at once', () => {
    it('opens a task for each, and names each', async () => {
      const { opened, refused } = await ask('Ana');
      expect(opened.map(({ label }) => label)).toEqual(['GitHub · Admin', 'GitHub · User']);
      expect(refused).toEqual([]);
      const verbs = (await db.select().from(auditLog).orderBy(auditLog.id)).map((row) => row.verb);
      expect(verbs).toEqual(['task.open', 'task.open']);
    });

    it('opens what may be opened, and says of the rest why not', async () => {
      const { opened, refused } = await ask('Cy');
      expect(opened.map(({ label }) => label)).toEqual(['GitHub · User']);
      expect(refused).toEqual([
        {
          entitlementId: company.admin,
          why: 'You already have GitHub · Admin (since 21 Nov 2026).',
        },
      ]);
    });

    it('refuses more than 100 open requests of one person', async () => {
      const names = Array.from({ length: 101 }, (_, at) => `Repository ${at}`);
      const rows = names.map((name) => ({ applicationId: company.github, name }));
      const made = await db.insert(entitlements).values(rows).returning();
      const askFrom = (at: number) =>
        ask('Ana', { entitlementIds: made.slice(at, at + 20).map(({ id }) => id) });
      for (let at = 0; at < 100; at += 20) await askFrom(at);
      await expect(askFrom(100)).rejects.toThrow(
        'You have 100 open requests and can have 100. Nothing was sent.',
      );
    });

    it('refuses as a whole when nothing of it may be opened, with every reason', async () => {
      await rule(company.user, { requestable: false });
      await expect(ask('Cy')).rejects.toThrow(
        'You already have GitHub · Admin (since 21 Nov 2026). GitHub · User cannot be requested.',
      );
      expect(await db.select().from(tasks)).toEqual([]);
    });

    it('asked for twice at once opens each once, and the second is told', commits, async () => {
      const both = await Promise.allSettled([ask('Ana'), ask('Ana')]);
      expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
      const lost = both.find((one) => one.status === 'rejected');
      expect(lost?.reason.message).toContain('There is already an open request for GitHub · Admin');
      expect(await db.select().from(tasks)).toHaveLength(2);
    });

    it.each([
      [[], 'Choose at least one entitlement.'],
      [Array.from({ length: 21 }, (_, at) => at + 1), 'Request at most 20 entitlements at once.'],
    ])('takes from one to twenty', async (entitlementIds, sentence) => {
      await expect(ask('Ana', { entitlementIds })).rejects.toThrow(sentence);
    });

    it('is for oneself and for direct reports, and by role for anyone', async () => {
      const forCy = { personId: company.ids.Cy, entitlementIds: [company.user] };
      await expect(ask('Ana', forCy)).rejects.toThrow('ask the Access Request Helpdesk');
      expect((await ask('Bo', forCy)).opened).toHaveLength(1);
      const forAna = { ...forCy, personId: company.ids.Ana };
      expect((await ask('Dana', forAna)).opened).toHaveLength(1);
    });
  });

  describe('until a date', () => {
    it('ends the access on it', async () => {
      const until = endOfDay('2027-06-30', 'UTC');
      const { opened } = await ask('Ana', { until, entitlementIds: [company.user] });
      await decide('Bo', opened[0]!.id);
      await decide('Lee', opened[0]!.id);
      expect(await listMyAccess(await company.as('Ana'))).toMatchObject([
        { label: 'GitHub · User', expiresAt: until },
      ]);
    });

    it('is refused in the past', async () => {
      await expect(ask('Ana', { until: endOfDay('2026-11-20', 'UTC') })).rejects.toThrow(
        'Choose a date in the future.',
      );
    });

    it('is refused beyond the longest an entitlement is given for; without a date, that is the end', async () => {
      await rule(company.admin, { maxGrantDays: 90 });
      const { refused } = await ask('Ana', { until: endOfDay('2027-02-20', 'UTC') });
      expect(refused.map((one) => one.why)).toEqual([
        'GitHub · Admin is available for at most 90 days, until 19 Feb 2027.',
      ]);
      const { opened } = await ask('Ana', { entitlementIds: [company.admin] });
      expect(opened[0]!.accessUntil).toEqual(endOfDay('2027-02-19', 'UTC'));
    });
  });

  describe('as an emergency', () => {
    const soon = endOfDay('2026-11-22', 'UTC');

    it('at high risk asks one owner or Super Admin, and notifies the usual approvers at once', async () => {
      await rule(company.admin, { emergencyAllowed: true });
      const asked = { emergency: true, until: soon };
      const { opened, refused } = await ask('Ana', asked);
      expect(opened).toMatchObject([{ label: 'GitHub · Admin', emergency: true }]);
      expect(refused[0]!.why).toBe(
        'GitHub · User cannot be requested as an emergency. Make a normal request.',
      );
      const told = (await db.select().from(outbox).orderBy(outbox.id)).map((row) => [
        row.kind,
        row.recipientId,
      ]);
      expect(told).toContainEqual(['emergency', company.ids.Bo]);
      expect(told).toContainEqual(['step', company.ids.Kim]);
      expect(told).toContainEqual(['step', company.ids.Dana]);
    });

    it.each([[null], [endOfDay('2026-11-29', 'UTC')]])(
      'needs an end within 7 days, and has not %s',
      async (until) => {
        await expect(ask('Ana', { emergency: true, until })).rejects.toThrow(
          'Emergency access must end within 7 days, by 28 Nov 2026.',
        );
      },
    );
  });

  describe('for longer', () => {
    const endsAt = endOfDay('2026-12-01', 'UTC');
    const until = endOfDay('2027-01-31', 'UTC');
    const extend = async (who: Name, more: { entitlementId?: number; until?: Date } = {}) =>
      requestExtension(await company.as(who), {
        entitlementId: company.admin,
        until,
        reason: 'the rotation goes on',
        ...more,
      });

    beforeEach(async () => {
      await db.update(grants).set({ expiresAt: endsAt, expiryNotifiedAt: noon });
    });

    it('is decided like a request, and moves the end of what is held', async () => {
      const task = await extend('Cy');
      expect(task).toMatchObject({ cause: 'extension', accessUntil: until });
      await expect(extend('Cy')).rejects.toThrow(
        `There is already an open request for GitHub · Admin: #${task.id}.`,
      );
      await decide('Bo', task.id);
      await decide('Lee', task.id);
      expect(await db.select().from(grants)).toMatchObject([
        { personId: company.ids.Cy, expiresAt: until, expiryNotifiedAt: null, closedAt: null },
      ]);
    });

    it.each([
      ['Ana', {}, 'You do not have GitHub · Admin, so there is nothing to extend.'],
      [
        'Cy',
        { until: endsAt },
        'You already have GitHub · Admin until 1 Dec 2026. Choose a later day.',
      ],
      ['Cy', { until: endOfDay('2026-11-01', 'UTC') }, 'Choose a date in the future.'],
      [
        'Cy',
        { until: endOfDay('2027-03-01', 'UTC') },
        'is available for at most 90 days, until 19 Feb 2027.',
      ],
    ] as const)('is refused to %s with %o', async (who, more, sentence) => {
      await rule(company.admin, { maxGrantDays: 90 });
      await expect(extend(who, more)).rejects.toThrow(sentence);
    });

    it('is refused for what has no end', async () => {
      await db.update(grants).set({ expiresAt: null });
      await expect(extend('Cy')).rejects.toThrow(
        'You have GitHub · Admin without an end, so there is nothing to extend.',
      );
    });

    it('is offered first for what ends first', async () => {
      const held = { personId: company.ids.Cy, source: 'connector' as const, firstSeenAt: noon };
      await db
        .insert(grants)
        .values({ ...held, entitlementId: company.user, expiresAt: endOfDay('2026-11-25', 'UTC') });
      const labels = (await listMyAccess(await company.as('Cy'))).map(({ label }) => label);
      expect(labels).toEqual(['GitHub · User', 'GitHub · Admin']);
    });
  });

  it('shows whom a request waits for, a page at a time, with a reminder for who asked', async () => {
    await ask('Bo', { personId: company.ids.Ana });
    const { total, rows } = await listMyRequests(await company.as('Bo'), 1, 1);
    expect(total).toBe(2);
    expect(rows).toMatchObject([{ state: 'waiting for Kim to approve it', canRemind: true }]);
    const ofAna = await listMyRequests(await company.as('Ana'), 5);
    expect(ofAna.rows.map(({ canRemind }) => canRemind)).toEqual([false, false]);
  });
});
