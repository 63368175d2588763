import { Refusal } from '../../errors.ts';
import { listLiveGrants } from '../../store/access/grants.ts';
import { listEntitlementsById } from '../../store/catalog/entitlements.ts';
import { findPerson, type Person } from '../../store/people/people.ts';
import { listEnrollments } from '../../store/profiles/enrollments.ts';
import { type AccessProfile, listProfileEntitlementIds } from '../../store/profiles/profiles.ts';
import { adoptRequests } from '../../store/tasks/obsolete-tasks.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, inTransaction, requirePermission } from '../context.ts';
import { mayRequestFor, openRequests, type RequestedAccess } from '../requests/request-access.ts';
import { readProfile } from './rights.ts';

/** A profile as somebody sees it who may ask for all of it. */
export interface ProfileOffer {
  profile: AccessProfile;
  entitlements: { label: string; isHeld: boolean }[];
}

/** What asking for a whole profile would ask for, for the actor themself. @throws Refusal as requestProfile. */
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
 * Asks for everything in a profile that a person lacks, a request each. They become a member when the last of it
 * has been provisioned.
 * @throws Refusal forbidden, invalid (no reason), conflict (a member already, nothing lacking, nothing may be
 * asked for).
 */
export async function requestProfile(
  ctx: ActorCtx,
  input: { profileId: number; personId: number; reason: string },
): Promise<RequestedAccess & { profile: AccessProfile }> {
  const person = await findPerson(ctx.db, input.personId);
  if (!person) throw new Refusal('missing', 'That person is not known here.');
  if (!mayRequestFor(ctx, person)) await requirePermission(ctx, 'requestForAnyone');
  const reason = input.reason.trim();
  if (!reason) {
    throw new Refusal('invalid', 'Say what it is needed for; the approver reads it.', 'reason');
  }
  return inTransaction(ctx, async (ctx) => {
    const profile = await readRequestable(ctx, input.profileId);
    const lacking = await requireLacking(ctx, profile, person);
    const adopted = await adoptRequests(ctx.db, {
      profileId: profile.id,
      personId: person.id,
      entitlementIds: lacking,
    });
    const answer = await openRequests(
      ctx,
      { personId: person.id, ids: lacking, until: null },
      {
        requesterId: ctx.actor.personId,
        openedBy: ctx.actor.personId,
        profileId: profile.id,
        reason,
        cause: 'asked',
        emergency: false,
      },
    );
    if (answer.opened.length === 0 && adopted === 0) {
      throw new Refusal('conflict', [...new Set(answer.refused.map((one) => one.why))].join(' '));
    }
    await audit(ctx, 'profile.request', subjectOf.profile(profile.id), {
      after: { person: person.id, tasks: answer.opened.map(({ id }) => id) },
    });
    return { ...answer, profile };
  });
}

async function requireLacking(
  ctx: ActorCtx,
  profile: AccessProfile,
  person: Person,
): Promise<number[]> {
  const isOwn = person.id === ctx.actor.personId;
  const [is, holds] = isOwn
    ? ['You are', 'You hold']
    : [`${person.name} is`, `${person.name} holds`];
  const members = await listEnrollments(ctx.db, profile.id);
  if (members.some(({ personId }) => personId === person.id)) {
    throw new Refusal('conflict', `${is} a member of "${profile.name}" already.`);
  }
  const ids = await listProfileEntitlementIds(ctx.db, profile.id);
  const held = await listHeld(ctx, person.id, ids);
  const lacking = ids.filter((id) => !held.has(id));
  if (lacking.length === 0) {
    const nothing = 'there is nothing to ask for';
    throw new Refusal('conflict', `${holds} everything in "${profile.name}" already; ${nothing}.`);
  }
  return lacking;
}

async function readRequestable(ctx: ActorCtx, id: number): Promise<AccessProfile> {
  const profile = await readProfile(ctx, id);
  if (!profile.archivedAt) return profile;
  throw new Refusal('conflict', `"${profile.name}" is archived and cannot be requested.`);
}

async function listHeld(ctx: ActorCtx, personId: number, ids: readonly number[]) {
  const live = await listLiveGrants(ctx.db, [personId], ids);
  return new Set(live.map((one) => one.entitlementId));
}
