import { Refusal } from '../../errors.ts';
import type { EntitlementRow } from '../../store/catalog/entitlements.ts';
import { listSuperAdmins, wasRoleGrantedBy } from '../../store/people/roles.ts';
import { listStaleAssignees, type StaleAssignee } from '../../store/tasks/stale-assignees.ts';
import type { Assignee } from '../../store/tasks/task-snapshot.ts';
import type { Task, TaskStep } from '../../store/tasks/tasks.ts';
import { type ActorCtx, type Ctx, readerZone } from '../context.ts';
import { stepWords } from '../policies/step-kinds.ts';
import { formatEnd } from '../wording/relative-time.ts';
import { exclusionsOf, findExclusion, ownPeopleOf } from './exclusions.ts';
import type { StepSnapshot } from './step-ref.ts';

/** The current assignees of a step, and the actor among them. */
export interface StepAssignees {
  all: Assignee[];
  mine: Assignee;
}

/**
 * The one check before a step is decided. The right is derived again from the facts of this moment.
 * @throws Refusal 'forbidden' when the actor may not decide the step.
 */
export async function requireAssignee(
  ctx: ActorCtx,
  snapshot: StepSnapshot,
): Promise<StepAssignees> {
  const me = ctx.actor.personId;
  const assignees = snapshot.assignees.filter(({ stepId }) => stepId === snapshot.step.id);
  const all = assignees.filter(({ active }) => active);
  const mine = assignees.find(({ personId }) => personId === me);
  const refusal = decisionRefusalReason(snapshot, me, mine?.delegateOf ?? null);
  if (refusal) throw new Refusal('forbidden', refusal);
  const others = all.filter((one) => one !== mine).map(({ name }) => name);
  if (!mine?.active) {
    const names = others.join(' or ') || 'nobody';
    throw new Refusal(
      'forbidden',
      mine ? `This was reassigned; it is now with ${names}.` : `This is for ${names} to decide.`,
    );
  }
  const stale = await listStaleAssignees(ctx.db, { stepId: snapshot.step.id });
  const ended = stale.find(({ personId }) => personId === me);
  if (ended) throw new Refusal('forbidden', explainEnded(ended, mine));
  return { all, mine };
}

const endedWords = {
  left: 'You are no longer active in your company',
  guest: 'You are a guest in Slack',
  deactivated: 'Your Slack account is deactivated',
} as const;

/** "You are no longer an owner of GitHub, so you cannot decide this. It goes to the next people in line." */
function explainEnded({ cause }: StaleAssignee, { why, delegateOf }: Assignee): string {
  const lost =
    delegateOf === null
      ? `You are no longer ${why}`
      : `The person for whom you act is no longer ${why}`;
  const words = cause === 'replaced' ? lost : endedWords[cause];
  return `${words}, so you cannot decide this. It goes to the next people in line.`;
}

/** The reason why somebody may not decide a step, even as an assignee. */
export function decisionRefusalReason(
  snapshot: StepSnapshot,
  me: number,
  delegateOf: number | null,
): string | undefined {
  const { step, task } = snapshot;
  const exclusions = exclusionsOf(task, snapshot);
  const find = (id: number) => findExclusion(step, { id, name: '', active: true }, exclusions);
  const policy = `The policy "${task.policyName}" requires somebody else`;
  switch (find(me)) {
    case 'carriesOut':
      return `You approved this. ${policy} to carry it out.`;
    case 'earlier':
      return `You approved an earlier step. ${policy} for this one.`;
    case 'alone':
      return 'Nobody else has approved this, so you cannot provision it alone. It needs another person.';
    case 'own':
      return `You cannot approve ${ownWords(task, me)}.`;
    default:
  }
  return delegateOf !== null && find(delegateOf) === 'own'
    ? 'You cannot approve this as the delegate of the requester or of the person it is for.'
    : undefined;
}

function ownWords(task: Task, me: number): string {
  if (task.openedBy === me && task.personId !== me && task.requesterId !== me) {
    return 'a task that you opened';
  }
  return task.kind === 'revoke'
    ? 'a revocation that you proposed or that affects your own access'
    : 'your own request';
}

/** A refusal of an intervention in one's own task, which goes on record. */
export class OwnTaskRefusal extends Refusal {}

/**
 * The one check before a Super Admin acts on a task that is not theirs to decide: the subject, the requester, the
 * opener, and a Super Admin whom one of them has made one since it opened change nothing about it.
 * @param action "skip this step"
 * @throws OwnTaskRefusal with the name of somebody who can do it.
 */
export async function requireMayIntervene(
  ctx: ActorCtx,
  { task }: Pick<StepSnapshot, 'task'>,
  action: string,
): Promise<void> {
  const me = ctx.actor.personId;
  const own = ownPeopleOf(task);
  const isAppointed = async (personId: number) =>
    wasRoleGrantedBy(ctx.db, {
      ...{ personId, role: 'super_admin', by: [...own.keys()], since: task.openedAt },
    });
  if (!own.has(me) && !(await isAppointed(me))) return;
  const others: string[] = [];
  for (const admin of await listSuperAdmins(ctx.db)) {
    const isBarred = own.has(admin.id) || admin.id === me || (await isAppointed(admin.id));
    if (!isBarred) others.push(admin.name);
  }
  const why = own.has(me)
    ? `You cannot ${action}: you asked for this, opened it, or it is about your own access.`
    : `You cannot ${action}: a person of this task made you a Super Admin after it opened.`;
  const help =
    others.length > 0
      ? `Ask another Super Admin: ${others.slice(0, 3).join(' or ')}.`
      : 'There is no other Super Admin who can. Cancel the request, or wait for its assignees.';
  throw new OwnTaskRefusal('forbidden', `${why} ${help}`);
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

/** The risk that counts for a task: the higher one of its opening and of now. */
export function riskOf(task: Pick<Task, 'risk'>, now: EntitlementRow['risk']) {
  return task.risk === 'high' ? task.risk : now;
}

/**
 * A link can always say no, because a denial gives nothing away.
 * @param isPositive whether this is a "yes", or a reassignment
 * @throws Refusal 'forbidden' for a link whose step cannot be decided by e-mail.
 */
export function requireSurface(
  ctx: ActorCtx,
  { step, task, entitlement }: StepSnapshot,
  isPositive = true,
): void {
  if (!isPositive || ctx.via !== 'email' || mayDecideByEmail(step, riskOf(task, entitlement.risk)))
    return;
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
