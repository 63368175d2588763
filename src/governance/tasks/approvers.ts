import type { ApproverKind, StepKind, StepOptions } from '../../store/schema/tasks.ts';
import type { Candidate, NamedApprovers } from '../policies/named-approvers.ts';
import { stepWords } from '../policies/step-kinds.ts';

/** Everybody who could be asked about one person and one entitlement. */
export interface ApproverPool {
  app: string;
  /** "GitHub · Admin" */
  entitlement: string;
  person: Candidate;
  manager: Candidate | undefined;
  /** What the source calls the manager when nobody here answers to it. */
  unknownManager: string | undefined;
  owners: Candidate[];
  entitlementOwners: Candidate[];
  provisioners: Candidate[];
  superAdmins: Candidate[];
  /** By person: who gets their new tasks now. */
  delegates: ReadonlyMap<number, Candidate>;
  named: NamedApprovers;
}

/** What a step asks of its assignees. */
export interface StepRequirement {
  kind: StepKind;
  approvers: ApproverKind;
  options: StepOptions;
}

/** People who must not decide, with the reason the plan gives. */
export interface Exclusions {
  /** The person it is for. */
  subject: number;
  /** The subject and the requester, unless the step allows it. */
  own: ReadonlyMap<number, string>;
  /** Who approved an earlier step: barred where the policy wants others. */
  approved: ReadonlySet<number>;
  /** Only if there is nobody else: the Super Admin who enrolled the person in a profile. */
  lastResort: number | undefined;
}

export interface Assignment {
  /** `delegateOf`: whose task it would be without a delegation. */
  assignees: { id: number; why: string; delegateOf: number | null }[];
  /** Why it is not who the policy names first; undefined when it is. */
  note: string | undefined;
}

interface FallbackLevel {
  label: string;
  why: string;
  people: Candidate[];
  none: string;
}

/** The order in which people are asked: who the policy names, then the fallbacks (docs/governance.md#fallbacks). */
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

function fallbackLevelOf(
  name: FallbackLevelName,
  pool: ApproverPool,
  { options }: StepRequirement,
): FallbackLevel {
  const { app, person } = pool;
  switch (name) {
    case 'manager':
      return {
        label: `${person.name}'s manager`,
        why: `${person.name}'s manager`,
        people: pool.manager ? [pool.manager] : [],
        none: pool.unknownManager
          ? `${person.name}'s manager (${pool.unknownManager}) is not known here`
          : `${person.name} has no manager here`,
      };
    case 'owners':
      return {
        label: `the owners of ${app}`,
        why: `an owner of ${app}`,
        people: pool.owners,
        none: `${app} has no owner`,
      };
    case 'entitlementOwners':
      return {
        label: `the owners of ${pool.entitlement}`,
        why: `an owner of ${pool.entitlement}`,
        people: pool.entitlementOwners,
        none: `${pool.entitlement} has no owner of its own`,
      };
    case 'provisioners':
      return {
        label: `the provisioners of ${app}`,
        why: `a provisioner of ${app}`,
        people: pool.provisioners,
        none: `${app} has no provisioner`,
      };
    case 'self':
      return { label: person.name, why: 'the person it is for', people: [person], none: '' };
    case 'named':
      return {
        label: 'the people the policy names',
        why: 'somebody the policy names',
        people: (options.people ?? []).flatMap((id) => pool.named.people.get(id) ?? []),
        none: 'whom the policy names is not known here',
      };
    case 'group': {
      const group = pool.named.groups.get(options.userGroup ?? '');
      const handle = group ? `@${group.handle}` : 'the Slack user group';
      return {
        label: `the members of ${handle}`,
        why: `a member of ${handle}`,
        people: (group?.memberIds ?? []).flatMap((id) => pool.named.people.get(id) ?? []),
        none: `${handle} has no members here`,
      };
    }
    case 'superAdmins':
      return {
        label: 'the Super Admins',
        why: 'a Super Admin',
        people: pool.superAdmins,
        none: 'there is no Super Admin',
      };
  }
}

/**
 * Whom a step goes to: the first rung of its ladder with somebody who may act, or whoever they have
 * delegated to. Nobody at all gives no assignees and a note that says why.
 * @param from how many rungs to pass over: an escalation asks the next ones in line.
 */
export function chooseAssignees(
  demand: StepRequirement,
  pool: ApproverPool,
  exclusions: Exclusions,
  from = 0,
): Assignment & { level: number } {
  const passed: string[] = [];
  const chain = fallbackChains[demand.approvers];
  for (let at = from; at < chain.length; at++) {
    const level = fallbackLevelOf(chain[at] ?? 'superAdmins', pool, demand);
    const able = level.people.filter(
      (candidate) => reasonAgainst(demand, candidate, exclusions) === undefined,
    );
    const others = able.filter((candidate) => candidate.id !== exclusions.lastResort);
    const isLast = chain[at] === 'superAdmins';
    const chosen = others.length > 0 ? others : isLast ? able : [];
    if (chosen.length > 0) {
      const note = `${capital(passed.join('; '))}, so this goes to ${level.label}.`;
      const assignees = handOver(demand, chosen, level.why, pool, exclusions);
      return { assignees, note: passed.length > 0 ? note : undefined, level: at };
    }
    passed.push(skippedReason(demand, level, exclusions));
  }
  return { assignees: [], note: `${capital(passed.join('; '))}.`, level: chain.length };
}

/** Each of the chosen, or their delegate where one may act. Nobody is asked twice. */
function handOver(
  demand: StepRequirement,
  chosen: readonly Candidate[],
  why: string,
  pool: ApproverPool,
  exclusions: Exclusions,
): Assignment['assignees'] {
  const byId = new Map<number, Assignment['assignees'][number]>();
  for (const candidate of chosen) {
    const taker = lastDelegate(demand, candidate, pool, exclusions);
    const delegateOf = taker === candidate ? null : candidate.id;
    const known = byId.get(taker.id);
    // Who is asked in their own right is not asked as somebody's delegate.
    if (!known || known.delegateOf !== null) byId.set(taker.id, { id: taker.id, why, delegateOf });
  }
  return [...byId.values()];
}

/** Follows a chain of delegations as far as people may act. */
function lastDelegate(
  demand: StepRequirement,
  first: Candidate,
  pool: ApproverPool,
  exclusions: Exclusions,
): Candidate {
  if (demand.options.allowDelegation === false) return first;
  const seen = new Set([first.id]);
  let last = first;
  for (;;) {
    const next = pool.delegates.get(last.id);
    if (!next || seen.has(next.id) || reasonAgainst(demand, next, exclusions)) return last;
    seen.add(next.id);
    last = next;
  }
}

function skippedReason(
  demand: StepRequirement,
  level: FallbackLevel,
  exclusions: Exclusions,
): string {
  const [first] = level.people;
  if (!first) return level.none;
  const reason = reasonAgainst(demand, first, exclusions) ?? 'enrolled the person';
  return level.people.length === 1
    ? `${first.name} (${level.label}) ${reason}`
    : `none of ${level.label} may act`;
}

/**
 * Why somebody may not act on a step: approving one's own request is refused, carrying out what others
 * approved is not.
 */
export function reasonAgainst(
  { kind, approvers, options }: StepRequirement,
  candidate: Candidate,
  exclusions: Exclusions,
): string | undefined {
  if (!candidate.active) return 'is not active';
  const hasApproved = exclusions.approved.has(candidate.id);
  if (!stepWords[kind].decides) {
    const isBarred = hasApproved && options.approverMayProvision === false;
    return isBarred ? 'approved it and may not carry it out, too' : undefined;
  }
  if (hasApproved && options.distinctApprovers) return 'approved an earlier step';
  const isAsked = approvers === 'self' && candidate.id === exclusions.subject;
  return isAsked || options.allowSelfApproval ? undefined : exclusions.own.get(candidate.id);
}

/** How many of the assignees have to agree. */
export function quorumOf({ options }: Pick<StepRequirement, 'options'>, assignees: number): number {
  return Math.max(1, Math.min(options.quorum ?? 1, assignees));
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
