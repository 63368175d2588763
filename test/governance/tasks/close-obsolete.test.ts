import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { decideStep } from '../../../src/governance/decisions/decide-step.ts';
import { proposeRevocation } from '../../../src/governance/requests/revoke-access.ts';
import { loadMiningOptions } from '../../../src/governance/role-mining/options.ts';
import { syncSource } from '../../../src/governance/sync/sync-source.ts';
import { describePlan } from '../../../src/governance/task-cards/execution-plan.ts';
import { listOpenSteps } from '../../../src/governance/task-cards/open-steps.ts';
import { describeOutcome } from '../../../src/governance/task-cards/outcome-card.ts';
import { loadTaskView } from '../../../src/governance/task-cards/task-view.ts';
import { moveStepsOn } from '../../../src/governance/tasks/move-on.ts';
import { applicationOwners, entitlements, grants } from '../../../src/store/schema/access.ts';
import { outbox } from '../../../src/store/schema/messages.ts';
import { tasks } from '../../../src/store/schema/tasks.ts';
import { databases } from '../../support/database.ts';
import { askFor, type SmallCompany } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';
import { type Content, sourceOf } from '../sync/sync-source.ts';

const evening = new Date('2026-11-21T20:00:00Z');
const everybody = ['Ana', 'Bo', 'Cy', 'Kim', 'Lee', 'Dana'] as const;
const held = 'cy@acme.example GitHub Admin';

describe.each(databases())('what a sync makes moot on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  /** A sync that brings everybody but these. */
  const syncWithout = async (gone: readonly string[], more: Partial<Content> = {}) => {
    const people = everybody
      .filter((name) => !gone.includes(name))
      .map((name) => ({
        name,
        email: `${name.toLowerCase()}@acme.example`,
        ...(name === 'Ana' || name === 'Cy' ? { managerRef: 'bo@acme.example' } : {}),
      }));
    const source = sourceOf({ people, grants: gone.includes('Cy') ? [] : [held], ...more });
    return (await syncSource({ ...company.system, now: evening }, source)).counts;
  };
  const ask = async (by: 'Ana' | 'Bo' = 'Ana', entitlementId = company.admin) =>
    askFor(await company.as(by), {
      personId: company.ids.Ana,
      entitlementId,
      reason: 'on call',
    });
  const viewOf = async (taskId: number) => (await loadTaskView(company.system, taskId))!;
  const approve = async (taskId: number, name: keyof SmallCompany['ids']) => {
    const { active } = await viewOf(taskId);
    const ref = { stepId: active!.id, version: active!.version };
    await decideStep(await company.as(name), ref, { positive: true });
  };
  const told = async (taskId: number) => {
    const rows = await db
      .select()
      .from(outbox)
      .where(eq(outbox.kind, 'outcome'))
      .orderBy(outbox.id);
    return rows.filter((row) => row.subjectId === taskId).map((row) => row.recipientId);
  };
  /** Everything of a list of entitlements. */
  const listed = (...names: string[]) => ({
    entitlements: names.map((entitlement) => ({ app: 'GitHub', entitlement })),
  });

  describe('when a person leaves', () => {
    it('their open request is closed with that reason, and who asked for them is told', async () => {
      const task = await ask('Bo');
      await syncWithout(['Ana']);
      const view = await viewOf(task.id);
      expect(view.task).toMatchObject({ state: 'canceled', closedReason: 'Ana left.' });
      expect(await told(task.id)).toEqual([company.ids.Bo]);
      expect(describeOutcome(view, company.ids.Bo).summary).toBe(
        `Your request for GitHub · Admin for Ana was closed: Ana left. Task ${task.id}.`,
      );
      const late = { stepId: view.steps[0]!.id, version: view.steps[0]!.version };
      await expect(
        decideStep(await company.as('Kim', evening), late, { positive: true }),
      ).rejects.toThrow('This task was closed just now: Ana left.');
    });

    it('the provisioners of what was half given are told to take it away again', async () => {
      const task = await ask();
      await approve(task.id, 'Bo');
      await syncWithout(['Ana']);
      expect(await told(task.id)).toEqual([company.ids.Lee]);
      const view = await viewOf(task.id);
      const note = 'If you have already provisioned it, please deprovision it.';
      expect(describeOutcome(view, company.ids.Lee).notes).toEqual([note]);
      expect(describeOutcome(view, company.ids.Bo).notes).toEqual([]);
    });

    it('a revocation asks, once, to take away what was given and no sync has seen', async () => {
      const task = await ask();
      await approve(task.id, 'Bo');
      await approve(task.id, 'Lee');
      await syncWithout(['Ana']);
      await syncWithout(['Ana']);
      const open = await db.select().from(tasks).where(eq(tasks.kind, 'revoke'));
      expect(open).toMatchObject([
        { state: 'open', personId: company.ids.Ana, reason: 'Ana left.', requesterId: null },
      ]);
    });

    it('open revocations of theirs, and requests they made for others, go on', async () => {
      const input = { personId: company.ids.Cy, entitlementId: company.admin, reason: 'moved' };
      const revocation = await proposeRevocation(await company.as('Kim'), input);
      const request = await ask('Bo');
      await syncWithout(['Cy', 'Bo']);
      expect((await viewOf(revocation.id)).task.state).toBe('open');
      const view = await viewOf(request.id);
      expect(view.task.state).toBe('open');
      expect(view.active?.assignees.map((one) => one.name)).toEqual(['Kim']);
    });
  });

  describe('when an entitlement is gone from the list of its source', () => {
    it('it is closed, and so are open tasks about it; it is not mined and cannot be requested', async () => {
      const both = await syncWithout([], { ...listed('Admin', 'User'), grants: [] });
      expect(both).toMatchObject({ entitlementsClosed: 0 });
      const task = await ask();
      const counts = await syncWithout([], { ...listed('User'), grants: [] });
      expect(counts).toMatchObject({ entitlementsClosed: 1, entitlementsUpdated: 0 });
      expect((await viewOf(task.id)).task).toMatchObject({
        state: 'canceled',
        closedReason: 'GitHub · Admin no longer exists (sync of 21 Nov 2026).',
      });
      expect(await told(task.id)).toEqual([company.ids.Ana]);
      await expect(ask()).rejects.toThrow('GitHub · Admin no longer exists.');
      expect((await loadMiningOptions(company.system)).excludedEntitlements).toEqual([
        company.admin,
      ]);
      expect(await syncWithout([], listed('Admin', 'User'))).toMatchObject({
        entitlementsReopened: 1,
      });
      await expect(ask()).resolves.toMatchObject({ state: 'open' });
    });

    it('its revocations are closed, too, and what only a task claimed to have given is not held', async () => {
      await syncWithout([], listed('Admin', 'User'));
      const given = await ask('Ana', company.user);
      await approve(given.id, 'Bo');
      await approve(given.id, 'Lee');
      const input = { personId: company.ids.Cy, entitlementId: company.admin, reason: 'moved' };
      const task = await proposeRevocation(await company.as('Kim'), input);
      await syncWithout([], { ...listed('Other'), grants: [] });
      expect((await viewOf(task.id)).task).toMatchObject({ state: 'canceled' });
      const [claimed] = await db.select().from(grants).where(eq(grants.source, 'task'));
      expect(claimed?.closedAt).toEqual(evening);
    });

    it('those of other sources, those still granted and those never listed are left alone', async () => {
      await syncWithout([], listed('Admin', 'User'));
      await syncWithout([], listed('Other'));
      const rows = async () => db.select().from(entitlements).orderBy(entitlements.id);
      const [admin, user] = await rows();
      expect([admin?.closedAt, user?.closedAt]).toEqual([null, evening]);
      const other = sourceOf({ people: [{ name: 'Zoe', email: 'zoe@acme.example' }] }, 'hr');
      await syncSource({ ...company.system, now: evening }, other);
      await syncWithout([]);
      expect((await rows()).filter((one) => one.closedAt)).toHaveLength(1);
    });
  });

  it('a step for which nobody is left says so, is seen by Super Admins, and goes on when somebody comes', async () => {
    const input = { personId: company.ids.Dana, entitlementId: company.user, reason: 'mine' };
    const task = await askFor(await company.as('Dana'), input);
    expect((await viewOf(task.id)).active?.assignees.map((one) => one.name)).toEqual(['Kim']);
    await syncWithout(['Kim']);
    await syncWithout(['Kim']);
    const view = await viewOf(task.id);
    expect(view.active?.assignees).toEqual([]);
    const [step] = describePlan(view);
    expect([step?.line.text, ...(step?.notes ?? []).map((note) => note.text)]).toEqual([
      'Now: Approval, with nobody yet',
      'Kim left. Dana has no manager here; GitHub has no owner; Dana (the Super Admins) is the person it is for.',
    ]);
    const { rows } = await listOpenSteps(
      await company.as('Dana'),
      { order: 'oldest', page: 0 },
      10,
    );
    expect(rows.map((row) => row.state)).toEqual(['waiting for somebody to take it']);
    // Somebody who is back owns nothing.
    await syncWithout([]);
    expect((await viewOf(task.id)).active?.assignees).toEqual([]);
    const owner = {
      applicationId: company.github,
      personId: company.ids.Lee,
      kind: 'owner',
    } as const;
    await db.insert(applicationOwners).values(owner);
    await moveStepsOn({ ...company.system, now: evening });
    expect((await viewOf(task.id)).active?.assignees.map((one) => one.name)).toEqual(['Lee']);
  });
});
