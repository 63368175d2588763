import type { ApproverKind, StepKind, StepOptions, TaskKind } from '../../store/schema/tasks.ts';
import { formatCount } from '../wording/counts.ts';
import { type NamedApprovers, namedGroupOf } from './named-approvers.ts';
import { stepWords } from './step-kinds.ts';

/** A step of a policy that is being edited. */
export interface StepEdit {
  kind: StepKind;
  approvers: ApproverKind;
  reassignable: boolean;
  options: StepOptions;
}

/** The kinds of step that a policy can have: steps that decide, and last the one that carries the decision out. */
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
  owners_or_admins: 'the application owners or Super Admins',
} as const satisfies Record<ApproverKind, string>;

/** Whether such a step always asks exactly one person. */
export const isOnePerson = (approvers: ApproverKind) =>
  approvers === 'manager' || approvers === 'self';

/** "Approval by Kim or Lee · 2 must agree · a reason is required" */
export function describePolicyStep(step: StepEdit, named: NamedApprovers): string {
  const { kind, approvers, reassignable, options } = step;
  const { quorum, remindAfterHours, escalateAfterHours } = options;
  const words = [
    `${stepWords[kind].plan} by ${describeApprovers(approvers, options, named)}`,
    ...(quorum && quorum > 1 ? [`${quorum} must agree`] : []),
    ...(options.allowSelfApproval ? ['self-approval allowed'] : []),
    ...(options.distinctApprovers === false ? ['earlier approvers count'] : []),
    ...(options.approverMayProvision === false ? ['no earlier approver'] : []),
    ...(options.reasonToApprove ? ['a reason is required'] : []),
    ...(reassignable ? [] : ['cannot be reassigned']),
    ...(options.reassignTo === 'owners' ? ['reassigned only to application owners'] : []),
    ...(options.allowDelegation === false ? ['no delegates'] : []),
    ...(options.decideByEmail ? ['by e-mail even at high risk'] : []),
    ...(options.decideByEmail === false ? ['not by e-mail'] : []),
    ...(remindAfterHours ? [`reminder after ${formatCount(remindAfterHours, 'hour')}`] : []),
    ...(escalateAfterHours ? [`escalation after ${formatCount(escalateAfterHours, 'hour')}`] : []),
  ];
  return words.join(' · ');
}

function describeApprovers(
  approvers: ApproverKind,
  options: StepOptions,
  named: NamedApprovers,
): string {
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
