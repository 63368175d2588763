import { and, eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { decideStep } from '../../../src/governance/decisions/decide-step.ts';
import { proposeRevocation } from '../../../src/governance/requests/revoke-access.ts';
import { syncSource } from '../../../src/governance/sync/sync-source.ts';
import { describeStep } from '../../../src/governance/task-cards/step-card.ts';
import { loadTaskView } from '../../../src/governance/task-cards/task-view.ts';
import { findCopy, saveCopy } from '../../../src/store/messages/message-copies.ts';
import { applicationOwners, grants } from '../../../src/store/schema/access.ts';
import { auditLog, outbox } from '../../../src/store/schema/messages.ts';
import { databases } from '../../support/database.ts';
import { askFor, noon, type SmallCompany } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';
import { sourceOf } from './sync-source.ts';

const cyHolds = 'cy@acme.example GitHub Admin';
const anaHolds = 'ana@acme.example GitHub Admin';

describe.each(databases())('what tasks claim and syncs see, on $name', ({ open }) => {
  const { db, company } = useCompany(open);
  let hour: number;

  beforeEach(async () => {
    hour = 0;
  });

  const now = () => new Date(noon.getTime() + hour * 3_600_000);
  /** The next sync, an hour after the last. */
  const sync = async (held: string[], name = 'csv') => {
    hour += 1;
    const people = ['Ana', 'Bo', 'Cy', 'Kim', 'Lee', 'Dana'].map((name) => ({
      name,
      email: `${name.toLowerCase()}@acme.example`,
      ...(name === 'Ana' || name === 'Cy' ? { managerRef: 'bo@acme.example' } : {}),
    }));
    const outsider = [{ name: 'Zoe', email: 'zoe@acme.example' }];
    const content = { people: name === 'csv' ? people : outsider, grants: held };
    await syncSource({ ...company.system, now: now() }, sourceOf(content, name));
  };
  const viewOf = async (taskId: number) => (await loadTaskView(company.system, taskId))!;
  const decide = async (taskId: number, name: keyof SmallCompany['ids'], positive = true) => {
    const { active } = await viewOf(taskId);
    const ref = { stepId: active!.id, version: active!.version };
    await decideStep(await company.as(name, now()), ref, { positive, reason: 'cannot be done' });
  };
  const provisioned = async () => {
    const task = await askFor(await company.as('Ana'), {
      personId: company.ids.Ana,
      entitlementId: company.admin,
      reason: 'on call',
    });
    await decide(task.id, 'Bo');
    await decide(task.id, 'Lee');
    return task.id;
  };
  const propose = async () => {
    const input = { personId: company.ids.Cy, entitlementId: company.admin, reason: 'moved' };
    return proposeRevocation(await company.as('Kim'), input);
  };
  const deprovisioned = async () => {
    const task = await propose();
    await decide(task.id, 'Bo');
    await decide(task.id, 'Lee');
    return task.id;
  };
  const grantOf = async (name: 'Ana' | 'Cy') => {
    const rows = await db.select().from(grants).where(eq(grants.personId, company.ids[name]));
    return rows.at(-1)!;
  };

  it('two syncs that do not see what was provisioned ask whoever provisions it now to look again', async () => {
    const taskId = await provisioned();
    const step = (await viewOf(taskId)).steps[1]!;
    const key = { recipientId: company.ids.Lee, kind: 'step' as const, subjectId: step.id };
    await saveCopy(db, {
      key,
      surface: 'slack',
      copy: { channelId: 'D1', ts: '1.0', contentHash: 'x', at: noon },
    });
    await db
      .update(applicationOwners)
      .set({ personId: company.ids.Kim })
      .where(eq(applicationOwners.kind, 'provisioner'));
    await sync([cyHolds]);
    expect((await viewOf(taskId)).task.state).toBe('provisioned');
    await sync([cyHolds]);
    const view = await viewOf(taskId);
    expect(view.task).toMatchObject({ state: 'open', closedAt: null });
    const card = describeStep(view, step.id, company.ids.Kim);
    expect(card.choice).toMatchObject({ yes: 'Provisioned', no: "Won't provision" });
    expect(card.notes[0]).toBe('Two syncs have not seen it; please look again.');
    // A message of its own, not a changed old one.
    expect(await findCopy(db, key, 'slack')).toBeUndefined();
    const news = and(eq(outbox.kind, 'step'), eq(outbox.recipientId, company.ids.Kim));
    expect((await db.select().from(outbox).where(news)).at(-1)).toMatchObject({
      subjectId: step.id,
      priority: 1,
    });
    const audits = await db
      .select()
      .from(auditLog)
      .where(eq(auditLog.verb, 'task.ask_again'))
      .orderBy(auditLog.id);
    expect(audits).toMatchObject([{ subject: `task:${taskId}`, before: { by: company.ids.Lee } }]);

    await decide(taskId, 'Kim');
    expect(await grantOf('Ana')).toMatchObject({ closedAt: null, missedSyncs: 0 });
    await sync([cyHolds]);
    expect((await viewOf(taskId)).task.state).toBe('provisioned');
    await sync([cyHolds, anaHolds]);
    expect(await grantOf('Ana')).toMatchObject({ verifiedAt: now(), connector: 'csv' });
  });

  it("won't provision, when asked again, ends the claim: it is not held", async () => {
    const taskId = await provisioned();
    await sync([cyHolds]);
    await sync([cyHolds]);
    await decide(taskId, 'Lee', false);
    expect((await viewOf(taskId)).task.state).toBe('not_provisioned');
    expect((await grantOf('Ana')).closedAt).toEqual(now());
  });

  it('a sync that sees it after all answers for whoever was asked again', async () => {
    const taskId = await provisioned();
    await sync([cyHolds]);
    await sync([cyHolds]);
    await sync([cyHolds, anaHolds]);
    const view = await viewOf(taskId);
    expect(view.task.state).toBe('provisioned');
    expect(view.active).toBeUndefined();
    expect((await grantOf('Ana')).verifiedAt).toEqual(now());
  });

  it('syncs of a source that brings nothing of the application say nothing about it', async () => {
    const taskId = await provisioned();
    await sync(['zoe@acme.example Jira User'], 'jira');
    await sync(['zoe@acme.example Jira User'], 'jira');
    expect((await viewOf(taskId)).task.state).toBe('provisioned');
    expect((await grantOf('Ana')).missedSyncs).toBe(0);
  });

  it('two syncs that still see what was deprovisioned ask again, and then its word counts', async () => {
    const taskId = await deprovisioned();
    await sync([cyHolds]);
    await sync([cyHolds]);
    const view = await viewOf(taskId);
    expect(view.task.state).toBe('open');
    expect(view.active).toMatchObject({
      kind: 'deprovision',
      note: 'Two syncs still see it; please look again.',
    });
    expect(await grantOf('Cy')).toMatchObject({ deprovisionedAt: null, closedAt: null });
    await decide(taskId, 'Lee', false);
    await sync([cyHolds]);
    await sync([cyHolds]);
    expect((await viewOf(taskId)).task.state).toBe('not_deprovisioned');
  });

  it('what is gone after all ends the deprovisioning that was asked for again', async () => {
    const taskId = await deprovisioned();
    await sync([cyHolds]);
    await sync([cyHolds]);
    await sync([]);
    const view = await viewOf(taskId);
    expect(view.task.state).toBe('deprovisioned');
    expect(view.removedAt).toEqual(now());
  });

  it('nobody is asked again while another task about the same is open', async () => {
    const taskId = await deprovisioned();
    await propose();
    await sync([cyHolds]);
    await sync([cyHolds]);
    expect((await viewOf(taskId)).task.state).toBe('deprovisioned');
  });
});
