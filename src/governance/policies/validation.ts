import { Refusal } from '../../errors.ts';
import type { StepOptions, TaskKind } from '../../store/schema/tasks.ts';
import { type NamedApprovers, namedGroupOf } from './named-approvers.ts';
import { stepWords } from './step-kinds.ts';
import {
  approverWords,
  isOnePerson,
  policyKindWords,
  type StepEdit,
  stepKindsOf,
} from './steps.ts';

const maxSteps = 8;
const maxNamed = 20;
const maxHours = 90 * 24;
/** The hours until a reminder, unless a step has another number. */
const defaultRemindHours = 24;

/**
 * Validates the steps of a policy.
 * @param named the people and groups that the steps name
 * @returns the steps, each with only the options that apply to it
 * @throws Refusal invalid, about the first step that is wrong.
 */
export function validateSteps(
  kind: TaskKind,
  steps: readonly StepEdit[],
  named: NamedApprovers,
): StepEdit[] {
  const { decide, carryOut } = stepKindsOf[kind];
  const last = stepWords[carryOut].plan.toLowerCase();
  if (steps.length === 0) throw toRefusal(`A policy needs at least a ${last} step.`);
  if (steps.length > maxSteps) throw toRefusal(`A policy can have at most ${maxSteps} steps.`);
  const misplaced = steps.find((step) => step.kind !== decide && step.kind !== carryOut);
  if (misplaced) {
    const plan = stepWords[misplaced.kind].plan.toLowerCase();
    throw toRefusal(`A policy of ${policyKindWords[kind]} cannot have a ${plan} step.`);
  }
  const carrying = steps.filter((step) => step.kind === carryOut);
  if (carrying.length !== 1 || steps.at(-1) !== carrying[0]) {
    throw toRefusal(
      `A policy of ${policyKindWords[kind]} must end with its only ${last} step, which carries the decision out.`,
    );
  }
  return steps.map((step, index) => validateStep(step, `Step ${index + 1}`, named));
}

/** Validates one step. @param which "Step 2", or "This step" in the form of one. @throws Refusal invalid. */
export function validateStep(step: StepEdit, which: string, named: NamedApprovers): StepEdit {
  const { approvers, options } = step;
  if (!Object.hasOwn(approverWords, approvers)) throw toRefusal(`${which} has no approvers.`);
  const { remindAfterHours: remind, escalateAfterHours: escalate } = options;
  validateNumber(options.quorum, `${which}: the number of people who must agree`, {
    field: 'quorum',
    max: maxNamed,
  });
  validateNumber(remind, `${which}: the reminder`, {
    field: 'remind',
    unit: 'hours',
    max: maxHours,
  });
  validateNumber(escalate, `${which}: the escalation`, {
    field: 'escalate',
    unit: 'hours',
    max: maxHours,
  });
  const candidates = countCandidates(step, which, named);
  const applicable = selectOptions(step);
  const { quorum = 1 } = applicable;
  if (candidates !== undefined && quorum > candidates) {
    throw toRefusal(`${which} needs ${quorum} to agree, but only ${candidates} can.`, 'quorum');
  }
  if (escalate !== undefined && (remind ?? defaultRemindHours) > escalate) {
    throw toRefusal(
      `${which} escalates before its reminder, which comes after ${remind ?? defaultRemindHours} hours.`,
      'escalate',
    );
  }
  return { ...step, options: applicable };
}

/** Selects the options that apply to a step. */
function selectOptions({ kind, approvers, reassignable, options }: StepEdit): StepOptions {
  const { people, userGroup, quorum = 1, remindAfterHours, escalateAfterHours } = options;
  const owners = { reassignTo: 'owners' } as const;
  const of = <T extends object>(isSo: boolean | undefined, part: T) => (isSo ? part : {});
  return {
    ...of(approvers === 'people', { people: [...new Set(people)] }),
    ...(approvers === 'user_group' && userGroup ? { userGroup } : {}),
    ...of(reassignable && options.reassignTo === 'owners', owners),
    ...(stepWords[kind].decides
      ? {
          ...of(quorum > 1, { quorum }),
          ...of(options.allowSelfApproval, { allowSelfApproval: true }),
          ...of(options.distinctApprovers === false, { distinctApprovers: false }),
          ...of(options.reasonToApprove, { reasonToApprove: true }),
        }
      : of(options.approverMayProvision === false, { approverMayProvision: false })),
    ...of(options.allowDelegation === false, { allowDelegation: false }),
    ...(options.decideByEmail === undefined ? {} : { decideByEmail: options.decideByEmail }),
    ...(remindAfterHours ? { remindAfterHours } : {}),
    ...(escalateAfterHours ? { escalateAfterHours } : {}),
  };
}

/** Counts the people who could have a step; undefined where the number depends on the task. */
function countCandidates({ approvers, options }: StepEdit, which: string, named: NamedApprovers) {
  if (isOnePerson(approvers)) return 1;
  if (approvers === 'people') return countPeople(options.people ?? [], which, named);
  if (approvers !== 'user_group') return undefined;
  const group = namedGroupOf(named, options);
  if (!group) throw toRefusal(`${which} asks a Slack user group that is not known here.`, 'group');
  const active = group.memberIds.filter((id) => named.people.get(id)?.active).length;
  if (active > 0) return active;
  throw toRefusal(`${which} has no approvers: @${group.handle} has no active members.`, 'group');
}

function countPeople(input: readonly number[], which: string, named: NamedApprovers): number {
  const ids = [...new Set(input)];
  if (ids.length === 0) throw toRefusal(`${which} asks named people. Choose them.`, 'people');
  if (ids.length > maxNamed) {
    throw toRefusal(`${which}: name at most ${maxNamed} people.`, 'people');
  }
  const active = ids.filter((id) => named.people.get(id)?.active).length;
  if (active > 0) return active;
  const names = ids.map((id) => named.people.get(id)?.name ?? 'somebody unknown').join(', ');
  throw toRefusal(`${which} has no approvers: ${names} can no longer act.`, 'people');
}

function validateNumber(
  input: number | undefined,
  subject: string,
  { field, unit, max }: { field: string; unit?: string; max: number },
): void {
  if (input === undefined) return;
  if (Number.isInteger(input) && input >= 1 && input <= max) return;
  const number = unit === undefined ? 'a whole number' : `a whole number of ${unit}`;
  throw toRefusal(`${subject} must be ${number} from 1 to ${max}.`, field);
}

function toRefusal(sentence: string, field?: string): Refusal {
  return new Refusal('invalid', sentence, field);
}
