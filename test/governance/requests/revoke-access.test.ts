import { describe, expect, it } from 'vitest';
import { decideStep } from '../../../src/governance/decisions/decide-step.ts';
import { findAccessOf, proposeRevocation } from '../../../src/governance/requests/revoke-access.ts';
import { syncSource } from '../../../src/governance/sync/sync-source.ts';
import { describeOutcome } from '../../../src/governance/task-cards/outcome-card.ts';
import { describeStep } from '../../../src/governance/task-cards/step-card.ts';
import { loadTaskView } from '../../../src/governance/task-cards/task-view.ts';
import { listLiveGrants } from '../../../src/store/access/grants.ts';
import { grants } from '../../../src/store/schema/access.ts';
import { databases } from '../../support/database.ts';
import { askFor, noon, type SmallCompany } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';
import { sourceOf } from '../sync/sync-source.ts';

describe.each(databases())('revocations on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  const propose = async (name: keyof SmallCompany['ids'] = 'Kim') =>
    proposeRevocation(await company.as(name), {
      personId: company.ids.Cy,
      entitlementId: company.admin,
      reason: 'moved to Sales',
    });
  const viewOf = async (taskId: number) => (await loadTaskView(company.system, taskId))!;
  const decide = async (name: keyof SmallCompany['ids'], taskId: number, positive: boolean) => {
    const { active } = await viewOf(taskId);
    const ref = { stepId: active!.id, version: active!.version };
    await decideStep(await company.as(name), ref, {
      positive,
      reason: positive ? '' : 'still needed',
    });
  };
  const holds = async () => listLiveGrants(db, [company.ids.Cy], [company.admin]);

  it('an owner proposes, the manager confirms, the provisioner takes it away, a sync confirms it', async () => {
    const task = await propose();
    const asked = await viewOf(task.id);
    const card = describeStep(asked, asked.active!.id, company.ids.Bo);
    expect(card).toMatchObject({
      title: 'Revoke GitHub · Admin from Cy?',
      quote: 'moved to Sales',
    });
    expect(card.choice).toMatchObject({ yes: 'Confirm', no: 'Deny' });
    expect(card.facts).toContainEqual(['Proposed by', 'Kim (kim@acme.example)']);
    expect(card.notes[0]).toBe('Denying keeps the access and closes this task.');

    await decide('Bo', task.id, true);
    const carried = await viewOf(task.id);
    const next = describeStep(carried, carried.active!.id, company.ids.Lee);
    expect(next).toMatchObject({ title: 'Deprovision GitHub · Admin for Cy' });
    expect(next.choice).toMatchObject({ yes: 'Deprovisioned', no: "Won't deprovision" });

    await decide('Lee', task.id, true);
    expect((await viewOf(task.id)).task.state).toBe('deprovisioned');
    expect(await holds()).toHaveLength(1);
    const people = ['Ana', 'Bo', 'Cy', 'Kim', 'Lee', 'Dana'].map((name) => ({
      name,
      email: `${name.toLowerCase()}@acme.example`,
    }));
    await syncSource({ ...company.system, via: 'cli' }, sourceOf({ people }));
    expect(await holds()).toHaveLength(0);
    const told = describeOutcome(await viewOf(task.id), company.ids.Cy);
    expect(told.title).toBe('You no longer have GitHub · Admin');
    expect((await viewOf(task.id)).removedAt).toEqual(noon);
  });

  it('denying a revocation keeps the access and closes the task', async () => {
    const task = await propose();
    await decide('Bo', task.id, false);
    const view = await viewOf(task.id);
    expect(view.task.state).toBe('denied');
    expect(await holds()).toHaveLength(1);
    expect(describeOutcome(view, company.ids.Kim).title).toBe(
      'Cy keeps GitHub · Admin: the revocation was denied',
    );
  });

  it('who proposed it does not confirm it: the next one is asked', async () => {
    const task = await propose('Bo');
    const { active } = await viewOf(task.id);
    expect(active?.assignees.map((one) => one.name)).toEqual(['Kim']);
    await expect(decide('Bo', task.id, true)).rejects.toThrow('that you proposed');
  });

  it('what only a task had given is gone as soon as it is deprovisioned', async () => {
    await db.update(grants).set({ source: 'task', connector: null });
    const task = await propose();
    await decide('Bo', task.id, true);
    await decide('Lee', task.id, true);
    expect(await holds()).toHaveLength(0);
  });

  it('only a manager, an owner, the Helpdesk or a Super Admin can propose one, once', async () => {
    await expect(propose('Ana')).rejects.toThrow(
      'You can propose to revoke access of your direct reports',
    );
    expect(await findAccessOf(await company.as('Ana'), company.ids.Cy, '')).toEqual([]);
    expect(await findAccessOf(await company.as('Kim'), company.ids.Cy, 'git')).toHaveLength(1);
    const task = await propose();
    await expect(propose('Dana')).rejects.toThrow(
      `There is already an open revocation of GitHub · Admin: #${task.id}.`,
    );
  });

  it('nothing can be revoked that is not held, and a request beside it stays possible', async () => {
    const bo = await company.as('Bo');
    const absent = { personId: company.ids.Ana, entitlementId: company.admin, reason: 'x' };
    await expect(proposeRevocation(bo, absent)).rejects.toThrow(
      'Ana does not have GitHub · Admin.',
    );
    await propose();
    await expect(
      askFor(bo, { personId: company.ids.Cy, entitlementId: company.user, reason: 'x' }),
    ).resolves.toMatchObject({ kind: 'grant' });
  });
});
