import { Refusal } from '../../errors.ts';
import { findSnapshot } from '../../store/tasks/task-snapshot.ts';
import type { ActorCtx } from '../context.ts';
import { labelOf } from '../tasks/approver-directory.ts';
import { requireInvolved } from '../tasks/step-ref.ts';

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
