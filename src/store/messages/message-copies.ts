import { and, eq, inArray, or, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { digestItems, type MessageKind, messageCopies } from '../schema/messages.ts';
import { slackIdentities } from '../schema/people.ts';
import { taskComments, taskSteps } from '../schema/tasks.ts';
import type { CopyKey } from './outbox.ts';

type Surface = 'slack' | 'email';

export async function findCopy(db: Db, key: CopyKey, surface: Surface) {
  const [copy] = await db.select().from(messageCopies).where(isCopy(key, surface));
  return copy;
}

/** The copy that is this Slack message. */
export async function findCopyAt(db: Db, channelId: string, ts: string) {
  const [copy] = await db
    .select()
    .from(messageCopies)
    .where(and(eq(messageCopies.channelId, channelId), eq(messageCopies.ts, ts)));
  return copy;
}

/**
 * All copies of a task's messages in Slack and by e-mail, including digests. The cards come last, the newest at the
 * end. An outcome or notice is used for comments only to a person who has no card: it has a thread of its own.
 */
export async function listTaskCopies(db: Db, taskId: number, stepIds: readonly number[]) {
  return db
    .select()
    .from(messageCopies)
    .where(
      or(
        and(
          inArray(messageCopies.kind, ['request', 'outcome', 'emergency']),
          eq(messageCopies.subjectId, taskId),
        ),
        and(
          eq(messageCopies.kind, 'step'),
          sql`${messageCopies.subjectId} = any(${sql.param([...stepIds])}::int[])`,
        ),
        and(
          eq(messageCopies.kind, 'digest'),
          sql`${messageCopies.subjectId} in (select i.digest_id from ${digestItems} i
            where (i.kind = 'request' and i.subject_id = ${taskId})
              or (i.kind = 'step' and i.subject_id = any(${sql.param([...stepIds])}::int[])))`,
        ),
      ),
    )
    .orderBy(sql`${messageCopies.kind} in ('request', 'step')`, messageCopies.sentAt);
}

/** The Message-IDs of the mails to a person about a task, the oldest first. */
export async function listTaskMails(db: Db, personId: number, taskId: number): Promise<string[]> {
  const found = await db
    .select({ mailId: messageCopies.mailId })
    .from(messageCopies)
    .where(
      and(
        eq(messageCopies.recipientId, personId),
        eq(messageCopies.surface, 'email'),
        or(
          and(
            inArray(messageCopies.kind, ['request', 'outcome', 'emergency']),
            eq(messageCopies.subjectId, taskId),
          ),
          and(
            eq(messageCopies.kind, 'step'),
            sql`${messageCopies.subjectId} in
              (select ${taskSteps.id} from ${taskSteps} where ${taskSteps.taskId} = ${taskId})`,
          ),
          and(
            eq(messageCopies.kind, 'comment'),
            sql`${messageCopies.subjectId} in
              (select ${taskComments.id} from ${taskComments} where ${taskComments.taskId} = ${taskId})`,
          ),
        ),
      ),
    )
    .orderBy(messageCopies.sentAt);
  return found.flatMap(({ mailId }) => mailId ?? []);
}

/** Inserts or replaces the one copy that a person has of a subject on a surface. */
export async function saveCopy(
  db: Db,
  {
    key,
    surface,
    copy,
  }: {
    key: CopyKey;
    surface: Surface;
    copy: { channelId?: string; ts?: string; mailId?: string; contentHash: string; at: Date };
  },
): Promise<void> {
  const { at, ...shown } = copy;
  await db
    .insert(messageCopies)
    .values({ ...key, surface, ...shown, sentAt: at })
    .onConflictDoUpdate({
      target: [
        messageCopies.recipientId,
        messageCopies.kind,
        messageCopies.subjectId,
        messageCopies.surface,
      ],
      set: { ...shown, redrawnAt: at },
    });
}

function isCopy(key: CopyKey, surface: Surface) {
  return and(
    eq(messageCopies.recipientId, key.recipientId),
    eq(messageCopies.kind, key.kind),
    eq(messageCopies.subjectId, key.subjectId),
    eq(messageCopies.surface, surface),
  );
}

/** Deletes the record of copies, so that the next delivery is a new message. The old messages stay unchanged. */
export async function deleteCopies(
  db: Db,
  {
    kind,
    subjectIds,
    recipientId,
  }: { kind: MessageKind; subjectIds: readonly number[]; recipientId?: number | undefined },
): Promise<void> {
  await db
    .delete(messageCopies)
    .where(
      and(
        recipientId === undefined ? undefined : eq(messageCopies.recipientId, recipientId),
        eq(messageCopies.kind, kind),
        sql`${messageCopies.subjectId} = any(${sql.param([...subjectIds])}::int[])`,
      ),
    );
}

/** Deletes all records of messages and conversations in Slack, after Slack has lost them. */
export async function deleteSlackCopies(db: Db): Promise<void> {
  await db.update(slackIdentities).set({ channelId: null });
  await db.delete(messageCopies).where(eq(messageCopies.surface, 'slack'));
}
