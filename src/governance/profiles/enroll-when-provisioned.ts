import { listLiveGrants } from '../../store/access/grants.ts';
import { insertEnrollments } from '../../store/profiles/enrollments.ts';
import { listProfileEntitlementIds, lockProfile } from '../../store/profiles/profiles.ts';
import type { Task } from '../../store/tasks/tasks.ts';
import { subjectOf } from '../audit-subjects.ts';
import { audit, type Ctx } from '../context.ts';
import { membershipEnds } from './enroll.ts';
import { notifyOfProfile } from './notices.ts';

/**
 * Enrolls somebody who requested a whole profile, once its last entitlement is provisioned. Runs in the transaction
 * that ends the task.
 */
export async function enrollWhenProvisioned(ctx: Ctx, task: Task): Promise<void> {
  if (task.profileId === null || task.requesterId === null || task.cause !== 'asked') return;
  // The lock lets the second of two tasks that end at once see the grant of the first.
  const profile = await lockProfile(ctx.db, task.profileId);
  if (!profile || profile.archivedAt) return;
  const entitlementIds = await listProfileEntitlementIds(ctx.db, profile.id);
  const live = await listLiveGrants(ctx.db, [task.personId], entitlementIds);
  const held = new Set(live.map((grant) => grant.entitlementId));
  if (entitlementIds.some((id) => !held.has(id))) return;
  const added = await insertEnrollments(ctx.db, {
    profileId: profile.id,
    personIds: [task.personId],
    enrollment: {
      enrolledBy: task.requesterId,
      enrolledAt: ctx.now,
      source: 'request',
    },
    endOf: await membershipEnds(ctx, profile, [task.personId]),
  });
  if (added.length === 0) return;
  await audit(ctx, 'profile.enroll', subjectOf.profile(profile.id), {
    after: { people: added, task: task.id },
  });
  await notifyOfProfile(ctx, added, { profileId: profile.id, kind: 'enrolled' });
}
