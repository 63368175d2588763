import { and, eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { decideStep } from '../../../src/governance/decisions/decide-step.ts';
import {
  endDelegation,
  listDelegations,
  readDelegation,
  setDelegate,
} from '../../../src/governance/delegations/delegations.ts';
import { describeStepDecision } from '../../../src/governance/task-cards/history-lines.ts';
import { describeStep } from '../../../src/governance/task-cards/step-card.ts';
import { loadTaskView } from '../../../src/governance/task-cards/task-view.ts';
import { delegations } from '../../../src/store/schema/delegations.ts';
import { auditLog, outbox } from '../../../src/store/schema/messages.ts';
import { people, slackIdentities } from '../../../src/store/schema/people.ts';
import { databases } from '../../support/database.ts';
import { askFor, type SmallCompany } from '../../support/small-company.ts';
import { commits, useCompany } from '../../support/use-database.ts';

type Name = keyof SmallCompany['ids'];
type Dates = [from: string | undefined, until: string | undefined];

describe.each(databases())('delegations on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  beforeEach(async () => {
    await db.execute(sql`alter table delegations alter column id restart`);
  });

  /** It is noon of 21 November 2026 in the small company. */
  const hand = async (
    from: Name,
    to: Name,
    [starts, ends]: Dates = [undefined, undefined],
    by: Name = from,
  ) =>
    setDelegate(await company.as(by), {
      personId: company.ids[from],
      delegateId: company.ids[to],
      from: starts,
      until: ends,
    });
  const askAt = async (now: Date | undefined = undefined, entitlementId = company.admin) => {
    const asked = { personId: company.ids.Ana, entitlementId, reason: 'on call' };
    const task = await askFor(await company.as('Ana', now), asked);
    return (await loadTaskView(company.system, task.id))!;
  };
  const holders = async (now?: Date, entitlementId?: number) =>
    (await askAt(now, entitlementId)).active?.assignees.map((one) => one.name);
  const told = async () =>
    (await db.select().from(outbox).where(eq(outbox.kind, 'delegation')).orderBy(outbox.id)).map(
      (row) => ({
        to: row.recipientId,
        about: row.subjectId,
      }),
    );
  const noteFor = async (id: number, reader: Name) =>
    (await readDelegation(company.system, id, company.ids[reader]))!;

  it('a delegate decides a new task for who named them, and both names are in the trail', async () => {
    expect(await hand('Bo', 'Kim', [undefined, '2027-01-10'])).toBe(
      'Kim acts for you until 10 Jan 2027. Open tasks stay with you. Reassign them if needed.',
    );
    const view = await askAt();
    const step = view.active!;
    expect(describeStep(view, step.id, company.ids.Kim).notes[0]).toContain(
      "You are asked for Bo, Ana's manager.",
    );
    const ref = { stepId: step.id, version: step.version };
    await expect(decideStep(await company.as('Bo'), ref, { positive: true })).rejects.toThrow(
      'This is for Kim to decide.',
    );
    await decideStep(await company.as('Kim'), ref, { positive: true });
    const after = (await loadTaskView(company.system, view.task.id))!;
    expect(describeStepDecision(after.steps[0]!, after).text).toBe('Approved by Kim for Bo');
    const [row] = await db
      .select()
      .from(auditLog)
      .where(eq(auditLog.verb, 'step.approved'))
      .orderBy(auditLog.id);
    expect(row).toMatchObject({ actorId: company.ids.Kim, after: { onBehalfOf: company.ids.Bo } });
  });

  it('tasks that wait already stay where they are', async () => {
    const view = await askAt();
    await hand('Bo', 'Kim');
    const after = await loadTaskView(company.system, view.task.id);
    expect(after?.active?.assignees.map((one) => one.name)).toEqual(['Bo']);
  });

  it('it counts from its first day to the end of its last', async () => {
    await hand('Bo', 'Kim', ['2026-12-01', '2026-12-05']);
    expect(await holders()).toEqual(['Bo']);
    expect(await holders(new Date('2026-12-05T22:00:00Z'), company.user)).toEqual(['Kim']);
    await db.delete(delegations);
    await hand('Cy', 'Kim', [undefined, '2026-11-21']);
    const { mine } = await listDelegations(await company.as('Cy', new Date('2026-11-22')));
    expect(mine).toEqual([]);
  });

  it('chains are followed', async () => {
    await hand('Bo', 'Kim');
    await hand('Kim', 'Lee');
    const { active } = await askAt();
    expect(active?.assignees).toMatchObject([{ name: 'Lee', delegateOf: 'Bo' }]);
  });

  it.each(['leaves', 'becomes a guest in Slack'])(
    'a delegate who %s no longer counts: who named them is asked again',
    async (what) => {
      await hand('Bo', 'Kim');
      const { Kim } = company.ids;
      if (what === 'leaves') {
        await db.update(people).set({ active: false }).where(eq(people.id, Kim));
      } else {
        await db.insert(slackIdentities).values({ personId: Kim, state: 'guest' });
      }
      expect(await holders()).toEqual(['Bo']);
      expect((await listDelegations(await company.as('Bo'))).mine).toEqual([
        'Kim can no longer act for you. New tasks go to you.',
      ]);
    },
  );

  it('a new one ends the one before; ending it brings the tasks back', async () => {
    await hand('Bo', 'Kim');
    await hand('Bo', 'Lee', ['2026-12-01', undefined]);
    const bo = await company.as('Bo');
    expect((await listDelegations(bo)).mine).toEqual([
      'Kim acts for you until 30 Nov 2026.',
      'Lee will act for you from 1 Dec 2026.',
    ]);
    await hand('Bo', 'Cy');
    expect((await listDelegations(bo)).mine).toEqual(['Cy acts for you.']);
    expect(await endDelegation(bo, { personId: company.ids.Bo })).toBe(
      'The delegation has ended. New tasks go to you again.',
    );
    expect((await listDelegations(bo)).mine).toEqual([]);
    expect(await holders()).toEqual(['Bo']);
    await expect(endDelegation(bo, { personId: company.ids.Bo })).rejects.toThrow(
      'There is nothing to end: nobody acts for you.',
    );
    const verbs = (await db.select().from(auditLog).orderBy(auditLog.id)).map((row) => row.verb);
    expect(verbs.filter((verb) => verb.startsWith('delegation'))).toEqual([
      ...Array(3).fill('delegation.set'),
      'delegation.end',
    ]);
  });

  it('the delegate is told, and the person when a Super Admin arranged or ended it', async () => {
    await hand('Bo', 'Kim', [undefined, '2027-06-30']);
    expect(await told()).toEqual([{ to: company.ids.Kim, about: 1 }]);
    expect((await noteFor(1, 'Kim')).notice).toMatchObject({
      title: 'Bo made you their delegate until 30 Jun 2027',
      summary:
        'Bo made you their delegate until 30 Jun 2027. You get their new tasks. Each names the person for whom you act.',
    });
    await hand('Bo', 'Lee', undefined, 'Dana');
    expect((await told()).slice(1)).toEqual([
      { to: company.ids.Kim, about: 1 },
      { to: company.ids.Bo, about: 1 },
      { to: company.ids.Lee, about: 2 },
      { to: company.ids.Bo, about: 2 },
    ]);
    expect((await noteFor(2, 'Lee')).notice.title).toBe("Dana made you Bo's delegate");
    expect((await noteFor(2, 'Bo')).notice.title).toBe('Dana made Lee your delegate');
    expect(await noteFor(1, 'Kim')).toMatchObject({
      notice: { title: "You are no longer Bo's delegate" },
      isNews: false,
    });
    expect(await noteFor(1, 'Bo')).toMatchObject({
      notice: { title: 'Kim is no longer your delegate' },
      isNews: true,
    });
    await endDelegation(await company.as('Dana'), { personId: company.ids.Bo });
    expect((await told()).slice(-2).map(({ to }) => to)).toEqual([company.ids.Lee, company.ids.Bo]);
  });

  it('people see who acts for them and for whom they act, but not for who has left', async () => {
    await hand('Bo', 'Kim');
    await hand('Cy', 'Kim', ['2026-12-01', '2026-12-05']);
    await hand('Ana', 'Kim');
    await db.update(people).set({ active: false }).where(eq(people.id, company.ids.Ana));
    expect(await listDelegations(await company.as('Kim'))).toEqual({
      mine: [],
      others: ['You act for Bo.', 'You will act for Cy from 1 Dec 2026 until 5 Dec 2026.'],
    });
  });

  it.each([
    ['oneself', 'Bo', 'You cannot be your own delegate. Choose somebody else.'],
    ['somebody who left', 'Gone', 'Gone is not active and cannot be a delegate.'],
    ['a guest', 'Cy', 'Cy is a guest in Slack and cannot be a delegate.'],
  ] as const)('%s cannot be one’s delegate', async (_, name, sentence) => {
    await db.insert(slackIdentities).values({ personId: company.ids.Cy, state: 'guest' });
    await expect(hand('Bo', name)).rejects.toThrow(sentence);
    expect(await db.select().from(delegations)).toEqual([]);
  });

  it('only a Super Admin names one for somebody else, and not for who has left', async () => {
    await expect(hand('Bo', 'Lee', undefined, 'Kim')).rejects.toThrow(
      'You can choose your own delegate; only a Super Admin can choose one for somebody else. Dana can.',
    );
    await expect(
      endDelegation(await company.as('Kim'), { personId: company.ids.Bo }),
    ).rejects.toThrow('only a Super Admin can');
    await expect(hand('Gone', 'Lee', undefined, 'Dana')).rejects.toThrow(
      'Gone is not active and gets no new tasks.',
    );
    await expect(hand('Kim', 'Kim', undefined, 'Dana')).rejects.toThrow(
      'Kim cannot be their own delegate',
    );
  });

  it.each([
    ['2026-11-20', undefined, '20 Nov 2026 is in the past. Choose a later first day.'],
    [undefined, '2026-11-20', '20 Nov 2026 is in the past. Choose a later last day.'],
    [
      '2026-12-05',
      '2026-12-01',
      'The last day, 1 Dec 2026, is before the first day, 5 Dec 2026. Choose a later last day.',
    ],
    ['2026-02-30', undefined, '"2026-02-30" is not a date. Write it like 2027-01-10.'],
    [undefined, 'next week', '"next week" is not a date. Write it like 2027-01-10.'],
  ])('from %s until %s is refused', async (from, until, sentence) => {
    await expect(hand('Bo', 'Kim', [from, until])).rejects.toThrow(sentence);
  });

  it('circles are refused, also over a chain, unless the days never meet', async () => {
    await hand('Bo', 'Kim', [undefined, '2026-12-31']);
    await expect(hand('Kim', 'Bo')).rejects.toThrow(
      'The tasks of Kim would return to Kim (Kim → Bo → Kim). Choose somebody else or other days.',
    );
    await hand('Kim', 'Lee', ['2026-12-10', undefined]);
    await expect(hand('Lee', 'Bo', ['2026-12-31', undefined])).rejects.toThrow(
      '(Lee → Bo → Kim → Lee)',
    );
    await hand('Lee', 'Bo', ['2027-01-01', undefined]);
    await hand('Lee', 'Bo', [undefined, '2026-12-09']);
  });

  it('two who name each other at once make no circle', commits, async () => {
    const done = await Promise.allSettled([hand('Bo', 'Kim'), hand('Kim', 'Bo')]);
    expect(done.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const rows = await db
      .select()
      .from(delegations)
      .where(and(eq(delegations.personId, company.ids.Bo)));
    expect(rows.length).toBeLessThanOrEqual(1);
  });
});
