import { Refusal } from '../../errors.ts';
import { searchAccessOf } from '../../store/access/grants.ts';
import {
  type EntitlementRow,
  listApplicationOwners,
  listEntitlementsById,
} from '../../store/catalog/entitlements.ts';
import { findPerson, type Person } from '../../store/people/people.ts';
import type { Task } from '../../store/tasks/tasks.ts';
import { type ActorCtx, inTransaction } from '../context.ts';
import { explainPermission, hasPermission } from '../permissions.ts';
import { labelOf } from '../tasks/approver-directory.ts';
import { openTasks } from '../tasks/open-tasks.ts';
import { assertOpenTaskLimit } from '../tasks/rates.ts';

/**
 * Proposes to revoke access: one's own, or as the person's manager, an owner of the application or with the permission. Somebody
 * else must confirm the revocation first.
 * @throws Refusal missing, forbidden, invalid (no reason), conflict (no such access, or an open revocation).
 */
export async function proposeRevocation(
  ctx: ActorCtx,
  input: { personId: number; entitlementId: number; reason: string },
): Promise<Task> {
  return inTransaction(ctx, async (ctx) => {
    const person = await findPerson(ctx.db, input.personId);
    const [entitlement] = await listEntitlementsById(ctx.db, [input.entitlementId]);
    if (!person || !entitlement) throw new Refusal('missing', 'This is no longer here.');
    await requireMayPropose(ctx, person, entitlement);
    const reason = input.reason.trim();
    if (!reason) throw new Refusal('invalid', 'Enter a reason. The approver sees it.');
    await assertOpenTaskLimit(ctx, 1);
    const { opened, skipped } = await openTasks(ctx, {
      kind: 'revoke',
      targets: [input],
      requesterId: ctx.actor.personId,
      openedBy: ctx.actor.personId,
      profileId: null,
      reason,
      cause: 'asked',
    });
    const [task] = opened;
    if (task) return task;
    throw new Refusal(
      'conflict',
      skipped[0]?.why ?? 'There is already an open revocation of this access.',
    );
  });
}

/**
 * Reads the access for the form that proposes its revocation.
 * @throws Refusal missing, forbidden (the actor may not propose it).
 */
export async function readGrant(ctx: ActorCtx, pair: { personId: number; entitlementId: number }) {
  const person = await findPerson(ctx.db, pair.personId);
  const [entitlement] = await listEntitlementsById(ctx.db, [pair.entitlementId]);
  if (!person || !entitlement) throw new Refusal('missing', 'This is no longer here.');
  await requireMayPropose(ctx, person, entitlement);
  return {
    person: { id: person.id, name: person.name },
    entitlement: { id: entitlement.id, name: labelOf(entitlement) },
  };
}

async function requireMayPropose(
  ctx: ActorCtx,
  person: Person,
  entitlement: EntitlementRow,
): Promise<void> {
  // Everybody can give back their own access.
  if ([person.id, person.managerId].includes(ctx.actor.personId)) return;
  if (hasPermission(ctx.actor.roles, 'proposeAnyRevocation')) return;
  const owners = await listApplicationOwners(ctx.db, [entitlement.applicationId]);
  const isOwner = owners.some(
    (owner) => owner.kind === 'owner' && owner.person.id === ctx.actor.personId,
  );
  if (!isOwner) throw new Refusal('forbidden', explainPermission('proposeAnyRevocation'));
}

/** Finds access of a person that the actor may propose to revoke, for a search field. */
export async function findAccessOf(ctx: ActorCtx, personId: number, query: string) {
  const person = await findPerson(ctx.db, personId);
  const found = await searchAccessOf(ctx.db, { personId, query, limit: 100 });
  const mayProposeAll =
    personId === ctx.actor.personId ||
    person?.managerId === ctx.actor.personId ||
    hasPermission(ctx.actor.roles, 'proposeAnyRevocation');
  if (mayProposeAll) return found;
  const owners = await listApplicationOwners(
    ctx.db,
    found.map((one) => one.applicationId),
  );
  const own = new Set(
    owners
      .filter(({ kind, person: owner }) => kind === 'owner' && owner.id === ctx.actor.personId)
      .map(({ applicationId }) => applicationId),
  );
  return found.filter((one) => own.has(one.applicationId));
}
