import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { cancelRequest, decideStep } from '../../../src/governance/decisions/decide-step.ts';
import { reassignStep } from '../../../src/governance/decisions/reassign-step.ts';
import { listOpenSteps } from '../../../src/governance/task-cards/open-steps.ts';
import { describeStep } from '../../../src/governance/task-cards/step-card.ts';
import { loadTaskView } from '../../../src/governance/task-cards/task-view.ts';
import { openTasks } from '../../../src/governance/tasks/open-tasks.ts';
import { applicationOwners, grants } from '../../../src/store/schema/access.ts';
import { auditLog, outbox } from '../../../src/store/schema/messages.ts';
import { people, personRoles } from '../../../src/store/schema/people.ts';
import { databases } from '../../support/database.ts';
import { askFor, noon, type SmallCompany } from '../../support/small-company.ts';
import { commits, useCompany } from '../../support/use-database.ts';

describe.each(databases())('tasks on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  const ask = async () =>
    askFor(await company.as('Ana'), {
      personId: company.ids.Ana,
      entitlementId: company.admin,
      reason: 'on-call rotation',
    });
  const viewOf = async (taskId: number) => (await loadTaskView(company.system, taskId))!;
  const activeOf = async (taskId: number) => {
    const { active } = await viewOf(taskId);
    return { stepId: active!.id, version: active!.version };
  };

  it('a request goes to the manager, then to the provisioner, and ends in a pending grant', async () => {
    const task = await ask();
    expect(task.id).toBeGreaterThan(1000);
    const first = await viewOf(task.id);
    expect(first.active?.assignees.map((one) => one.name)).toEqual(['Bo']);
    const card = describeStep(first, first.active!.id, company.ids.Bo);
    expect(card.title).toBe('Ana asks for GitHub · Admin');
    expect(card.facts).toContainEqual(['Peers', '1 of 5 in Engineering has it']);
    expect(card.notes).toEqual(["You are asked as Ana's manager. Next: provisioning by Lee."]);

    await decideStep(await company.as('Bo'), await activeOf(task.id), { positive: true });
    const second = await viewOf(task.id);
    expect(second.active?.assignees.map((one) => one.name)).toEqual(['Lee']);
    expect(describeStep(second, second.active!.id, company.ids.Lee).howTo).toContain(
      'Add the person',
    );

    await decideStep(await company.as('Lee'), await activeOf(task.id), { positive: true });
    expect((await viewOf(task.id)).task.state).toBe('provisioned');
    const [grant] = await db.select().from(grants).where(eq(grants.taskId, task.id));
    expect(grant).toMatchObject({ personId: company.ids.Ana, source: 'task', verifiedAt: null });
    const rows = await db.select().from(auditLog).orderBy(auditLog.id);
    const verbs = rows.map((row) => row.verb);
    expect(verbs).toEqual(['task.open', 'step.approved', 'step.provisioned']);
  });

  it('an assignee is notified when their step begins, the requester at the start and at the end', async () => {
    const task = await ask();
    const notified = async () =>
      (await db.select().from(outbox).orderBy(outbox.id)).map(
        (row) => `${row.kind}:${nameOf(company, row.recipientId)}`,
      );
    expect((await notified()).sort()).toEqual(['request:Ana', 'step:Bo']);
    await decideStep(await company.as('Bo'), await activeOf(task.id), { positive: true });
    expect(await notified()).toContain('step:Lee');
    await decideStep(await company.as('Lee'), await activeOf(task.id), { positive: true });
    expect(await notified()).toContain('outcome:Ana');
  });

  it('a denial ends the task with its reason, and no later reviewer is asked', async () => {
    const task = await ask();
    const ref = await activeOf(task.id);
    const no = { positive: false };
    await expect(decideStep(await company.as('Bo'), ref, no)).rejects.toThrow(
      'Enter a reason. The requester sees your reason.',
    );
    await decideStep(await company.as('Bo'), ref, { ...no, reason: 'not on call' });
    const view = await viewOf(task.id);
    expect(view.task.state).toBe('denied');
    expect(view.steps.map((step) => step.state)).toEqual(['denied', 'skipped']);
    const recipients = (await db.select().from(outbox).orderBy(outbox.id)).map(
      (row) => row.recipientId,
    );
    expect(recipients).not.toContain(company.ids.Lee);
  });

  it(
    'two approvers clicking at once decide once, and the second reads who was first',
    commits,
    async () => {
      await db
        .insert(applicationOwners)
        .values({ applicationId: company.github, personId: company.ids.Cy, kind: 'owner' });
      await db.update(people).set({ managerId: null }).where(eq(people.id, company.ids.Ana));
      const task = await ask();
      const ref = await activeOf(task.id);
      const clicks = await Promise.allSettled([
        decideStep(await company.as('Kim'), ref, { positive: true }),
        decideStep(await company.as('Cy'), ref, { positive: true }),
      ]);
      expect(clicks.map((click) => click.status).sort()).toEqual(['fulfilled', 'rejected']);
      const lost = clicks.find((click) => click.status === 'rejected');
      expect(lost?.reason.message).toMatch(
        /^(Kim|Cy) approved this just now; it is now with Lee\.$/,
      );
    },
  );

  it('a click on a task decided days ago says who decided it and when', async () => {
    const task = await ask();
    const ref = await activeOf(task.id);
    await decideStep(await company.as('Bo'), ref, { positive: false, reason: 'no' });
    const later = new Date(noon.getTime() + 3 * 86_400_000);
    await expect(
      decideStep(await company.as('Bo', later), ref, { positive: true }),
    ).rejects.toThrow(`Bo denied this 3 days ago; task #${task.id} is closed.`);
  });

  it('nobody approves their own request, and only the assignee decides', async () => {
    const task = await ask();
    const ref = await activeOf(task.id);
    const yes = { positive: true };
    await expect(decideStep(await company.as('Ana'), ref, yes)).rejects.toThrow(
      'You cannot approve your own request.',
    );
    await expect(decideStep(await company.as('Kim'), ref, yes)).rejects.toThrow(
      'This is for Bo to decide.',
    );
  });

  it('a manager who asks for a report is not asked to approve it: the owners are', async () => {
    const task = await askFor(await company.as('Bo'), {
      personId: company.ids.Ana,
      entitlementId: company.admin,
      reason: 'she takes over',
    });
    const { active } = await viewOf(task.id);
    expect(active?.assignees.map((one) => one.name)).toEqual(['Kim']);
    expect(active?.note).toBe(
      "Bo (Ana's manager) asked for it, so this goes to the owners of GitHub.",
    );
  });

  it.each([
    ['no manager', { managerId: null, managerRef: null }, 'Ana has no manager here'],
    [
      'a manager nobody knows',
      { managerId: null, managerRef: 'X17' },
      "Ana's manager (X17) is not known",
    ],
  ])(
    'with %s the owners of the application decide, and the plan says so',
    async (_, change, note) => {
      await db.update(people).set(change).where(eq(people.id, company.ids.Ana));
      const { active } = await viewOf((await ask()).id);
      expect(active?.assignees.map((one) => one.name)).toEqual(['Kim']);
      expect(active?.note).toContain(note);
    },
  );

  it('a manager who left, and an application without owners, lead to the Super Admins', async () => {
    await db.delete(applicationOwners);
    await db.update(people).set({ active: false }).where(eq(people.id, company.ids.Bo));
    const view = await viewOf((await ask()).id);
    expect(view.steps.map((step) => step.assignees.map((one) => one.name))).toEqual([
      ['Dana'],
      ['Dana'],
    ]);
  });

  it('a request that nobody may decide is refused with a reason', async () => {
    await db.delete(applicationOwners);
    await expect(
      askFor(await company.as('Dana'), {
        personId: company.ids.Dana,
        entitlementId: company.admin,
        reason: 'for me',
      }),
    ).rejects.toThrow('Nobody can decide this: Dana has no manager here; GitHub has no owner');
  });

  it.each([
    [
      'access that the person already has',
      'Cy',
      'Cy already has GitHub · Admin (since 21 Nov 2026).',
    ],
    ['somebody who left', 'Gone', 'Gone is not active.'],
  ] as const)('%s cannot be requested', async (_, name, sentence) => {
    const request = { personId: company.ids[name], entitlementId: company.admin, reason: 'x' };
    await expect(askFor(await company.as('Dana'), request)).rejects.toThrow(sentence);
  });

  it('a second request for the same thing names the first', async () => {
    const task = await ask();
    await expect(ask()).rejects.toThrow(
      `There is already an open request for GitHub · Admin: #${task.id}`,
    );
  });

  it('asking for somebody else needs the role or the reporting line', async () => {
    const forCy = { personId: company.ids.Cy, entitlementId: company.user, reason: 'x' };
    await expect(askFor(await company.as('Ana'), forCy)).rejects.toThrow(
      'You can request access for yourself and your direct reports',
    );
    await expect(askFor(await company.as('Bo'), forCy)).resolves.toBeDefined();
  });

  it('a reassigned step is the new person’s, and the old card says where it went', async () => {
    const task = await ask();
    const ref = await activeOf(task.id);
    await reassignStep(await company.as('Bo'), ref, {
      personId: company.ids.Kim,
      reason: 'on leave',
    });
    const view = await viewOf(task.id);
    expect(describeStep(view, ref.stepId, company.ids.Bo).records[0]?.text).toBe(
      'Reassigned to Kim',
    );
    await expect(decideStep(await company.as('Bo'), ref, { positive: true })).rejects.toThrow(
      'This was reassigned; it is now with Kim.',
    );
    await decideStep(await company.as('Kim'), await activeOf(task.id), { positive: true });
    expect((await viewOf(task.id)).steps[0]?.decider).toBe('Kim');
  });

  it('a Super Admin sees all open tasks and reassigns one to somebody in Slack', async () => {
    const task = await ask();
    const all = { order: 'oldest', page: 0 } as const;
    const { total, rows } = await listOpenSteps(await company.as('Dana'), all, 10);
    expect(total).toBe(1);
    expect(rows[0]).toMatchObject({ taskId: task.id, state: 'waiting for Bo to approve it' });
    const to = { personId: company.ids.Kim, reason: 'Bo is not in Slack' };
    await reassignStep(await company.as('Dana'), rows[0]!.ref, to);
    const view = await viewOf(task.id);
    expect(describeStep(view, rows[0]!.ref.stepId, company.ids.Kim).notes[0]).toContain(
      'Dana reassigned this to you: "Bo is not in Slack".',
    );
    await expect(listOpenSteps(await company.as('Ana'), all, 10)).rejects.toThrow(
      'or a Super Admin',
    );
  });

  it('the requester cancels an open request; others cannot', async () => {
    const task = await ask();
    await expect(cancelRequest(await company.as('Kim'), task.id)).rejects.toThrow(
      'Only the requester or the person it is for can cancel a request.',
    );
    await cancelRequest(await company.as('Ana'), task.id);
    await expect(cancelRequest(await company.as('Ana'), task.id)).rejects.toThrow('already closed');
    const ref = { stepId: (await viewOf(task.id)).steps[0]!.id, version: 1 };
    await expect(decideStep(await company.as('Bo'), ref, { positive: true })).rejects.toThrow(
      'This task was canceled just now.',
    );
  });

  it('the Super Admin who enrolled a person never decides about the access that follows', async () => {
    await db.delete(applicationOwners);
    const noManager = { managerId: null, managerRef: null };
    await db.update(people).set(noManager).where(eq(people.id, company.ids.Ana));
    const origin = {
      requesterId: null,
      openedBy: company.ids.Dana,
      profileId: null,
      reason: null,
      cause: 'profile' as const,
    };
    const ctx = await company.as('Dana');
    const pair = { personId: company.ids.Ana, entitlementId: company.admin };
    const request = { kind: 'grant', targets: [pair], ...origin } as const;
    const { skipped } = await openTasks(ctx, request);
    expect(skipped[0]?.why).toBe(
      'Nobody can decide this: Ana has no manager here; GitHub has no owner; Dana (the Super Admins) opened it.',
    );
    await db.insert(personRoles).values({ personId: company.ids.Kim, role: 'super_admin' });
    const { opened: tasks } = await openTasks(ctx, request);
    expect((await viewOf(tasks[0]!.id)).active?.assignees.map((one) => one.name)).toEqual(['Kim']);
  });

  it('the audit log refuses to be changed', async () => {
    await ask();
    await expect(db.update(auditLog).set({ verb: 'x' })).rejects.toThrow();
    await expect(db.delete(auditLog)).rejects.toThrow();
  });
});

function nameOf(company: SmallCompany, id: number): string {
  return Object.entries(company.ids).find(([, one]) => one === id)?.[0] ?? '?';
}
