import { describe, expect, it } from 'vitest';
import { decideStep } from '../../../src/governance/decisions/decide-step.ts';
import { type Intervention, intervene } from '../../../src/governance/decisions/intervene.ts';
import { loadTaskView } from '../../../src/governance/task-cards/task-view.ts';
import { auditLog, outbox } from '../../../src/store/schema/messages.ts';
import { databases } from '../../support/database.ts';
import { askFor } from '../../support/small-company.ts';
import { commits, useCompany } from '../../support/use-database.ts';

describe.each(databases())('what a Super Admin does to a task on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  const ask = async () => {
    const { ids, admin } = company;
    const wanted = { personId: ids.Ana, entitlementId: admin, reason: 'on call' };
    return askFor(await company.as('Ana'), wanted);
  };
  const viewOf = async (taskId: number) => (await loadTaskView(company.system, taskId))!;
  const refOf = async (taskId: number) => {
    const { active, steps } = await viewOf(taskId);
    const step = active ?? steps[0]!;
    return { stepId: step.id, version: step.version };
  };
  const act = async (what: Intervention, taskId: number, reason = 'urgent') =>
    intervene(await company.as('Dana'), await refOf(taskId), { action: what, reason });

  it('cancelling closes it with a reason that everybody can read, and tells who asked', async () => {
    const task = await ask();
    expect(await act('cancel', task.id, 'asked twice')).toMatchObject({ state: 'cancelled' });
    const view = await viewOf(task.id);
    expect(view.comments).toMatchObject([{ author: 'Dana', body: 'Cancelled: asked twice' }]);
    const told = (await db.select().from(outbox)).filter((row) => row.kind === 'outcome');
    expect(told.map((row) => row.recipientId)).toEqual([company.ids.Ana]);
    const verbs = (await db.select().from(auditLog).orderBy(auditLog.id)).map((row) => row.verb);
    expect(verbs).toEqual(['task.open', 'task.comment', 'task.cancel']);
  });

  it('skipping goes on to the next step, and the last step cannot be skipped', async () => {
    const task = await ask();
    await act('skip', task.id);
    const { active, steps } = await viewOf(task.id);
    expect(active?.assignees.map((one) => one.name)).toEqual(['Lee']);
    expect(steps[0]).toMatchObject({ state: 'skipped', note: 'Skipped by Dana.' });
    await expect(act('skip', task.id)).rejects.toThrow('The last step cannot be skipped');
  });

  it('a denied task starts anew with its whole plan, a provisioned one does not', async () => {
    const task = await ask();
    await decideStep(await company.as('Bo'), await refOf(task.id), {
      positive: false,
      reason: 'no',
    });
    await act('restart', task.id, 'Bo was wrong');
    expect((await viewOf(task.id)).active?.assignees.map((one) => one.name)).toEqual(['Bo']);
    await decideStep(await company.as('Bo'), await refOf(task.id), { positive: true });
    await decideStep(await company.as('Lee'), await refOf(task.id), { positive: true });
    await expect(act('restart', task.id)).rejects.toThrow('it cannot start anew');
  });

  it('skipping a step while it is approved passes over no other step', commits, async () => {
    for (let round = 0; round < 10; round++) {
      const task = await ask();
      const ref = await refOf(task.id);
      const [bo, dana] = [await company.as('Bo'), await company.as('Dana')];
      const both = await Promise.allSettled([
        decideStep(bo, ref, { positive: true }),
        intervene(dana, ref, { action: 'skip', reason: 'urgent' }),
      ]);
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const { task: after, active } = await viewOf(task.id);
      expect([after.state, active?.kind]).toEqual(['open', 'provision']);
      await act('cancel', task.id);
    }
  });

  it('nobody else may, and a reason is needed', async () => {
    const task = await ask();
    const ref = await refOf(task.id);
    await expect(
      intervene(await company.as('Bo'), ref, { action: 'cancel', reason: 'x' }),
    ).rejects.toThrow('Only Super Admins can cancel or restart a task or skip a step. Dana can.');
    await expect(act('cancel', task.id, '  ')).rejects.toThrow('Say why');
  });
});
