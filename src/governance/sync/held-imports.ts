import { Refusal } from '../../errors.ts';
import { listRoleHolders } from '../../store/people/roles.ts';
import {
  endHeldImports,
  type Fall,
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
import { requiresConfirmation } from '../mass-removal.ts';
import { redrawHomes } from '../notifications/redraw.ts';
import { hasPermission } from '../permissions.ts';
import { formatAgo, formatDate } from '../wording/relative-time.ts';

/** What an import would close of what its source brought. */
interface Figures {
  people: Fall;
  grants: Fall;
}

export interface ImportFall extends Figures {
  connector: string;
  runId: number;
}

/** Ends the transaction of an import that closes too much without anybody's yes. */
export class HeldImport extends Error {
  readonly fall: ImportFall;

  constructor(fall: ImportFall) {
    super('held');
    this.fall = fall;
  }
}

/** Why a sync may go on: it closes little, the operator confirmed it, or the held import that somebody released. */
type Leave = 'usual' | 'operator' | number;

/** For so many days a release is good. */
const releaseDays = 7;

/**
 * Whether a sync may close so much (docs/governance.md#mass-removal-brakes); undefined: it needs a confirmation that
 * nobody gave.
 */
export async function findLeave(
  ctx: Ctx,
  fall: ImportFall,
  acceptFall: boolean,
): Promise<Leave | undefined> {
  const isSteep = [fall.people, fall.grants].some(({ closing, before }) =>
    requiresConfirmation(closing, before),
  );
  if (!isSteep) return 'usual';
  if (acceptFall) return 'operator';
  return (await findRelease(ctx.db, fall, ctx.now))?.id;
}

/** "120 of 400 people (30 %) and 1,830 of 6,092 grants (30 %)" */
export function fallWords({ people, grants }: Figures): string {
  const parts = [
    ['people', people],
    ['grants', grants],
  ] as const;
  return parts
    .filter(([, { closing }]) => closing > 0)
    .map(([what, { closing, before }]) => {
      const percent = Math.round((closing / before) * 100);
      return `${closing.toLocaleString('en')} of ${before.toLocaleString('en')} ${what} (${percent} %)`;
    })
    .join(' and ');
}

/**
 * An import was held and taken back: Connector Admins and Super Admins get a card, once for the same figures, and
 * see it in their Home until it is let through or another import goes through.
 * @returns the sentence for who ran it.
 */
export async function noteHeldImport(ctx: Ctx, fall: ImportFall): Promise<string> {
  const { connector, runId, people, grants } = fall;
  return inTransaction(ctx, async (ctx) => {
    // One process at a time, so that one import of a source waits.
    await lockSyncs(ctx.db);
    const [last] = await listWaitingImports(ctx.db, connector);
    const isSame = last !== undefined && isSameFall(figuresOf(last), fall);
    const ids = isSame ? [] : await holdImport(ctx, fall);
    await endSyncFailure(ctx.db, connector, ctx.now);
    await audit(ctx, 'sync.hold', subjectOf.connector(connector), {
      after: { run: runId, people, grants, heldImport: isSame ? last.id : ids[0] },
    });
    const admins = await notifyAdmins(ctx, ids);
    const who =
      admins === 0
        ? 'Nobody can let it through yet: there is no Connector Admin and no Super Admin. Nothing was changed.'
        : 'A Connector Admin has to let it through in Slack; then run it again. Nothing was changed.';
    return `Held: this import would remove ${fallWords(fall)}. ${who}`;
  });
}

/** @returns the ids of the new held import and of the one that it takes the place of. */
async function holdImport(
  ctx: Ctx,
  { connector, runId, people, grants }: ImportFall,
): Promise<number[]> {
  // Between its end and this, another import of the source may have gone through.
  const isObsolete = await isOvertaken(ctx.db, connector, runId);
  const superseded = isObsolete ? [] : await supersedeWaiting(ctx.db, connector);
  const { id } = await insertHeldImport(ctx.db, {
    connector,
    state: isObsolete ? 'obsolete' : 'waiting',
    peopleBefore: people.before,
    peopleClosing: people.closing,
    grantsBefore: grants.before,
    grantsClosing: grants.closing,
    heldAt: ctx.now,
  });
  return [id, ...superseded];
}

function figuresOf(held: HeldImportRow): Figures {
  return {
    people: { before: held.peopleBefore, closing: held.peopleClosing },
    grants: { before: held.grantsBefore, closing: held.grantsClosing },
  };
}

/** Whether two imports would close the same numbers. Where they close nothing, the totals may differ. */
function isSameFall(a: Figures, b: Figures): boolean {
  return (['people', 'grants'] as const).every(
    (what) =>
      a[what].closing === b[what].closing &&
      (a[what].closing === 0 || a[what].before === b[what].before),
  );
}

/** Sends the cards of these held imports, or redraws them where there are some. @returns the number of administrators. */
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

/** A sync went through: earlier held imports of its source need no confirmation any more. */
export async function endHolds(
  ctx: Ctx,
  connector: string,
  leave: Leave | undefined,
): Promise<void> {
  const used = typeof leave === 'number' ? leave : undefined;
  const ended = await endHeldImports(ctx.db, connector, used);
  if (ended.length > 0) await notifyAdmins(ctx, ended);
}

/**
 * Lets the next import of a source close as much as the one that was held, once, within 7 days.
 * @param input.holdId the id of the held import.
 * @throws Refusal forbidden for everybody but Connector Admins and Super Admins; missing; conflict (somebody did
 * already, another import went through, or a later one is held with other figures).
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
    if (!released) throw await whyNotReleased(ctx, holdId);
    const { connector } = released;
    await audit(ctx, 'sync.let_through', subjectOf.heldImport(holdId), {
      after: { connector, ...figuresOf(released) },
    });
    await notifyAdmins(ctx, [holdId]);
    return { connector };
  });
}

async function whyNotReleased(ctx: Ctx, holdId: number): Promise<Refusal> {
  const found = await findHeldImport(ctx.db, holdId);
  if (!found) return new Refusal('missing', 'No such import is held.');
  const { held, releasedBy } = found;
  if (!held.releasedAt) return new Refusal('conflict', endOf(held) ?? 'Try once more, please.');
  const by = releasedBy ?? 'Somebody';
  return new Refusal(
    'conflict',
    `${by} let this import of ${held.connector} through ${formatAgo(held.releasedAt, ctx.now)}.`,
  );
}

/** Why nobody has to decide about it any more. */
function endOf({ connector, state }: HeldImportRow): string | undefined {
  switch (state) {
    case 'used':
    case 'obsolete':
      return `It is not needed any more: a later import of ${connector} went through.`;
    case 'superseded':
      return `A later import of ${connector} is held with other figures: decide about that one.`;
    case 'waiting':
    case 'released':
      return undefined;
  }
}

/** An import that is held, or what became of it, as an administrator reads it; plain text. */
export interface HeldImportCard {
  holdId: number;
  title: string;
  lines: string[];
  summary: string;
  /** Whether it waits for a confirmation. */
  isOpen: boolean;
}

/** @returns undefined when there is no such import. */
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
  const lines = [`It would remove ${fallWords(figuresOf(held))}.`];
  const ended = endOf(held);
  if (held.releasedAt && held.expiresAt) {
    const then = ended
      ? `a later import of ${connector} went through`
      : `the import goes through once when it runs again until ${formatDate(held.expiresAt)}, unless it would remove more`;
    lines.push(
      `${releasedBy ?? 'Somebody'} let it through on ${formatDate(held.releasedAt)}; ${then}.`,
    );
  } else if (ended) {
    lines.push(ended);
  } else {
    lines.push(
      'So much goes only with a yes: nothing was changed.',
      `If it is right, let it through and have the import run again within ${releaseDays} days.`,
    );
  }
  return { holdId, title, lines, summary: [`${title}.`, ...lines].join(' '), isOpen };
}

/** An import that waits for a confirmation, in a line. */
export interface WaitingImport {
  holdId: number;
  connector: string;
  words: string;
}

/** The imports that the actor can let through; none without the permission. */
export async function listHeldImports(ctx: ActorCtx): Promise<WaitingImport[]> {
  if (!hasPermission(ctx.actor.roles, 'manageConnectors')) return [];
  return (await listWaitingImports(ctx.db)).map((held) => ({
    holdId: held.id,
    connector: held.connector,
    words: `An import of ${held.connector} is held: it would remove ${fallWords(figuresOf(held))}.`,
  }));
}
