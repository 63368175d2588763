import { describe, expect, it } from 'vitest';
import { decideStep } from '../../../src/governance/decisions/decide-step.ts';
import { type Intervention, intervene } from '../../../src/governance/decisions/intervene.ts';
import { loadTaskView } from '../../../src/governance/task-cards/task-view.ts';
import { auditLog, outbox } from '../../../src/store/schema/messages.ts';
import { databases } from '../../support/database.ts';
import { askFor } from '../../support/small-company.ts';
import { commits, useCompany } from '../../support/use-database.ts';

describe.each(databases())('an intervention of a Super Admin on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  const ask = async () => {
    const { ids, admin } = company;
    const request = { personId: ids.Ana, entitlementId: admin, reason: 'on call' };
    return askFor(await company.as('Ana'), request);
  };
  const viewOf = async (taskId: number) => (await loadTaskView(company.system, taskId))!;
  const refOf = async (taskId: number) => {
    const { active, steps } = await viewOf(taskId);
    const step = active ?? steps[0]!;
    return { stepId: step.id, version: step.version };
  };
  const act = async (action: Intervention, taskId: number, reason = 'urgent') =>
    intervene(await company.as('Dana'), await refOf(taskId), { action, reason });

  it('a cancellation closes the task with a comment and notifies the requester', async () => {
    const task = await ask();
    expect(await act('cancel', task.id, 'asked twice')).toMatchObject({ state: 'canceled' });
    const view = await viewOf(task.id);
    expect(view.comments).toMatchObject([{ author: 'Dana', body: 'Canceled: asked twice' }]);
    const outcomes = (await db.select().from(outbox).orderBy(outbox.id)).filter(
      (row) => row.kind === 'outcome',
    );
    expect(outcomes.map((row) => row.recipientId)).toEqual([company.ids.Ana]);
    const rows = await db.select().from(auditLog).orderBy(auditLog.id);
    const verbs = rows.map((row) => row.verb);
    expect(verbs).toEqual(['task.open', 'task.comment', 'task.cancel']);
  });

  it('a skip starts the next step, and the last step cannot be skipped', async () => {
    const task = await ask();
    await act('skip', task.id);
    const { active, steps } = await viewOf(task.id);
    expect(active?.assignees.map((one) => one.name)).toEqual(['Lee']);
    expect(steps[0]).toMatchObject({ state: 'skipped', note: 'Skipped by Dana.' });
    await expect(act('skip', task.id)).rejects.toThrow('The last step cannot be skipped');
  });

  it('a denied task can be restarted with its whole plan, a provisioned one cannot', async () => {
    const task = await ask();
    await decideStep(await company.as('Bo'), await refOf(task.id), {
      positive: false,
      reason: 'no',
    });
    await act('restart', task.id, 'Bo was wrong');
    expect((await viewOf(task.id)).active?.assignees.map((one) => one.name)).toEqual(['Bo']);
    await decideStep(await company.as('Bo'), await refOf(task.id), { positive: true });
    await decideStep(await company.as('Lee'), await refOf(task.id), { positive: true });
    await expect(act('restart', task.id)).rejects.toThrow('cannot be restarted');
  });

  it('a skip and an approval at the same moment skip no other step', commits, async () => {
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

  it('only Super Admins can intervene, and only with a reason', async () => {
    const task = await ask();
    const ref = await refOf(task.id);
    await expect(
      intervene(await company.as('Bo'), ref, { action: 'cancel', reason: 'x' }),
    ).rejects.toThrow('Only Super Admins can cancel or restart a task or skip a step. Dana can.');
    await expect(act('cancel', task.id, '  ')).rejects.toThrow(
      'Enter a reason. All people of the task can read it.',
    );
  });
});
