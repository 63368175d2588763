import type { ApproverKind, StepKind, StepOptions } from '../../store/schema/tasks.ts';
import type { Task, TaskStep } from '../../store/tasks/tasks.ts';
import type { Candidate } from '../policies/named-approvers.ts';
import { stepWords } from '../policies/step-kinds.ts';

/** The properties of a step that decide about its assignees. */
export interface StepRequirement {
  kind: StepKind;
  approvers: ApproverKind;
  options: StepOptions;
}

/** The people who must not decide, and why. */
export interface Exclusions {
  /** The person whom the access is for. */
  subject: number;
  /** The subject and the requester, with the reason for the plan. A step can allow self-approval. */
  own: ReadonlyMap<number, string>;
  /** The approvers of earlier steps. A policy can require others for the next step. */
  approved: ReadonlySet<number>;
  /** The Super Admin who enrolled the person in a profile. They are asked only if there is nobody else. */
  lastResort: number | undefined;
}

/**
 * Collects the people who must not decide a task: nobody decides about their own request
 * (docs/governance.md#self-approval).
 * @param steps the steps of the task, with their decisions
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
 * The reason why somebody may not act on a step, to follow their name; undefined when they may. Nobody may approve
 * their own request, but they may carry out the decision of others.
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
    return isExcluded ? 'approved it and may not also carry it out' : undefined;
  }
  if (hasApproved && options.distinctApprovers) return 'approved an earlier step';
  const isSelfStep = approvers === 'self' && candidate.id === exclusions.subject;
  return isSelfStep || options.allowSelfApproval ? undefined : exclusions.own.get(candidate.id);
}
