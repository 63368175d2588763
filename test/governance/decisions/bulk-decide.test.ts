import { describe, expect, it } from 'vitest';
import { decideMany } from '../../../src/governance/decisions/bulk-decide.ts';
import { cancelRequest, decideStep } from '../../../src/governance/decisions/decide-step.ts';
import { reassignStep } from '../../../src/governance/decisions/reassign-step.ts';
import { loadInbox } from '../../../src/governance/task-cards/inbox.ts';
import { loadTaskView } from '../../../src/governance/task-cards/task-view.ts';
import { auditLog } from '../../../src/store/schema/messages.ts';
import { databases } from '../../support/database.ts';
import { askForMany } from '../../support/many-tasks.ts';
import { noon } from '../../support/small-company.ts';
import { commits, useCompany } from '../../support/use-database.ts';

describe.each(databases())('deciding about several tasks at once on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  const viewOf = async (taskId: number) => (await loadTaskView(company.system, taskId))!;
  const refOf = async (taskId: number) => {
    const { active } = await viewOf(taskId);
    return { stepId: active!.id, version: active!.version };
  };
  const askFor = async (count: number) => {
    const tasks = (await askForMany(company, count)).map(({ id }) => id);
    return { tasks, steps: await Promise.all(tasks.map(refOf)) };
  };

  it('each is decided with the comment as its reason and as a comment, under one bulk id', async () => {
    const { tasks, steps } = await askFor(3);
    const bo = await company.as('Bo');
    const outcome = await decideMany(bo, { steps, positive: true, comment: ' for the rotation ' });
    expect(outcome).toEqual({ done: tasks, refused: [] });
    for (const taskId of tasks) {
      const view = await viewOf(taskId);
      expect(view.steps[0]).toMatchObject({ state: 'approved', reason: 'for the rotation' });
      expect(view.active?.assignees.map(({ name }) => name)).toEqual(['Lee']);
      expect(view.comments).toMatchObject([{ author: 'Bo', body: 'for the rotation' }]);
    }
    const rows = await db.select().from(auditLog).orderBy(auditLog.id);
    const decided = rows.filter(({ verb }) => verb === 'step.approved');
    const bulkIds = decided.map(({ after }) => (after as { bulkId: string }).bulkId);
    expect(decided.map(({ subject }) => subject)).toEqual(tasks.map((id) => `task:${id}`));
    expect(bulkIds).toEqual(Array(3).fill(expect.stringMatching(/^[\da-f-]{36}$/)));
    expect(new Set(bulkIds).size).toBe(1);
  });

  it('without a comment a yes is only a yes', async () => {
    const { tasks, steps } = await askFor(2);
    await decideMany(await company.as('Bo'), { steps, positive: true, comment: ' ' });
    expect(await viewOf(tasks[0]!)).toMatchObject({ comments: [], steps: [{ reason: null }, {}] });
  });

  it('what was just decided, moved, cancelled or never there is told and holds no other up', async () => {
    const { tasks, steps } = await askFor(5);
    const [decided, moved, cancelled, good, alsoGood] = tasks;
    await reassignStep(await company.as('Bo'), steps[0]!, {
      personId: company.ids.Kim,
      reason: 'away',
    });
    await decideStep(await company.as('Kim'), await refOf(decided!), { positive: true });
    await reassignStep(await company.as('Bo'), steps[1]!, {
      personId: company.ids.Kim,
      reason: 'away',
    });
    await cancelRequest(await company.as('Ana'), cancelled!);
    const later = await company.as('Bo', new Date(noon.getTime() + 2 * 60_000));
    const chosen = [...steps, { stepId: 99_999, version: 1 }];
    const outcome = await decideMany(later, { steps: chosen, positive: true, comment: 'ok' });
    expect(outcome.done).toEqual([good, alsoGood]);
    expect(outcome.refused).toEqual([
      { taskId: decided, sentence: 'Kim approved this 2 minutes ago; it is now with Lee.' },
      { taskId: moved, sentence: 'This was reassigned; it is now with Kim.' },
      { taskId: cancelled, sentence: 'This task was canceled 2 minutes ago.' },
      { taskId: undefined, sentence: 'This task is no longer here.' },
    ]);
    expect((await viewOf(decided!)).comments).toEqual([]);
    expect((await viewOf(good!)).comments).toHaveLength(1);
  });

  it('who may not decide is told so, task by task', async () => {
    const { tasks, steps } = await askFor(2);
    const outcome = await decideMany(await company.as('Ana'), { steps, positive: true });
    expect(outcome.refused.map(({ sentence }) => sentence)).toEqual(
      Array(2).fill('You cannot approve your own request.'),
    );
    expect(outcome.refused.map(({ taskId }) => taskId)).toEqual(tasks);
  });

  it('a denial needs a comment, and something has to be chosen, but not everything there is', async () => {
    const { steps } = await askFor(1);
    const bo = await company.as('Bo');
    await expect(decideMany(bo, { steps, positive: false, comment: ' ' })).rejects.toThrow(
      'Say why',
    );
    await expect(decideMany(bo, { steps: [], positive: true })).rejects.toThrow('at least one');
    const many = Array.from({ length: 501 }, (_, stepId) => ({ stepId, version: 1 }));
    await expect(decideMany(bo, { steps: many, positive: true })).rejects.toThrow('at most 500');
  });

  it(
    'two people who decide the same tasks at once share them: each is decided once',
    commits,
    async () => {
      const { tasks, steps } = await askFor(6);
      await decideMany(await company.as('Bo'), { steps, positive: true });
      const provisions = await Promise.all(tasks.map(refOf));
      const lee = await company.as('Lee');
      const both = await Promise.all([
        decideMany(lee, { steps: provisions, positive: true }),
        decideMany(lee, { steps: provisions.toReversed(), positive: true }),
      ]);
      const done = both.flatMap((outcome) => outcome.done);
      expect(done.toSorted()).toEqual(tasks.toSorted());
      expect(both.flatMap(({ refused }) => refused)).toHaveLength(6);
      expect((await loadInbox(lee)).counts).toMatchObject({ provision: 0, completed: 6 });
    },
  );
});
