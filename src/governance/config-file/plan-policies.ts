import { keysOf } from '../../collections.ts';
import type { PolicyConfig, RuleConfig } from './current-state.ts';
import type { ConfigStep } from './schema.ts';

/** The defaults of StepOptions. */
const stepDefaults = {
  quorum: 1,
  allowSelfApproval: false,
  distinctApprovers: true,
  approverMayProvision: true,
  allowDelegation: true,
  reasonToApprove: false,
  reassignable: true,
  reassignTo: 'anyone',
  decideByEmail: 'unless of high risk',
  remindAfterHours: 24,
  escalateAfterHours: 72,
} as const;
type Option = keyof typeof stepDefaults;

/** Describes the changes of a policy, one line for each step. */
export function diffPolicy(before: PolicyConfig | undefined, after: PolicyConfig): string[] {
  const name = `policy “${after.name}”`;
  if (!before) {
    const steps = after.steps.map((step) =>
      [describeStep(step), ...describeOptions(step)].join(', '),
    );
    return [`new ${name}, for ${after.kind}s: ${steps.join(' → ')}`];
  }
  const changes = diffList(before.steps.map(canonical), after.steps.map(canonical));
  return changes.map(({ at, from, to }) => {
    const [old, fresh] = [before.steps[from ?? -1], after.steps[to ?? -1]];
    if (!fresh) return `${name}: step ${at} ${old ? describeStep(old) : ''} removed`;
    const step = `${name}: step ${at} ${describeStep(fresh)}`;
    if (!old) return [`${step} added`, ...describeOptions(fresh)].join(', ');
    if (describeStep(old) !== describeStep(fresh)) {
      return `${name}: step ${at} ${describeStep(old)} → ${[describeStep(fresh), ...describeOptions(fresh)].join(', ')}`;
    }
    return `${step}: ${changedOptions(old, fresh).join(', ')}`;
  });
}

/** Describes the changes of the policy rules, one line for each rule. */
export function diffRules(before: readonly RuleConfig[], after: readonly RuleConfig[]): string[] {
  const [old, fresh] = [before.map(formatPolicyRule), after.map(formatPolicyRule)];
  return diffList(old, fresh).map(({ at, from, to }) => {
    if (to === undefined) return `rule ${at} removed: ${old[from ?? -1]}`;
    if (from === undefined) return `rule ${at} added: ${fresh[to]}`;
    return `rule ${at}: ${old[from]} → ${fresh[to]}`;
  });
}

/** Describes a policy rule in words. */
export function formatPolicyRule({ kind, condition, policy }: RuleConfig): string {
  const { application, risk, category, requesterIsManager, emergency } = condition;
  const parts = [
    emergency && 'emergency',
    risk && `${risk} risk`,
    application && `application ${application}`,
    category && `category ${category}`,
    requesterIsManager !== undefined &&
      `requested by ${requesterIsManager ? 'the manager' : 'somebody other than the manager'}`,
  ].filter((part) => typeof part === 'string');
  const about = kind === 'revocation' ? 'revocation' : 'request';
  return `${about}, ${parts.join(', ') || 'any'}: “${policy}”`;
}

/** Pairs the entries of two lists: the same start and end stay, the rest is paired in order, then added or removed. */
function diffList(before: readonly string[], after: readonly string[]) {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  const rest = Math.min(before.length, after.length) - start;
  while (end < rest && before.at(-1 - end) === after.at(-1 - end)) end++;
  const [ends, most] = [
    [before.length - end, after.length - end] as const,
    Math.max(before.length, after.length) - end,
  ];
  return Array.from({ length: most - start }, (_, index) => {
    const place = start + index;
    const from = place < ends[0] ? place : undefined;
    const to = place < ends[1] ? place : undefined;
    return { at: place + 1, from, to };
  });
}

const optionNames = keysOf(stepDefaults);
const optionOf = (step: ConfigStep, option: Option) => step[option] ?? stepDefaults[option];

/** A text that is equal for steps that do the same. */
function canonical(step: ConfigStep): string {
  const options = optionNames.map((option) => optionOf(step, option));
  return JSON.stringify([step.kind, describeApprovers(step), ...options]);
}

function describeStep(step: ConfigStep): string {
  const approvers = describeApprovers(step);
  const carriesOut = step.kind === 'provision' || step.kind === 'deprovision';
  const isUsual = carriesOut === (step.approvers === 'provisioners');
  return isUsual ? approvers : `${step.kind} by ${approvers}`;
}

function describeApprovers({ approvers }: ConfigStep): string {
  if (typeof approvers === 'string') return approvers.replaceAll('_', ' ');
  if ('userGroup' in approvers) return `Slack group ${approvers.userGroup}`;
  return approvers.people.toSorted().join(' or ');
}

/** Describes the options that differ from their defaults. */
function describeOptions(step: ConfigStep): string[] {
  const other = optionNames.filter((option) => optionOf(step, option) !== stepDefaults[option]);
  return other.map((option) => `${option} ${optionOf(step, option)}`);
}

function changedOptions(before: ConfigStep, after: ConfigStep): string[] {
  const changed = optionNames.filter(
    (option) => optionOf(before, option) !== optionOf(after, option),
  );
  return changed.map(
    (option) => `${option} ${optionOf(before, option)} → ${optionOf(after, option)}`,
  );
}
