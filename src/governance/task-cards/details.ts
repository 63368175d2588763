import { Refusal } from '../../errors.ts';
import { findSnapshot } from '../../store/tasks/task-snapshot.ts';
import { describeOrigin } from '../access/grant-origin.ts';
import type { ActorCtx } from '../context.ts';
import { describePerson } from '../people/display-name.ts';
import { stepWords } from '../policies/step-kinds.ts';
import { requireInvolved } from '../tasks/step-ref.ts';
import { formatDate, formatEnd } from '../wording/relative-time.ts';
import { describePlan, type PlanStep } from './execution-plan.ts';
import type { Line } from './history-lines.ts';
import type { Insight } from './insight.ts';
import { describeInsights } from './insights.ts';
import type { Recommendation } from './recommendation.ts';
import { describeStep, type TaskCard } from './step-card.ts';
import { formatRule } from './step-facts.ts';
import { type TaskView, viewTask } from './task-view.ts';

/** The facts, evidence, plan and comments of a task. */
export interface Details {
  taskId: number;
  kind: string;
  title: string;
  number: string;
  marks: string[];
  actsFor: string | undefined;
  /** The decision of the reader, if it is theirs. */
  choice: TaskCard['choice'];
  facts: [label: string, value: string][];
  /** The requester, the time and the reason. */
  asked: Line;
  /** The most severe first; undefined while they load. */
  insights: Insight[] | undefined;
  /** "Recommendation: approve — 41 of 44 in Engineering have it; not high risk." */
  recommendation: string | undefined;
  instructions: string | undefined;
  policy: string;
  plan: PlanStep[];
  comments: CommentView[];
}

export interface CommentView {
  author: string;
  body: string;
  at: Date;
}

/** The details without insights; `fill` adds the insights, which take more queries. */
export interface ReadDetails {
  known: Details;
  fill(): Promise<Details>;
}

/** Reads the details of a task. @throws Refusal 'missing', 'forbidden' for people the task does not concern */
export async function readDetails(ctx: ActorCtx, taskId: number): Promise<ReadDetails> {
  const snapshot = await findSnapshot(ctx.db, { taskId });
  if (!snapshot) throw new Refusal('missing', `There is no task #${taskId}.`);
  await requireInvolved(ctx, snapshot);
  return describeDetails(ctx, await viewTask(ctx, snapshot));
}

/** Describes a task that the actor may see. */
export function describeDetails(ctx: ActorCtx, view: TaskView): ReadDetails {
  const known = detailsOf(ctx, view);
  return {
    known,
    fill: async () => {
      const { insights, recommendation } = await describeInsights(ctx, view);
      const isOwn = [view.task.personId, view.task.requesterId].includes(ctx.actor.personId);
      // The recommendation is for reviewers. The requester should not read that their request looks unusual.
      const advice =
        recommendation && !isOwn ? formatRecommendation(view, recommendation) : undefined;
      return { ...known, insights, recommendation: advice };
    },
  };
}

function detailsOf(ctx: ActorCtx, view: TaskView): Details {
  const { task, entitlement } = view;
  const shown = view.active ?? view.steps[0];
  const card = shown ? describeStep(view, shown.id, ctx.actor.personId) : undefined;
  return {
    taskId: task.id,
    kind: card?.kind ?? 'Task',
    title: card?.title ?? view.label,
    number: `#${task.id}`,
    marks: card?.marks ?? [],
    actsFor: card?.actsFor,
    choice: card?.choice,
    facts: factsOf(view),
    asked: askedLine(view),
    insights: undefined,
    recommendation: undefined,
    instructions: entitlement.instructions ?? undefined,
    policy: task.policyName,
    plan: describePlan(view),
    comments: view.comments,
  };
}

function factsOf(view: TaskView): Details['facts'] {
  const { person, entitlement, task, grant } = view;
  const about: [string, string | undefined][] = [
    ['Person', describePerson(person)],
    ['Manager', view.manager ?? 'Not known'],
    ['Employment', employmentOf(view)],
    ['Account', `${person.email ?? person.formerEmail ?? person.name} on ${entitlement.app}`],
    ['Resource', view.label],
    ['Description', entitlement.description ?? undefined],
    ['Category', entitlement.category ?? undefined],
    ['Risk', capital(entitlement.risk ?? 'not set')],
    ['Until', task.kind === 'grant' ? untilFact(view) : undefined],
    ['Emergency', task.emergency ? 'Yes: it skips the usual approvals' : undefined],
    ['Role rule', view.rule && formatRule(view.rule)],
    ['Current access', grant ? formatCurrentGrant(grant, view) : 'None'],
  ];
  return about.flatMap(([label, value]): Details['facts'] =>
    value === undefined ? [] : [[label, value]],
  );
}

function formatCurrentGrant(
  grant: NonNullable<TaskView['grant']>,
  { heldByRule, zone }: TaskView,
): string {
  const origin = [describeOrigin({ ...grant, profile: undefined }), heldByRule].filter(Boolean);
  return `Since ${formatDate(grant.grantedAt ?? grant.firstSeenAt, zone)}, ${origin.join('; ')}`;
}

function employmentOf({ person }: TaskView): string {
  const known = [person.employmentStatus, person.employmentType].filter(Boolean).join(', ');
  const isHere = person.active && !person.closedAt;
  return isHere ? known || 'Not known' : ['Not active', known].filter(Boolean).join(', ');
}

function untilFact({ task, grant, zone }: TaskView): string {
  const until = task.accessUntil ? formatEnd(task.accessUntil, zone) : 'No end';
  if (task.cause !== 'extension' || !grant?.expiresAt) return until;
  return `${until}; now until ${formatEnd(grant.expiresAt, zone)}`;
}

const causes = {
  asked: 'Requested by',
  extension: 'Requested by',
  profile: 'Enrolled by',
  expired: 'The access expired; opened by',
  left_profile: 'Left the access profile; opened by',
  rule: 'Requested by a role rule; applied by',
  rule_gone: 'No role rule grants it now; opened by',
  outlier: 'Unusual access; proposed by',
} as const satisfies Record<TaskView['task']['cause'], string>;

function askedLine({ task, requester, profile }: TaskView): Line {
  const isProposed = task.kind === 'revoke' && task.cause === 'asked';
  // Such a request is in the name of the person, who can cancel it.
  const isOwnRule = task.cause === 'rule' && task.requesterId !== null;
  const opener = requester ?? 'Rolemine';
  const inProfile = profile ? ` (access profile "${profile}")` : '';
  return {
    text: isOwnRule
      ? `Requested by a role rule for ${opener}`
      : `${isProposed ? 'Proposed by' : causes[task.cause]} ${opener}${inProfile}`,
    at: task.openedAt,
    quote: task.reason ?? undefined,
  };
}

function formatRecommendation({ active }: TaskView, { verdict, reasons }: Recommendation): string {
  // The words are those of the buttons: a reviewer confirms a revocation, and does not approve it.
  const yes = active ? stepWords[active.kind].yes.button.toLowerCase() : 'approve';
  return `Recommendation: ${verdict === 'approve' ? yes : verdict} — ${reasons.join('; ')}.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
