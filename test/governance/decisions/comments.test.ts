import { describe, expect, it } from 'vitest';
import {
  commentFromThread,
  commentOnTask,
  listTaskComments,
} from '../../../src/governance/decisions/comments.ts';
import {
  listThread,
  loadPersonalMessage,
  recordMessageCopy,
} from '../../../src/governance/messages/messages.ts';
import { claimMessages } from '../../../src/governance/notifications/outbox.ts';
import { openTasks } from '../../../src/governance/tasks/open-tasks.ts';
import { entitlements } from '../../../src/store/schema/access.ts';
import { delegations } from '../../../src/store/schema/delegations.ts';
import { outbox } from '../../../src/store/schema/messages.ts';
import { listSteps } from '../../../src/store/tasks/tasks.ts';
import { databases } from '../../support/database.ts';
import { askFor, noon } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';

const day = 86_400_000;

describe.each(databases())('comments on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  const ask = async (entitlementId = company.admin) =>
    askFor(await company.as('Ana'), {
      personId: company.ids.Ana,
      entitlementId,
      reason: 'on call',
    });

  it('are stored in full up to 12,000 characters; longer ones are refused', async () => {
    const task = await ask();
    const long = '😀 `x` @Bo & <b>\n'.repeat(1_000).slice(0, 12_000).trimEnd().padEnd(12_000, '.');
    await commentOnTask(await company.as('Bo'), { taskId: task.id, body: long });
    const [stored] = await listTaskComments(await company.as('Ana'), task.id);
    expect(stored).toEqual({ author: 'Bo', body: long, at: noon });
    await expect(
      commentOnTask(await company.as('Bo'), { taskId: task.id, body: `${long}.` }),
    ).rejects.toThrow(
      'A comment can have 12,000 characters; this one has 12,001. Nothing was saved. Send it in parts.',
    );
    await expect(
      commentOnTask(await company.as('Bo'), { taskId: task.id, body: '  ' }),
    ).rejects.toThrow('Write a comment first.');
  });

  it('are at most 20 a minute from one person, and those of others go on', async () => {
    const task = await ask();
    const write = async (name: 'Ana' | 'Bo', body: string, seconds = 0) => {
      const now = new Date(noon.getTime() + seconds * 1_000);
      return commentOnTask(await company.as(name, now), { taskId: task.id, body });
    };
    for (let at = 0; at < 20; at++) await write('Ana', `comment ${at}`);
    await expect(write('Ana', 'one more')).rejects.toThrow(
      'You wrote 20 comments within a minute. This one was not saved. Wait a minute and send it again.',
    );
    await write('Bo', 'I read them');
    await write('Ana', 'and another', 61);
    expect(await listTaskComments(await company.as('Bo'), task.id)).toHaveLength(22);
  });

  it('are delivered after later requests and decisions', async () => {
    const task = await ask();
    const [step] = await listSteps(db, task.id);
    const key = { recipientId: company.ids.Bo, kind: 'step' as const, subjectId: step!.id };
    const copy = { surface: 'slack', channelId: 'D2', ts: '2.1', contentHash: '' } as const;
    await recordMessageCopy(company.system, key, copy);
    await db.delete(outbox);
    await commentOnTask(await company.as('Ana'), { taskId: task.id, body: 'please' });
    const now = new Date(noon.getTime() + 60_000);
    await askFor(await company.as('Cy', now), {
      personId: company.ids.Cy,
      entitlementId: company.user,
      reason: 'on call, too',
    });
    const claim = async () => (await claimMessages({ ...company.system, now }, 1))[0]?.kind;
    const kinds = [await claim(), await claim(), await claim()];
    expect(kinds[2]).toBe('comment');
    expect(kinds.slice(0, 2).toSorted()).toEqual(['request', 'step']);
  });

  it('can come from a person with a delegate and from an approver whom an emergency skipped', async () => {
    await db.insert(delegations).values({
      personId: company.ids.Bo,
      delegateId: company.ids.Cy,
      startsAt: noon,
      createdAt: noon,
    });
    const usual = await ask(company.user);
    await commentOnTask(await company.as('Bo'), { taskId: usual.id, body: 'Cy knows more' });
    await db.update(entitlements).set({ emergencyAllowed: true });
    const { opened } = await openTasks(await company.as('Ana'), {
      kind: 'grant',
      targets: [{ personId: company.ids.Ana, entitlementId: company.admin }],
      requesterId: company.ids.Ana,
      openedBy: company.ids.Ana,
      profileId: null,
      reason: 'outage',
      cause: 'asked',
      emergency: true,
      accessUntil: new Date(noon.getTime() + day),
    });
    await commentOnTask(await company.as('Cy'), {
      taskId: opened[0]!.id,
      body: 'thanks for the notice',
    });
    await expect(
      commentOnTask(await company.as('Kim'), { taskId: usual.id, body: 'me, too' }),
    ).rejects.toThrow(
      'Only people whom a task concerns and Super Admins can see it and comment on it.',
    );
  });

  it('below the outcome of a task count, and reach the other people once', async () => {
    const task = await ask();
    const copies = [
      ['Ana', 'request', '1.1'],
      ['Ana', 'outcome', '1.2'],
    ] as const;
    for (const [name, kind, ts] of copies) {
      const key = { recipientId: company.ids[name], kind, subjectId: task.id };
      await recordMessageCopy(company.system, key, {
        surface: 'slack',
        channelId: 'D1',
        ts,
        contentHash: '',
      });
    }
    const ana = await company.as('Ana');
    const reply = { ts: '1.3', text: 'thank you' };
    for (let time = 0; time < 2; time++) {
      expect(await commentFromThread(ana, { channelId: 'D1', ts: '1.2' }, reply)).toBe(true);
    }
    expect(await listTaskComments(ana, task.id)).toHaveLength(1);
    expect(await commentFromThread(ana, { channelId: 'D1', ts: '9.9' }, reply)).toBe(false);
    await commentOnTask(await company.as('Dana'), { taskId: task.id, body: 'you are welcome' });
    const comments = (await db.select().from(outbox).orderBy(outbox.id)).filter(
      ({ kind }) => kind === 'comment',
    );
    expect(comments.map(({ recipientId }) => recipientId)).toEqual([company.ids.Ana]);
  });

  it('are mailed to people who have the task by e-mail only, except the author', async () => {
    const task = await ask();
    const { ids, system } = company;
    for (const name of ['Ana', 'Bo'] as const) {
      const key = { recipientId: ids[name], kind: 'outcome' as const, subjectId: task.id };
      await recordMessageCopy(system, key, {
        surface: 'email',
        contentHash: '',
        mailId: `<${name}@acme>`,
      });
    }
    await db.delete(outbox);
    await commentOnTask(await company.as('Bo'), { taskId: task.id, body: 'Until when?' });
    const rows = await db.select().from(outbox).orderBy(outbox.id);
    expect(rows.map(({ recipientId, kind }) => [recipientId, kind])).toEqual([
      [ids.Ana, 'comment'],
    ]);
    expect(await loadPersonalMessage(system, rows[0]!)).toMatchObject({
      message: {
        comment: {
          about: 'GitHub · Admin for Ana',
          author: 'Bo',
          body: 'Until when?',
          thread: undefined,
        },
      },
    });
    expect(await listThread(system, ids.Ana, task.id)).toEqual(['<Ana@acme>']);
  });
});
