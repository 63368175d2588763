import { groupBy } from '../../collections.ts';
import {
  countNewsSince,
  type Digest,
  insertDigestItems,
  insertDigests,
  listDigestsOf,
  listLastDigests,
  listOwnMessages,
  lockUnsentDigests,
  newsKinds,
} from '../../store/messages/digests.ts';
import type { CopyKey, OutboxEntry } from '../../store/messages/outbox.ts';
import { type Ctx, notify } from '../context.ts';

/** A subject for a person. */
export interface Notification extends OutboxEntry {
  /** Whether it deserves a message, if the person has none about it yet. */
  isNews: boolean;
  /** An emergency is always a message of its own. */
  alone?: boolean;
}

/** More news than fits in single messages within this time becomes a digest (docs/governance.md#digests). */
export const digestWindowMs = 5 * 60_000;
/** Single messages for one person within that time. */
const maxSingleMessages = 3;
/** A digest that begins with one subject waits so long for more. */
const gatheringMs = 3_000;
/**
 * After a digest the next one waits, and gathers what arrives meanwhile: 5 s after the first of five minutes, 20 s after
 * the second, 45 s, then a minute. So a few messages come soon, and a flood comes once a minute.
 */
const digestPauseMs = (earlier: number) => Math.min(60_000, 5_000 * earlier ** 2);

/**
 * Notifies people: in single messages, or in one digest where there would be more than three within five minutes.
 * A message that somebody already has about a subject is redrawn instead, so that nobody gets a second one. A digest on
 * its way takes no further news, since an edit notifies nobody. Must run in the transaction of the change. Two transactions at the same moment may each begin a digest for a person: a lock
 * against that could deadlock with a decision.
 */
export async function notifyOrDigest(
  ctx: Ctx,
  notifications: readonly Notification[],
): Promise<void> {
  if (notifications.length === 0) return;
  const alone = new Set((await listOwnMessages(ctx.db, notifications)).map(keyOf));
  const together = groupBy(await listDigestsOf(ctx.db, notifications), keyOf);
  const entries: OutboxEntry[] = [];
  const fresh: Notification[] = [];
  for (const one of notifications) {
    const digests = together.get(keyOf(one)) ?? [];
    const isAlone = alone.has(keyOf(one));
    const isKnown = isAlone || digests.some(({ digestKind }) => digestKind === 'news');
    if (isAlone) entries.push(entryOf(one));
    entries.push(...digests.map(({ digestId }) => digestEntry(one, digestId, one.priority)));
    if (isKnown || !one.isNews) continue;
    if (one.alone || !isDigestible(one)) entries.push(entryOf(one));
    else fresh.push(one);
  }
  await notify(ctx, deduplicate([...entries, ...(await placeNews(ctx, fresh))]));
}

/** Puts news into single messages or digests. */
async function placeNews(ctx: Ctx, news: readonly Notification[]): Promise<OutboxEntry[]> {
  const byPerson = groupBy(news, (one) => one.recipientId);
  const everybody = [...byPerson.keys()];
  if (everybody.length === 0) return [];
  const since = new Date(ctx.now.getTime() - digestWindowMs);
  const single = await countNewsSince(ctx.db, everybody, since);
  const unsent = await lockUnsentDigests(ctx.db, everybody);
  const last = await listLastDigests(ctx.db, everybody, since);
  const crowded = everybody.filter((id) => {
    const count = (byPerson.get(id)?.length ?? 0) + (single.get(id) ?? 0);
    return !unsent.has(id) && (count > maxSingleMessages || last.has(id));
  });
  const begun = await insertDigests(
    ctx.db,
    crowded.map((personId) => ({ personId, kind: 'news' as const, createdAt: ctx.now })),
  );
  await insertDigestItems(
    ctx.db,
    news.flatMap(({ recipientId, kind, subjectId }) => {
      const digestId = unsent.get(recipientId) ?? begun.get(recipientId);
      return digestId === undefined ? [] : [{ digestId, kind, subjectId }];
    }),
  );
  return news.flatMap((one) => {
    const { recipientId, priority } = one;
    // The digest is on its way already, at its own time.
    if (unsent.has(recipientId)) return [];
    const digestId = begun.get(recipientId);
    if (digestId === undefined) return [entryOf(one)];
    const before = last.get(recipientId);
    const isFirst = byPerson.get(recipientId)?.length === 1;
    const earliest = Math.max(
      ctx.now.getTime() + (isFirst ? gatheringMs : 0),
      before ? before.at.getTime() + digestPauseMs(before.count) : 0,
    );
    return [{ ...digestEntry(one, digestId, priority), dueAt: new Date(earliest) }];
  });
}

/** Sends each person one message about these open steps: a reminder, or the summary that they chose. */
export async function notifyOpenSteps(
  ctx: Ctx,
  due: readonly { personId: number; stepId: number }[],
  { kind, askedBy }: { kind: 'reminder' | 'summary'; askedBy: number | null },
): Promise<void> {
  const byPerson = groupBy(due, (one) => one.personId);
  const rows = [...byPerson.keys()].map((personId) => ({
    personId,
    kind,
    askedBy,
    createdAt: ctx.now,
  }));
  const begun = await insertDigests(ctx.db, rows);
  await insertDigestItems(
    ctx.db,
    due.flatMap(({ personId, stepId }) => {
      const digestId = begun.get(personId);
      return digestId === undefined ? [] : [{ digestId, kind: 'step' as const, subjectId: stepId }];
    }),
  );
  await notify(
    ctx,
    [...begun].map(([recipientId, digestId]) => digestEntry({ recipientId }, digestId, 1)),
  );
}

function isDigestible({ kind }: OutboxEntry): boolean {
  return newsKinds.some((one) => one === kind);
}

function entryOf({ recipientId, kind, subjectId, priority }: Notification): OutboxEntry {
  return { recipientId, kind, subjectId, priority };
}

function digestEntry(
  { recipientId }: Pick<OutboxEntry, 'recipientId'>,
  digestId: Digest['id'],
  priority: OutboxEntry['priority'],
): OutboxEntry {
  return { recipientId, kind: 'digest', subjectId: digestId, priority };
}

/** Leaves one entry for each message, with its most urgent priority. */
function deduplicate(entries: readonly OutboxEntry[]): OutboxEntry[] {
  const byKey = new Map<string, OutboxEntry>();
  for (const entry of entries) {
    const before = byKey.get(keyOf(entry));
    if (!before || entry.priority < before.priority) byKey.set(keyOf(entry), entry);
  }
  return [...byKey.values()];
}

function keyOf({ recipientId, kind, subjectId }: CopyKey): string {
  return `${recipientId}:${kind}:${subjectId}`;
}
