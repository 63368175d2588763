import type { ApproverKind, StepOptions } from '../../store/schema/tasks.ts';
import type { NewAssignee } from '../../store/tasks/task-changes.ts';
import { type Candidate, type NamedApprovers, namedGroupOf } from '../policies/named-approvers.ts';
import { type Exclusions, exclusionReason, type StepRequirement } from './exclusions.ts';

/** Everybody who could be an assignee of a task about one person and one entitlement. */
export interface ApproverPool {
  app: string;
  /** "GitHub · Admin" */
  entitlement: string;
  person: Candidate;
  manager: Candidate | undefined;
  /** The source's reference to a manager whom Rolemine does not know. */
  unknownManager: string | undefined;
  owners: Candidate[];
  entitlementOwners: Candidate[];
  provisioners: Candidate[];
  superAdmins: Candidate[];
  /** By person: the delegate who gets their new tasks now. */
  delegates: ReadonlyMap<number, Candidate>;
  named: NamedApprovers;
}

/** The candidates for the steps of a task, and the people among them who must not decide. */
export interface ApproverCandidates {
  pool: ApproverPool;
  exclusions: Exclusions;
}

export interface Assignment {
  assignees: NewAssignee[];
  /** The reason why a later fallback level is asked; undefined when the first level is. */
  note: string | undefined;
}

/** One level of a fallback chain: its people, and the words for the plan. */
interface FallbackLevel {
  label: string;
  why: string;
  people: Candidate[];
  /** The words of the plan when the level has nobody. */
  none: string;
}

/** The levels in the order in which they are asked (docs/governance.md#fallbacks). */
const fallbackChains = {
  manager: ['manager', 'owners', 'superAdmins'],
  application_owners: ['owners', 'superAdmins'],
  entitlement_owners: ['entitlementOwners', 'owners', 'superAdmins'],
  provisioners: ['provisioners', 'owners', 'superAdmins'],
  people: ['named', 'owners', 'superAdmins'],
  user_group: ['group', 'owners', 'superAdmins'],
  self: ['self', 'manager', 'owners', 'superAdmins'],
  super_admins: ['superAdmins'],
} as const satisfies Record<ApproverKind, readonly string[]>;

type FallbackLevelName = (typeof fallbackChains)[ApproverKind][number];

const fallbackLevels: Record<
  FallbackLevelName,
  (pool: ApproverPool, options: StepOptions) => FallbackLevel
> = {
  manager: ({ person, manager, unknownManager }) => ({
    label: `${person.name}'s manager`,
    why: `${person.name}'s manager`,
    people: manager ? [manager] : [],
    none: unknownManager
      ? `${person.name}'s manager (${unknownManager}) is not known here`
      : `${person.name} has no manager here`,
  }),
  owners: ({ app, owners }) => ({
    label: `the owners of ${app}`,
    why: `an owner of ${app}`,
    people: owners,
    none: `${app} has no owner`,
  }),
  entitlementOwners: ({ entitlement, entitlementOwners }) => ({
    label: `the owners of ${entitlement}`,
    why: `an owner of ${entitlement}`,
    people: entitlementOwners,
    none: `${entitlement} has no owner of its own`,
  }),
  provisioners: ({ app, provisioners }) => ({
    label: `the provisioners of ${app}`,
    why: `a provisioner of ${app}`,
    people: provisioners,
    none: `${app} has no provisioner`,
  }),
  self: ({ person }) => ({
    label: person.name,
    why: 'the person it is for',
    people: [person],
    none: '',
  }),
  named: ({ named }, options) => ({
    label: 'the people the policy names',
    why: 'somebody the policy names',
    people: (options.people ?? []).flatMap((id) => named.people.get(id) ?? []),
    none: 'the people whom the policy names are not known here',
  }),
  group: ({ named }, options) => {
    const group = namedGroupOf(named, options);
    const handle = group ? `@${group.handle}` : 'the Slack user group';
    return {
      label: `the members of ${handle}`,
      why: `a member of ${handle}`,
      people: (group?.memberIds ?? []).flatMap((id) => named.people.get(id) ?? []),
      none: `${handle} has no members here`,
    };
  },
  superAdmins: ({ superAdmins }) => ({
    label: 'the Super Admins',
    why: 'a Super Admin',
    people: superAdmins,
    none: 'there is no Super Admin',
  }),
};

/**
 * Chooses the assignees of a step: the people of the first level of its fallback chain in which somebody may act, or
 * their delegates. If nobody may act, there are no assignees, and the note gives the reason.
 * @param firstLevel the level to begin with; an escalation skips the earlier ones
 */
export function chooseAssignees(
  step: StepRequirement,
  { pool, exclusions }: ApproverCandidates,
  firstLevel = 0,
): Assignment & { level: number } {
  const chain = fallbackChains[step.approvers];
  const passed: string[] = [];
  for (const [at, name] of chain.entries()) {
    if (at < firstLevel) continue;
    const level = fallbackLevels[name](pool, step.options);
    const eligible = level.people.filter(
      (candidate) => exclusionReason(step, candidate, exclusions) === undefined,
    );
    const others = eligible.filter((candidate) => candidate.id !== exclusions.lastResort);
    const isLast = name === 'superAdmins';
    const chosen = others.length > 0 ? others : isLast ? eligible : [];
    if (chosen.length > 0) {
      const note = `${capital(passed.join('; '))}, so this goes to ${level.label}.`;
      const assignees = replaceByDelegates(
        step,
        { pool, exclusions },
        { people: chosen, why: level.why },
      );
      return { assignees, note: passed.length > 0 ? note : undefined, level: at };
    }
    passed.push(skippedReason(step, level, exclusions));
  }
  return { assignees: [], note: `${capital(passed.join('; '))}.`, level: chain.length };
}

/** Replaces people by their delegates where these may act. Nobody is asked twice. */
function replaceByDelegates(
  step: StepRequirement,
  candidates: ApproverCandidates,
  { people, why }: Pick<FallbackLevel, 'people' | 'why'>,
): NewAssignee[] {
  const byId = new Map<number, NewAssignee>();
  for (const candidate of people) {
    const { id, name } = findLastDelegate(step, candidate, candidates);
    const delegateOf = id === candidate.id ? null : candidate.id;
    const known = byId.get(id);
    // Somebody who is asked in their own right is not asked as a delegate.
    if (!known || known.delegateOf !== null) {
      byId.set(id, { personId: id, name, why, delegateOf });
    }
  }
  return [...byId.values()];
}

/** Finds the last person of a chain of delegations who may act. */
function findLastDelegate(
  step: StepRequirement,
  first: Candidate,
  { pool, exclusions }: ApproverCandidates,
): Candidate {
  if (step.options.allowDelegation === false) return first;
  const seen = new Set([first.id]);
  let last = first;
  for (;;) {
    const next = pool.delegates.get(last.id);
    if (!next || seen.has(next.id) || exclusionReason(step, next, exclusions)) return last;
    seen.add(next.id);
    last = next;
  }
}

function skippedReason(
  step: StepRequirement,
  level: FallbackLevel,
  exclusions: Exclusions,
): string {
  const [first] = level.people;
  if (!first) return level.none;
  const reason = exclusionReason(step, first, exclusions) ?? 'enrolled the person';
  return level.people.length === 1
    ? `${first.name} (${level.label}) ${reason}`
    : `none of ${level.label} may act`;
}

/** The number of assignees who must agree. */
export function quorumOf({ options }: Pick<StepRequirement, 'options'>, assignees: number): number {
  return Math.max(1, Math.min(options.quorum ?? 1, assignees));
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
