import { Refusal } from '../../errors.ts';
import {
  closeMerged,
  findMerge,
  insertMerge,
  listMerges,
  listUndecided,
  lockPeople,
  markSplit,
  moveBack,
  moveRows,
  reopenMerged,
  takeDepartures,
} from '../../store/people/merges.ts';
import type { Person } from '../../store/people/people.ts';
import { joinRights, readRights, removeRights, withoutHeld } from '../../store/people/rights.ts';
import { listRoles } from '../../store/people/roles.ts';
import type { EndedRights } from '../../store/schema/departures.ts';
import { lockSyncs } from '../../store/sync/sync-runs.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, type Ctx, inTransaction, requirePermission } from '../context.ts';
import { expireLinks } from '../email-links/action-links.ts';
import {
  announceReturns,
  describeLeaver,
  describeRights,
  endLeaversRights,
  giveBack,
} from '../people/departures.ts';
import { setRoles } from '../people/role-assignments.ts';
import { closeObsoleteTasks } from '../tasks/close-obsolete.ts';
import { moveStepsOn } from '../tasks/move-on.ts';

interface Merge {
  /** The person who stays. */
  keepId: number;
  /** The person who is closed. */
  mergeId: number;
  /** Whether the roles, ownerships and seats of the closed person go to the other. */
  withRights: boolean;
}

/**
 * Makes one of two people (docs/governance.md#who-is-who-in-an-import): access, tasks, memberships, reports and the
 * Slack link move to the person who stays. Later imports count both ids and addresses as theirs.
 * @throws Refusal forbidden (no Super Admin, or one's own rights), missing, conflict, invalid.
 */
export async function mergePeople(
  ctx: ActorCtx,
  merge: Merge,
): Promise<{ kept: string; rights: string[] }> {
  await requirePermission(ctx, 'manageUsers');
  return inTransaction(ctx, async (ctx) => {
    // An import must not match either of them meanwhile.
    await lockSyncs(ctx.db);
    const { kept, merged } = await readBoth(ctx, merge);
    const wasOpen = merged.closedAt === null && merged.active;
    const moved = await moveRows(ctx.db, { from: merged.id, to: kept.id, now: ctx.now });
    await closeMerged(ctx.db, { id: merged.id, into: kept.id, now: ctx.now });
    await endLeaversRights(ctx);
    const rights = await passRights(ctx, merge);
    await insertMerge(ctx.db, {
      keptId: kept.id,
      mergedId: merged.id,
      moved: { ...moved, wasOpen, rights },
      mergedBy: ctx.actor.personId,
      mergedAt: ctx.now,
    });
    await audit(ctx, 'person.merge', subjectOf.person(kept.id), {
      after: { merged: merged.id, ...moved, rights },
    });
    await reconcile(ctx, [merged.id]);
    return { kept: kept.name, rights: rights ? await describeRights(ctx, rights) : [] };
  });
}

async function readBoth(
  ctx: ActorCtx,
  { keepId, mergeId, withRights }: Merge,
): Promise<{ kept: Person; merged: Person }> {
  const found = await lockPeople(ctx.db, [keepId, mergeId]);
  const kept = found.find(({ id }) => id === keepId);
  const merged = found.find(({ id }) => id === mergeId);
  if (!kept || !merged) throw new Refusal('missing', 'That person is not known here.');
  if (keepId === mergeId) throw new Refusal('invalid', 'Choose two people.');
  if (kept.closedAt || !kept.active) {
    throw new Refusal('conflict', `${kept.name} has left. Keep the person who is active.`);
  }
  if (merged.mergedInto !== null) {
    throw new Refusal('conflict', `${merged.name} was merged already.`);
  }
  if (mergeId === ctx.actor.personId) {
    throw new Refusal('forbidden', 'Another Super Admin has to merge you with somebody else.');
  }
  if (withRights && keepId === ctx.actor.personId) {
    throw new Refusal(
      'forbidden',
      'Another Super Admin has to give you the rights of somebody else.',
    );
  }
  return { kept, merged };
}

/** Gives the kept person the rights that ended for the other. @returns what they did not have before. */
async function passRights(
  ctx: ActorCtx,
  { keepId, mergeId, withRights }: Merge,
): Promise<EndedRights | null> {
  if (!withRights) return null;
  const decision = {
    decision: 'restored',
    decidedBy: ctx.actor.personId,
    decidedAt: ctx.now,
  } as const;
  const ended = joinRights(await takeDepartures(ctx.db, mergeId, decision));
  const rights = await withoutHeld(ctx.db, keepId, ended);
  await giveBack(ctx, keepId, rights);
  return rights;
}

/** A person before a merge. */
interface MergedPerson {
  id: number;
  name: string;
  about: string;
}

/** Both people of a merge, and the rights of the one who is closed. */
export interface MergePreview {
  kept: MergedPerson;
  merged: MergedPerson;
  rights: string[];
}

/** Shows both people before a merge. @throws Refusal as `mergePeople`. */
export async function previewMerge(
  ctx: ActorCtx,
  { keepId, mergeId }: { keepId: number; mergeId: number },
): Promise<MergePreview> {
  await requirePermission(ctx, 'manageUsers');
  return inTransaction(ctx, async (ctx) => {
    const { kept, merged } = await readBoth(ctx, { keepId, mergeId, withRights: false });
    const toShown = (person: Person) => ({
      ...{ id: person.id, name: person.name, about: describeLeaver(person) },
    });
    const held = await readRights(ctx.db, mergeId);
    const ended = await listUndecided(ctx.db, mergeId);
    const rights = await describeRights(ctx, joinRights([held, ...ended]));
    return { kept: toShown(kept), merged: toShown(merged), rights };
  });
}

/** Two people who were merged, for the person who may split them. */
export interface MergeLine {
  mergedId: number;
  merged: string;
  kept: string;
  at: Date;
}

const shownMerges = 4;

/** Lists the last merges that nobody has split. */
export async function listRecentMerges(ctx: ActorCtx): Promise<MergeLine[]> {
  await requirePermission(ctx, 'manageUsers');
  return (await listMerges(ctx.db, shownMerges)).map(({ at, ...rest }) => ({
    ...rest,
    at: new Date(at),
  }));
}

/** Names the rights that a merge could pass on, for the person who decides. */
export async function describePassedRights(ctx: Ctx, personId: number): Promise<string[]> {
  return describeRights(ctx, joinRights(await listUndecided(ctx.db, personId)));
}

/**
 * Makes two people of one again. What the merge moved moves back, and rights that it gave end. The person who is back
 * waits for a Super Admin to restore the rights they had.
 * @throws Refusal forbidden, missing, conflict (not merged).
 */
export async function splitPeople(
  ctx: ActorCtx,
  { mergedId }: { mergedId: number },
): Promise<{ kept: string; merged: string }> {
  await requirePermission(ctx, 'manageUsers');
  return inTransaction(ctx, async (ctx) => {
    await lockSyncs(ctx.db);
    const merge = await findMerge(ctx.db, mergedId);
    if (!merge) throw new Refusal('conflict', 'These people are not merged.');
    const { keptId, moved } = merge;
    if (keptId === ctx.actor.personId && moved.rights) {
      throw new Refusal('forbidden', 'Another Super Admin has to decide about your own rights.');
    }
    const both = await lockPeople(ctx.db, [keptId, mergedId]);
    const nameOf = (id: number) => both.find((person) => person.id === id)?.name ?? '';
    await reopenMerged(ctx.db, { id: mergedId, wasOpen: moved.wasOpen });
    await moveBack(ctx.db, { from: keptId, to: mergedId, moved });
    if (moved.rights) await takeBack(ctx, keptId, moved.rights);
    await markSplit(ctx.db, merge.id, { splitBy: ctx.actor.personId, splitAt: ctx.now });
    await audit(ctx, 'person.split', subjectOf.person(keptId), {
      after: { merged: mergedId, ...moved },
    });
    if (moved.wasOpen) await announceReturns(ctx, [mergedId]);
    await reconcile(ctx, [keptId]);
    return { kept: nameOf(keptId), merged: nameOf(mergedId) };
  });
}

async function takeBack(ctx: Ctx, personId: number, rights: EndedRights): Promise<void> {
  await removeRights(ctx.db, personId, rights);
  const before = await listRoles(ctx.db, personId);
  const after = before.filter((role) => !rights.roles.includes(role));
  if (after.length < before.length) await setRoles(ctx, personId, { before, after });
}

/** Ends links of an address that is no longer the person's, and moves on what waited for a person who is gone. */
async function reconcile(ctx: Ctx, personIds: readonly number[]): Promise<void> {
  await expireLinks(ctx, personIds);
  await closeObsoleteTasks(ctx);
  await moveStepsOn(ctx);
}
