import { listRequestsOf } from '../store/task-lists.ts';
import type { ActorCtx } from './context.ts';
import type { TaskCard } from './describe.ts';
import { describeRequest } from './describe-outcome.ts';
import { stateSentence } from './describe-trail.ts';
import { loadTaskView } from './task-view.ts';

/** A request of the reader's, with where it is in words. */
export interface MyRequest {
  card: TaskCard;
  state: string;
}

/** What a person asked for, or what was asked for them; open ones first, then the newest. */
export async function listMyRequests(ctx: ActorCtx, limit: number): Promise<MyRequest[]> {
  const requests: MyRequest[] = [];
  for (const task of await listRequestsOf(ctx.db, ctx.actor.personId, limit)) {
    const view = await loadTaskView(ctx, task.id);
    if (!view) continue;
    requests.push({
      card: describeRequest(view, ctx.actor.personId),
      state: stateSentence(view),
    });
  }
  return requests;
}
