import { Refusal } from '../../errors.ts';
import type { EntitlementRow } from '../../store/catalog/entitlements.ts';
import type { Assignee } from '../../store/tasks/task-snapshot.ts';
import type { Task, TaskStep } from '../../store/tasks/tasks.ts';
import { type ActorCtx, type Ctx, readerZone } from '../context.ts';
import { stepWords } from '../policies/step-kinds.ts';
import { formatEnd } from '../wording/relative-time.ts';
import type { StepSnapshot } from './step-ref.ts';

/** The current assignees of a step, and the actor among them. */
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
  const names = all.map(({ name }) => name).join(' or ') || 'nobody';
  throw new Refusal(
    'forbidden',
    mine ? `This was reassigned; it is now with ${names}.` : `This is for ${names} to decide.`,
  );
}

/** The reason why somebody may not decide a step, even as an assignee. */
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
      ? `You approved this. The policy "${task.policyName}" requires somebody else to carry it out.`
      : undefined;
  }
  if (hasApproved && step.options.distinctApprovers) {
    return `You approved an earlier step. The policy "${task.policyName}" requires somebody else for this one.`;
  }
  const isSelfStep = step.approvers === 'self' && me === task.personId;
  if (isSelfStep || step.options.allowSelfApproval) return undefined;
  const own = [task.personId, task.requesterId];
  const subject =
    task.kind === 'revoke'
      ? 'a revocation that you proposed or that affects your own access'
      : 'your own request';
  if (own.includes(me)) return `You cannot approve ${subject}.`;
  return delegateOf !== null && own.includes(delegateOf)
    ? 'You cannot approve this as the delegate of the requester or of the person it is for.'
    : undefined;
}

/**
 * Whether a link in an e-mail may decide a step. If the policy does not say, it may unless the entitlement has a high
 * risk: a forwarded mail has the same link, while Slack knows who presses a button.
 */
export function mayDecideByEmail(
  { options }: Pick<TaskStep, 'options'>,
  risk: EntitlementRow['risk'],
): boolean {
  return options.decideByEmail ?? risk !== 'high';
}

/** @throws Refusal 'forbidden' for a link whose step cannot be decided by e-mail. */
export function requireSurface(ctx: ActorCtx, { step, task, entitlement }: StepSnapshot): void {
  if (ctx.via !== 'email' || mayDecideByEmail(step, entitlement.risk)) return;
  throw new Refusal('forbidden', explainSlackOnly(step, task));
}

/** Says why a link cannot decide a step, and where to decide it. */
export function explainSlackOnly({ options }: Pick<TaskStep, 'options'>, task: Task): string {
  const reason =
    options.decideByEmail === false
      ? `The policy "${task.policyName}" does not allow decisions by e-mail.`
      : 'High-risk access cannot be decided by e-mail.';
  return `${reason} Decide task #${task.id} in Slack.`;
}

/**
 * Validates a decision about a step.
 * @returns the choice and the trimmed reason
 * @throws Refusal invalid (no reason), conflict (a "yes" after the end of the access).
 */
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
    throw new Refusal('invalid', 'Enter a reason. The requester sees your reason.', 'reason');
  }
  if (decision.positive) requireFuture(ctx, task);
  return { choice, reason };
}

/** @throws Refusal 'conflict' when the access would already have ended. */
function requireFuture(ctx: Ctx, { kind, accessUntil }: Task): void {
  if (kind !== 'grant' || !accessUntil || accessUntil > ctx.now) return;
  throw new Refusal(
    'conflict',
    `The access was requested until ${formatEnd(accessUntil, readerZone(ctx))}, which has passed. Deny it; the requester can ask again.`,
  );
}
