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
import { personRoles, slackIdentities } from '../../../src/store/schema/people.ts';
import { type StepOptions, taskSteps } from '../../../src/store/schema/tasks.ts';
import { databases } from '../../support/database.ts';
import { askFor, noon, type SmallCompany } from '../../support/small-company.ts';
import { commits, useCompany } from '../../support/use-database.ts';

type Name = keyof SmallCompany['ids'];

describe.each(databases())('a reassignment on $name', ({ open }) => {
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
  const reassign = async (
    by: Name,
    ref: { stepId: number; version: number },
    to: Name,
    now = noon,
    reason = 'on leave',
  ) => reassignStep(await company.as(by, now), ref, { personId: company.ids[to], reason });
  const search = async (by: Name, stepId: number, query = '') =>
    (await findNewAssignees(await company.as(by), stepId, query)).map((one) => one.name);
  const setOptions = (options: StepOptions) => db.update(taskSteps).set({ options });

  it('the search offers only people who may take the step', async () => {
    const { stepId } = await refOf((await ask()).id);
    // The request is for Ana, Bo is the assignee, Cy is a guest, Dana is the requester, Gone has left.
    expect(await search('Bo', stepId)).toEqual(['Kim', 'Lee']);
    expect(await search('Bo', stepId, 'ki')).toEqual(['Kim']);
    await expect(search('Kim', stepId)).rejects.toThrow('Only the assignee of a task');
    await setOptions({ allowSelfApproval: true });
    expect(await search('Bo', stepId)).toEqual(['Ana', 'Dana', 'Kim', 'Lee']);
  });

  it.each([
    ['somebody who left', 'Gone', 'Gone is not active. Choose somebody else.'],
    ['a guest', 'Cy', 'Cy is a guest in Slack. Choose somebody else.'],
    ['the person it is for', 'Ana', 'Ana is the person it is for. Choose somebody else.'],
    ['the requester', 'Dana', 'Dana asked for it. Choose somebody else.'],
    ['the current assignee', 'Bo', 'It is already with you. Choose somebody else.'],
  ] as const)('to %s is refused, and the assignee stays the same', async (_, name, sentence) => {
    const task = await ask();
    await expect(reassign('Bo', await refOf(task.id), name)).rejects.toThrow(sentence);
    expect(await holdersOf(task.id)).toEqual(['Bo']);
  });

  it('by a Super Admin to the current assignee is refused with their name', async () => {
    const ref = await refOf((await ask()).id);
    await db.insert(personRoles).values({ personId: company.ids.Lee, role: 'super_admin' });
    await expect(reassign('Lee', ref, 'Bo')).rejects.toThrow('It is already with Bo.');
  });

  it('cannot give the provisioning to the approver if the policy requires somebody else', async () => {
    const task = await ask();
    await setOptions({ approverMayProvision: false });
    await decideStep(await company.as('Bo'), await refOf(task.id), { positive: true });
    const ref = await refOf(task.id);
    expect(await search('Lee', ref.stepId)).not.toContain('Bo');
    await expect(reassign('Lee', ref, 'Bo')).rejects.toThrow(
      'Bo approved it and may not also carry it out. Choose somebody else.',
    );
    // The rule about one's own request is about approvals only.
    await reassign('Lee', ref, 'Ana');
    expect(await holdersOf(task.id)).toEqual(['Ana']);
  });

  it('can be limited to the owners of the application by a policy', async () => {
    const ref = await refOf((await ask()).id);
    await setOptions({ reassignTo: 'owners' });
    expect(await search('Bo', ref.stepId)).toEqual(['Kim']);
    await expect(reassign('Bo', ref, 'Lee')).rejects.toThrow(
      'The policy "One approval" allows only owners of the application; Lee is not an owner.',
    );
    await reassign('Bo', ref, 'Kim');
  });

  it('needs a reason, and can be forbidden by a policy', async () => {
    const task = await ask();
    const ref = await refOf(task.id);
    await expect(reassign('Bo', ref, 'Kim', noon, ' ')).rejects.toThrow(
      'Enter a reason. The new assignee sees your reason.',
    );
    await db.update(taskSteps).set({ reassignable: false });
    await expect(reassign('Bo', ref, 'Kim')).rejects.toThrow(
      'does not allow the reassignment of this step',
    );
  });

  it('notifies the new assignee, and an audit row has the reason', async () => {
    const task = await ask();
    await reassign('Bo', await refOf(task.id), 'Kim');
    const recipients = (await db.select().from(outbox).orderBy(outbox.id))
      .filter((row) => row.kind === 'step')
      .map((row) => row.recipientId);
    expect(recipients).toContain(company.ids.Kim);
    const [row] = await db
      .select()
      .from(auditLog)
      .where(eq(auditLog.verb, 'step.reassign'))
      .orderBy(auditLog.id);
    expect(row).toMatchObject({
      actorId: company.ids.Bo,
      after: { to: company.ids.Kim, reason: 'on leave' },
    });
  });

  it('goes to the chosen person even if they have a delegate', async () => {
    const { Kim, Lee } = company.ids;
    await setDelegate(await company.as('Kim'), { personId: Kim, delegateId: Lee });
    const task = await ask();
    await reassign('Bo', await refOf(task.id), 'Kim');
    expect(await holdersOf(task.id)).toEqual(['Kim']);
  });

  it('on an outdated card is refused with the name of the current assignee', async () => {
    const task = await ask();
    const ref = await refOf(task.id);
    await reassign('Bo', ref, 'Kim');
    const sentence = 'This task has changed; it is now with Kim. Look at the card again.';
    await db.insert(personRoles).values({ personId: company.ids.Lee, role: 'super_admin' });
    await expect(reassign('Lee', ref, 'Bo')).rejects.toThrow(sentence);
    await expect(prepareReassignment(await company.as('Lee'), ref)).rejects.toThrow(sentence);
  });

  it('by two people at once leaves one assignee', commits, async () => {
    const task = await ask();
    const ref = await refOf(task.id);
    const done = await Promise.allSettled([
      reassign('Bo', ref, 'Kim'),
      reassign('Dana', ref, 'Lee'),
    ]);
    expect(done.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await holdersOf(task.id)).toHaveLength(1);
  });

  it.each([
    ['decided', 'Bo denied this 5 hours ago'],
    ['canceled', 'This task was canceled 5 hours ago.'],
  ])('with a form sent hours after the task was %s is refused', async (how, sentence) => {
    const task = await ask();
    const ref = await refOf(task.id);
    if (how === 'canceled') await cancelRequest(await company.as('Ana'), task.id);
    else await decideStep(await company.as('Bo'), ref, { positive: false, reason: 'no' });
    const later = new Date(noon.getTime() + 5 * 3_600_000);
    await expect(reassign('Bo', ref, 'Kim', later)).rejects.toThrow(sentence);
    await expect(search('Bo', ref.stepId)).rejects.toThrow(/denied|canceled/);
  });
});
