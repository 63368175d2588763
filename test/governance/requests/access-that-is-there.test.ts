import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { decideStep } from '../../../src/governance/decisions/decide-step.ts';
import {
  prepareExtension,
  requestExtension,
} from '../../../src/governance/requests/extend-access.ts';
import { requestAccess } from '../../../src/governance/requests/request-access.ts';
import { syncSource } from '../../../src/governance/sync/sync-source.ts';
import { loadTaskView } from '../../../src/governance/task-cards/task-view.ts';
import { requestedView } from '../../../src/slack/blocks/requests/request.ts';
import { grants } from '../../../src/store/schema/access.ts';
import { auditLog, outbox } from '../../../src/store/schema/messages.ts';
import { tasks } from '../../../src/store/schema/tasks.ts';
import { databases } from '../../support/database.ts';
import { askFor, noon, type SmallCompany } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';
import { sourceOf } from '../sync/sync-source.ts';

describe.each(databases())('a request for access that is there, on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  describe('until a day', () => {
    const endsAt = new Date('2026-12-02T23:59:59Z');
    const until = new Date('2027-01-31T23:59:59Z');
    const ask = async (who: keyof SmallCompany['ids']) => {
      await db.update(grants).set({ expiresAt: endsAt });
      return requestAccess(await company.as(who), {
        personId: company.ids.Cy,
        entitlementIds: [company.admin],
        reason: 'on call',
      });
    };

    it.each([
      ['Cy', 'You already have'],
      ['Bo', 'Cy already has'],
    ] as const)('offers %s to extend it', async (who, words) => {
      const requested = await ask(who);
      const extendable = { personId: company.ids.Cy, entitlementId: company.admin };
      expect(requested).toMatchObject({ opened: [], refused: [{ extendable }] });
      expect(requested.refused[0]?.why).toMatch(
        new RegExp(`^${words} GitHub · Admin until .*2 Dec.*\\. Extend it instead\\.$`),
      );
      expect(JSON.stringify(requestedView(requested, null))).toContain('"Extend"');
      const ctx = await company.as(who);
      expect(await prepareExtension(ctx, extendable)).toMatchObject({
        ...extendable,
        until: expect.stringContaining('2 Dec 2026'),
      });
      const task = await requestExtension(ctx, { ...extendable, until, reason: 'the rotation' });
      expect(task).toMatchObject({
        cause: 'extension',
        personId: company.ids.Cy,
        requesterId: company.ids[who],
        accessUntil: until,
      });
    });

    it('is extended for others only by their manager or the helpdesk', async () => {
      await ask('Cy');
      const target = { personId: company.ids.Cy, entitlementId: company.admin };
      const ana = await company.as('Ana');
      await expect(prepareExtension(ana, target)).rejects.toMatchObject({ code: 'forbidden' });
      await expect(
        requestExtension(ana, { ...target, until, reason: 'for Cy' }),
      ).rejects.toMatchObject({ code: 'forbidden' });
    });
  });

  describe('in the next import', () => {
    const people = ['Ana', 'Bo', 'Cy', 'Kim', 'Lee', 'Dana'].map((name) => ({
      name,
      email: `${name.toLowerCase()}@acme.example`,
      ...(name === 'Ana' ? { managerRef: 'bo@acme.example' } : {}),
    }));
    const sync = (held: string[]) =>
      syncSource(
        { ...company.system, now: new Date(noon.getTime() + 3_600_000) },
        sourceOf({ people, grants: held }),
      );
    const open = async () =>
      askFor(await company.as('Ana'), {
        personId: company.ids.Ana,
        entitlementId: company.admin,
        reason: 'on call',
      });
    const outcomesOf = async (taskId: number) => {
      const rows = await db.select().from(outbox).where(eq(outbox.kind, 'outcome'));
      return rows.filter((row) => row.subjectId === taskId).map((row) => row.recipientId);
    };

    it('is closed as already there, and the requester is notified', async () => {
      const task = await open();
      await sync(['ana@acme.example GitHub Admin', 'cy@acme.example GitHub Admin']);
      const [row] = await db.select().from(tasks).where(eq(tasks.id, task.id));
      expect(row).toMatchObject({
        state: 'canceled',
        closedReason: expect.stringMatching(/^Already there: Ana has GitHub · Admin \(sync of /),
      });
      expect(await outcomesOf(task.id)).toEqual([company.ids.Ana]);
      const audited = await db.select().from(auditLog).where(eq(auditLog.verb, 'task.close'));
      expect(audited).toHaveLength(1);
    });

    it('also tells the provisioner of an active step', async () => {
      const task = await open();
      const { active } = (await loadTaskView(company.system, task.id))!;
      const ref = { stepId: active!.id, version: active!.version };
      await decideStep(await company.as('Bo'), ref, { positive: true });
      await sync(['ana@acme.example GitHub Admin', 'cy@acme.example GitHub Admin']);
      expect((await outcomesOf(task.id)).sort()).toEqual(
        expect.arrayContaining([company.ids.Ana, company.ids.Lee]),
      );
    });

    it('stays open while no source shows the access', async () => {
      const task = await open();
      await sync(['cy@acme.example GitHub Admin']);
      const [row] = await db.select().from(tasks).where(eq(tasks.id, task.id));
      expect(row).toMatchObject({ state: 'open' });
    });
  });
});
