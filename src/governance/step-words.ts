import type { StepKind, StepState, TaskState } from '../store/schema/tasks.ts';

/** The product's vocabulary for steps, the same on every surface (GOVERNANCE.md section 3). */
export const stepWords = {
  approval: {
    label: 'Request',
    inbox: 'Requests',
    yes: { button: 'Approve', state: 'approved', needsReason: false, record: 'Approved' },
    no: { button: 'Deny', state: 'denied', needsReason: true, record: 'Denied' },
  },
  provision: {
    label: 'Provisioning',
    inbox: 'Awaiting provisioning',
    yes: { button: 'Provisioned', state: 'provisioned', needsReason: false, record: 'Provisioned' },
    no: {
      button: "Won't provision",
      state: 'not_provisioned',
      needsReason: true,
      record: "Won't provision:",
    },
  },
} as const satisfies Record<StepKind, { label: string; inbox: string; yes: Choice; no: Choice }>;

interface Choice {
  button: string;
  state: Decision;
  needsReason: boolean;
  record: string;
}

export type Decision = Extract<
  StepState,
  'approved' | 'denied' | 'provisioned' | 'not_provisioned'
>;

/** What a decision makes of the task: undefined goes on to the next step. */
export const taskAfter = {
  approved: undefined,
  denied: 'denied',
  provisioned: 'provisioned',
  not_provisioned: 'not_provisioned',
} as const satisfies Record<Decision, TaskState | undefined>;

/** "Bo Chen approved this" */
export const decidedWords = {
  approved: 'approved this',
  denied: 'denied this',
  provisioned: 'marked this as provisioned',
  not_provisioned: 'decided not to provision this',
} as const satisfies Record<Decision, string>;
