import { Refusal } from '../../errors.ts';
import { listLiveGrants } from '../../store/access/grants.ts';
import { listEntitlementsById } from '../../store/catalog/entitlements.ts';
import { findPerson, type Person } from '../../store/people/people.ts';
import { listEnrollments } from '../../store/profiles/enrollments.ts';
import { type AccessProfile, listProfileEntitlementIds } from '../../store/profiles/profiles.ts';
import { adoptRequests } from '../../store/tasks/obsolete-tasks.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, inTransaction, requirePermission } from '../context.ts';
import { findZone } from '../people/person-zones.ts';
import { mayRequestFor, openRequests, type RequestedAccess } from '../requests/request-access.ts';
import { readProfile } from './rights.ts';

/** A profile for somebody who can request all of it. */
export interface ProfileOffer {
  profile: AccessProfile;
  entitlements: { label: string; isHeld: boolean }[];
}

/** Lists what the actor would request with a whole profile. @throws Refusal as `requestProfile`. */
export async function offerProfile(ctx: ActorCtx, profileId: number): Promise<ProfileOffer> {
  await requirePermission(ctx, 'viewDashboard');
  const profile = await readRequestable(ctx, profileId);
  const ids = await listProfileEntitlementIds(ctx.db, profile.id);
  const held = await listHeld(ctx, ctx.actor.personId, ids);
  const rows = await listEntitlementsById(ctx.db, ids);
  return {
    profile,
    entitlements: rows
      .map(({ id, app, name }) => ({ label: `${app} · ${name}`, isHeld: held.has(id) }))
      .sort((a, b) => (a.label < b.label ? -1 : 1)),
  };
}

/**
 * Opens a request for each entitlement of a profile that a person lacks. They become a member when the last one is
 * provisioned.
 * @throws Refusal forbidden, invalid (no reason), conflict (a member already, nothing missing, or nothing requestable).
 */
export async function requestProfile(
  ctx: ActorCtx,
  input: { profileId: number; personId: number; reason: string },
): Promise<RequestedAccess & { profile: AccessProfile }> {
  const person = await findPerson(ctx.db, input.personId);
  if (!person) throw new Refusal('missing', 'This person no longer exists.');
  if (!mayRequestFor(ctx, person)) await requirePermission(ctx, 'requestForAnyone');
  const reason = input.reason.trim();
  if (!reason) {
    throw new Refusal('invalid', 'Say what it is needed for; the approver reads it.', 'reason');
  }
  return inTransaction(ctx, async (ctx) => {
    const profile = await readRequestable(ctx, input.profileId);
    const missing = await listMissing(ctx, profile, person);
    const adopted = await adoptRequests(ctx.db, {
      profileId: profile.id,
      personId: person.id,
      entitlementIds: missing,
    });
    const result = await openRequests(
      ctx,
      { personId: person.id, ids: missing, until: null, zone: await findZone(ctx, person.id) },
      {
        requesterId: ctx.actor.personId,
        openedBy: ctx.actor.personId,
        profileId: profile.id,
        reason,
        cause: 'asked',
        emergency: false,
      },
    );
    if (result.opened.length === 0 && adopted === 0) {
      throw new Refusal('conflict', [...new Set(result.refused.map(({ why }) => why))].join(' '));
    }
    await audit(ctx, 'profile.request', subjectOf.profile(profile.id), {
      after: { person: person.id, tasks: result.opened.map(({ id }) => id) },
    });
    return { ...result, profile };
  });
}

/** @throws Refusal conflict: a member already, or nothing is missing. */
async function listMissing(
  ctx: ActorCtx,
  profile: AccessProfile,
  person: Person,
): Promise<number[]> {
  const isOwn = person.id === ctx.actor.personId;
  const [is, has] = isOwn ? ['You are', 'You have'] : [`${person.name} is`, `${person.name} has`];
  const members = await listEnrollments(ctx.db, profile.id);
  if (members.some(({ personId }) => personId === person.id)) {
    throw new Refusal('conflict', `${is} already a member of "${profile.name}".`);
  }
  const ids = await listProfileEntitlementIds(ctx.db, profile.id);
  const held = await listHeld(ctx, person.id, ids);
  const missing = ids.filter((id) => !held.has(id));
  if (missing.length === 0) {
    const everything = `everything in "${profile.name}"`;
    throw new Refusal('conflict', `${has} ${everything} already; there is nothing to request.`);
  }
  return missing;
}

async function readRequestable(ctx: ActorCtx, id: number): Promise<AccessProfile> {
  const profile = await readProfile(ctx, id);
  if (!profile.archivedAt) return profile;
  throw new Refusal('conflict', `"${profile.name}" is archived and cannot be requested.`);
}

async function listHeld(ctx: ActorCtx, personId: number, ids: readonly number[]) {
  const live = await listLiveGrants(ctx.db, [personId], ids);
  return new Set(live.map((grant) => grant.entitlementId));
}
