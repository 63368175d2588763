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
/** Unless a step says otherwise. */
const usualReminder = 24;

/**
 * Refuses the first step of a policy that is wrong.
 * @param named the people and groups that the steps name.
 * @returns the steps with the options that mean something in them, and no others.
 * @throws Refusal invalid.
 */
export function validateSteps(
  kind: TaskKind,
  steps: readonly StepEdit[],
  named: NamedApprovers,
): StepEdit[] {
  const { decide, carryOut } = stepKindsOf[kind];
  const last = stepWords[carryOut].plan.toLowerCase();
  if (steps.length === 0) throw wrong(`A policy needs at least one step, the ${last}.`);
  if (steps.length > maxSteps) throw wrong(`A policy has at most ${maxSteps} steps.`);
  const stranger = steps.find((step) => step.kind !== decide && step.kind !== carryOut);
  if (stranger) {
    const what = stepWords[stranger.kind].plan.toLowerCase();
    throw wrong(`A policy of ${policyKindWords[kind]} has no step of ${what}.`);
  }
  const carrying = steps.filter((step) => step.kind === carryOut);
  if (carrying.length !== 1 || steps.at(-1) !== carrying[0]) {
    throw wrong(
      `A policy of ${policyKindWords[kind]} ends with one step of ${last}, so that somebody carries out what was decided.`,
    );
  }
  return steps.map((step, index) => validateStep(step, `Step ${index + 1}`, named));
}

/** One step. @param which "Step 2", or "This step" while it is edited. @throws Refusal invalid. */
export function validateStep(step: StepEdit, which: string, named: NamedApprovers): StepEdit {
  const { approvers, options } = step;
  if (!Object.hasOwn(approverWords, approvers)) throw wrong(`${which} does not say whom it asks.`);
  const { remindAfterHours: remind, escalateAfterHours: escalate } = options;
  checkNumber(options.quorum, `${which}: how many have to agree`, ['quorum', 'people', maxNamed]);
  checkNumber(remind, `${which}: the reminder`, ['remind', 'hours', maxHours]);
  checkNumber(escalate, `${which}: the escalation`, ['escalate', 'hours', maxHours]);
  const able = countAble(step, which, named);
  const kept = meaningful(step);
  if (able !== undefined && (kept.quorum ?? 1) > able) {
    throw wrong(`${which} asks ${kept.quorum} to agree, but only ${able} could.`, 'quorum');
  }
  if (escalate !== undefined && (remind ?? usualReminder) > escalate) {
    const after = `${remind ?? usualReminder} hours`;
    throw wrong(`${which} escalates before it reminds, which is after ${after}.`, 'escalate');
  }
  return { ...step, options: kept };
}

/** The options that mean something in a step, and no others. */
function meaningful({ kind, approvers, reassignable, options }: StepEdit): StepOptions {
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
          ...of(options.distinctApprovers, { distinctApprovers: true }),
          ...of(options.reasonToApprove, { reasonToApprove: true }),
        }
      : of(options.approverMayProvision === false, { approverMayProvision: false })),
    ...of(options.allowDelegation === false, { allowDelegation: false }),
    ...(options.decideByEmail === undefined ? {} : { decideByEmail: options.decideByEmail }),
    ...(remindAfterHours ? { remindAfterHours } : {}),
    ...(escalateAfterHours ? { escalateAfterHours } : {}),
  };
}

/** How many people could take a step; undefined where that differs from case to case. */
function countAble({ approvers, options }: StepEdit, which: string, named: NamedApprovers) {
  if (isOnePerson(approvers)) return 1;
  if (approvers === 'people') return countPeople(options.people ?? [], which, named);
  if (approvers !== 'user_group') return undefined;
  const group = namedGroupOf(named, options);
  if (!group) throw wrong(`${which} asks a Slack user group that is not known here.`, 'group');
  const able = group.memberIds.filter((id) => named.people.get(id)?.active).length;
  if (able > 0) return able;
  throw wrong(`${which} can be taken by nobody: @${group.handle} has no members here.`, 'group');
}

function countPeople(given: readonly number[], which: string, named: NamedApprovers): number {
  const ids = [...new Set(given)];
  if (ids.length === 0) throw wrong(`${which} asks named people: choose who.`, 'people');
  if (ids.length > maxNamed) throw wrong(`${which}: name at most ${maxNamed}.`, 'people');
  const able = ids.filter((id) => named.people.get(id)?.active).length;
  if (able > 0) return able;
  const names = ids.map((id) => named.people.get(id)?.name ?? 'somebody unknown').join(', ');
  throw wrong(`${which} can be taken by nobody: ${names} cannot act any more.`, 'people');
}

function checkNumber(
  given: number | undefined,
  what: string,
  [field, unit, max]: [string, string, number],
): void {
  if (given === undefined) return;
  if (Number.isInteger(given) && given >= 1 && given <= max) return;
  throw wrong(`${what} is a whole number of ${unit}, 1 to ${max}.`, field);
}

function wrong(sentence: string, field?: string): Refusal {
  return new Refusal('invalid', sentence, field);
}
