import { Refusal } from '../../errors.ts';
import { listRoleHolders } from '../../store/people/roles.ts';
import {
  endHeldImports,
  findHeldImport,
  findRelease,
  type HeldImportRow,
  insertHeldImport,
  isOvertaken,
  listWaitingImports,
  markReleased,
  supersedeWaiting,
} from '../../store/sync/held-imports.ts';
import { endSyncFailure } from '../../store/sync/sync-failures.ts';
import { lockSyncs } from '../../store/sync/sync-runs.ts';
import { subjectOf } from '../audit-subjects.ts';
import {
  type ActorCtx,
  audit,
  type Ctx,
  inTransaction,
  notify,
  readerZone,
  requirePermission,
} from '../context.ts';
import { redrawHomes } from '../notifications/redraw.ts';
import { hasPermission } from '../permissions.ts';
import { formatAgo, formatDate } from '../wording/relative-time.ts';
import { joinSentences } from '../wording/sentences.ts';
import { describeFigures, formatHold } from './hold-words.ts';
import { type Figures, type ImportFall, isLargeFall, isSameFall } from './import-fall.ts';
import { coversScopes } from './scope-falls.ts';

/** Rolls back the transaction of an import that needs confirmation. */
export class HeldImportError extends Error {
  readonly fall: ImportFall;

  constructor(fall: ImportFall) {
    super('held');
    this.fall = fall;
  }
}

/**
 * Why a sync may go through: it closes little (`usual`), the operator confirmed it, or an administrator released the
 * held import with this id.
 */
type Confirmation = 'usual' | 'operator' | number;

/** A release expires after this many days. */
const releaseDays = 7;

/**
 * Checks the mass-removal brake (docs/governance.md#mass-removal-brakes).
 * @returns undefined when the sync needs a confirmation that nobody has given.
 */
export async function findConfirmation(
  ctx: Ctx,
  fall: ImportFall,
  accepted: { acceptFall?: boolean; acceptIdentities?: boolean },
): Promise<Confirmation | undefined> {
  const isLarge = isLargeFall(fall);
  const { identities } = fall;
  if (!isLarge && !identities) return 'usual';
  if ((accepted.acceptFall || !isLarge) && (accepted.acceptIdentities || !identities)) {
    return 'operator';
  }
  const release = await findRelease(ctx.db, fall, ctx.now);
  return release && coversScopes(release.scopes, fall.scopes) ? release.id : undefined;
}

/**
 * Records an import that was held and rolled back. Connector Admins and Super Admins get one card for the same figures.
 * Their Home shows it until somebody lets it through or another import goes through.
 * @returns the sentences for the person who ran the import.
 */
export async function recordHeldImport(ctx: Ctx, fall: ImportFall): Promise<string> {
  const { connector, runId, people, grants, scopes, identities } = fall;
  return inTransaction(ctx, async (ctx) => {
    // Processes take turns, so that only one import of a source is waiting.
    await lockSyncs(ctx.db);
    const [last] = await listWaitingImports(ctx.db, connector);
    const isRepeated = last !== undefined && isSameFall(figuresOf(last), fall);
    const ids = isRepeated ? [] : await insertHold(ctx, fall);
    await endSyncFailure(ctx.db, connector, ctx.now);
    await audit(ctx, 'sync.hold', subjectOf.connector(connector), {
      after: {
        ...{ run: runId, people, grants, scopes, identities },
        heldImport: isRepeated ? last.id : ids[0],
      },
    });
    const admins = await notifyAdmins(ctx, ids);
    const admin = identities?.concernsRoles ? 'Super Admin' : 'Connector Admin';
    const nextStep =
      admins === 0
        ? 'Nobody can let it through yet: there is no Connector Admin and no Super Admin. Nothing was changed.'
        : `A ${admin} has to let it through in Slack; then run it again. Nothing was changed.`;
    return `Held: ${formatHold(fall).replace(/^it/, 'this import')}. ${nextStep}`;
  });
}

/** @returns the id of the new held import, and the ids of the waiting imports that it replaces. */
async function insertHold(
  ctx: Ctx,
  { connector, runId, people, grants, scopes, identities }: ImportFall,
): Promise<number[]> {
  // Another import of the source may have gone through after this one was rolled back.
  const isObsolete = await isOvertaken(ctx.db, connector, runId);
  const superseded = isObsolete ? [] : await supersedeWaiting(ctx.db, connector);
  const { id } = await insertHeldImport(ctx.db, {
    connector,
    state: isObsolete ? 'obsolete' : 'waiting',
    peopleBefore: people.before,
    peopleClosing: people.closing,
    grantsBefore: grants.before,
    grantsClosing: grants.closing,
    scopes: [...scopes],
    identities: identities ?? null,
    heldAt: ctx.now,
  });
  return [id, ...superseded];
}

function figuresOf(held: HeldImportRow): Figures {
  return {
    people: { before: held.peopleBefore, closing: held.peopleClosing },
    grants: { before: held.grantsBefore, closing: held.grantsClosing },
    scopes: held.scopes,
    identities: held.identities ?? undefined,
  };
}

/** Sends or redraws the cards of these held imports. @returns the number of administrators. */
async function notifyAdmins(ctx: Ctx, ids: readonly number[]): Promise<number> {
  const admins = await listRoleHolders(ctx.db, ['connector_admin', 'super_admin']);
  await redrawHomes(ctx, admins);
  await notify(
    ctx,
    ids.flatMap((subjectId) =>
      admins.map((recipientId) => ({
        recipientId,
        kind: 'held_import' as const,
        subjectId,
        priority: 1,
      })),
    ),
  );
  return admins.length;
}

/** Closes the earlier held imports of a source after a sync went through. They no longer need confirmation. */
export async function closeHeldImports(
  ctx: Ctx,
  connector: string,
  confirmation: Confirmation | undefined,
): Promise<void> {
  const used = typeof confirmation === 'number' ? confirmation : undefined;
  const ended = await endHeldImports(ctx.db, connector, used);
  if (ended.length > 0) await notifyAdmins(ctx, ended);
}

/**
 * Lets one import of a source within 7 days close as much as the held one.
 * @param input.holdId the id of the held import.
 * @throws Refusal forbidden: the actor is no Connector Admin and no Super Admin, or not a Super Admin where people with
 * a role would become somebody else; missing; conflict: somebody has
 * released it already, another import went through, or a later one is held with other figures.
 */
export async function releaseHeldImport(
  ctx: ActorCtx,
  { holdId }: { holdId: number },
): Promise<{ connector: string }> {
  await requirePermission(ctx, 'manageConnectors');
  return inTransaction(ctx, async (ctx) => {
    const found = await findHeldImport(ctx.db, holdId);
    if (found?.held.identities?.concernsRoles) await requirePermission(ctx, 'manageUsers');
    const released = await markReleased(ctx.db, holdId, {
      releasedBy: ctx.actor.personId,
      releasedAt: ctx.now,
      expiresAt: new Date(ctx.now.getTime() + releaseDays * 86_400_000),
    });
    if (!released) throw await refuseRelease(ctx, holdId);
    const { connector } = released;
    await audit(ctx, 'sync.let_through', subjectOf.heldImport(holdId), {
      after: { connector, ...figuresOf(released) },
    });
    await notifyAdmins(ctx, [holdId]);
    return { connector };
  });
}

async function refuseRelease(ctx: Ctx, holdId: number): Promise<Refusal> {
  const found = await findHeldImport(ctx.db, holdId);
  if (!found) return new Refusal('missing', 'There is no such held import.');
  const { held, releasedBy } = found;
  if (!held.releasedAt) return new Refusal('conflict', endOf(held) ?? 'Please try again.');
  const by = releasedBy ?? 'Somebody';
  return new Refusal(
    'conflict',
    `${by} let this import of ${held.connector} through ${formatAgo(held.releasedAt, ctx.now)}.`,
  );
}

/** Why a held import no longer needs a decision; undefined while its release is waiting or unused. */
function endOf({ connector, state }: HeldImportRow): string | undefined {
  switch (state) {
    case 'used':
    case 'obsolete':
      return `It is no longer needed: a later import of ${connector} went through.`;
    case 'superseded':
      return `A later import of ${connector} is held with other figures. Decide about that one.`;
    case 'waiting':
    case 'released':
      return undefined;
  }
}

/** A held import, or the decision about it, for administrators; plain text. */
export interface HeldImportCard {
  holdId: number;
  title: string;
  lines: string[];
  summary: string;
  /** Whether it needs confirmation. */
  isOpen: boolean;
}

/** Describes a held import for its card and its mail. @returns undefined for an unknown id. */
export async function describeHeldImport(
  ctx: Ctx,
  holdId: number,
): Promise<HeldImportCard | undefined> {
  const found = await findHeldImport(ctx.db, holdId);
  if (!found) return undefined;
  const { held, releasedBy } = found;
  const { connector, state } = held;
  const isOpen = state === 'waiting';
  const title = `An import of ${connector} ${isOpen ? 'is' : 'was'} held`;
  const zone = readerZone(ctx);
  const lines = describeFigures(figuresOf(held));
  const ended = endOf(held);
  if (held.releasedAt && held.expiresAt) {
    const then = ended
      ? `a later import of ${connector} went through`
      : `the import goes through once when it runs again until ${formatDate(held.expiresAt, zone)}, unless it would remove more`;
    lines.push(
      `${releasedBy ?? 'Somebody'} let it through on ${formatDate(held.releasedAt, zone)}; ${then}.`,
    );
  } else if (ended) {
    lines.push(ended);
  } else {
    lines.push(
      held.identities
        ? 'This needs confirmation; nothing was changed.'
        : 'Removals this large need confirmation; nothing was changed.',
      `If the import is right, let it through and run it again within ${releaseDays} days.`,
    );
  }
  return { holdId, title, lines, summary: joinSentences([title, ...lines]), isOpen };
}

/** An import that needs confirmation, with one sentence for Home. */
export interface WaitingImport {
  holdId: number;
  connector: string;
  words: string;
}

/** Lists the held imports that the actor can let through; none without the permission. */
export async function listHeldImports(ctx: ActorCtx): Promise<WaitingImport[]> {
  if (!hasPermission(ctx.actor.roles, 'manageConnectors')) return [];
  return (await listWaitingImports(ctx.db)).map((held) => ({
    holdId: held.id,
    connector: held.connector,
    words: `An import of ${held.connector} is held: ${formatHold(figuresOf(held), { isShort: true })}.`,
  }));
}
