import { listLinks } from '../../store/people/slack-links.ts';
import {
  listAllUserGroups,
  replaceUserGroups,
  type UserGroup,
} from '../../store/people/user-groups.ts';
import { subjectOf } from '../audit-subjects.ts';
import { audit, type Ctx, inTransaction } from '../context.ts';

/** A user group of Slack. */
export interface SlackGroup {
  id: string;
  handle: string;
  name: string;
  userIds: string[];
}

/** Stores the members of Slack's user groups, for policies with a group as approvers. */
export async function saveUserGroups(ctx: Ctx, groups: readonly SlackGroup[]): Promise<void> {
  const links = await listLinks(ctx.db);
  const personOf = new Map(
    links.flatMap(({ person, identity }): [string, number][] =>
      identity.state === 'linked' && identity.userId ? [[identity.userId, person.id]] : [],
    ),
  );
  await inTransaction(ctx, async (ctx) => {
    const before = await listAllUserGroups(ctx.db);
    const known = new Map(before.map((group) => [group.id, group]));
    const now = groups.map(({ userIds, ...group }) => {
      const memberIds = userIds.flatMap((id) => personOf.get(id) ?? []).sort((a, b) => a - b);
      const joinedAt = joinTimes(known.get(group.id), memberIds, ctx.now);
      return { ...group, memberIds, joinedAt, readAt: ctx.now };
    });
    await replaceUserGroups(ctx.db, now);
    if (toText(before) === toText(now)) return;
    await audit(ctx, 'user-groups.change', subjectOf.slackUserGroups(), {
      before: before.map(pickFields),
      after: now.map(pickFields),
    });
  });
}

/** New members are no approvers for so long, or until a Super Admin confirms them: anybody may be able to join. */
const waitMs = 24 * 3_600_000;

/** Whether a member joined so lately that they are no approver yet. */
export function isNewMember({ joinedAt }: UserGroup, personId: number, now: Date): boolean {
  const since = joinedAt[personId];
  return since !== undefined && now.getTime() - new Date(since).getTime() < waitMs;
}

/** When the new members joined. The members of a group that was not known before are not new. */
function joinTimes(
  before: UserGroup | undefined,
  memberIds: readonly number[],
  now: Date,
): Record<string, string> {
  if (!before) return {};
  const isKnown = new Set(before.memberIds);
  const since = memberIds.flatMap((id): [number, string][] => {
    if (!isKnown.has(id)) return [[id, now.toISOString()]];
    const joined = before.joinedAt[id];
    return joined !== undefined && isNewMember(before, id, now) ? [[id, joined]] : [];
  });
  return Object.fromEntries(since);
}

function toText(groups: readonly UserGroup[]): string {
  return JSON.stringify(groups.map(pickFields).sort((a, b) => (a.id < b.id ? -1 : 1)));
}

/** The fields whose changes count; the time of reading does not. */
function pickFields({
  id,
  handle,
  name,
  memberIds,
}: Pick<UserGroup, 'id' | 'handle' | 'name' | 'memberIds'>) {
  return { id, handle, name, memberIds };
}
