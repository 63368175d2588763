import { findPerson } from '../../store/people/people.ts';
import {
  countOpenSteps,
  findBusiestAssignee,
  listActiveSteps,
  type OpenFilter,
} from '../../store/tasks/open-steps.ts';
import type { StepKind } from '../../store/tasks/tasks.ts';
import { type ActorCtx, requirePermission } from '../context.ts';
import type { StepRef } from '../tasks/step-ref.ts';
import { describeState } from './history-lines.ts';
import { describeStep } from './step-card.ts';
import { loadTaskView } from './task-view.ts';

/** The filter, order and page of a list of open tasks; the first page is 0. */
export interface OpenQuery extends OpenFilter {
  order: 'oldest' | 'newest';
  page: number;
}

export interface OpenSteps {
  query: OpenQuery;
  pages: number;
  total: number;
  counts: { kind: StepKind; count: number }[];
  /** The start of the oldest open step. */
  oldest: Date | undefined;
  /** The assignee with the most open tasks. */
  busiest: { name: string; count: number } | undefined;
  /** The person whose tasks are listed; undefined for all people. */
  person: string | undefined;
  rows: OpenStep[];
}

export interface OpenStep {
  taskId: number;
  ref: StepRef;
  title: string;
  /** "waiting for Kim Lee to approve it" */
  state: string;
  since: Date | null;
}

/**
 * Lists open tasks with their assignees for Super Admins, who can reassign, skip, cancel and restart them.
 * @throws Refusal 'forbidden' for other people
 */
export async function listOpenSteps(
  ctx: ActorCtx,
  query: OpenQuery,
  length: number,
): Promise<OpenSteps> {
  await requirePermission(ctx, 'reassignAnyTask');
  const counts = await countOpenSteps(ctx.db, query);
  const total = counts.reduce((sum, row) => sum + row.count, 0);
  const pages = Math.max(1, Math.ceil(total / length));
  const page = Math.max(0, Math.min(query.page, pages - 1));
  const slice = { limit: length, offset: page * length };
  const rows: OpenStep[] = [];
  for (const { step, task } of await listActiveSteps(ctx.db, {
    filter: query,
    order: query.order,
    slice,
  })) {
    const view = await loadTaskView(ctx, task.id);
    if (!view) continue;
    rows.push({
      taskId: task.id,
      ref: { stepId: step.id, version: step.version },
      title: describeStep(view, step.id, ctx.actor.personId).title,
      state: describeState(view),
      since: step.activatedAt,
    });
  }
  const { personId } = query;
  return {
    query: { ...query, page },
    pages,
    total,
    counts: counts.map(({ kind, count }) => ({ kind, count })),
    oldest: counts
      .map((row) => row.oldest)
      .sort((a, b) => a.getTime() - b.getTime())
      .at(0),
    busiest: await findBusiestAssignee(ctx.db, query),
    person: personId === undefined ? undefined : (await findPerson(ctx.db, personId))?.name,
    rows,
  };
}
