import { desc, eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { cancelRequest, decideStep } from '../../../src/governance/decisions/decide-step.ts';
import { loadDigest } from '../../../src/governance/messages/digest.ts';
import { recordMessageCopy } from '../../../src/governance/messages/messages.ts';
import { sendDueReminders, sendReminder } from '../../../src/governance/reminders/reminders.ts';
import { loadTaskView } from '../../../src/governance/task-cards/task-view.ts';
import { findPerson } from '../../../src/store/people/people.ts';
import { saveSlackIdentity } from '../../../src/store/people/slack-identities.ts';
import { auditLog, digests, outbox } from '../../../src/store/schema/messages.ts';
import { type StepOptions, taskSteps, tasks } from '../../../src/store/schema/tasks.ts';
import { databases } from '../../support/database.ts';
import { askFor, type SmallCompany } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';

/** A moment of a week that begins on Monday, 23 November 2026. */
const days = { mon: 23, tue: 24, wed: 25, thu: 26, fri: 27, sat: 28, sun: 29 };
const at = (day: keyof typeof days, time: string) => new Date(`2026-11-${days[day]}T${time}:00Z`);
const morning = at('mon', '10:00');

describe.each(databases())('reminders on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  const ask = async (name: 'Ana' | 'Cy' = 'Ana', entitlement: 'admin' | 'user' = 'user') => {
    const input = { personId: company.ids[name], entitlementId: company[entitlement] };
    return askFor(await company.as(name, morning), { ...input, reason: 'on-call' });
  };
  const stepOf = async (taskId: number) => (await loadTaskView(company.system, taskId))!.active!;
  const setOptions = (options: StepOptions) => db.update(taskSteps).set({ options });
  const remind = (now: Date, timeZone = 'UTC') =>
    sendDueReminders({ ...company.system, now }, timeZone);
  const send = async (name: keyof SmallCompany['ids'], taskId: number, now: Date) =>
    sendReminder(await company.as(name, now), taskId);
  const newest = async (name: keyof SmallCompany['ids'], now: Date) => {
    const reader = (await findPerson(db, company.ids[name]))!;
    const [last] = await db
      .select()
      .from(digests)
      .where(eq(digests.personId, reader.id))
      .orderBy(desc(digests.id));
    return (await loadDigest({ ...company.system, now }, last!.id, reader))!;
  };

  it('who has not answered for a day is reminded, twice at most', async () => {
    await ask();
    expect(await remind(at('tue', '09:45'))).toBe(0);
    expect(await remind(at('tue', '10:00'))).toBe(1);
    expect(await remind(at('tue', '10:15'))).toBe(0);
    expect(await remind(at('wed', '10:00'))).toBe(1);
    expect(await remind(at('thu', '10:00'))).toBe(0);
    const rows = await db.select().from(outbox).where(eq(outbox.kind, 'digest')).orderBy(outbox.id);
    expect(rows.map((row) => row.recipientId)).toEqual([company.ids.Bo, company.ids.Bo]);
  });

  it('the policy says when, and who has answered is left alone', async () => {
    const task = await ask();
    await setOptions({ remindAfterHours: 2 });
    expect(await remind(at('mon', '12:00'))).toBe(1);
    const { id, version } = await stepOf(task.id);
    const bo = await company.as('Bo', at('mon', '13:00'));
    await decideStep(bo, { stepId: id, version }, { positive: true });
    expect(await remind(at('mon', '14:30'))).toBe(0);
    expect(await remind(at('mon', '15:00'))).toBe(1);
    expect(await newest('Lee', at('mon', '15:00'))).toMatchObject({ since: at('mon', '13:00') });
  });

  it('reminders wait for the working hours of the reader’s own time zone', async () => {
    await ask();
    await setOptions({ remindAfterHours: 1 });
    const bo = { personId: company.ids.Bo, state: 'linked' as const };
    await saveSlackIdentity(db, { ...bo, timeZone: 'America/Los_Angeles' });
    expect(await remind(at('tue', '16:45'))).toBe(0);
    expect(await remind(at('tue', '17:00'))).toBe(1);
    await saveSlackIdentity(db, { ...bo, timeZone: 'Mars/Olympus' });
    expect(await remind(at('wed', '09:30'), 'America/Los_Angeles')).toBe(0);
    expect(await remind(at('wed', '09:30'), 'Europe/Berlin')).toBe(1);
  });

  it('nobody is reminded at a weekend or in the evening, but for an emergency', async () => {
    const task = await ask();
    for (const when of [at('fri', '18:00'), at('sat', '11:00'), at('sun', '11:00')]) {
      expect(await remind(when)).toBe(0);
    }
    await db.update(tasks).set({ emergency: true }).where(eq(tasks.id, task.id));
    expect(await remind(at('sun', '03:00'))).toBe(1);
    expect(await remind(at('sun', '03:30'))).toBe(0);
    expect(await remind(at('sun', '04:00'))).toBe(1);
  });

  it('several that are due are one message', async () => {
    await ask('Ana', 'user');
    await ask('Ana', 'admin');
    await ask('Cy', 'user');
    const now = at('tue', '11:00');
    expect(await remind(now)).toBe(3);
    expect(await newest('Bo', now)).toMatchObject({
      title: 'Reminder: You have 3 open tasks',
      detail: '3 requests',
      since: morning,
      askedBy: undefined,
      thread: undefined,
    });
  });

  it('one alone is a reply in the thread of its card, where there is one', async () => {
    const task = await ask();
    const now = at('tue', '11:00');
    await remind(now);
    expect(await newest('Bo', now)).toMatchObject({
      thread: undefined,
      summary: expect.stringMatching(/^Reminder: You have 1 open task\. Approve\? Ana asks/),
    });
    const key = {
      recipientId: company.ids.Bo,
      kind: 'step',
      subjectId: (await stepOf(task.id)).id,
    };
    const copy = { surface: 'slack' as const, channelId: 'D1', ts: '1.2', contentHash: '' };
    await recordMessageCopy(company.system, { ...key, kind: 'step' }, copy);
    expect((await newest('Bo', now)).thread).toEqual({ channelId: 'D1', ts: '1.2' });
  });

  it('who asked can send a reminder, which says so and is in the trail', async () => {
    const task = await ask();
    const night = at('sun', '02:00');
    expect(await send('Ana', task.id, night)).toEqual(['Bo']);
    expect(await newest('Bo', night)).toMatchObject({ askedBy: 'Ana', waiting: 1 });
    const [row] = await db
      .select()
      .from(auditLog)
      .where(eq(auditLog.verb, 'task.remind'))
      .orderBy(auditLog.id);
    expect(row).toMatchObject({
      subject: `task:${task.id}`,
      actorId: company.ids.Ana,
      after: { step: 1, people: [company.ids.Bo] },
    });
  });

  it('a second reminder has to wait four hours, a fourth is none at all', async () => {
    const task = await ask();
    await send('Ana', task.id, at('mon', '11:00'));
    await expect(send('Ana', task.id, at('mon', '12:30'))).rejects.toThrow(
      'Bo was reminded 2 hours ago. You can send the next reminder in 3 hours.',
    );
    expect(await send('Dana', task.id, at('mon', '15:00'))).toEqual(['Bo']);
    await send('Ana', task.id, at('mon', '19:00'));
    await expect(send('Ana', task.id, at('tue', '19:00'))).rejects.toThrow(
      'Bo already had 3 reminders. Talk to them, or ask a Super Admin to reassign the task.',
    );
    expect(await remind(at('wed', '11:00'))).toBe(0);
  });

  it('nobody sends reminders about the requests of others, or about what is closed', async () => {
    const task = await ask();
    await expect(send('Kim', task.id, morning)).rejects.toThrow(
      'Only the requester, the person it is for or a Super Admin can send a reminder.',
    );
    await expect(send('Ana', 4711, morning)).rejects.toThrow('There is no request #4711.');
    await cancelRequest(await company.as('Ana'), task.id);
    await expect(send('Ana', task.id, morning)).rejects.toThrow(
      `Task #${task.id} is closed; there is nobody to remind.`,
    );
  });
});
