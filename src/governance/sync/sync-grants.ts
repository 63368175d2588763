import { groupBy, mustAt } from '../../collections.ts';
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
import { type StagedGrant, unreadEnd } from './grant-columns.ts';
import type { Staged } from './staging.ts';

export interface GrantsChange {
  counts: {
    grantsAdded: number;
    grantsClosed: number;
    grantsConfirmed: number;
    grantsUnchanged: number;
  };
  /** Repeated grants of the source, for a warning. */
  repeated: number;
  /** Grants of the source that ended before now, for a warning. */
  expired: number;
  /** Tasks whose provisioning this sync confirms. */
  confirmedTasks: number[];
  /** Of the source's earlier grants, except those that expired or that a task deprovisioned. */
  fall: Fall;
  /** The same by the id of the entitlement. */
  falls: Map<number, Fall>;
}

/** The change by a source that has people only. */
export const noGrants: GrantsChange = {
  counts: { grantsAdded: 0, grantsClosed: 0, grantsConfirmed: 0, grantsUnchanged: 0 },
  repeated: 0,
  expired: 0,
  confirmedTasks: [],
  fall: { before: 0, closing: 0 },
  falls: new Map(),
};

/** The largest part that is compared at a time. A part ends with the limit that is reached first. */
const maxPeoplePerPart = 2_000;
const maxGrantsPerPart = 2_000;

interface GrantsInput {
  connector: string;
  staged: Staged;
  runId: number;
  /** Database id of each staged person and outsider. */
  personIds: readonly number[];
  /** Database id of each staged entitlement. */
  entitlementIds: readonly number[];
}

/**
 * Brings grants in line with a source. It adds new grants and confirms claims of tasks. It closes grants that the
 * source no longer has, and expired ones. Grants of other sources and unconfirmed claims are unchanged.
 */
export async function syncGrants(ctx: Ctx, input: GrantsInput): Promise<GrantsChange> {
  const { connector, staged, runId, personIds, entitlementIds } = input;
  const total: GrantsChange = structuredClone(noGrants);
  const holders = await listHolderIds(ctx.db);
  for (const part of splitIntoParts(staged, personIds, holders)) {
    const before = await listGrantsForSync(ctx.db, [...part.keys()]);
    const plan = planPart(part, before, {
      connector,
      now: ctx.now.getTime(),
      entitlementIds,
      hasDates: staged.grants.hasDates,
    });
    await applyPlan(ctx, plan, { connector, runId, now: ctx.now });
    addToTotal(total, plan);
  }
  return total;
}

async function applyPlan(
  ctx: Ctx,
  plan: Plan,
  run: { connector: string; runId: number; now: Date },
): Promise<void> {
  await insertSyncedGrants(ctx.db, plan.added, run);
  await confirmGrants(
    ctx.db,
    plan.confirmed.map(({ id }) => id),
    run,
  );
  await updateGrantTimes(ctx.db, plan.changed);
  await touchGrants(ctx.db, plan.seen, run.runId);
  await closeGrants(ctx.db, plan.closed, ctx.now);
}

function addToTotal(total: GrantsChange, plan: Plan): void {
  total.counts.grantsAdded += plan.added.length;
  total.counts.grantsClosed += plan.closed.length;
  total.counts.grantsConfirmed += plan.confirmed.length;
  total.counts.grantsUnchanged += plan.seen.length - plan.confirmed.length;
  total.repeated += plan.repeated;
  total.expired += plan.expired;
  for (const [entitlementId, { before, closing }] of plan.falls) {
    const fall = total.falls.get(entitlementId) ?? { before: 0, closing: 0 };
    total.falls.set(entitlementId, {
      before: fall.before + before,
      closing: fall.closing + closing,
    });
    total.fall.before += before;
    total.fall.closing += closing;
  }
  total.confirmedTasks.push(...plan.confirmed.flatMap(({ taskId }) => taskId ?? []));
}

/** Some people's grants in the source, by the person's database id. */
type Part = Map<number, StagedGrant[]>;

/** Yields all people of the source, and then all other holders, who may have lost grants. */
function* splitIntoParts(
  staged: Staged,
  personIds: readonly number[],
  holders: readonly number[],
): Generator<Part> {
  const grantsOf = staged.grants.groupByPerson(personIds.length);
  // Two references can mean one person: an e-mail address in this source and an id of another source.
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
    if (grants < maxGrantsPerPart && part.size < maxPeoplePerPart) continue;
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
  falls: Map<number, Fall>;
}

interface PlanContext {
  connector: string;
  /** Milliseconds. */
  now: number;
  entitlementIds: readonly number[];
  /** Whether the source has any dates. Only then a missing end removes the stored end. */
  hasDates: boolean;
}

function planPart(part: Part, before: readonly SyncedGrant[], context: PlanContext): Plan {
  const plan: Plan = {
    added: [],
    confirmed: [],
    changed: [],
    seen: [],
    closed: [],
    repeated: 0,
    expired: 0,
    falls: new Map(),
  };
  const storedByPerson = groupBy(before, ({ personId }) => personId);
  for (const [personId, staged] of part) {
    planPerson(plan, { personId, staged, stored: storedByPerson.get(personId) ?? [] }, context);
  }
  return plan;
}

function planPerson(
  plan: Plan,
  {
    personId,
    staged,
    stored,
  }: { personId: number; staged: readonly StagedGrant[]; stored: readonly SyncedGrant[] },
  context: PlanContext,
): void {
  const storedByEntitlement = new Map(stored.map((grant) => [grant.entitlementId, grant]));
  const named = new Set<number>();
  const live = new Set<number>();
  for (const grant of staged) {
    const entitlementId = mustAt(context.entitlementIds, grant.entitlement);
    if (named.has(entitlementId)) {
      plan.repeated += 1;
      continue;
    }
    named.add(entitlementId);
    if (grant.expiresAt <= context.now) {
      plan.expired += 1;
      continue;
    }
    live.add(entitlementId);
    const before = storedByEntitlement.get(entitlementId);
    if (before) planSeenGrant(plan, { before, grant }, context);
    else plan.added.push({ personId, entitlementId, ...toIsoTimes(grant) });
  }
  for (const [entitlementId, grant] of storedByEntitlement) {
    // An unconfirmed claim has no connector.
    if (grant.connector !== context.connector) continue;
    planStoredGrant(plan, { grant, isLive: live.has(entitlementId) }, context);
  }
}

/** Plans the closing of a stored grant of the source, and counts it for the mass-removal brake. */
function planStoredGrant(
  plan: Plan,
  { grant, isLive }: { grant: SyncedGrant; isLive: boolean },
  { now }: PlanContext,
): void {
  if (!isLive) plan.closed.push(grant.id);
  const isExpired = grant.expiresAt !== null && grant.expiresAt <= now;
  if (grant.isDeprovisioned || isExpired) return;
  const fall = plan.falls.get(grant.entitlementId) ?? { before: 0, closing: 0 };
  plan.falls.set(grant.entitlementId, fall);
  fall.before += 1;
  if (!isLive) fall.closing += 1;
}

function planSeenGrant(
  plan: Plan,
  { before, grant }: { before: SyncedGrant; grant: StagedGrant },
  { connector, hasDates }: PlanContext,
): void {
  plan.seen.push(before.id);
  if (before.source === 'task' && !before.isVerified) plan.confirmed.push(before);
  if (before.source !== 'connector' || before.connector !== connector || !hasDates) return;
  const next = {
    grantedAt: Number.isNaN(grant.grantedAt) ? before.grantedAt : grant.grantedAt,
    expiresAt: nextEnd(before, grant),
    lastUsedAt: Number.isNaN(grant.lastUsedAt) ? before.lastUsedAt : grant.lastUsedAt,
  };
  const fields = ['grantedAt', 'expiresAt', 'lastUsedAt'] as const;
  if (fields.every((field) => before[field] === next[field])) return;
  plan.changed.push({ id: before.id, ...toIsoTimes(next) });
}

function nextEnd(before: SyncedGrant, { expiresAt }: StagedGrant): number | null {
  if (expiresAt === unreadEnd) return before.expiresAt;
  return Number.isNaN(expiresAt) ? null : expiresAt;
}

/** ISO 8601; null for a missing date, and for one that cannot be read. */
function toIsoTimes(times: Record<keyof GrantTimes, number | null>): GrantTimes {
  const iso = (time: number | null) =>
    time === null || !Number.isFinite(time) ? null : new Date(time).toISOString();
  return {
    grantedAt: iso(times.grantedAt),
    expiresAt: iso(times.expiresAt),
    lastUsedAt: iso(times.lastUsedAt),
  };
}
