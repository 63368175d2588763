import type { ApproverKind, StepKind, StepOptions } from '../../store/schema/tasks.ts';
import type { Assignee } from '../../store/tasks/task-snapshot.ts';
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
  /** The subject, the requester and the opener, with the reason for the plan. A step can allow self-approval. */
  own: ReadonlyMap<number, string>;
  /** The approvers of earlier steps. A policy can require others for the next step. */
  approved: ReadonlySet<number>;
  /** Whether somebody else than the people of `own` has approved the task, or must. Only then may they provision it. */
  isVouched: boolean;
  /** Since then an appointment by one of `own` does not count; undefined for a task that is about to open. */
  openedAt: Date | undefined;
}

type TaskPeople = Pick<Task, 'personId' | 'requesterId' | 'openedBy'> & { openedAt?: Date };

/** The decisions so far: the steps of a task and their assignees. */
interface Decisions {
  steps: readonly Pick<TaskStep, 'id' | 'state' | 'decidedBy'>[];
  assignees: readonly Pick<Assignee, 'stepId' | 'personId' | 'agreedAt'>[];
}

/** The people whose own task this is: nobody decides about their own request (docs/governance.md#self-approval). */
export function ownPeopleOf({ personId, requesterId, openedBy }: TaskPeople): Map<number, string> {
  const own = new Map([[personId, 'is the person it is for']]);
  if (requesterId !== null && !own.has(requesterId)) own.set(requesterId, 'asked for it');
  if (openedBy !== null && !own.has(openedBy)) own.set(openedBy, 'opened it');
  return own;
}

/** Collects the people who must not decide a task, after the decisions so far. */
export function exclusionsOf(
  task: TaskPeople,
  { steps, assignees }: Decisions = { steps: [], assignees: [] },
): Exclusions {
  const own = ownPeopleOf(task);
  const approved = approversOf({ steps, assignees });
  return {
    subject: task.personId,
    own,
    approved,
    isVouched: [...approved].some((id) => !own.has(id)),
    openedAt: task.openedAt,
  };
}

/** The people who approved a step, alone or as one of a quorum. */
function approversOf({ steps, assignees }: Decisions): Set<number> {
  const approved = steps.filter((step) => step.state === 'approved');
  const ids = new Set(approved.map(({ id }) => id));
  const agreed = assignees.filter(({ stepId, agreedAt }) => agreedAt !== null && ids.has(stepId));
  return new Set([
    ...approved.flatMap((step) => step.decidedBy ?? []),
    ...agreed.map(({ personId }) => personId),
  ]);
}

/** Why somebody may not act on a step. */
export type Exclusion =
  | 'inactive'
  | 'barred'
  | 'appointed'
  | 'alone'
  | 'carriesOut'
  | 'earlier'
  | 'own';

/**
 * The one place that says who may not act on a step, when it is assigned, reassigned, escalated and decided. Nobody
 * may approve their own request, but they may carry out the decision of others.
 */
export function findExclusion(
  { kind, approvers, options }: StepRequirement,
  candidate: Candidate,
  exclusions: Exclusions,
): Exclusion | undefined {
  if (!candidate.active) return 'inactive';
  if (candidate.barred) return 'barred';
  if (isAppointedSince(candidate, exclusions)) return 'appointed';
  const { own, approved, isVouched, subject } = exclusions;
  const hasApproved = approved.has(candidate.id);
  const isOwn = own.has(candidate.id);
  if (!stepWords[kind].decides) {
    if (kind === 'provision' && isOwn && !isVouched) return 'alone';
    return hasApproved && options.approverMayProvision === false ? 'carriesOut' : undefined;
  }
  if (hasApproved && options.distinctApprovers !== false) return 'earlier';
  const isSelfStep = approvers === 'self' && candidate.id === subject;
  return isOwn && !isSelfStep && !options.allowSelfApproval ? 'own' : undefined;
}

/** Whether one of the people of the task appointed somebody who would now decide it, while it was open. */
function isAppointedSince(candidate: Candidate, { own, openedAt }: Exclusions): boolean {
  const { appointment } = candidate;
  return (
    appointment !== undefined &&
    openedAt !== undefined &&
    appointment.at >= openedAt &&
    isAppointedByOwn(candidate, own)
  );
}

function isAppointedByOwn({ appointment }: Candidate, own: Exclusions['own']): boolean {
  return appointment !== undefined && own.has(appointment.by);
}

/** The reason why somebody may not act on a step, to follow their name; undefined when they may. */
export function exclusionReason(
  step: StepRequirement,
  candidate: Candidate,
  exclusions: Exclusions,
): string | undefined {
  const own = exclusions.own.get(candidate.id) ?? '';
  switch (findExclusion(step, candidate, exclusions)) {
    case 'inactive':
      return 'is not active';
    case 'barred':
      return candidate.barred;
    case 'appointed':
      return 'was appointed by a person whose task this is, while it was open';
    case 'alone':
      return `${own} and may not provision it alone`;
    case 'carriesOut':
      return 'approved it and may not also carry it out';
    case 'earlier':
      return 'approves an earlier step';
    case 'own':
      return own;
    case undefined:
      return undefined;
  }
}

/**
 * The reason why somebody is asked only if nobody else is left, to follow their name: a message would not reach them,
 * or a person whose task this is appointed them before it opened.
 */
export function reluctanceReason(candidate: Candidate, { own }: Exclusions): string | undefined {
  if (candidate.unreachable) return candidate.unreachable;
  return isAppointedByOwn(candidate, own) && !own.has(candidate.id)
    ? 'was appointed by a person whose task this is'
    : undefined;
}
