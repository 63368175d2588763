import { Refusal } from '../../errors.ts';
import { listRoleHolders } from '../../store/people/roles.ts';
import type { RoleName } from '../../store/schema/people.ts';
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
  requirePermission,
} from '../context.ts';
import { redrawHomes } from '../notifications/redraw.ts';
import { formatAgo } from '../wording/relative-time.ts';
import { describeHold } from './hold-words.ts';
import {
  auditedFigures,
  type Figures,
  type ImportFall,
  isForSuperAdmins,
  isLargeFall,
  isSameFall,
} from './import-fall.ts';
import { coversScopes } from './scope-falls.ts';
import { requireMayWeaken } from './weakening.ts';

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
export const releaseDays = 7;

/**
 * Checks the mass-removal brake (docs/governance.md#mass-removal-brakes), and that nobody weakens control alone. The
 * operator can confirm removals and identities, but no weaker control.
 * @returns undefined when the sync needs a confirmation that nobody has given.
 */
export async function findConfirmation(
  ctx: Ctx,
  fall: ImportFall,
  accepted: { acceptFall?: boolean; acceptIdentities?: boolean },
): Promise<Confirmation | undefined> {
  const isLarge = isLargeFall(fall);
  const { identities } = fall;
  const isWeaker = fall.weakening.count > 0;
  if (!isLarge && !identities && !isWeaker) return 'usual';
  const isAccepted =
    (accepted.acceptFall || !isLarge) && (accepted.acceptIdentities || !identities);
  if (isAccepted && !isWeaker) return 'operator';
  const release = await findRelease(ctx.db, fall, ctx.now);
  return release && coversScopes(release.scopes, fall.scopes) ? release.id : undefined;
}

/**
 * Records an import that was held and rolled back. Those who can let it through get one card for the same figures.
 * Their Home shows it until somebody lets it through or another import goes through.
 * @returns the sentences for the person who ran the import.
 */
export async function recordHeldImport(ctx: Ctx, fall: ImportFall): Promise<string> {
  const { connector, runId } = fall;
  return inTransaction(ctx, async (ctx) => {
    // Processes take turns, so that only one import of a source is waiting.
    await lockSyncs(ctx.db);
    const [last] = await listWaitingImports(ctx.db, connector);
    const isRepeated = last !== undefined && isSameFall(figuresOf(last), fall);
    const ids = isRepeated ? [] : await insertHold(ctx, fall);
    await endSyncFailure(ctx.db, connector, ctx.now);
    await audit(ctx, 'sync.hold', subjectOf.connector(connector), {
      after: {
        ...auditedFigures(fall),
        run: runId,
        heldImport: isRepeated ? last.id : ids[0],
      },
    });
    const [newId, ...superseded] = ids;
    const deciders = isForSuperAdmins(fall) ? superAdmins : connectorAdmins;
    await notifyAdmins(ctx, superseded);
    const admins = await notifyAdmins(ctx, newId === undefined ? [] : [newId], deciders);
    const { effect, changes } = describeHold(fall);
    const nextStep = `${describeNextStep(deciders, admins)} Nothing was changed.`;
    const sentence = `Held: ${effect.replace(/^it/, 'this import')}. ${nextStep}`;
    return [sentence, ...changes.map((line) => `  ${line}`)].join('\n');
  });
}

const superAdmins = ['super_admin'] as const satisfies RoleName[];
const connectorAdmins = ['connector_admin', 'super_admin'] as const satisfies RoleName[];

function describeNextStep(deciders: readonly RoleName[], admins: number): string {
  const isForSuperAdmins = !deciders.includes('connector_admin');
  if (admins > 0) {
    return `A ${isForSuperAdmins ? 'Super Admin' : 'Connector Admin'} has to let it through in Slack; then run it again.`;
  }
  return isForSuperAdmins
    ? 'Nobody can let it through yet: there is no Super Admin. Set ADMIN_EMAIL or run `/rolemine setup`, then run it again.'
    : 'Nobody can let it through yet: there is no Connector Admin and no Super Admin.';
}

/** @returns the id of the new held import, and the ids of the waiting imports that it replaces. */
async function insertHold(
  ctx: Ctx,
  { connector, runId, people, grants, scopes, identities, weakening }: ImportFall,
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
    weakenings: weakening.lines,
    weakeningCount: weakening.count,
    weakeningHash: weakening.hash,
    gainerIds: weakening.gainerIds,
    operator: ctx.operator ?? null,
    heldAt: ctx.now,
  });
  return [id, ...superseded];
}

export function figuresOf(held: HeldImportRow): Figures {
  return {
    people: { before: held.peopleBefore, closing: held.peopleClosing },
    grants: { before: held.grantsBefore, closing: held.grantsClosing },
    scopes: held.scopes,
    identities: held.identities ?? undefined,
    weakening: {
      lines: held.weakenings,
      count: held.weakeningCount,
      hash: held.weakeningHash,
      gainerIds: held.gainerIds,
    },
  };
}

/** Sends or redraws the cards of these held imports. @returns the number of administrators. */
async function notifyAdmins(
  ctx: Ctx,
  ids: readonly number[],
  roles: readonly RoleName[] = connectorAdmins,
): Promise<number> {
  const admins = await listRoleHolders(ctx.db, roles);
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
 * @throws Refusal forbidden: the actor is no Connector Admin and no Super Admin, or may not confirm that control is
 * weakened, or is not a Super Admin where people with a role would become somebody else; missing; conflict: somebody has
 * released it already, another import went through, or a later one is held with other figures.
 */
export async function releaseHeldImport(
  ctx: ActorCtx,
  { holdId }: { holdId: number },
): Promise<{ connector: string }> {
  await requirePermission(ctx, 'manageConnectors');
  return inTransaction(ctx, async (ctx) => {
    const released = await markReleased(ctx.db, holdId, {
      releasedBy: ctx.actor.personId,
      releasedAt: ctx.now,
      expiresAt: new Date(ctx.now.getTime() + releaseDays * 86_400_000),
    });
    if (!released) throw await refuseRelease(ctx, holdId);
    if (released.identities?.concernsRoles) await requirePermission(ctx, 'manageUsers');
    await requireMayWeaken(ctx, released);
    const { connector } = released;
    await audit(ctx, 'sync.let_through', subjectOf.heldImport(holdId), {
      after: { connector, ...auditedFigures(figuresOf(released)) },
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
export function endOf({ connector, state }: HeldImportRow): string | undefined {
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
