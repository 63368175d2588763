import type { StepKind, StepState, TaskState } from '../../store/schema/tasks.ts';

/**
 * The words for steps, the same on every surface (docs/governance.md#steps-and-buttons). A step that `decides` asks
 * whether the access is right, and nobody decides about their own request. The other steps carry the decision out.
 */
export const stepWords = {
  approval: {
    label: 'Request',
    inbox: 'Requests',
    decides: true,
    plan: 'Approval',
    waits: (names: string) => `Waiting for ${names} to approve it`,
    next: (names: string, why: string) => `${names} (${why})`,
    yes: { button: 'Approve', state: 'approved', needsReason: false, record: 'Approved by' },
    no: { button: 'Deny', state: 'denied', needsReason: true, record: 'Denied by' },
  },
  provision: {
    label: 'Provisioning',
    inbox: 'Awaiting provisioning',
    decides: false,
    plan: 'Provisioning',
    waits: (names: string) => `Approved; waiting for ${names} to provision it`,
    next: (names: string) => `provisioning by ${names}`,
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
      record: 'Provisioning declined by',
    },
  },
  revocation: {
    label: 'Revocation',
    inbox: 'Revocations',
    decides: true,
    plan: 'Revocation approval',
    waits: (names: string) => `Waiting for ${names} to confirm the revocation`,
    next: (names: string, why: string) => `${names} (${why})`,
    yes: { button: 'Confirm', state: 'approved', needsReason: false, record: 'Confirmed by' },
    no: { button: 'Deny', state: 'denied', needsReason: true, record: 'Denied by' },
  },
  deprovision: {
    label: 'Deprovisioning',
    inbox: 'Awaiting deprovisioning',
    decides: false,
    plan: 'Deprovisioning',
    waits: (names: string) => `Confirmed; waiting for ${names} to deprovision it`,
    next: (names: string) => `deprovisioning by ${names}`,
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
      record: 'Deprovisioning declined by',
    },
  },
} as const satisfies Record<StepKind, StepWords>;

interface StepWords {
  label: string;
  inbox: string;
  decides: boolean;
  /** The name of the step in the execution plan. */
  plan: string;
  /** The state of a task whose active step this is. */
  waits(names: string): string;
  /** This step in a list of the next steps. */
  next(names: string, why: string): string;
  yes: Choice;
  no: Choice;
}

interface Choice {
  button: string;
  state: Decision;
  needsReason: boolean;
  /** The record of the choice, to precede the name of the person who made it. */
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

/** The state of a task after a decision; undefined: its next step begins. */
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
  not_provisioned: 'declined to provision this',
  deprovisioned: 'marked this as deprovisioned',
  not_deprovisioned: 'declined to deprovision this',
} as const satisfies Record<Decision, string>;

/** Whether this is the state of a step that somebody decided, and not of one that waits, was skipped or covered. */
export function isDecision(state: StepState): state is Decision {
  return state in decidedWords;
}
