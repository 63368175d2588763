import { listLinks } from '../../store/people/slack-links.ts';
import {
  listAllUserGroups,
  replaceUserGroups,
  type UserGroup,
} from '../../store/people/user-groups.ts';
import { subjectOf } from '../audit-subjects.ts';
import { audit, type Ctx, inTransaction } from '../context.ts';

/** A user group as Slack tells it. */
export interface SlackGroup {
  id: string;
  handle: string;
  name: string;
  userIds: string[];
}

/** Stores which people are in which user group of Slack, for policies that ask a group. */
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
    if (wordsOf(before) === wordsOf(now)) return;
    await audit(ctx, 'user-groups.change', subjectOf.slackUserGroups(), {
      before: before.map(shortly),
      after: now.map(shortly),
    });
  });
}

function wordsOf(groups: readonly UserGroup[]): string {
  return JSON.stringify(groups.map(shortly).sort((a, b) => (a.id < b.id ? -1 : 1)));
}

function shortly({ id, handle, name, memberIds }: UserGroup) {
  return { id, handle, name, memberIds };
}
