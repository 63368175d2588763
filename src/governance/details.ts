import { Refusal } from '../errors.ts';
import type { ActorCtx } from './context.ts';
import { describeStep } from './describe.ts';
import { describePlan, type Line } from './describe-trail.ts';
import { requireInvolved } from './open-step.ts';
import { loadTaskView } from './task-view.ts';

/** Everything there is to know about a task before deciding about it. */
export interface Details {
  title: string;
  number: string;
  facts: [string, string][];
  quote: string | undefined;
  instructions: string | undefined;
  policy: string;
  plan: Line[];
  comments: { author: string; body: string; at: Date }[];
}

/** @throws Refusal 'forbidden' for people the task does not concern. */
export async function readDetails(ctx: ActorCtx, taskId: number): Promise<Details> {
  const view = await loadTaskView(ctx, taskId);
  if (!view) throw new Refusal('missing', `There is no task #${taskId}.`);
  await requireInvolved(ctx, view.task);
  const { person, entitlement, task } = view;
  const first = view.steps[0];
  const card = first ? describeStep(view, first.id, ctx.actor.personId) : undefined;
  const facts: [string, string][] = [
    ['Person', [person.name, person.jobTitle, person.department].filter(Boolean).join(', ')],
    ['Manager', view.manager ?? 'None known'],
    [
      'Employment',
      [person.employmentStatus, person.employmentType].filter(Boolean).join(', ') || 'Not known',
    ],
    ['Account', `${person.email ?? person.name} on ${entitlement.app}`],
    [
      'Asked by',
      `${view.requester ?? 'nobody'}${view.profile ? ` (access profile "${view.profile}")` : ''}`,
    ],
    ...(card?.facts.filter(
      ([label]) => label === 'Peers' || label === 'Risk' || label === 'What',
    ) ?? []),
  ];
  return {
    title: card?.title ?? view.label,
    number: `#${task.id}`,
    facts,
    quote: task.reason ?? undefined,
    instructions: entitlement.instructions ?? undefined,
    policy: task.policyName,
    plan: describePlan(view),
    comments: view.comments,
  };
}
