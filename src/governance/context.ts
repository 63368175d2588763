import { Refusal } from '../errors.ts';
import { insertAudits } from '../store/audit.ts';
import { type Db, isDeadlock } from '../store/db.ts';
import { insertOutbox, type OutboxEntry } from '../store/messages/outbox.ts';
import { listSuperAdmins } from '../store/people/roles.ts';
import type { Surface } from '../store/schema/messages.ts';
import type { RoleName } from '../store/schema/people.ts';
import type { AuditAction, AuditActions } from './audit-actions.ts';
import { explainPermission, hasPermission, type Permission } from './permissions.ts';

/** The person who acts, read from the database for this action. */
export interface Actor {
  personId: number;
  name: string;
  roles: RoleName[];
  /** The time zone that Slack names for the person; undefined when unknown. */
  timeZone?: string | undefined;
}

/** The context of a verb. `actor` is undefined when the program itself acts (a schedule, an import). */
export interface Ctx {
  db: Db;
  actor: Actor | undefined;
  via: Surface;
  /** The user of the operating system who runs a command, as far as known. */
  operator?: string | undefined;
  now: Date;
  /** The organization's time zone (TZ); UTC when unset. Its days are those of jobs, imports and the command line. */
  timeZone?: string | undefined;
  /** The time zone of the reader of the words, where that is not the actor: a message, a page behind a link. */
  readerZone?: string | undefined;
  /** Called after a commit, which may have left messages to deliver or a run to start. */
  wake?: (() => void) | undefined;
  /** Set inside a transaction. Only the call that began it can repeat it. */
  isInTransaction?: boolean;
}

/** The organization's time zone. */
export function organizationZone({ timeZone }: Ctx): string {
  return timeZone ?? 'UTC';
}

/** The time zone in which the reader of the words reads times: their own, else the organization's. */
export function readerZone(ctx: Ctx): string {
  return ctx.readerZone ?? ctx.actor?.timeZone ?? organizationZone(ctx);
}

/** A context whose actor is a known person. */
export type ActorCtx = Ctx & { actor: Actor };

const maxTries = 3;

/**
 * Runs `fn` in one transaction, with a context whose `db` is that transaction. Use only the inner context: the
 * embedded database has one connection, so the outer `db` would wait forever. After a deadlock (a sync and a
 * decision waited for each other) the transaction is repeated, at most three times in all.
 */
export async function inTransaction<C extends Ctx, T>(
  ctx: C,
  fn: (ctx: C) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      // A transaction has the queries of the database; its type only lacks the connection.
      const result = await ctx.db.transaction((db) =>
        fn({ ...ctx, db: db as Db, isInTransaction: true }),
      );
      ctx.wake?.();
      return result;
    } catch (error) {
      if (ctx.isInTransaction || tries === maxTries || !isDeadlock(error)) throw error;
    }
  }
}

/** @throws Refusal 'forbidden', with the name of a Super Admin, when the actor lacks the permission. */
export async function requirePermission(ctx: ActorCtx, permission: Permission): Promise<void> {
  if (hasPermission(ctx.actor.roles, permission)) return;
  const [first, ...others] = await listSuperAdmins(ctx.db);
  const more =
    others.length === 0 ? '' : ` and ${others.length} other${others.length === 1 ? '' : 's'}`;
  const help = first
    ? `${first.name}${more} can.`
    : 'There is no Super Admin yet: run `/rolemine setup`.';
  throw new Refusal('forbidden', `${explainPermission(permission)} ${help}`);
}

/** Writes the audit row of a change, in the transaction of the change. */
export async function audit<Action extends AuditAction>(
  ctx: Ctx,
  action: Action,
  subject: AuditActions[Action]['subject'],
  change: AuditActions[Action]['change'],
): Promise<void> {
  await insertAudits(ctx.db, [auditRow(ctx, action, subject, change)]);
}

/** Writes the audit rows of many changes of a kind in one statement, since one statement each would take seconds. */
export async function auditMany<Action extends AuditAction>(
  ctx: Ctx,
  action: Action,
  changes: readonly ({
    subject: AuditActions[Action]['subject'];
  } & AuditActions[Action]['change'])[],
): Promise<void> {
  await insertAudits(
    ctx.db,
    changes.map((change) => auditRow(ctx, action, change.subject, change)),
  );
}

function auditRow(
  ctx: Ctx,
  verb: AuditAction,
  subject: string,
  { before, after }: { before?: unknown; after?: unknown },
) {
  return {
    at: ctx.now,
    actorId: ctx.actor?.personId ?? null,
    operator: ctx.operator ?? null,
    via: ctx.via,
    verb,
    subject,
    before: before ?? null,
    after: after ?? null,
  };
}

/** Queues messages for delivery, in the transaction of the change. */
export async function notify(ctx: Ctx, entries: OutboxEntry[]): Promise<void> {
  await insertOutbox(ctx.db, entries, ctx.now);
}
