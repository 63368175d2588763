import { Refusal } from '../../errors.ts';
import type { EntitlementRow } from '../../store/catalog/entitlements.ts';
import type { Assignee } from '../../store/tasks/task-snapshot.ts';
import type { Task, TaskStep } from '../../store/tasks/tasks.ts';
import type { ActorCtx, Ctx } from '../context.ts';
import { stepWords } from '../policies/step-kinds.ts';
import { formatMoment } from '../wording/relative-time.ts';
import type { StepSnapshot } from './step-ref.ts';

/** The people whom a step is assigned to now, and the actor among them. */
export interface StepAssignees {
  all: Assignee[];
  mine: Assignee;
}

/** @throws Refusal 'forbidden' when the actor may not decide the step. */
export function requireAssignee(ctx: ActorCtx, snapshot: StepSnapshot): StepAssignees {
  const me = ctx.actor.personId;
  const assignees = snapshot.assignees.filter(({ stepId }) => stepId === snapshot.step.id);
  const all = assignees.filter(({ active }) => active);
  const mine = assignees.find(({ personId }) => personId === me);
  const refusal = decisionRefusalReason(snapshot, me, mine?.delegateOf ?? null);
  if (refusal) throw new Refusal('forbidden', refusal);
  if (mine?.active) return { all, mine };
  const holders = all.map(({ name }) => name).join(' or ') || 'nobody';
  throw new Refusal(
    'forbidden',
    mine ? `This was reassigned; it is now with ${holders}.` : `This is for ${holders} to decide.`,
  );
}

/** The reason why the policy keeps somebody from deciding a step that is assigned to them. */
function decisionRefusalReason(
  { step, task, steps }: StepSnapshot,
  me: number,
  delegateOf: number | null,
): string | undefined {
  const { decides } = stepWords[step.kind];
  const hasApproved = steps.some((one) => one.state === 'approved' && one.decidedBy === me);
  if (!decides) {
    const isExcluded = hasApproved && step.options.approverMayProvision === false;
    return isExcluded
      ? `You approved this; the policy "${task.policyName}" wants somebody else to carry it out.`
      : undefined;
  }
  if (hasApproved && step.options.distinctApprovers) {
    return `You approved an earlier step; the policy "${task.policyName}" wants somebody else here.`;
  }
  const isSelfStep = step.approvers === 'self' && me === task.personId;
  if (isSelfStep || step.options.allowSelfApproval) return undefined;
  const own = [task.personId, task.requesterId];
  const what =
    task.kind === 'revoke' ? 'a revocation that you proposed or that is yours' : 'your own request';
  if (own.includes(me)) return `You cannot approve ${what}.`;
  return delegateOf !== null && own.includes(delegateOf)
    ? 'You cannot approve this for the person who asked for it or whom it is for.'
    : undefined;
}

/**
 * Whether a link in an e-mail may decide a step: as its policy says, and where that says nothing, unless the entitlement
 * is of high risk. Whoever is forwarded a mail has its link, and Slack knows who presses.
 */
export function mayDecideByEmail(
  { options }: Pick<TaskStep, 'options'>,
  risk: EntitlementRow['risk'],
): boolean {
  return options.decideByEmail ?? risk !== 'high';
}

/** @throws Refusal 'forbidden' where a link is used for a step that is not decided by e-mail. */
export function requireSurface(ctx: ActorCtx, { step, task, entitlement }: StepSnapshot): void {
  if (ctx.via !== 'email' || mayDecideByEmail(step, entitlement.risk)) return;
  throw new Refusal('forbidden', explainSlackOnly(step, task));
}

/** Why a link decides nothing here, and where it is decided. */
export function explainSlackOnly({ options }: Pick<TaskStep, 'options'>, task: Task): string {
  const why =
    options.decideByEmail === false
      ? `The policy "${task.policyName}" does not let this be decided by e-mail`
      : 'It is of high risk, so it is not decided by e-mail';
  return `${why}: open Rolemine in Slack, where task #${task.id} waits for you.`;
}

/** The choice and its reason. @throws Refusal when a reason is missing, or a yes comes too late. */
export function validateDecision(
  ctx: Ctx,
  { step, task }: StepSnapshot,
  decision: { positive: boolean; reason?: string | undefined },
) {
  const words = stepWords[step.kind];
  const choice = decision.positive ? words.yes : words.no;
  const reason = decision.reason?.trim() || null;
  const needsReason = decision.positive ? step.options.reasonToApprove : choice.needsReason;
  if (needsReason && !reason) {
    throw new Refusal(
      'invalid',
      'Say why, in a few words: the requester is told your reason.',
      'reason',
    );
  }
  if (decision.positive) requireFuture(ctx, task);
  return { choice, reason };
}

/** @throws Refusal 'conflict' when what is to be given would have ended already. */
function requireFuture(ctx: Ctx, { id, kind, accessUntil }: Task): void {
  if (kind !== 'grant' || !accessUntil || accessUntil > ctx.now) return;
  throw new Refusal(
    'conflict',
    `#${id} was asked for until ${formatMoment(accessUntil)}, which is over; say no to it, and let it be asked for anew if it is still needed.`,
  );
}
