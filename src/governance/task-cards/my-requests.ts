import { countRequestsOf, listRequestsOf } from '../../store/tasks/task-lists.ts';
import type { ActorCtx } from '../context.ts';
import { describeState } from './history-lines.ts';
import { describeRequest } from './outcome-card.ts';
import type { TaskCard } from './step-card.ts';
import { loadTaskView, type TaskView } from './task-view.ts';

/** A request by or for the reader. */
export interface MyRequest {
  card: TaskCard;
  /** The state in words. */
  state: string;
  /** Whether the reader can send a reminder: the request is open and theirs. */
  canRemind: boolean;
}

/** A part of the reader's requests, from index `from` on, and the total. */
export interface MyRequests {
  total: number;
  from: number;
  rows: MyRequest[];
}

/** Lists requests by and for the actor; open requests first, then the newest. */
export async function listMyRequests(ctx: ActorCtx, limit: number, from = 0): Promise<MyRequests> {
  const me = ctx.actor.personId;
  const rows: MyRequest[] = [];
  for (const task of await listRequestsOf(ctx.db, { personId: me, limit, offset: from })) {
    const view = await loadTaskView(ctx, task.id);
    if (view) rows.push(describeMyRequest(view, me));
  }
  return { total: await countRequestsOf(ctx.db, me), from, rows };
}

/** Finds a request by or for the actor; undefined when there is none with this number. */
export async function findMyRequest(ctx: ActorCtx, taskId: number): Promise<MyRequest | undefined> {
  const me = ctx.actor.personId;
  const view = await loadTaskView(ctx, taskId);
  if (!view) return undefined;
  const { requesterId, personId, kind } = view.task;
  const isOwn = requesterId === me || (personId === me && kind === 'grant');
  return isOwn ? describeMyRequest(view, me) : undefined;
}

function describeMyRequest(view: TaskView, readerId: number): MyRequest {
  const { state, requesterId } = view.task;
  return {
    card: describeRequest(view, readerId),
    state: describeState(view),
    canRemind: state === 'open' && requesterId === readerId,
  };
}
