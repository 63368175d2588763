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
  const now = groups.map(({ userIds, ...group }) => ({
    ...group,
    memberIds: userIds.flatMap((id) => personOf.get(id) ?? []).sort((a, b) => a - b),
    readAt: ctx.now,
  }));
  await inTransaction(ctx, async (ctx) => {
    const before = await listAllUserGroups(ctx.db);
    await replaceUserGroups(ctx.db, now);
    if (toText(before) === toText(now)) return;
    await audit(ctx, 'user-groups.change', subjectOf.slackUserGroups(), {
      before: before.map(pickFields),
      after: now.map(pickFields),
    });
  });
}

function toText(groups: readonly UserGroup[]): string {
  return JSON.stringify(groups.map(pickFields).sort((a, b) => (a.id < b.id ? -1 : 1)));
}

/** The fields whose changes count; the time of reading does not. */
function pickFields({ id, handle, name, memberIds }: UserGroup) {
  return { id, handle, name, memberIds };
}
