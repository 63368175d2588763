import { Refusal } from '../errors.ts';
import { searchApplications, searchEntitlements } from '../store/entitlements.ts';
import { findPerson } from '../store/people.ts';
import type { Task } from '../store/tasks.ts';
import { type ActorCtx, inTransaction, requirePermission } from './context.ts';
import { openTasks } from './open-tasks.ts';

/**
 * Asks for access: for oneself, for a direct report, or (by role) for anyone.
 * @throws Refusal with the one sentence that says why it cannot be asked for.
 */
export async function requestAccess(
  ctx: ActorCtx,
  input: { personId: number; entitlementId: number; reason: string },
): Promise<Task> {
  return inTransaction(ctx, async (ctx) => {
    const person = await findPerson(ctx.db, input.personId);
    if (!person) throw new Refusal('missing', 'That person is not known here.');
    const own = person.id === ctx.actor.personId || person.managerId === ctx.actor.personId;
    if (!own) await requirePermission(ctx, 'requestForAnyone');
    const reason = input.reason.trim();
    if (!reason) throw new Refusal('invalid', 'Say what it is needed for; the approver reads it.');
    const { opened, skipped } = await openTasks(ctx, 'grant', [input], {
      requesterId: ctx.actor.personId,
      openedBy: ctx.actor.personId,
      profileId: null,
      reason,
      cause: 'asked',
    });
    const [task] = opened;
    if (task) return task;
    throw new Refusal('conflict', skipped[0]?.why ?? 'There is an open request for this already.');
  });
}

/** Entitlements for a search field, best first. */
export async function findEntitlements(
  ctx: ActorCtx,
  query: string,
  applicationId: number | undefined,
) {
  return searchEntitlements(ctx.db, query, 100, applicationId);
}

export async function findApplications(ctx: ActorCtx, query: string) {
  return searchApplications(ctx.db, query, 100);
}
