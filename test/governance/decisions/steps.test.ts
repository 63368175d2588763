import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { decideStep } from '../../../src/governance/decisions/decide-step.ts';
import { describePlan } from '../../../src/governance/task-cards/execution-plan.ts';
import { describeStep } from '../../../src/governance/task-cards/step-card.ts';
import { loadTaskView } from '../../../src/governance/task-cards/task-view.ts';
import { openTasks } from '../../../src/governance/tasks/open-tasks.ts';
import {
  applicationOwners,
  entitlementOwners,
  entitlements,
  grants,
} from '../../../src/store/schema/access.ts';
import { auditLog } from '../../../src/store/schema/messages.ts';
import {
  policies,
  policySteps,
  type StepOptions,
  taskSteps,
} from '../../../src/store/schema/tasks.ts';
import { databases } from '../../support/database.ts';
import type { SmallCompany } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';

type Name = keyof SmallCompany['ids'];

describe.each(databases())('the steps of a plan on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  /** Opens a request of Ana under a policy, with step options by position. */
  async function ask(
    policy: string,
    options: Record<number, StepOptions> = {},
    more: { emergency?: boolean; accessUntil?: Date } = {},
  ) {
    const [found] = await db.select().from(policies).where(eq(policies.name, policy));
    await db.update(entitlements).set({ policyId: found!.id, emergencyAllowed: true });
    const { opened, skipped } = await openTasks(company.system, {
      kind: 'grant',
      targets: [{ personId: company.ids.Ana, entitlementId: company.user }],
      requesterId: company.ids.Ana,
      openedBy: company.ids.Ana,
      profileId: null,
      reason: 'why',
      cause: 'asked',
      ...more,
    });
    expect(skipped).toEqual([]);
    for (const [position, stepOptions] of Object.entries(options)) {
      await db
        .update(taskSteps)
        .set({ options: stepOptions })
        .where(eq(taskSteps.position, Number(position)));
    }
    return opened[0]!;
  }
  const viewOf = async (id: number) => (await loadTaskView(company.system, id))!;
  const assigneesOf = async (id: number) =>
    (await viewOf(id)).active?.assignees.filter((one) => one.active).map((one) => one.name);
  async function decide(name: Name, id: number, positive = true, reason?: string) {
    const { active } = await viewOf(id);
    const ref = { stepId: active!.id, version: active!.version };
    return decideStep(await company.as(name), ref, { positive, reason });
  }
  const addOwners = (kind: 'owner' | 'provisioner', ...names: Name[]) =>
    db
      .insert(applicationOwners)
      .values(
        names.map((name) => ({ applicationId: company.github, personId: company.ids[name], kind })),
      );

  it('three approvals go from the manager to the application’s owners to the entitlement’s, then to the provisioner', async () => {
    await db
      .insert(entitlementOwners)
      .values({ entitlementId: company.user, personId: company.ids.Cy });
    const { id } = await ask('Three approvals');
    const asked: unknown[] = [];
    for (const name of ['Bo', 'Kim', 'Cy', 'Lee'] as const) {
      asked.push(await assigneesOf(id));
      await decide(name, id);
    }
    expect(asked).toEqual([['Bo'], ['Kim'], ['Cy'], ['Lee']]);
    expect((await viewOf(id)).task.state).toBe('provisioned');
  });

  it('an entitlement without owners falls back to the owners of its application, who are not asked twice', async () => {
    await db.update(policySteps).set({ options: { distinctApprovers: false } });
    const { id } = await ask('Three approvals');
    await decide('Bo', id);
    await decide('Kim', id);
    const view = await viewOf(id);
    expect(view.steps.map((step) => step.state)).toEqual([
      'approved',
      'approved',
      'covered',
      'active',
    ]);
    expect(describePlan(view)[2]?.line.text).toBe('Covered: Approval, by an earlier approval');
  });

  it('two approvals come from different people, unless a step says otherwise', async () => {
    await addOwners('owner', 'Bo');
    const { id } = await ask('Two approvals');
    await decide('Bo', id);
    expect(await assigneesOf(id)).toEqual(['Kim']);
  });

  it('where two of three have to agree, the second agreement decides', async () => {
    await addOwners('owner', 'Cy', 'Dana');
    const { id } = await ask('Two approvals', { 2: { quorum: 2 } });
    await decide('Bo', id);
    await decide('Kim', id);
    const view = await viewOf(id);
    expect(view.active?.position).toBe(2);
    const shown = describeStep(view, view.active!.id, company.ids.Kim);
    expect(shown.choice).toBeUndefined();
    expect(shown.notes.at(-1)).toBe('2 of 3 have to agree. You agreed.');
    const other = describeStep(view, view.active!.id, company.ids.Cy);
    expect(other.notes.at(-1)).toBe('2 of 3 have to agree; Kim did.');
    await expect(decide('Kim', id)).rejects.toThrow('You agreed to this just now');
    await decide('Cy', id);
    expect(await assigneesOf(id)).toEqual(['Lee']);
    const rows = await db.select().from(auditLog).orderBy(auditLog.id);
    const verbs = rows.map((row) => row.verb);
    expect(verbs).toEqual(['task.open', 'step.approved', 'step.agree', 'step.approved']);
  });

  it('an agreement that does not decide yet keeps its comment', async () => {
    await addOwners('owner', 'Cy');
    const { id } = await ask('Two approvals', { 2: { quorum: 2 } });
    await decide('Bo', id);
    const { active } = await viewOf(id);
    const ref = { stepId: active!.id, version: active!.version };
    const agreement = { positive: true, reason: 'ticket 4711' };
    await decideStep(await company.as('Kim'), ref, agreement);
    expect((await viewOf(id)).comments).toMatchObject([{ author: 'Kim', body: 'ticket 4711' }]);
  });

  it('an approver can set an earlier end but no later one, and an agreement records it', async () => {
    await addOwners('owner', 'Cy');
    const accessUntil = new Date('2026-12-31T23:00:00Z');
    const { id } = await ask('Two approvals', { 2: { quorum: 2 } }, { accessUntil });
    await decide('Bo', id);
    const { active } = await viewOf(id);
    const ref = { stepId: active!.id, version: active!.version };
    const agreeUntil = async (lastDay: string) =>
      decideStep(await company.as('Kim'), ref, { positive: true, lastDay });
    await expect(agreeUntil('2027-01-02')).rejects.toThrow('Choose an earlier day.');
    await expect(agreeUntil('2026-11-19')).rejects.toThrow('Choose a date in the future.');
    const { accessUntil: end } = await agreeUntil('2026-12-05');
    expect(end?.toISOString()).toMatch(/^2026-12-0[56]/);
    const rows = await db.select().from(auditLog).orderBy(auditLog.id);
    expect(rows.at(-1)).toMatchObject({ verb: 'step.agree', after: { lastDay: '2026-12-05' } });
  });

  it('an approver does not provision if the policy forbids it', async () => {
    await addOwners('provisioner', 'Bo');
    const { id } = await ask('One approval', { 2: { approverMayProvision: false } });
    await decide('Bo', id);
    expect(await assigneesOf(id)).toEqual(['Lee']);
  });

  it('a policy can require a reason to approve', async () => {
    const { id } = await ask('One approval', { 1: { reasonToApprove: true } });
    await expect(decide('Bo', id)).rejects.toThrow(
      'Enter a reason. The requester sees your reason.',
    );
    await decide('Bo', id, true, 'on call from Monday');
    expect((await viewOf(id)).steps[0]?.reason).toBe('on call from Monday');
  });

  it('a policy can let people approve their own request', async () => {
    await db.update(policySteps).set({ options: { allowSelfApproval: true } });
    await addOwners('owner', 'Ana');
    const { id } = await ask('Two approvals');
    await decide('Bo', id);
    await decide('Ana', id);
    expect((await viewOf(id)).steps[1]).toMatchObject({
      state: 'approved',
      decidedBy: company.ids.Ana,
    });
    await db.update(policySteps).set({ options: {} });
  });

  it('a policy without an approval starts with provisioning', async () => {
    const { id } = await ask('No approval');
    expect(await assigneesOf(id)).toEqual(['Lee']);
  });

  it('an emergency starts with provisioning, ends on its date, and the skipped approvers are notified', async () => {
    const accessUntil = new Date('2026-11-22T23:59:59Z');
    const { id } = await ask('Two approvals', {}, { emergency: true, accessUntil });
    expect(await assigneesOf(id)).toEqual(['Lee']);
    const view = await viewOf(id);
    expect(describeStep(view, view.active!.id, company.ids.Lee).title).toBe(
      'Emergency: Provision GitHub · User for Ana until 22 Nov 2026',
    );
    await decide('Lee', id);
    const [grant] = await db.select().from(grants).where(eq(grants.taskId, id));
    expect(grant?.expiresAt).toEqual(accessUntil);
    const notified = await db.query.outbox.findMany({
      where: (row, { eq }) => eq(row.kind, 'emergency'),
    });
    const names = notified.map((row) => row.recipientId).sort((a, b) => a - b);
    expect(names).toEqual([company.ids.Bo, company.ids.Kim].sort((a, b) => a - b));
  });

  it('access whose end has passed cannot be provisioned', async () => {
    const { id } = await ask('No approval', {}, { accessUntil: new Date('2026-11-20T23:59:59Z') });
    await expect(decide('Lee', id)).rejects.toThrow(
      'The access was requested until 20 Nov 2026, which has passed.',
    );
    await decide('Lee', id, false, 'too late');
    expect((await viewOf(id)).task.state).toBe('not_provisioned');
  });
});
