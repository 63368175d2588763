import { Refusal } from '../../errors.ts';
import { listManagerCircles } from '../../store/people/managers.ts';
import { findPerson, listPeopleById } from '../../store/people/people.ts';
import { confirmActivePerson, listSuspended } from '../../store/people/standing.ts';
import {
  clearJoinTimes,
  listAllUserGroups,
  listUserGroups,
} from '../../store/people/user-groups.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, inTransaction, requirePermission } from '../context.ts';
import { isNewMember } from './slack-user-groups.ts';

/** Doubts about who may act, which a Super Admin can settle. */
export interface StandingConcerns {
  /** Deactivated in Slack, active in their source. */
  suspended: { id: number; name: string }[];
  /** New members of Slack user groups, who are no approvers yet. */
  newMembers: { groupId: string; handle: string; names: string[] }[];
  /** People whose line of managers leads back to themselves. Only their source can mend that. */
  circles: { id: number; name: string; isSelf: boolean }[];
}

const maxListed = 10;

export async function listStandingConcerns(ctx: ActorCtx): Promise<StandingConcerns> {
  await requirePermission(ctx, 'manageUsers');
  const fresh = (await listAllUserGroups(ctx.db))
    .map((group) => ({
      group,
      ids: group.memberIds.filter((id) => isNewMember(group, id, ctx.now)),
    }))
    .filter(({ ids }) => ids.length > 0)
    .slice(0, maxListed);
  const people = await listPeopleById(
    ctx.db,
    fresh.flatMap(({ ids }) => ids),
  );
  const nameOf = new Map(people.map(({ id, name }) => [id, name]));
  return {
    suspended: await listSuspended(ctx.db, maxListed),
    newMembers: fresh.map(({ group, ids }) => ({
      groupId: group.id,
      handle: group.handle,
      names: ids.flatMap((id) => nameOf.get(id) ?? []),
    })),
    circles: (await listManagerCircles(ctx.db)).slice(0, maxListed),
  };
}

/** Confirms that somebody who is deactivated in Slack may act by e-mail. @throws Refusal forbidden, missing, conflict. */
export async function confirmActive(
  ctx: ActorCtx,
  input: { personId: number },
): Promise<{ name: string }> {
  await requirePermission(ctx, 'manageUsers');
  return inTransaction(ctx, async (ctx) => {
    const person = await findPerson(ctx.db, input.personId);
    if (!person) throw new Refusal('missing', 'That person is not known here.');
    if (!(await confirmActivePerson(ctx.db, person.id, ctx.now))) {
      throw new Refusal('conflict', `${person.name} needs no confirmation anymore.`);
    }
    await audit(ctx, 'slack.confirm_active', subjectOf.person(person.id), {
      after: { state: 'deactivated' },
    });
    return { name: person.name };
  });
}

/** Confirms the new members of a Slack user group as approvers. @throws Refusal forbidden, conflict (nobody is new). */
export async function confirmGroupMembers(
  ctx: ActorCtx,
  input: { groupId: string },
): Promise<{ handle: string }> {
  await requirePermission(ctx, 'manageUsers');
  return inTransaction(ctx, async (ctx) => {
    const [group] = await listUserGroups(ctx.db, [input.groupId]);
    const members = group?.memberIds.filter((id) => isNewMember(group, id, ctx.now)) ?? [];
    if (!group || members.length === 0) {
      throw new Refusal('conflict', 'This group has no new members anymore.');
    }
    if (members.includes(ctx.actor.personId)) {
      throw new Refusal(
        'forbidden',
        'You joined this group lately, so another Super Admin must confirm its members.',
      );
    }
    await clearJoinTimes(ctx.db, group.id);
    await audit(ctx, 'user-groups.confirm', subjectOf.slackUserGroups(), {
      after: { group: group.handle, members },
    });
    return { handle: group.handle };
  });
}
