import { Refusal } from '../../errors.ts';
import { findSnapshot } from '../../store/tasks/task-snapshot.ts';
import { describeOrigin } from '../access/grant-origin.ts';
import type { ActorCtx } from '../context.ts';
import { stepWords } from '../policies/step-kinds.ts';
import { requireInvolved } from '../tasks/step-ref.ts';
import { formatDate, formatMoment } from '../wording/relative-time.ts';
import { describePlan, type PlanStep } from './execution-plan.ts';
import type { Line } from './history-lines.ts';
import type { Insight } from './insight.ts';
import { describeInsights } from './insights.ts';
import type { Recommendation } from './recommendation.ts';
import { describeStep, formatRule } from './step-card.ts';
import { type TaskView, viewTask } from './task-view.ts';

/** Everything there is to know about a task before deciding about it. */
export interface Details {
  taskId: number;
  title: string;
  number: string;
  facts: [label: string, value: string][];
  /** Who asked, when and why. */
  asked: Line;
  /** Most severe first; undefined while they are being looked for. */
  insights: Insight[] | undefined;
  /** "Rolemine recommends: approve — 41 of 44 in Engineering hold it; its risk is not high." */
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

/** The details that are known at once; `fill` looks for the insights, which takes a few queries more. */
export interface ReadDetails {
  known: Details;
  fill(): Promise<Details>;
}

/** @throws Refusal 'missing', 'forbidden' for people the task does not concern. */
export async function readDetails(ctx: ActorCtx, taskId: number): Promise<ReadDetails> {
  const snapshot = await findSnapshot(ctx.db, { taskId });
  if (!snapshot) throw new Refusal('missing', `There is no task #${taskId}.`);
  await requireInvolved(ctx, snapshot);
  return describeDetails(ctx, await viewTask(ctx, snapshot));
}

/** The details of a task that concerns the reader. */
export function describeDetails(ctx: ActorCtx, view: TaskView): ReadDetails {
  const known = detailsOf(ctx, view);
  return {
    known,
    fill: async () => {
      const { insights, recommendation } = await describeInsights(ctx, view);
      const isOwn = [view.task.personId, view.task.requesterId].includes(ctx.actor.personId);
      // It is for the people who decide; nobody should read that their own request looks odd.
      const words =
        recommendation && !isOwn ? recommendationWords(view, recommendation) : undefined;
      return { ...known, insights, recommendation: words };
    },
  };
}

function detailsOf(ctx: ActorCtx, view: TaskView): Details {
  const { task, entitlement } = view;
  const shown = view.active ?? view.steps[0];
  const card = shown ? describeStep(view, shown.id, ctx.actor.personId) : undefined;
  return {
    taskId: task.id,
    title: card?.title ?? view.label,
    number: `#${task.id}`,
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
    ['Person', [person.name, person.jobTitle, person.department].filter(Boolean).join(', ')],
    ['Manager', view.manager ?? 'None known'],
    ['Employment', employmentOf(view)],
    ['Account', `${person.email ?? person.name} on ${entitlement.app}`],
    ['Resource', view.label],
    ['What', entitlement.description ?? undefined],
    ['Category', entitlement.category ?? undefined],
    ['Risk', capital(entitlement.risk ?? 'not rated')],
    ['Until', task.kind === 'grant' ? untilFact(view) : undefined],
    ['Emergency', task.emergency ? 'Yes: it goes past the usual approvals' : undefined],
    ['Role rule', view.rule && formatRule(view.rule)],
    [
      'Held now',
      grant
        ? `Since ${formatDate(grant.grantedAt ?? grant.firstSeenAt)}, ${[describeOrigin({ ...grant, profile: undefined }), view.heldByRule].filter(Boolean).join('; ')}`
        : 'No',
    ],
  ];
  return about.flatMap(([label, value]): Details['facts'] =>
    value === undefined ? [] : [[label, value]],
  );
}

function employmentOf({ person }: TaskView): string {
  const known = [person.employmentStatus, person.employmentType].filter(Boolean).join(', ');
  const isHere = person.active && !person.closedAt;
  return isHere ? known || 'Not known' : ['Not active', known].filter(Boolean).join(', ');
}

function untilFact({ task, grant }: TaskView): string {
  const until = task.accessUntil ? formatMoment(task.accessUntil) : 'No end';
  if (task.cause !== 'extension' || !grant?.expiresAt) return until;
  return `${until}; now until ${formatMoment(grant.expiresAt)}`;
}

const causes = {
  asked: 'Asked by',
  extension: 'Asked by',
  profile: 'Enrolled by',
  expired: 'Its time is over; opened by',
  left_profile: 'Left the access profile; opened by',
  rule: 'By a role rule; applied by',
  rule_gone: 'No role rule gives it any more; opened by',
  outlier: 'Hardly any peer has it; proposed by',
} as const satisfies Record<TaskView['task']['cause'], string>;

function askedLine({ task, requester, profile }: TaskView): Line {
  const isProposed = task.kind === 'revoke' && task.cause === 'asked';
  // It is asked for in the name of the person, who may take it back.
  const isOwnRule = task.cause === 'rule' && task.requesterId !== null;
  const who = requester ?? 'Rolemine';
  const inProfile = profile ? ` (access profile "${profile}")` : '';
  return {
    text: isOwnRule
      ? `By a role rule, in the name of ${who}`
      : `${isProposed ? 'Proposed by' : causes[task.cause]} ${who}${inProfile}`,
    at: task.openedAt,
    quote: task.reason ?? undefined,
  };
}

function recommendationWords({ active }: TaskView, { verdict, reasons }: Recommendation): string {
  // A revocation is confirmed, not approved; the words are those of the buttons.
  const yes = active ? stepWords[active.kind].yes.button.toLowerCase() : 'approve';
  const what = verdict === 'approve' ? yes : verdict;
  return `Rolemine recommends: ${what} — ${reasons.join('; ')}.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
