import { Refusal } from '../../errors.ts';
import { findAudit, findLastDoing } from '../../store/audit.ts';
import { listRoleHolders } from '../../store/people/roles.ts';
import {
  type Fall,
  type Held,
  type Hold,
  listHolds,
  lockHold,
} from '../../store/sync/held-imports.ts';
import {
  type ActorCtx,
  audit,
  type Ctx,
  inTransaction,
  notify,
  requirePermission,
} from '../context.ts';
import { requiresConfirmation } from '../mass-removal.ts';
import { announceHomes } from '../notifications/redraw.ts';
import { rolesHave } from '../permissions.ts';
import { onDay } from '../wording/calendar-days.ts';
import { ago } from '../wording/relative-time.ts';

/** What an import would close of what its source brought. */
export interface ImportFall {
  connector: string;
  runId: number;
  people: Fall;
  grants: Fall;
}

/** Ends the transaction of an import that closes too much without anybody's yes. */
export class HeldImport extends Error {
  readonly fall: ImportFall;

  constructor(fall: ImportFall) {
    super('held');
    this.fall = fall;
  }
}

/** Why a sync may go on: nothing steep, the operator's word, or the row of what was let through. */
type Leave = 'usual' | 'operator' | number;

/** A yes is good for so many days. */
const daysGood = 7;

/** Whether a sync may close so much (docs/governance.md#mass-removal-brakes); undefined: it needs a yes that nobody has given. */
export async function findLeave(
  ctx: Ctx,
  fall: ImportFall,
  acceptFall: boolean,
): Promise<Leave | undefined> {
  const { people, grants } = fall;
  const isSteep = [people, grants].some(({ closing, before }) =>
    requiresConfirmation(closing, before),
  );
  if (!isSteep) return 'usual';
  if (acceptFall) return 'operator';
  const holds = await listHolds(ctx.db, fall.connector, fall.runId);
  const covers = ({ held, letThroughAt }: Hold) =>
    letThroughAt !== null &&
    ctx.now <= lastMoment(letThroughAt) &&
    people.closing <= held.people.closing &&
    grants.closing <= held.grants.closing;
  return holds.find(covers)?.toldId;
}

function lastMoment(letThroughAt: Date): Date {
  return new Date(letThroughAt.getTime() + daysGood * 86_400_000);
}

/** "120 of 400 people (30 %) and 1,830 of 6,092 grants (30 %)" */
export function fallWords({ people, grants }: Pick<Held, 'people' | 'grants'>): string {
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
    const [last] = await listHolds(ctx.db, connector, runId);
    const isSame = last && last.letThroughAt === null && fallWords(last.held) === fallWords(fall);
    const held: Held = { run: runId, people, grants, ...(isSame ? { told: last.toldId } : {}) };
    const id = await audit(ctx, 'sync.hold', `connector:${connector}`, { after: held });
    const admins = await notifyAdmins(ctx, isSame ? [] : [id, ...(last ? [last.toldId] : [])]);
    const who =
      admins === 0
        ? 'Nobody can let it through yet: there is no Connector Admin and no Super Admin. Nothing was changed.'
        : 'A Connector Admin has to let it through in Slack; then run it again. Nothing was changed.';
    return `Held: this import would remove ${fallWords(held)}. ${who}`;
  });
}

/** The cards of these rows are sent, or drawn anew where they are there. @returns how many people were told. */
async function notifyAdmins(ctx: Ctx, ids: readonly number[]): Promise<number> {
  const admins = await listRoleHolders(ctx.db, ['connector_admin', 'super_admin']);
  await announceHomes(ctx, admins);
  await notify(
    ctx,
    ids.flatMap((subjectId) =>
      admins.map((recipientId) => ({ recipientId, kind: 'sync' as const, subjectId, priority: 1 })),
    ),
  );
  return admins.length;
}

/** A sync went through: what was held of its source before waits for nobody any more. */
export async function endHolds(ctx: Ctx, connector: string, runId: number): Promise<void> {
  const holds = await listHolds(ctx.db, connector, runId);
  if (holds.length > 0) await notifyAdmins(ctx, [...new Set(holds.map(({ toldId }) => toldId))]);
}

/**
 * Lets the next import of a source close as much as the one that was held, once, within 7 days.
 * @param input.holdId the audit row of the hold.
 * @throws Refusal forbidden for everybody but Connector Admins and Super Admins; missing; conflict (somebody did
 * already, another import went through, or a later one is held with other figures).
 */
export async function releaseHeldImport(
  ctx: ActorCtx,
  { holdId }: { holdId: number },
): Promise<{ connector: string }> {
  await requirePermission(ctx, 'manageConnectors');
  return inTransaction(ctx, async (ctx) => {
    await lockHold(ctx.db, holdId);
    const state = await readHold(ctx, holdId);
    if (!state) throw new Refusal('missing', 'No such import is held.');
    const { connector, held, letThrough } = state;
    if (letThrough) {
      const by = letThrough.name ?? 'Somebody';
      throw new Refusal(
        'conflict',
        `${by} let this import of ${connector} through ${ago(letThrough.at, ctx.now)}.`,
      );
    }
    const ended = endOf(state);
    if (ended) throw new Refusal('conflict', ended);
    await audit(ctx, 'sync.let_through', `sync-hold:${holdId}`, {
      after: { connector, people: held.people, grants: held.grants },
    });
    await notifyAdmins(ctx, [holdId]);
    return { connector };
  });
}

interface HoldState {
  connector: string;
  held: Held;
  letThrough: { name: string | null; at: Date } | undefined;
  /** Whether another import went through since, and whether another one is held with other figures. */
  isOver: boolean;
  isReplaced: boolean;
}

async function readHold(ctx: Ctx, holdId: number): Promise<HoldState | undefined> {
  const row = await findAudit(ctx.db, holdId);
  if (row?.verb !== 'sync.hold') return undefined;
  const connector = row.subject.replace('connector:', '');
  const holds = await listHolds(ctx.db, connector);
  return {
    connector,
    held: row.after as Held,
    letThrough: await findLastDoing(ctx.db, `sync-hold:${holdId}`, ['sync.let_through']),
    isOver: !holds.some(({ toldId }) => toldId === holdId),
    isReplaced: holds[0]?.toldId !== holdId,
  };
}

/** Why nobody has to decide about it any more. */
function endOf({ connector, isOver, isReplaced }: HoldState): string | undefined {
  if (isOver) return `It is not needed any more: a later import of ${connector} went through.`;
  if (!isReplaced) return undefined;
  return `A later import of ${connector} is held with other figures: decide about that one.`;
}

/** An import that is held, or what became of it, as an administrator reads it; plain text. */
export interface HeldImportCard {
  holdId: number;
  title: string;
  lines: string[];
  summary: string;
  /** Whether it waits for a yes. */
  isOpen: boolean;
}

/** @returns undefined when the row is not of a hold. */
export async function describeHeldImport(
  ctx: Ctx,
  holdId: number,
): Promise<HeldImportCard | undefined> {
  const state = await readHold(ctx, holdId);
  if (!state) return undefined;
  const { connector, letThrough, isOver } = state;
  const ended = endOf(state);
  const isOpen = !letThrough && !ended;
  const title = `An import of ${connector} ${isOpen ? 'is' : 'was'} held`;
  const lines = [`It would remove ${fallWords(state.held)}.`];
  if (letThrough) {
    const until = onDay(lastMoment(letThrough.at));
    const then = isOver
      ? `a later import of ${connector} went through`
      : `the import goes through once when it runs again until ${until}, unless it would remove more`;
    lines.push(
      `${letThrough.name ?? 'Somebody'} let it through on ${onDay(letThrough.at)}; ${then}.`,
    );
  } else if (ended) {
    lines.push(ended);
  } else {
    lines.push(
      'So much goes only with a yes: nothing was changed.',
      `If it is right, let it through and have the import run again within ${daysGood} days.`,
    );
  }
  return { holdId, title, lines, summary: [`${title}.`, ...lines].join(' '), isOpen };
}

/** An import that waits for a yes, in a line. */
export interface WaitingImport {
  holdId: number;
  connector: string;
  words: string;
}

/** What waits for the yes of somebody with these roles; nothing for anybody else. */
export async function listHeldImports(ctx: ActorCtx): Promise<WaitingImport[]> {
  if (!rolesHave(ctx.actor.roles, 'manageConnectors')) return [];
  const newest = new Map<string, Hold>();
  for (const hold of await listHolds(ctx.db)) {
    if (!newest.has(hold.connector)) newest.set(hold.connector, hold);
  }
  return [...newest.values()]
    .filter(({ letThroughAt }) => letThroughAt === null)
    .map(({ toldId, connector, held }) => ({
      holdId: toldId,
      connector,
      words: `An import of ${connector} is held: it would remove ${fallWords(held)}.`,
    }));
}
