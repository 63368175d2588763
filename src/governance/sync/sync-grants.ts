import {
  closeGrants,
  confirmGrants,
  type GrantTimes,
  insertSyncedGrants,
  listGrantsForSync,
  listHolderIds,
  type NewGrant,
  type SyncedGrant,
  touchGrants,
  updateGrantTimes,
} from '../../store/sync/grants.ts';
import type { Fall } from '../../store/sync/held-imports.ts';
import type { Ctx } from '../context.ts';
import type { StagedGrant } from './grant-columns.ts';
import type { Staged } from './staging.ts';

export interface GrantsChange {
  counts: {
    grantsAdded: number;
    grantsClosed: number;
    grantsConfirmed: number;
    grantsUnchanged: number;
  };
  /** How many grants the source has more than once. */
  repeated: number;
  /** How many it has that ended before now. */
  expired: number;
  /** Tasks whose provisioning this sync has seen. */
  confirmedTasks: number[];
  /** Of what the source had seen, without what was to end: it expired, or a task took it away. */
  fall: Fall;
}

/** Of a source that says nothing about grants. */
export const noGrants: GrantsChange = {
  counts: { grantsAdded: 0, grantsClosed: 0, grantsConfirmed: 0, grantsUnchanged: 0 },
  repeated: 0,
  expired: 0,
  confirmedTasks: [],
  fall: { before: 0, closing: 0 },
};

/** So many people or grants, whichever is reached first, are compared at a time. */
const peopleAtOnce = 2_000;
const grantsAtOnce = 2_000;

/**
 * Brings grants in line with the source: adds what it sees, confirms what tasks claimed, closes what it
 * saw before and no longer sees, or what has expired. Other sources' grants, and claims it has not seen
 * yet, are left alone.
 */
export async function syncGrants(
  ctx: Ctx,
  connector: string,
  staged: Staged,
  ids: { people: readonly number[]; entitlements: readonly number[]; runId: number },
): Promise<GrantsChange> {
  const total: GrantsChange = structuredClone(noGrants);
  const holders = await listHolderIds(ctx.db);
  for (const part of partsOf(staged, ids.people, holders)) {
    const before = await listGrantsForSync(ctx.db, [...part.keys()]);
    const plan = planPart(part, before, {
      connector,
      now: ctx.now.getTime(),
      entitlementIds: ids.entitlements,
      saysWhen: staged.grants.hasMoments,
    });
    const seen = { connector, runId: ids.runId, now: ctx.now };
    await insertSyncedGrants(ctx.db, plan.added, seen);
    await confirmGrants(
      ctx.db,
      plan.confirmed.map(({ id }) => id),
      seen,
    );
    await updateGrantTimes(ctx.db, plan.changed);
    await touchGrants(ctx.db, plan.seen, ids.runId);
    await closeGrants(ctx.db, plan.closed, ctx.now);
    total.counts.grantsAdded += plan.added.length;
    total.counts.grantsClosed += plan.closed.length;
    total.counts.grantsConfirmed += plan.confirmed.length;
    total.counts.grantsUnchanged += plan.seen.length - plan.confirmed.length;
    total.repeated += plan.repeated;
    total.expired += plan.expired;
    total.fall.before += plan.fall.before;
    total.fall.closing += plan.fall.closing;
    total.confirmedTasks.push(...plan.confirmed.flatMap(({ taskId }) => taskId ?? []));
  }
  return total;
}

/** What the source says of some people: their grants by the person's database id. */
type Part = Map<number, StagedGrant[]>;

/** Everybody the source speaks of, and then everybody else who holds something, a part at a time. */
function* partsOf(
  staged: Staged,
  personIds: readonly number[],
  holders: readonly number[],
): Generator<Part> {
  const grantsOf = staged.grants.groupByPerson(personIds.length);
  // Somebody whom the source brings under an e-mail and another source under an id is one person.
  const indexes = new Map<number, number[]>(holders.map((id) => [id, []]));
  personIds.forEach((id, index) => {
    indexes.set(id, [...(indexes.get(id) ?? []), index]);
  });
  let part: Part = new Map();
  let grants = 0;
  for (const [id, own] of indexes) {
    const list = own.flatMap(grantsOf);
    part.set(id, list);
    grants += list.length;
    if (grants < grantsAtOnce && part.size < peopleAtOnce) continue;
    yield part;
    part = new Map();
    grants = 0;
  }
  if (part.size > 0) yield part;
}

interface Plan {
  added: NewGrant[];
  confirmed: SyncedGrant[];
  changed: (GrantTimes & { id: number })[];
  seen: number[];
  closed: number[];
  repeated: number;
  expired: number;
  fall: Fall;
}

interface At {
  connector: string;
  now: number;
  entitlementIds: readonly number[];
  /** Whether the source has any dates, so that no date means none. */
  saysWhen: boolean;
}

function planPart(part: Part, before: readonly SyncedGrant[], at: At): Plan {
  const plan: Plan = {
    added: [],
    confirmed: [],
    changed: [],
    seen: [],
    closed: [],
    repeated: 0,
    expired: 0,
    fall: { before: 0, closing: 0 },
  };
  const held = new Map<number, Map<number, SyncedGrant>>();
  for (const grant of before) {
    const ofPerson = held.get(grant.personId) ?? new Map<number, SyncedGrant>();
    held.set(grant.personId, ofPerson.set(grant.entitlementId, grant));
  }
  for (const [personId, list] of part) {
    planPerson(plan, personId, list, held.get(personId) ?? new Map(), at);
  }
  return plan;
}

function planPerson(
  plan: Plan,
  personId: number,
  list: readonly StagedGrant[],
  held: ReadonlyMap<number, SyncedGrant>,
  at: At,
): void {
  const named = new Set<number>();
  const live = new Set<number>();
  for (const grant of list) {
    const entitlementId = at.entitlementIds[grant.entitlement] ?? 0;
    if (named.has(entitlementId)) {
      plan.repeated += 1;
      continue;
    }
    named.add(entitlementId);
    if (grant.expiresAt <= at.now) {
      plan.expired += 1;
      continue;
    }
    live.add(entitlementId);
    const before = held.get(entitlementId);
    if (before) planSeen(plan, before, grant, at);
    else plan.added.push({ personId, entitlementId, ...isoTimes(grant) });
  }
  for (const [entitlementId, grant] of held) {
    // A claim that no sync has confirmed yet has no connector.
    if (grant.connector === at.connector) planHeld(plan, grant, live.has(entitlementId), at);
  }
}

function planHeld(plan: Plan, grant: SyncedGrant, isLive: boolean, at: At): void {
  if (!isLive) plan.closed.push(grant.id);
  const isExpired = grant.expiresAt !== null && grant.expiresAt <= at.now;
  if (grant.isDeprovisioned || isExpired) return;
  plan.fall.before += 1;
  if (!isLive) plan.fall.closing += 1;
}

function planSeen(plan: Plan, before: SyncedGrant, grant: StagedGrant, at: At): void {
  plan.seen.push(before.id);
  if (before.source === 'task' && !before.isVerified) plan.confirmed.push(before);
  if (before.source !== 'connector' || before.connector !== at.connector || !at.saysWhen) return;
  const next = {
    grantedAt: Number.isNaN(grant.grantedAt) ? before.grantedAt : grant.grantedAt,
    expiresAt: Number.isNaN(grant.expiresAt) ? null : grant.expiresAt,
    lastUsedAt: Number.isNaN(grant.lastUsedAt) ? before.lastUsedAt : grant.lastUsedAt,
  };
  const fields = ['grantedAt', 'expiresAt', 'lastUsedAt'] as const;
  if (fields.every((field) => before[field] === next[field])) return;
  plan.changed.push({ id: before.id, ...isoTimes(next) });
}

function isoTimes(times: Record<keyof GrantTimes, number | null>): GrantTimes {
  const iso = (time: number | null) =>
    time === null || Number.isNaN(time) ? null : new Date(time).toISOString();
  return {
    grantedAt: iso(times.grantedAt),
    expiresAt: iso(times.expiresAt),
    lastUsedAt: iso(times.lastUsedAt),
  };
}
