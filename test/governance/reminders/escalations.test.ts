import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { decideStep } from '../../../src/governance/decisions/decide-step.ts';
import { escalateDueSteps } from '../../../src/governance/reminders/escalations.ts';
import { describeStep } from '../../../src/governance/task-cards/step-card.ts';
import { loadTaskView } from '../../../src/governance/task-cards/task-view.ts';
import { applicationOwners } from '../../../src/store/schema/access.ts';
import { auditLog, outbox } from '../../../src/store/schema/messages.ts';
import { people } from '../../../src/store/schema/people.ts';
import { databases } from '../../support/database.ts';
import { askFor, type SmallCompany } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';

const monday = new Date('2026-11-23T10:00:00Z');
const hoursLater = (hours: number) => new Date(monday.getTime() + hours * 3_600_000);

describe.each(databases())('escalation on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  const ask = async () =>
    askFor(await company.as('Ana', monday), {
      personId: company.ids.Ana,
      entitlementId: company.admin,
      reason: 'on-call',
    });
  const stepOf = async (taskId: number) => (await loadTaskView(company.system, taskId))!.active!;
  const escalate = (hours: number) =>
    escalateDueSteps({ ...company.system, now: hoursLater(hours) }, 'UTC');
  const decide = async (name: keyof SmallCompany['ids'], taskId: number) => {
    const { id, version } = await stepOf(taskId);
    const ctx = await company.as(name, hoursLater(1));
    await decideStep(ctx, { stepId: id, version }, { positive: true });
  };
  const move = (name: keyof SmallCompany['ids'], managerId: number | null) =>
    db.update(people).set({ managerId }).where(eq(people.id, company.ids[name]));

  it('after three days the next in line are asked, too, once, and the first can still decide', async () => {
    const task = await ask();
    const before = await stepOf(task.id);
    expect(await escalate(71)).toBe(0);
    expect(await escalate(72)).toBe(1);
    expect(await escalate(72)).toBe(0);
    expect(await escalate(200)).toBe(0);
    const view = (await loadTaskView(company.system, task.id))!;
    expect(view.active).toMatchObject({
      version: before.version,
      escalatedAt: hoursLater(72),
      note: 'Nobody decided for 3 days, so Kim (an owner of GitHub) is asked as well.',
    });
    const card = describeStep(view, view.active!.id, company.ids.Kim);
    expect(card.notes.join(' ')).toContain(
      'You are asked as an owner of GitHub, since nobody decided for 3 days.',
    );
    const told = (await db.select().from(outbox).orderBy(outbox.id)).filter(
      (row) => row.kind === 'step',
    );
    expect(told.map((row) => row.recipientId)).toContain(company.ids.Kim);
    const [row] = await db
      .select()
      .from(auditLog)
      .where(eq(auditLog.verb, 'step.escalate'))
      .orderBy(auditLog.id);
    expect(row).toMatchObject({ actorId: null, after: { step: 1, added: [company.ids.Kim] } });
    await decide('Bo', task.id);
    expect((await stepOf(task.id)).kind).toBe('provision');
  });

  it('it waits until one of those who are asked is at work', async () => {
    await ask();
    expect(await escalate(72 + 10)).toBe(0);
    expect(await escalate(5 * 24 + 2)).toBe(0);
    expect(await escalate(7 * 24)).toBe(1);
  });

  it('a step that is to be carried out goes on to the Super Admins where nobody owns the application', async () => {
    const task = await ask();
    await decide('Bo', task.id);
    await db.delete(applicationOwners);
    expect(await escalate(100)).toBe(1);
    const names = (await stepOf(task.id)).assignees.map((one) => [one.name, one.why]);
    expect(names).toEqual([
      ['Dana', 'a Super Admin, since nobody decided for 3 days'],
      ['Lee', 'a provisioner of GitHub'],
    ]);
  });

  it('a line of managers that runs in a circle ends, with a note on the plan', async () => {
    await db.delete(applicationOwners).where(eq(applicationOwners.kind, 'owner'));
    await move('Ana', company.ids.Dana);
    await move('Dana', company.ids.Ana);
    const task = await ask();
    expect((await stepOf(task.id)).assignees.map((one) => one.name)).toEqual(['Dana']);
    expect(await escalate(72)).toBe(1);
    const step = await stepOf(task.id);
    expect(step.assignees.map((one) => one.name)).toEqual(['Dana']);
    expect(step.note).toBe(
      'Ana is in a circle of managers; GitHub has no owner, so this goes to the Super Admins. Nobody decided for 3 days, and there is nobody else to ask.',
    );
  });

  it('a manager above who may decide is asked when the ladder has ended', async () => {
    await db.delete(applicationOwners).where(eq(applicationOwners.kind, 'owner'));
    await move('Ana', company.ids.Dana);
    await move('Dana', company.ids.Gone);
    await move('Gone', company.ids.Cy);
    const task = await ask();
    expect(await escalate(72)).toBe(1);
    const step = await stepOf(task.id);
    expect(step.assignees.map((one) => [one.name, one.why])).toContainEqual([
      'Cy',
      'the manager of Dana, since nobody decided for 3 days',
    ]);
  });
});
