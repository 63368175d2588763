import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { cancelRequest, decideStep } from '../../../src/governance/decisions/decide-step.ts';
import {
  findNewAssignees,
  prepareReassignment,
  reassignStep,
} from '../../../src/governance/decisions/reassign-step.ts';
import { setDelegate } from '../../../src/governance/delegations/delegations.ts';
import { loadTaskView } from '../../../src/governance/task-cards/task-view.ts';
import { auditLog, outbox } from '../../../src/store/schema/messages.ts';
import { slackIdentities } from '../../../src/store/schema/people.ts';
import { type StepOptions, taskSteps } from '../../../src/store/schema/tasks.ts';
import { databases } from '../../support/database.ts';
import { askFor, noon, type SmallCompany } from '../../support/small-company.ts';
import { commits, useCompany } from '../../support/use-database.ts';

type Name = keyof SmallCompany['ids'];

describe.each(databases())('reassigning on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  beforeEach(async () => {
    await db.insert(slackIdentities).values({ personId: company.ids.Cy, state: 'guest' });
  });

  /** Dana asks for Ana: Bo approves, Lee provisions. */
  const ask = async () =>
    askFor(await company.as('Dana'), {
      personId: company.ids.Ana,
      entitlementId: company.admin,
      reason: 'on call',
    });
  const viewOf = async (taskId: number) => (await loadTaskView(company.system, taskId))!;
  const refOf = async (taskId: number) => {
    const { active } = await viewOf(taskId);
    return { stepId: active!.id, version: active!.version };
  };
  const holdersOf = async (taskId: number) =>
    (await viewOf(taskId)).active?.assignees.filter((one) => one.active).map((one) => one.name);
  const give = async (
    by: Name,
    ref: { stepId: number; version: number },
    to: Name,
    now = noon,
    reason = 'on leave',
  ) => reassignStep(await company.as(by, now), ref, { personId: company.ids[to], reason });
  const offered = async (by: Name, stepId: number, query = '') =>
    (await findNewAssignees(await company.as(by), stepId, query)).map((one) => one.name);
  const setOptions = (options: StepOptions) => db.update(taskSteps).set({ options });

  it('the search offers those who may take the step, and nobody else', async () => {
    const { stepId } = await refOf((await ask()).id);
    // Ana it is for, Bo has it, Cy is a guest, Dana asked, Gone has left.
    expect(await offered('Bo', stepId)).toEqual(['Kim', 'Lee']);
    expect(await offered('Bo', stepId, 'ki')).toEqual(['Kim']);
    await expect(offered('Kim', stepId)).rejects.toThrow('Only the assignee of a task');
    await setOptions({ allowSelfApproval: true });
    expect(await offered('Bo', stepId)).toEqual(['Ana', 'Dana', 'Kim', 'Lee']);
  });

  it.each([
    ['somebody who left', 'Gone', 'Gone is not active, so it cannot go to them.'],
    ['a guest', 'Cy', 'Cy is a guest in Slack, so it cannot go to them.'],
    ['who it is for', 'Ana', 'Ana is the person it is for, so it cannot go to them.'],
    ['who asked for it', 'Dana', 'Dana asked for it, so it cannot go to them.'],
    ['oneself', 'Bo', 'It is with you already; choose somebody else.'],
  ] as const)('it is refused to go to %s, and stays where it is', async (_, name, sentence) => {
    const task = await ask();
    await expect(give('Bo', await refOf(task.id), name)).rejects.toThrow(sentence);
    expect(await holdersOf(task.id)).toEqual(['Bo']);
  });

  it('a Super Admin is told when it is with that person already', async () => {
    const ref = await refOf((await ask()).id);
    await expect(give('Dana', ref, 'Bo')).rejects.toThrow('It is with Bo already');
  });

  it('who approved may not be given what the policy wants others to do', async () => {
    const task = await ask();
    await setOptions({ approverMayProvision: false });
    await decideStep(await company.as('Bo'), await refOf(task.id), { positive: true });
    const ref = await refOf(task.id);
    expect(await offered('Lee', ref.stepId)).not.toContain('Bo');
    await expect(give('Lee', ref, 'Bo')).rejects.toThrow(
      'Bo approved it and may not also carry it out, so it cannot go to them.',
    );
    // Carrying out what others approved is nobody's own request.
    await give('Lee', ref, 'Ana');
    expect(await holdersOf(task.id)).toEqual(['Ana']);
  });

  it('a policy can keep a step with the owners of the application', async () => {
    const ref = await refOf((await ask()).id);
    await setOptions({ reassignTo: 'owners' });
    expect(await offered('Bo', ref.stepId)).toEqual(['Kim']);
    await expect(give('Bo', ref, 'Lee')).rejects.toThrow(
      'The policy "One approval" lets this step go to owners of the application only; Lee is none.',
    );
    await give('Bo', ref, 'Kim');
  });

  it('a reason is needed, and a policy can forbid it', async () => {
    const task = await ask();
    const ref = await refOf(task.id);
    await expect(give('Bo', ref, 'Kim', noon, ' ')).rejects.toThrow('Say why you reassign it');
    await db.update(taskSteps).set({ reassignable: false });
    await expect(give('Bo', ref, 'Kim')).rejects.toThrow('does not let this step be reassigned');
  });

  it('the new assignee is told, and an audit row says why', async () => {
    const task = await ask();
    await give('Bo', await refOf(task.id), 'Kim');
    const recipients = (await db.select().from(outbox))
      .filter((row) => row.kind === 'step')
      .map((row) => row.recipientId);
    expect(recipients).toContain(company.ids.Kim);
    const [row] = await db.select().from(auditLog).where(eq(auditLog.verb, 'step.reassign'));
    expect(row).toMatchObject({
      actorId: company.ids.Bo,
      after: { to: company.ids.Kim, reason: 'on leave' },
    });
  });

  it('it goes to the person named, also when they have a delegate', async () => {
    const { Kim, Lee } = company.ids;
    await setDelegate(await company.as('Kim'), { personId: Kim, delegateId: Lee });
    const task = await ask();
    await give('Bo', await refOf(task.id), 'Kim');
    expect(await holdersOf(task.id)).toEqual(['Kim']);
  });

  it('a card that is out of date says who has it now', async () => {
    const task = await ask();
    const ref = await refOf(task.id);
    await give('Bo', ref, 'Kim');
    const sentence = 'This task has changed; it is now with Kim.';
    await expect(give('Dana', ref, 'Lee')).rejects.toThrow(sentence);
    await expect(prepareReassignment(await company.as('Dana'), ref)).rejects.toThrow(sentence);
  });

  it('two who reassign at once hand it to one person', commits, async () => {
    const task = await ask();
    const ref = await refOf(task.id);
    const done = await Promise.allSettled([give('Bo', ref, 'Kim'), give('Dana', ref, 'Lee')]);
    expect(done.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await holdersOf(task.id)).toHaveLength(1);
  });

  it.each([
    ['decided', 'Bo denied this 5 hours ago'],
    ['cancelled', 'This task was canceled 5 hours ago.'],
  ])('a form sent hours after the task was %s says so', async (how, sentence) => {
    const task = await ask();
    const ref = await refOf(task.id);
    if (how === 'cancelled') await cancelRequest(await company.as('Ana'), task.id);
    else await decideStep(await company.as('Bo'), ref, { positive: false, reason: 'no' });
    const later = new Date(noon.getTime() + 5 * 3_600_000);
    await expect(give('Bo', ref, 'Kim', later)).rejects.toThrow(sentence);
    await expect(offered('Bo', ref.stepId)).rejects.toThrow(/denied|canceled/);
  });
});
