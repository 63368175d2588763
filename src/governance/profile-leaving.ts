import { Refusal } from '../errors.ts';
import { type Grant, listLiveGrants } from '../store/access.ts';
import { listEntitlementsById } from '../store/entitlements.ts';
import { listProfileRequests } from '../store/moot-tasks.ts';
import { listPeopleById, type Person } from '../store/people.ts';
import {
  type AccessProfile,
  endEnrollments,
  findProfile,
  listEnrolled,
  listEnrolledSets,
  listProfileEntitlementIds,
  searchMembers,
} from '../store/profiles.ts';
import type { Leaving } from '../store/schema/mining.ts';
import { type ActorCtx, audit, inTransaction, requirePermission } from './context.ts';
import { openTasks } from './open-tasks.ts';
import { closeTask } from './task-closing.ts';

export type { Leaving };

/** What became of it when people left a profile. */
interface Left {
  kind: 'left';
  profile: AccessProfile;
  removed: number;
  /** Revocations opened. */
  opened: number;
  /** Requests of the profile that were still open for them. */
  closed: number;
  /** "Ana Ruiz holds GitHub · Admin": not given by a profile, so their people are to be asked. */
  direct: string[];
  /** Why a revocation could not be opened. */
  skipped: string[];
}

/** So many would leave at once that nothing was changed: who asked has to say that they mean it. */
interface Paused {
  kind: 'paused';
  profile: AccessProfile;
  removing: number;
  members: number;
}

/** More than these, and more than a fifth of the members, leave only with a yes (GOVERNANCE.md section 5). */
const freelyRemoved = 5;
const freelyRemovedShare = 0.2;

/**
 * Takes people out of a profile. Of what they hold with it stays all, goes all, or goes what a profile gave and
 * no other profile of theirs has; going means a revocation, which somebody decides about.
 * @param input.confirmed how many the actor has said yes to.
 * @throws Refusal invalid (nobody chosen, nobody of them a member).
 */
export async function unenroll(
  ctx: ActorCtx,
  input: {
    profileId: number;
    personIds: readonly number[];
    leaving: Leaving;
    confirmed?: number | undefined;
  },
): Promise<Left | Paused> {
  await requirePermission(ctx, 'manageProfiles');
  return inTransaction(ctx, async (ctx) => {
    const profile = await findProfile(ctx.db, input.profileId);
    if (!profile) throw new Refusal('missing', 'This access profile is no longer here.');
    if (input.personIds.length === 0) throw new Refusal('invalid', 'Choose at least one member.');
    const enrolled = await listEnrolled(ctx.db, profile.id);
    const wanted = new Set(input.personIds);
    const personIds = enrolled.filter((id) => wanted.has(id));
    const removing = personIds.length;
    if (removing === 0) {
      throw new Refusal('invalid', `None of them is a member of "${profile.name}" any more.`);
    }
    const isMany = removing > freelyRemoved && removing > freelyRemovedShare * enrolled.length;
    if (isMany && input.confirmed !== removing) {
      return { kind: 'paused', profile, removing, members: enrolled.length };
    }
    await endEnrollments(ctx.db, profile.id, personIds);
    await audit(ctx, 'profile.unenroll', `profile:${profile.id}`, {
      before: { members: enrolled.length },
      after: { people: personIds, leaving: input.leaving },
    });
    const people = new Map((await listPeopleById(ctx.db, personIds)).map((one) => [one.id, one]));
    const justified = await listEnrolledSets(ctx.db, personIds);
    const isAlone: IsAlone = ({ personId, entitlementId }) =>
      !justified.get(personId)?.has(entitlementId);
    const closed = await closeRequests(ctx, profile, people, isAlone);
    const rest = await takeAway(ctx, profile, people, isAlone, input.leaving);
    return { kind: 'left', profile, removed: removing, closed, ...rest };
  });
}

/** Whether no other profile of the person has it. */
type IsAlone = (pair: { personId: number; entitlementId: number }) => boolean;

/** What the profile has asked for and they have not got yet, they are not to get. */
async function closeRequests(
  ctx: ActorCtx,
  profile: AccessProfile,
  people: ReadonlyMap<number, Person>,
  isAlone: IsAlone,
): Promise<number> {
  const open = (await listProfileRequests(ctx.db, profile.id, [...people.keys()])).filter(isAlone);
  for (const task of open) {
    const name = people.get(task.personId)?.name ?? 'The person';
    const reason = `${name} left the access profile "${profile.name}".`;
    await closeTask(ctx, task, reason, [task.personId]);
  }
  return open.length;
}

async function takeAway(
  ctx: ActorCtx,
  profile: AccessProfile,
  people: ReadonlyMap<number, Person>,
  isAlone: IsAlone,
  leaving: Leaving,
): Promise<Pick<Left, 'opened' | 'direct' | 'skipped'>> {
  if (leaving === 'leave') return { opened: 0, direct: [], skipped: [] };
  const personIds = [...people.keys()];
  const entitlementIds = await listProfileEntitlementIds(ctx.db, profile.id);
  const live = await listLiveGrants(ctx.db, personIds, entitlementIds);
  const held = live.filter((grant) => grant.removalClaimedAt === null);
  const isAll = leaving === 'revoke_all';
  const going = isAll ? held : held.filter((grant) => isAlone(grant) && grant.profileId !== null);
  const direct = isAll ? [] : held.filter((grant) => isAlone(grant) && grant.profileId === null);
  const { opened, skipped } = await openTasks(
    ctx,
    'revoke',
    going.map(({ personId, entitlementId }) => ({ personId, entitlementId })),
    {
      requesterId: null,
      openedBy: ctx.actor.personId,
      profileId: profile.id,
      reason: `Left the access profile "${profile.name}".`,
      cause: 'left_profile',
    },
  );
  return {
    opened: opened.length,
    direct: await describeHeld(ctx, direct, people),
    skipped: skipped.map(({ why }) => why),
  };
}

async function describeHeld(
  ctx: ActorCtx,
  held: readonly Grant[],
  people: ReadonlyMap<number, Person>,
): Promise<string[]> {
  const rows = await listEntitlementsById(
    ctx.db,
    held.map((grant) => grant.entitlementId),
  );
  const labels = new Map(rows.map(({ id, app, name }) => [id, `${app} · ${name}`]));
  return held
    .map((one) => `${people.get(one.personId)?.name} holds ${labels.get(one.entitlementId)}`)
    .sort();
}

/** Members of a profile for a search field. */
export async function findMembers(
  ctx: ActorCtx,
  profileId: number,
  query: string,
): Promise<Person[]> {
  await requirePermission(ctx, 'manageProfiles');
  return searchMembers(ctx.db, profileId, query, 50);
}
