import type { Policy } from '../../store/policies/policies.ts';
import { stepWords } from '../policies/step-kinds.ts';
import {
  type ApproverCandidates,
  type Assignment,
  chooseAssignees,
  quorumOf,
} from './approvers.ts';

/** A step of a policy with its assignees. */
export interface PlannedStep {
  step: Policy['steps'][number];
  assignment: Assignment;
}

/**
 * Plans the steps of a task as it opens. Somebody who will certainly approve an earlier step counts as its approver, so
 * that the plan names the people who will really be asked.
 */
export function planSteps(policy: Policy, { pool, exclusions }: ApproverCandidates): PlannedStep[] {
  const approved = new Set(exclusions.approved);
  let { isVouched } = exclusions;
  return policy.steps.map((step) => {
    const candidates = { pool, exclusions: { ...exclusions, approved, isVouched } };
    const assignment = chooseAssignees(step, candidates);
    const ids = assignment.assignees.map(({ personId }) => personId);
    if (stepWords[step.kind].decides) {
      if (ids.length === quorumOf(step)) for (const id of ids) approved.add(id);
      isVouched ||= ids.length > 0 && ids.every((id) => !exclusions.own.has(id));
    }
    return { step, assignment };
  });
}
