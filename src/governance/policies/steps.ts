import type { ApproverKind, StepKind, StepOptions, TaskKind } from '../../store/schema/tasks.ts';
import { type NamedApprovers, namedGroupOf } from './named-approvers.ts';
import { stepWords } from './step-kinds.ts';

/** A step of a policy as it is edited. */
export interface StepEdit {
  kind: StepKind;
  approvers: ApproverKind;
  reassignable: boolean;
  options: StepOptions;
}

/** The kinds of step that a policy has: those that decide, and the one that carries it out, which ends it. */
export const stepKindsOf = {
  grant: { decide: 'approval', carryOut: 'provision' },
  revoke: { decide: 'revocation', carryOut: 'deprovision' },
} as const satisfies Record<TaskKind, { decide: StepKind; carryOut: StepKind }>;

export const policyKindWords = {
  grant: 'requests',
  revoke: 'revocations',
} as const satisfies Record<TaskKind, string>;

/** The approvers of a step, in the order in which a form offers them. */
export const approverWords = {
  manager: 'the manager',
  application_owners: 'the application owners',
  entitlement_owners: 'the entitlement owners',
  provisioners: 'the provisioners',
  people: 'named people',
  user_group: 'a Slack user group',
  self: 'the person it is for',
  super_admins: 'the Super Admins',
} as const satisfies Record<ApproverKind, string>;

/** Whether a step always asks exactly one person. */
export const isOnePerson = (approvers: ApproverKind) =>
  approvers === 'manager' || approvers === 'self';

/** A step in words: "Approval by Kim or Lee · 2 have to agree · a reason is needed". */
export function describePolicyStep(step: StepEdit, named: NamedApprovers): string {
  const { kind, approvers, reassignable, options } = step;
  const { quorum, remindAfterHours, escalateAfterHours } = options;
  const words = [
    `${stepWords[kind].plan} by ${whoWords(approvers, options, named)}`,
    ...(quorum && quorum > 1 ? [`${quorum} have to agree`] : []),
    ...(options.allowSelfApproval ? ['may be one’s own request'] : []),
    ...(options.distinctApprovers ? ['nobody who approved before'] : []),
    ...(options.approverMayProvision === false ? ['nobody who approved it'] : []),
    ...(options.reasonToApprove ? ['a reason is always needed'] : []),
    ...(reassignable ? [] : ['cannot be reassigned']),
    ...(options.reassignTo === 'owners' ? ['reassigned to application owners only'] : []),
    ...(options.allowDelegation === false ? ['no delegates'] : []),
    ...(options.decideByEmail ? ['by e-mail even at high risk'] : []),
    ...(options.decideByEmail === false ? ['not by e-mail'] : []),
    ...(remindAfterHours ? [`reminder after ${hours(remindAfterHours)}`] : []),
    ...(escalateAfterHours ? [`escalated after ${hours(escalateAfterHours)}`] : []),
  ];
  return words.join(' · ');
}

function whoWords(approvers: ApproverKind, options: StepOptions, named: NamedApprovers): string {
  if (approvers === 'people') {
    const nameOf = (id: number) => {
      const person = named.people.get(id);
      return person ? `${person.name}${person.active ? '' : ' (not active)'}` : 'somebody unknown';
    };
    return (options.people ?? []).map(nameOf).join(' or ') || 'nobody yet';
  }
  if (approvers !== 'user_group') return approverWords[approvers];
  const group = namedGroupOf(named, options);
  return group ? `the members of @${group.handle}` : 'a Slack user group that is not known here';
}

function hours(count: number): string {
  return count === 1 ? '1 hour' : `${count} hours`;
}
