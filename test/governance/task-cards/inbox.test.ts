import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { decideMany } from '../../../src/governance/decisions/bulk-decide.ts';
import { decideStep } from '../../../src/governance/decisions/decide-step.ts';
import { loadHome, turnHome } from '../../../src/governance/messages/home.ts';
import {
  type Inbox,
  listSelectableTasks,
  loadInbox,
} from '../../../src/governance/task-cards/inbox.ts';
import { listOpenSteps } from '../../../src/governance/task-cards/open-steps.ts';
import { loadTaskView } from '../../../src/governance/task-cards/task-view.ts';
import { homeView } from '../../../src/slack/blocks/people/home.ts';
import { openTasksMessage, openTasksView } from '../../../src/slack/blocks/tasks/all-tasks.ts';
import { bulkResultView, bulkSelectionView } from '../../../src/slack/blocks/tasks/bulk.ts';
import { inboxView, tasksMessage } from '../../../src/slack/blocks/tasks/inbox.ts';
import { assertMessage, assertView } from '../../../src/slack/limits.ts';
import { selectionForm } from '../../../src/slack/state/tasks.ts';
import { saveSlackIdentity } from '../../../src/store/people/slack-identities.ts';
import { outbox } from '../../../src/store/schema/messages.ts';
import { tasks as taskTable } from '../../../src/store/schema/tasks.ts';
import { databases, oneDatabase } from '../../support/database.ts';
import { askForMany } from '../../support/many-tasks.ts';
import { noon } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';

const hoursAgo = (hours: number) => new Date(noon.getTime() - hours * 3_600_000);
const taskIds = (inbox: Inbox) => inbox.waiting.map(({ card }) => card.taskId);

describe.each(databases())('an inbox on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  const ask = async (at: Date, how = {}) => (await askForMany(company, 1, { at, ...how }))[0]!.id;
  const approve = async (taskId: number, at = noon) => {
    const { active } = (await loadTaskView(company.system, taskId))!;
    const ref = { stepId: active!.id, version: active!.version };
    await decideStep(await company.as('Bo', at), ref, { positive: true });
  };

  it('lists emergencies first, then late tasks, then access that ends soon, then high risk, then the oldest', async () => {
    const older = await ask(hoursAgo(20));
    const late = await ask(hoursAgo(80));
    const latest = await ask(hoursAgo(100));
    const soon = await ask(hoursAgo(30), { accessUntil: hoursAgo(-24) });
    const newer = await ask(hoursAgo(10));
    const emergency = await ask(hoursAgo(40));
    await markEmergency(emergency);
    const risky = await ask(hoursAgo(5));
    await db.update(taskTable).set({ risk: 'high' }).where(eq(taskTable.id, risky));
    const inbox = await loadInbox(await company.as('Bo'));
    expect(taskIds(inbox)).toEqual([...[emergency, latest, late, soon], ...[risky, older, newer]]);
    expect(inbox.waiting.map(({ isLate }) => isLate)).toEqual([
      false,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  /** Makes a task an emergency, as an emergency policy with an approval would. */
  async function markEmergency(taskId: number): Promise<void> {
    await db.update(taskTable).set({ emergency: true }).where(eq(taskTable.id, taskId));
  }

  it('opens at the first list that is not empty; a decided task moves to the next person’s inbox', async () => {
    const [first, second] = [await ask(hoursAgo(2)), await ask(hoursAgo(1))];
    await approve(first);
    const [bo, lee] = [
      await loadInbox(await company.as('Bo')),
      await loadInbox(await company.as('Lee')),
    ];
    expect([bo.place.tab, taskIds(bo)]).toEqual(['approval', [second]]);
    expect([lee.place.tab, taskIds(lee)]).toEqual(['provision', [first]]);
    expect(bo.counts).toEqual({
      approval: 1,
      provision: 0,
      revocation: 0,
      deprovision: 0,
      reviews: 0,
      completed: 1,
    });
  });

  it('lists completed tasks with the decision and the current state, the newest first', async () => {
    const asked = await askForMany(company, 12);
    for (const [at, { id }] of asked.entries()) await approve(id, hoursAgo(-at));
    const bo = await company.as('Bo', hoursAgo(-24));
    const first = await loadInbox(bo, { tab: 'completed', page: 0 });
    const second = await loadInbox(bo, { tab: 'completed', page: 1 });
    const shown = [...first.done, ...second.done].map(({ taskId }) => taskId);
    expect(first.pages).toBe(2);
    expect(shown).toEqual(asked.map(({ id }) => id).toReversed());
    expect(first.done[0]).toMatchObject({
      number: `#${asked[11]!.id} · step 1 of 2`,
      record: { text: 'Approved by Bo (manager)', at: hoursAgo(-11) },
      state: 'approved; waiting for Lee to provision it',
    });
  });

  it('keeps the tab and page of App Home when the outbox redraws it', async () => {
    await askForMany(company, 25);
    const bo = await company.as('Bo');
    const { personId } = bo.actor;
    await saveSlackIdentity(db, { personId, state: 'linked', homeOpenedAt: noon });
    expect((await turnHome(bo, { tab: 'approval', page: 2 })).inbox.waiting).toHaveLength(5);
    expect((await loadHome(bo)).inbox.place).toEqual({ tab: 'approval', page: 2 });
    const rows = await db.select().from(outbox).orderBy(outbox.id);
    expect(rows.filter(({ kind }) => kind === 'home').map((row) => row.recipientId)).toContain(
      personId,
    );
    // All tasks of the last page are decided, so the page before it is shown.
    const { tasks } = await listSelectableTasks(bo, 'approval', 0, 6);
    await decideMany(bo, { steps: tasks, positive: true });
    expect((await loadHome(bo)).inbox.place).toEqual({ tab: 'approval', page: 1 });
  });

  it('filters all open tasks by kind of step and person, and sorts them by age, for a Super Admin', async () => {
    const [old, recent] = [await ask(hoursAgo(50)), await ask(hoursAgo(5))];
    const approved = await ask(hoursAgo(30));
    await approve(approved, hoursAgo(20));
    const dana = await company.as('Dana');
    const list = async (query: Partial<Parameters<typeof listOpenSteps>[1]>) => {
      const open = await listOpenSteps(dana, { order: 'oldest', page: 0, ...query }, 10);
      return open.rows.map(({ taskId }) => taskId);
    };
    expect(await list({})).toEqual([old, approved, recent]);
    expect(await list({ order: 'newest' })).toEqual([recent, approved, old]);
    expect(await list({ kind: 'provision' })).toEqual([approved]);
    expect(await list({ personId: company.ids.Bo })).toEqual([old, recent]);
    expect(await list({ personId: company.ids.Bo, kind: 'provision' })).toEqual([]);
    const open = await listOpenSteps(dana, { order: 'oldest', page: 0 }, 10);
    expect(open).toMatchObject({ oldest: hoursAgo(50), busiest: { name: 'Bo', count: 2 } });
  });
});

describe.each(oneDatabase())('a full inbox on $name', ({ open }) => {
  const { company } = useCompany(open);

  it('counts, lists and decides 500 open tasks of one person within Slack’s limits', async () => {
    await askForMany(company, 500);
    const bo = await company.as('Bo');
    const home = await loadHome(bo);
    const view = homeView(home);
    assertView(view);
    expect(view.blocks.length).toBeLessThan(60);
    expect(home.inbox).toMatchObject({ counts: { approval: 500 }, pages: 50 });
    assertView(inboxView(await loadInbox(bo, { tab: 'approval', page: 49 })));
    assertMessage(tasksMessage(await loadInbox(bo, undefined, 5)));

    const { tasks: all } = await listSelectableTasks(bo, 'approval', 0, 500);
    const page = await listSelectableTasks(bo, 'approval', 9, 50);
    const select = bulkSelectionView(page, { kind: 'approval', page: 9, round: 1, chosen: all });
    assertView(select);
    expect(
      selectionForm.decode(select.private_metadata).chosen.toSorted((a, b) => a.stepId - b.stepId),
    ).toEqual(
      all
        .map(({ stepId, version }) => ({ stepId, version }))
        .toSorted((a, b) => a.stepId - b.stepId),
    );

    const dana = await company.as('Dana');
    const open = await listOpenSteps(dana, { order: 'oldest', page: 33 }, 15);
    expect(open).toMatchObject({ total: 500, pages: 34, busiest: { name: 'Bo', count: 500 } });
    assertView(openTasksView(open));
    assertMessage(openTasksMessage(open));

    const outcome = await decideMany(bo, { steps: all, positive: true });
    expect(outcome.done).toHaveLength(500);
    assertView(bulkResultView(outcome));
    const again = await decideMany(bo, { steps: all, positive: true });
    expect(again.refused).toHaveLength(500);
    assertView(bulkResultView(again));
  }, 120_000);
});
