import { type StepEdit, stepKindsOf } from '../../../governance/policies/steps.ts';

/** A policy while it is edited, kept in its form until it is saved. */
export interface PolicyDraft {
  /** Undefined while it is new. */
  id?: number | undefined;
  version: number;
  kind: 'grant' | 'revoke';
  builtIn: boolean;
  isDefault: boolean;
  /** In their order; the last carries it out, whatever its kind says. */
  steps: StepEdit[];
  /** The list behind it, which is drawn anew when this is saved, and its page. */
  list: string;
  page: number;
}

/** What a new policy begins with, and what is asked of everybody unless it is changed. */
export function newSteps(kind: PolicyDraft['kind']): StepEdit[] {
  return inOrder(kind, [
    { kind: 'approval', approvers: 'manager', reassignable: true, options: {} },
    { kind: 'provision', approvers: 'provisioners', reassignable: true, options: {} },
  ]);
}

/** Steps decide, but for the last, which carries out what was decided. */
export function inOrder(kind: PolicyDraft['kind'], steps: readonly StepEdit[]): StepEdit[] {
  const { decide, carryOut } = stepKindsOf[kind];
  return steps.map((step, at) => ({ ...step, kind: at === steps.length - 1 ? carryOut : decide }));
}

/** Options by one letter: a form carries no more than 3,000 characters. */
const letters = {
  people: 'p',
  userGroup: 'g',
  reassignTo: 't',
  quorum: 'q',
  allowSelfApproval: 's',
  distinctApprovers: 'd',
  approverMayProvision: 'm',
  allowDelegation: 'l',
  reasonToApprove: 'r',
  decideByEmail: 'b',
  remindAfterHours: 'h',
  escalateAfterHours: 'e',
} as const satisfies Record<keyof StepEdit['options'], string>;

export function packDraft({ steps, ...head }: PolicyDraft): string {
  const packed = steps.map(({ approvers, reassignable, options }) => {
    const entries = Object.entries(options).map(([name, value]) => [
      letters[name as keyof typeof letters],
      value,
    ]);
    return [approvers, reassignable ? 1 : 0, Object.fromEntries(entries)];
  });
  return JSON.stringify({ ...head, steps: packed });
}

export function unpackDraft(text: string): PolicyDraft {
  const { steps, ...head } = JSON.parse(text) as Omit<PolicyDraft, 'steps'> & {
    steps: [StepEdit['approvers'], number, Record<string, unknown>][];
  };
  const names = Object.fromEntries(
    Object.entries(letters).map(([name, personalMessage]) => [personalMessage, name]),
  );
  const unpacked = steps.map(([approvers, reassignable, options]) => ({
    kind: 'approval' as const,
    approvers,
    reassignable: reassignable === 1,
    options: Object.fromEntries(
      Object.entries(options).map(([personalMessage, value]) => [
        names[personalMessage] ?? personalMessage,
        value,
      ]),
    ),
  }));
  return { ...head, steps: inOrder(head.kind, unpacked) };
}

export function taskKindOf(word: string | undefined): 'grant' | 'revoke' {
  return word === 'revoke' ? 'revoke' : 'grant';
}
