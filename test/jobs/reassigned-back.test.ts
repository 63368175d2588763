import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActorCtx } from '../../src/governance/context.ts';
import { reassignStep } from '../../src/governance/decisions/reassign-step.ts';
import { listSteps } from '../../src/store/tasks/tasks.ts';
import { databases, type TestDatabase } from '../support/database.ts';
import { addressOf, type DeliveryOffice, openDeliveryOffice, until } from '../support/delivery.ts';

describe.each(databases())('a task that is reassigned back to somebody, on $name', ({ open }) => {
  let database: TestDatabase;
  let office: DeliveryOffice;

  beforeAll(async () => {
    database = await open();
    office = await openDeliveryOffice(database.db, { bosses: ['ann'], outside: ['olga'] });
  }, 60_000);
  afterAll(async () => {
    await office?.close();
    await database?.close();
  });

  const mails = () => office.slack.mails(addressOf('olga'));
  const cards = () => office.messagesOf('ann');
  const reassign = async (taskId: number, name: string) => {
    const [step] = await listSteps(database.db, taskId);
    const dana: ActorCtx = {
      ...office.newCtx(),
      actor: { personId: office.idOf('dana'), name: 'Dana', roles: ['super_admin'] },
    };
    const ref = { stepId: step!.id, version: step!.version };
    await reassignStep(dana, ref, { personId: office.idOf(name), reason: `over to ${name}` });
    office.later(0);
  };

  it('reaches them again with a mail of its own, or with a new card', async () => {
    const [task] = await office.askBosses(['olga']);
    await until(() => mails().length === 1, 'the first mail');
    await reassign(task!.id, 'ann');
    await until(() => cards().length === 1, 'the first card');
    await reassign(task!.id, 'olga');
    await until(() => mails().length === 2, 'the second mail');
    const [first, second] = mails();
    expect(second?.text).toContain('Dana reassigned this to you: "over to olga"');
    // A mailbox drops what has an id that it knows.
    expect(second?.headers['message-id']).not.toBe(first?.headers['message-id']);
    await reassign(task!.id, 'ann');
    await until(() => cards().length === 2, 'the second card');
    expect(cards().at(-1)?.words).toContain('over to ann');
  }, 60_000);
});
