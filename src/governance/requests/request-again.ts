import { Refusal } from '../../errors.ts';
import { listEntitlementsById } from '../../store/catalog/entitlements.ts';
import { findPerson } from '../../store/people/people.ts';
import { findSnapshot } from '../../store/tasks/task-snapshot.ts';
import { type ActorCtx, requirePermission } from '../context.ts';
import { labelOf } from '../tasks/approver-directory.ts';
import { requireInvolved } from '../tasks/step-ref.ts';
import { mayRequestFor } from './request-access.ts';

interface Named {
  id: number;
  name: string;
}

/** The content of an ended task, for a form that asks for the same again. */
export interface RequestAgain {
  person: Named;
  entitlements: Named[];
  reason: string;
}

/** Reads an ended request. @throws Refusal missing, forbidden (people whom it does not concern). */
export async function readRequestAgain(ctx: ActorCtx, taskId: number): Promise<RequestAgain> {
  const snapshot = await findSnapshot(ctx.db, { taskId });
  if (!snapshot) throw new Refusal('missing', `There is no task #${taskId}.`);
  await requireInvolved(ctx, snapshot);
  const { person, entitlement, task } = snapshot;
  return {
    person: { id: person.id, name: person.name },
    entitlements: [{ id: entitlement.id, name: labelOf(entitlement) }],
    reason: task.reason ?? '',
  };
}

/** Names what a form asks for. @throws Refusal missing, forbidden (the actor may not request for the person). */
export async function nameRequest(
  ctx: ActorCtx,
  { personId, entitlementIds }: { personId: number; entitlementIds: readonly number[] },
): Promise<Pick<RequestAgain, 'person' | 'entitlements'>> {
  const person = await findPerson(ctx.db, personId);
  if (!person) throw new Refusal('missing', 'Rolemine does not know this person.');
  if (!mayRequestFor(ctx, person)) await requirePermission(ctx, 'requestForAnyone');
  const rows = await listEntitlementsById(ctx.db, entitlementIds);
  return {
    person: { id: person.id, name: person.name },
    entitlements: rows.map((row) => ({ id: row.id, name: labelOf(row) })),
  };
}
