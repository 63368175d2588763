import { Refusal } from '../errors.ts';
import { insertAudits } from '../store/audit.ts';
import { type Db, isDeadlock } from '../store/db.ts';
import { insertOutbox, type OutboxEntry } from '../store/messages/outbox.ts';
import { listSuperAdmins } from '../store/people/people.ts';
import type { Surface } from '../store/schema/messages.ts';
import type { RoleName } from '../store/schema/people.ts';
import type { AuditAction, AuditActions } from './audit-actions.ts';
import { explainPermission, hasPermission, type Permission } from './permissions.ts';

/** Who acts, read from the database at the moment of acting. */
export interface Actor {
  personId: number;
  name: string;
  roles: RoleName[];
}

/** What every verb gets. `actor` undefined is the program itself (a schedule, an import). */
export interface Ctx {
  db: Db;
  actor: Actor | undefined;
  via: Surface;
  now: Date;
  /** Told after a commit that there may be something to deliver or to mine. */
  wake?: (() => void) | undefined;
  /** Within a transaction, which can only be repeated from where it began. */
  isInTransaction?: boolean;
}

/** A context whose actor is a known person. */
export type ActorCtx = Ctx & { actor: Actor };

const maxTries = 3;

/**
 * Runs `fn` in one transaction, with a context whose `db` is that transaction. Use the inner context
 * only: on the embedded database, which has one connection, the outer `db` would wait for ever. A transaction that
 * the database ended because it and another waited for each other (a sync and a decision) begins anew.
 */
export async function inTransaction<C extends Ctx, T>(
  ctx: C,
  fn: (ctx: C) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
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

/** @throws Refusal 'forbidden' naming who could do it, when the actor lacks the permission. */
export async function requirePermission(ctx: ActorCtx, permission: Permission): Promise<void> {
  if (hasPermission(ctx.actor.roles, permission)) return;
  const [first, ...others] = await listSuperAdmins(ctx.db);
  const more =
    others.length === 0 ? '' : ` and ${others.length} other${others.length === 1 ? '' : 's'}`;
  const who = first ? ` ${first.name}${more} can.` : ' There is none yet: run `/rolemine setup`.';
  throw new Refusal('forbidden', `${explainPermission(permission)}${who}`);
}

/** Writes the audit row of a change, in the change's own transaction. */
export async function audit<Action extends AuditAction>(
  ctx: Ctx,
  action: Action,
  subject: AuditActions[Action]['subject'],
  change: AuditActions[Action]['change'],
): Promise<void> {
  await insertAudits(ctx.db, [auditRow(ctx, action, subject, change)]);
}

/** The same for many changes of a kind, which as statements of their own would take seconds. */
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
    via: ctx.via,
    verb,
    subject,
    before: before ?? null,
    after: after ?? null,
  };
}

/** Writes messages to be delivered, in the change's own transaction. */
export async function notify(ctx: Ctx, entries: OutboxEntry[]): Promise<void> {
  await insertOutbox(ctx.db, entries, ctx.now);
}
