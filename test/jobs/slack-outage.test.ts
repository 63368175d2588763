import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ctx, inTransaction } from '../../src/governance/context.ts';
import { intervene } from '../../src/governance/decisions/intervene.ts';
import { loadTaskView } from '../../src/governance/task-cards/task-view.ts';
import { outbox } from '../../src/store/schema/messages.ts';
import { oneDatabase, type TestDatabase } from '../support/database.ts';
import { addressOf, type DeliveryOffice, openDeliveryOffice, until } from '../support/delivery.ts';

const bosses = Array.from({ length: 20 }, (_, at) => `boss${at + 1}`);

describe.each(oneDatabase())('an outage of Slack for 15 minutes, on $name', ({ open }) => {
  let database: TestDatabase;
  let office: DeliveryOffice;
  let endOutage = () => {};
  let earlierTaskId = 0;

  beforeAll(async () => {
    database = await open();
    office = await openDeliveryOffice(database.db, { bosses });
    for (const boss of bosses) await office.as(boss).openHome();
    const [task] = await office.askBosses(['boss1']);
    earlierTaskId = task!.id;
    await until(() => office.messagesOf('boss1').length === 1, 'the first card');
    office.later(60);
    endOutage = office.slack.fail({ kind: 'offline' });
  }, 60_000);
  afterAll(async () => {
    await office?.close();
    await database?.close();
  });

  const mailsTo = (name: string) => office.slack.mails(addressOf(name));
  const countWaiting = async () =>
    (await database.db.select().from(outbox).orderBy(outbox.id)).filter(
      (row) => row.waitingFor === 'slack',
    ).length;
  const cancel = async (ctx: Ctx, taskId: number) => {
    const view = await loadTaskView(ctx, taskId);
    const actor = { personId: office.idOf('dana'), name: 'Dana', roles: ['super_admin' as const] };
    const { id: stepId, version } = view!.active!;
    await inTransaction({ ...ctx, actor }, (ctx) =>
      intervene(ctx, { stepId, version }, { action: 'cancel', reason: 'a mistake' }),
    );
  };

  it('for ten minutes nobody gets a mail about 200 new tasks', async () => {
    for (let minute = 0; minute < 10; minute++) {
      await office.askBosses(bosses);
      await expect.poll(async () => (await countWaiting()) > 0, { timeout: 20_000 }).toBe(true);
      office.later(1);
    }
    await cancel(office.newCtx(), earlierTaskId);
    expect(bosses.flatMap((boss) => mailsTo(boss))).toEqual([]);
  }, 60_000);

  it('then each assignee gets one mail with all open tasks', async () => {
    office.later(2);
    await until(
      () => bosses.every((boss) => mailsTo(boss).length > 0),
      'a mail for everybody',
      60_000,
    );
    for (const boss of bosses) {
      expect(mailsTo(boss).map(({ subject }) => subject)).toEqual(['You have 10 open tasks']);
      for (let role = 2; role <= 11; role++) {
        expect(mailsTo(boss)[0]?.text).toContain(`GitHub · Role ${role} `);
      }
    }
  }, 90_000);

  it('an emergency is mailed at once', async () => {
    await office.askBosses(['boss2'], { emergency: true });
    await until(() => mailsTo('boss2').length === 2, 'the emergency');
    expect(mailsTo('boss2')[1]?.subject).toMatch(/^Emergency: /);
  }, 60_000);

  it('after the outage cards are redrawn, Home lists the mailed tasks, and no card is posted again', async () => {
    office.later(3);
    endOutage();
    await until(
      () => bosses.every((boss) => office.as(boss).home()?.words.includes('e-mailed to you')),
      'the Homes',
      60_000,
    );
    const [card] = office.messagesOf('boss1');
    await until(
      () => office.messagesOf('boss1')[0]?.buttons.includes('Approve') === false,
      'the card',
    );
    expect(card?.words).toContain('Person 1.1');
    const waiting = async () =>
      (await database.db.select().from(outbox).orderBy(outbox.id)).filter(
        (row) => !row.deliveredAt && !row.failedAt,
      );
    await expect.poll(async () => (await waiting()).length, { timeout: 60_000 }).toBe(0);
    for (const boss of bosses)
      expect(office.messagesOf(boss)).toHaveLength(boss === 'boss1' ? 1 : 0);
    const mails = bosses.flatMap((boss) => mailsTo(boss));
    expect(mails).toHaveLength(bosses.length + 1);
  }, 120_000);

  it('a new task after that is sent in Slack alone', async () => {
    await office.askBosses(['boss3']);
    await until(() => office.messagesOf('boss3').length === 1, 'the new card');
    expect(mailsTo('boss3')).toHaveLength(1);
  }, 60_000);
});
