import { and, eq, isNull, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { decideStep } from '../../../src/governance/decisions/decide-step.ts';
import { loadDigest } from '../../../src/governance/messages/digest.ts';
import { recordMessageCopy } from '../../../src/governance/messages/messages.ts';
import { replayMessages } from '../../../src/governance/messages/replay.ts';
import { claimMessages } from '../../../src/governance/notifications/outbox.ts';
import { loadTaskView } from '../../../src/governance/task-cards/task-view.ts';
import { openTasks } from '../../../src/governance/tasks/open-tasks.ts';
import { findPerson } from '../../../src/store/people/people.ts';
import { entitlements } from '../../../src/store/schema/access.ts';
import { digestItems, digests, outbox } from '../../../src/store/schema/messages.ts';
import { people } from '../../../src/store/schema/people.ts';
import type { Task } from '../../../src/store/tasks/tasks.ts';
import { databases } from '../../support/database.ts';
import { noon, type SmallCompany } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';

const later = (minutes: number) => new Date(noon.getTime() + minutes * 60_000);

describe.each(databases())('digests of news on $name', ({ open }) => {
  const { db, company } = useCompany(open);
  let unasked: number[];

  beforeEach(async () => {
    await db.execute(sql`alter table digests alter column id restart`);
    const names = Array.from({ length: 40 }, (_, at) => ({
      applicationId: company.github,
      name: `Role ${at}`,
    }));
    const inserted = await db
      .insert(entitlements)
      .values(names.map((one) => ({ ...one, emergencyAllowed: true })))
      .returning();
    unasked = inserted.map(({ id }) => id);
  });

  const ask = async (count: number, now = noon, emergency = false): Promise<Task[]> => {
    const wanted = unasked.splice(0, count).map((entitlementId) => ({
      personId: company.ids.Ana,
      entitlementId,
    }));
    const ctx = await company.as('Ana', now);
    return db.transaction(async (tx) => {
      const { opened } = await openTasks(
        { ...ctx, db: tx as typeof db },
        {
          kind: 'grant',
          targets: wanted,
          requesterId: null,
          openedBy: company.ids.Dana,
          profileId: null,
          reason: 'on-call',
          cause: 'asked',
          emergency,
          accessUntil: emergency ? later(600) : null,
        },
      );
      return opened;
    });
  };
  /** What is on its way to somebody, one "kind:subject" a message. */
  const told = async (name: keyof SmallCompany['ids']) => {
    const rows = await db
      .select()
      .from(outbox)
      .where(eq(outbox.recipientId, company.ids[name]))
      .orderBy(outbox.id);
    return [...new Set(rows.filter((row) => row.kind !== 'home').map(nameOf))];
  };
  const nameOf = (row: { kind: string; subjectId: number }) => `${row.kind}:${row.subjectId}`;
  const digestFor = async (name: keyof SmallCompany['ids'], id: number, now = noon) => {
    const reader = await findPerson(db, company.ids[name]);
    return (await loadDigest({ ...company.system, now }, id, reader!))!;
  };
  const approve = async (task: Task, now = noon) => {
    const { active } = (await loadTaskView(company.system, task.id))!;
    const ref = { stepId: active!.id, version: active!.version };
    await decideStep(await company.as('Bo', now), ref, { positive: true });
    return active!.id;
  };
  /** As the outbox does when a message has arrived. */
  const arrive = async (surface: 'slack' | 'email', at = noon) => {
    for (const row of await db.select().from(outbox).orderBy(outbox.id)) {
      const { recipientId, kind, subjectId } = row;
      const where = surface === 'slack' ? { channelId: 'D1', ts: String(row.id) } : {};
      const key = { recipientId, kind, subjectId };
      const copy = { surface, ...where, contentHash: '' };
      await recordMessageCopy({ ...company.system, now: at }, key, copy);
    }
    await db.update(outbox).set({ deliveredAt: at });
  };

  it('three new tasks are three messages, four are one', async () => {
    await ask(3);
    expect((await told('Bo')).map((one) => one.split(':')[0])).toEqual(['step', 'step', 'step']);
    await db.delete(outbox);
    await ask(4, later(10));
    expect(await told('Bo')).toEqual(['digest:1']);
    expect(await digestFor('Bo', 1)).toMatchObject({
      title: 'You have 4 open tasks',
      detail: '4 requests',
      summary: 'You have 4 open tasks: 4 requests.',
      more: 0,
    });
  });

  it('what comes one by one is a message each, until it is more than three in five minutes', async () => {
    for (const minute of [0, 1, 2]) await ask(1, later(minute));
    await arrive('slack', later(2));
    expect(await told('Bo')).toHaveLength(3);
    const [fourth] = await ask(1, later(4));
    const rows = await db.select().from(outbox).where(eq(outbox.kind, 'digest'));
    // It waits a moment for more. Without more, it is the card of its task.
    expect(rows.map(({ availableAt }) => availableAt)).toContainEqual(later(4 + 3 / 60));
    expect((await digestFor('Bo', 1)).only?.taskId).toBe(fourth!.id);
    await ask(1, later(4.04));
    expect(await digestFor('Bo', 1)).toMatchObject({ title: 'You have 2 open tasks' });
    await arrive('slack', later(5));
    await ask(1, later(20));
    expect(await told('Bo')).toHaveLength(5);
  });

  it('redraws are no news: who decides five requests gets the sixth as a message', async () => {
    const first = await ask(3);
    await arrive('slack');
    const more = await ask(2, later(10));
    await arrive('slack', later(10));
    for (const task of [...first, ...more]) await approve(task, later(20));
    await ask(1, later(21));
    expect(await db.select().from(digests).where(eq(digests.personId, company.ids.Bo))).toEqual([]);
  });

  it('news after a digest has arrived is a digest of its own, five seconds later at the earliest', async () => {
    await ask(4);
    await arrive('slack');
    const first = await digestFor('Bo', 1);
    await ask(1, later(1 / 60));
    await ask(2, later(2 / 60));
    expect(await told('Bo')).toEqual(['digest:1', 'digest:2']);
    expect(await digestFor('Bo', 1)).toEqual(first);
    expect((await digestFor('Bo', 2)).title).toBe('You have 3 open tasks');
    const pending = await db.select().from(outbox).where(isNull(outbox.deliveredAt));
    const due = pending.filter((row) => row.recipientId === company.ids.Bo);
    expect(due.map(({ availableAt }) => availableAt)).toEqual([later(5 / 60)]);
  });

  it('a digest that a delivery has claimed takes no further items', async () => {
    await ask(4);
    await claimMessages({ ...company.system, now: noon }, 50);
    await ask(1, later(0.1));
    expect((await digestFor('Bo', 1)).title).toBe('You have 4 open tasks');
    expect(await told('Bo')).toEqual(['digest:1', 'digest:2']);
  });

  it('a decision redraws the digest and never makes a second message', async () => {
    const asked = await ask(7);
    await arrive('slack');
    await db.delete(outbox);
    const stepId = await approve(asked[0]!);
    const [row] = await db
      .select()
      .from(outbox)
      .where(and(eq(outbox.recipientId, company.ids.Bo), eq(outbox.kind, 'digest')))
      .orderBy(outbox.id);
    expect(row).toMatchObject({ subjectId: 1, priority: 0 });
    expect(await told('Bo')).not.toContain(`step:${stepId}`);
    const view = await digestFor('Bo', 1);
    expect(view).toMatchObject({ title: 'You have 6 open tasks', more: 1 });
    expect(view.cards.every((card) => card.choice)).toBe(true);
    expect(view.done?.words).toBe('Done: 1 approved');
    expect(view.done?.lines[0]?.text).toBe(
      `#${asked[0]!.id} GitHub · Role 0 for Ana: Approved by Bo`,
    );
  });

  it('a digest whose tasks are all decided says how and has no buttons', async () => {
    const asked = await ask(4);
    for (const task of asked) await approve(task);
    const view = await digestFor('Bo', 1);
    expect(view).toMatchObject({
      title: 'Nothing left to do',
      detail: '4 approved',
      cards: [],
      waiting: 0,
    });
    const lee = await db.select().from(digests).where(eq(digests.personId, company.ids.Lee));
    expect(await digestFor('Lee', lee[0]!.id)).toMatchObject({ detail: '1 to provision' });
  });

  it('an emergency is always a message of its own', async () => {
    await ask(4);
    const [task] = await ask(1, later(1), true);
    const { active } = (await loadTaskView(company.system, task!.id))!;
    expect(await told('Lee')).toEqual([`step:${active!.id}`]);
    expect(await told('Bo')).toEqual(['digest:1', `emergency:${task!.id}`]);
  });

  it('a Slack that forgot its messages gets the digest again, not each of its tasks', async () => {
    await ask(5);
    await arrive('slack');
    await db.delete(outbox);
    await replayMessages({ ...company.system, now: later(60) });
    expect(await told('Bo')).toEqual(['digest:1']);
  });

  it('a thousand tasks for fifty approvers at once are one digest each', async () => {
    const count = (length: number) => Array.from({ length }, (_, at) => at);
    const contact = (name: string) => ({ connector: 'csv', name, email: `${name}@acme.example` });
    const bosses = await db
      .insert(people)
      .values(count(50).map((at) => contact(`boss${at}`)))
      .returning();
    const reports = await db
      .insert(people)
      .values(count(1_000).map((at) => ({ ...contact(`p${at}`), managerId: bosses[at % 50]!.id })))
      .returning();
    await db.transaction(async (tx) => {
      const ctx = { ...company.system, db: tx as typeof db };
      const wanted = reports.map(({ id }) => ({ personId: id, entitlementId: company.user }));
      await openTasks(ctx, {
        kind: 'grant',
        targets: wanted,
        requesterId: company.ids.Dana,
        openedBy: company.ids.Dana,
        profileId: null,
        reason: 'a storm',
        cause: 'asked',
      });
    });
    const rows = await db.select().from(outbox).orderBy(outbox.id);
    const digestRows = rows.filter(({ kind }) => kind === 'digest');
    expect(new Set(digestRows.map((row) => row.recipientId)).size).toBe(51);
    expect(digestRows).toHaveLength(51);
    // Each person learns once that somebody requested access for them.
    const others = rows.filter(({ kind }) => kind !== 'digest');
    expect(others.map(({ kind }) => kind)).toEqual(Array(1_000).fill('request'));
    expect(new Set(others.map((row) => row.recipientId)).size).toBe(1_000);
    expect(await db.select().from(digestItems)).toHaveLength(2_000);
  });
});
