import type { ApproverKind, StepKind, StepOptions } from '../../store/schema/tasks.ts';
import type { Task, TaskStep } from '../../store/tasks/tasks.ts';
import type { Candidate } from '../policies/named-approvers.ts';
import { stepWords } from '../policies/step-kinds.ts';

/** What a step asks of its assignees. */
export interface StepRequirement {
  kind: StepKind;
  approvers: ApproverKind;
  options: StepOptions;
}

/** People who must not decide, with the reason that the plan gives. */
export interface Exclusions {
  /** The person whom the access is for. */
  subject: number;
  /** The subject and the requester, unless the step allows self-approval. */
  own: ReadonlyMap<number, string>;
  /** People who approved an earlier step; a policy may want others for the next one. */
  approved: ReadonlySet<number>;
  /** The Super Admin who enrolled the person in a profile: asked only if there is nobody else. */
  lastResort: number | undefined;
}

/**
 * Nobody decides about their own request (docs/governance.md#self-approval).
 * @param steps of the task so far, with their decisions.
 */
export function exclusionsOf(
  { personId, requesterId, openedBy }: Pick<Task, 'personId' | 'requesterId' | 'openedBy'>,
  steps: readonly Pick<TaskStep, 'state' | 'decidedBy'>[] = [],
): Exclusions {
  const own = new Map([[personId, 'is the person it is for']]);
  if (requesterId !== null && requesterId !== personId) own.set(requesterId, 'asked for it');
  const approved = steps.filter((step) => step.state === 'approved');
  return {
    subject: personId,
    own,
    approved: new Set(approved.flatMap((step) => step.decidedBy ?? [])),
    lastResort: requesterId === null ? (openedBy ?? undefined) : undefined,
  };
}

/**
 * The reason why somebody may not act on a step; undefined when they may. Approving one's own request is refused,
 * carrying out the decision of others is not.
 */
export function exclusionReason(
  { kind, approvers, options }: StepRequirement,
  candidate: Candidate,
  exclusions: Exclusions,
): string | undefined {
  if (!candidate.active) return 'is not active';
  const hasApproved = exclusions.approved.has(candidate.id);
  if (!stepWords[kind].decides) {
    const isExcluded = hasApproved && options.approverMayProvision === false;
    return isExcluded ? 'approved it and may not carry it out, too' : undefined;
  }
  if (hasApproved && options.distinctApprovers) return 'approved an earlier step';
  const isSelfStep = approvers === 'self' && candidate.id === exclusions.subject;
  return isSelfStep || options.allowSelfApproval ? undefined : exclusions.own.get(candidate.id);
}
