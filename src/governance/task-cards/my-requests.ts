import { countRequestsOf, listRequestsOf } from '../../store/tasks/task-lists.ts';
import type { ActorCtx } from '../context.ts';
import { describeState } from './history-lines.ts';
import { describeRequest } from './outcome-card.ts';
import type { TaskCard } from './step-card.ts';
import { loadTaskView } from './task-view.ts';

/** A request of the reader's, with where it is in words. */
export interface MyRequest {
  card: TaskCard;
  state: string;
  /** It is open, and the reader asked for it: whom it waits for can be reminded. */
  canRemind: boolean;
}

/** Some of the reader's requests, from the one at index `from` on, and how many there are. */
export interface MyRequests {
  total: number;
  from: number;
  rows: MyRequest[];
}

/** What a person asked for, or what was asked for them; open ones first, then the newest. */
export async function listMyRequests(ctx: ActorCtx, limit: number, from = 0): Promise<MyRequests> {
  const me = ctx.actor.personId;
  const rows: MyRequest[] = [];
  for (const task of await listRequestsOf(ctx.db, { personId: me, limit, offset: from })) {
    const view = await loadTaskView(ctx, task.id);
    if (!view) continue;
    rows.push({
      card: describeRequest(view, me),
      state: describeState(view),
      canRemind: task.state === 'open' && task.requesterId === me,
    });
  }
  return { total: await countRequestsOf(ctx.db, me), from, rows };
}
