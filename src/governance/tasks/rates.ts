import { Refusal } from '../../errors.ts';
import { countCommentsSince } from '../../store/tasks/task-comments.ts';
import { countOpenTasksOf } from '../../store/tasks/task-lists.ts';
import type { ActorCtx } from '../context.ts';
import { hasPermission } from '../permissions.ts';

/** Comments of one person in a minute, over all tasks: more than a conversation has, fewer than a script writes. */
const maxCommentsPerMinute = 20;
/** Open requests and proposals of one person. Approvers could not decide more in any useful time. */
const maxOpenTasks = 100;
/** The same for people who request for anybody, such as a help desk. */
const maxOpenTasksForAnyone = 2_000;

/**
 * Limits the comments of the actor, so that one person cannot delay everybody's messages.
 * @throws Refusal conflict.
 */
export async function assertCommentRate(ctx: ActorCtx): Promise<void> {
  const since = new Date(ctx.now.getTime() - 60_000);
  const count = await countCommentsSince(ctx.db, ctx.actor.personId, since);
  if (count < maxCommentsPerMinute) return;
  throw new Refusal(
    'conflict',
    `You wrote ${maxCommentsPerMinute} comments within a minute. This one was not saved. Wait a minute and send it again.`,
  );
}

/**
 * Limits the open requests and proposals of the actor, so that one person cannot bury the approvers.
 * @throws Refusal conflict.
 */
export async function assertOpenTaskLimit(ctx: ActorCtx, added: number): Promise<void> {
  const isForAnyone = hasPermission(ctx.actor.roles, 'requestForAnyone');
  const max = isForAnyone ? maxOpenTasksForAnyone : maxOpenTasks;
  const count = await countOpenTasksOf(ctx.db, ctx.actor.personId);
  if (count + added <= max) return;
  throw new Refusal(
    'conflict',
    `You have ${count} open requests and can have ${max.toLocaleString('en')}. Nothing was sent. Cancel some with /rolemine requests, or wait for decisions.`,
  );
}
