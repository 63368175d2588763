import type { StepKind, StepState, TaskState } from '../../store/schema/tasks.ts';

/**
 * The product's vocabulary for steps, the same on every surface (docs/governance.md#steps-and-buttons). `decides`: somebody
 * says whether it is right, which nobody may about their own request; the other steps carry it out.
 */
export const stepWords = {
  approval: {
    label: 'Request',
    inbox: 'Requests',
    decides: true,
    plan: 'Approval',
    waits: (who: string) => `Waiting for ${who} to approve it`,
    next: (who: string, why: string) => `${who} (${why})`,
    yes: { button: 'Approve', state: 'approved', needsReason: false, record: 'Approved by' },
    no: { button: 'Deny', state: 'denied', needsReason: true, record: 'Denied by' },
  },
  provision: {
    label: 'Provisioning',
    inbox: 'Awaiting provisioning',
    decides: false,
    plan: 'Provisioning',
    waits: (who: string) => `Approved; waiting for ${who} to provision it`,
    next: (who: string) => `provisioning by ${who}`,
    yes: {
      button: 'Provisioned',
      state: 'provisioned',
      needsReason: false,
      record: 'Provisioned by',
    },
    no: {
      button: "Won't provision",
      state: 'not_provisioned',
      needsReason: true,
      record: "Won't provision:",
    },
  },
  revocation: {
    label: 'Revocation',
    inbox: 'Revocations',
    decides: true,
    plan: 'Approval of the revocation',
    waits: (who: string) => `Waiting for ${who} to confirm the revocation`,
    next: (who: string, why: string) => `${who} (${why})`,
    yes: { button: 'Confirm', state: 'approved', needsReason: false, record: 'Confirmed by' },
    no: { button: 'Deny', state: 'denied', needsReason: true, record: 'Denied by' },
  },
  deprovision: {
    label: 'Deprovisioning',
    inbox: 'Awaiting deprovisioning',
    decides: false,
    plan: 'Deprovisioning',
    waits: (who: string) => `Confirmed; waiting for ${who} to take it away`,
    next: (who: string) => `deprovisioning by ${who}`,
    yes: {
      button: 'Deprovisioned',
      state: 'deprovisioned',
      needsReason: false,
      record: 'Deprovisioned by',
    },
    no: {
      button: "Won't deprovision",
      state: 'not_deprovisioned',
      needsReason: true,
      record: "Won't deprovision:",
    },
  },
} as const satisfies Record<StepKind, StepWords>;

interface StepWords {
  label: string;
  inbox: string;
  decides: boolean;
  /** What the execution plan calls it. */
  plan: string;
  waits(who: string): string;
  next(who: string, why: string): string;
  yes: Choice;
  no: Choice;
}

interface Choice {
  button: string;
  state: Decision;
  needsReason: boolean;
  /** What stands before the name of who chose it. */
  record: string;
}

/** The kinds of step in the order in which inboxes list them. */
export const stepKinds = [
  'approval',
  'provision',
  'revocation',
  'deprovision',
] as const satisfies readonly StepKind[];

export type Decision = Extract<
  StepState,
  'approved' | 'denied' | 'provisioned' | 'not_provisioned' | 'deprovisioned' | 'not_deprovisioned'
>;

/** What a decision makes of the task: undefined goes on to the next step. */
export const taskAfter = {
  approved: undefined,
  denied: 'denied',
  provisioned: 'provisioned',
  not_provisioned: 'not_provisioned',
  deprovisioned: 'deprovisioned',
  not_deprovisioned: 'not_deprovisioned',
} as const satisfies Record<Decision, TaskState | undefined>;

/** "Bo Chen approved this" */
export const decidedWords = {
  approved: 'approved this',
  denied: 'denied this',
  provisioned: 'marked this as provisioned',
  not_provisioned: 'decided not to provision this',
  deprovisioned: 'marked this as deprovisioned',
  not_deprovisioned: 'decided not to deprovision this',
} as const satisfies Record<Decision, string>;

/** Whether somebody decided a step, rather than that it waits, was skipped or was covered. */
export function isDecision(state: StepState): state is Decision {
  return state in decidedWords;
}
