import { describe, expect, it } from 'vitest';
import {
  deleteCopies,
  deleteSlackCopies,
  findCopy,
  findCopyAt,
  listTaskCopies,
  listTaskMails,
  saveCopy,
} from '../../../src/store/messages/message-copies.ts';
import {
  digestItems,
  digests,
  type MessageKind,
  messageCopies,
} from '../../../src/store/schema/messages.ts';
import { listSteps } from '../../../src/store/tasks/tasks.ts';
import { databases } from '../../support/database.ts';
import { askFor, noon } from '../../support/small-company.ts';
import { commits, useCompany } from '../../support/use-database.ts';

const minute = (count: number) => new Date(noon.getTime() + count * 60_000);

describe.each(databases())('the copies of messages on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  const ask = async () => {
    const { Ana } = company.ids;
    const request = { personId: Ana, entitlementId: company.user, reason: 'on call' };
    const { id } = await askFor(await company.as('Ana'), request);
    return { taskId: id, stepIds: (await listSteps(db, id)).map((step) => step.id) };
  };
  const save = (
    kind: MessageKind,
    subjectId: number,
    at: number,
    { to = company.ids.Bo, mailId }: { to?: number; mailId?: string } = {},
  ) =>
    saveCopy(db, {
      key: { recipientId: to, kind, subjectId },
      surface: mailId ? 'email' : 'slack',
      copy: mailId
        ? { mailId, contentHash: 'x', at: minute(at) }
        : { channelId: `D${to}`, ts: `${kind}.${subjectId}`, contentHash: 'x', at: minute(at) },
    });

  it('a person has one copy of a message on a surface, and a redraw keeps the time of sending', async () => {
    const key = { recipientId: company.ids.Bo, kind: 'step', subjectId: 7 } as const;
    const copy = { channelId: 'D1', ts: '1.2', contentHash: 'old', at: noon };
    await saveCopy(db, { key, surface: 'slack', copy });
    await saveCopy(db, {
      key,
      surface: 'slack',
      copy: { ...copy, contentHash: 'new', at: minute(5) },
    });
    expect(await findCopy(db, key, 'email')).toBeUndefined();
    expect(await db.select().from(messageCopies)).toHaveLength(1);
    expect(await findCopyAt(db, 'D1', '1.2')).toMatchObject({
      ...key,
      contentHash: 'new',
      sentAt: noon,
      redrawnAt: minute(5),
    });
    expect(await findCopyAt(db, 'D2', '1.2')).toBeUndefined();
  });

  it('concurrent saves of the same copy leave one', commits, async () => {
    const at = (ts: string) => ({ channelId: 'D1', ts, contentHash: ts, at: noon });
    const key = { recipientId: company.ids.Bo, kind: 'step', subjectId: 7 } as const;
    await Promise.all(
      ['1.1', '1.2', '1.3'].map((ts) => saveCopy(db, { key, surface: 'slack', copy: at(ts) })),
    );
    const copies = await db.select().from(messageCopies);
    expect(copies).toHaveLength(1);
    expect(copies[0]?.contentHash).toBe(copies[0]?.ts);
  });

  it('the copies of a task are its cards, its outcome and its digests; the newest card comes last', async () => {
    const { taskId, stepIds } = await ask();
    const [digest] = await db
      .insert(digests)
      .values({ personId: company.ids.Bo, kind: 'news', createdAt: noon })
      .returning();
    await db
      .insert(digestItems)
      .values({ digestId: digest!.id, kind: 'step', subjectId: stepIds[0]! });
    await save('step', stepIds[1]!, 4, { to: company.ids.Lee });
    await save('step', stepIds[0]!, 1);
    await save('outcome', taskId, 5, { to: company.ids.Ana });
    await save('digest', digest!.id, 3);
    await save('request', taskId, 2, { to: company.ids.Ana });
    await save('step', stepIds[1]! + 1, 6);
    await save('request', taskId + 1, 6);
    const copies = await listTaskCopies(db, taskId, stepIds);
    expect(copies.map(({ kind }) => kind)).toEqual([
      'digest',
      'outcome',
      'step',
      'request',
      'step',
    ]);
    expect(copies.at(-1)?.recipientId).toBe(company.ids.Lee);
  });

  it('the mails to a person about a task are listed, the oldest first', async () => {
    const { taskId, stepIds } = await ask();
    await save('outcome', taskId, 3, { mailId: 'c' });
    await save('step', stepIds[0]!, 1, { mailId: 'a' });
    await save('request', taskId, 2, { mailId: 'b' });
    await save('request', taskId, 2, { to: company.ids.Lee, mailId: 'of Lee' });
    await save('request', taskId + 1, 2, { mailId: 'another task' });
    await save('emergency', taskId, 2);
    expect(await listTaskMails(db, company.ids.Bo, taskId)).toEqual(['a', 'b', 'c']);
  });

  it('are deleted by subject and reader, or all in Slack', async () => {
    const { Bo, Lee } = company.ids;
    for (const to of [Bo, Lee])
      for (const subject of [1, 2]) await save('step', subject, 1, { to });
    await save('step', 2, 1, { mailId: 'a' });
    const list = async () =>
      (await db.select().from(messageCopies)).map((copy) =>
        [copy.recipientId === Bo ? 'Bo' : 'Lee', copy.subjectId, copy.surface].join(' '),
      );
    await deleteCopies(db, { kind: 'step', subjectIds: [1], recipientId: Bo });
    expect((await list()).sort()).toEqual([
      'Bo 2 email',
      'Bo 2 slack',
      'Lee 1 slack',
      'Lee 2 slack',
    ]);
    await deleteCopies(db, { kind: 'step', subjectIds: [1] });
    await deleteCopies(db, { kind: 'request', subjectIds: [2] });
    expect(await list()).toHaveLength(3);
    await deleteSlackCopies(db);
    expect(await list()).toEqual(['Bo 2 email']);
  });
});
