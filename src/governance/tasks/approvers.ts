import type { ApproverKind, StepKind, StepOptions } from '../../store/schema/tasks.ts';
import type { Candidate, Named } from '../policies/named-approvers.ts';
import { stepWords } from '../policies/step-kinds.ts';

/** Everybody who could be asked about one person and one entitlement. */
export interface Circle {
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
  named: Named;
}

/** What a step asks of its assignees. */
export interface Demand {
  kind: StepKind;
  approvers: ApproverKind;
  options: StepOptions;
}

/** People who must not decide, with the reason the plan gives. */
export interface Bars {
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

interface Rung {
  label: string;
  why: string;
  people: Candidate[];
  none: string;
}

/** The order in which people are asked: who the policy names, then the fallbacks (GOVERNANCE.md section 3). */
const ladders = {
  manager: ['manager', 'owners', 'superAdmins'],
  application_owners: ['owners', 'superAdmins'],
  entitlement_owners: ['entitlementOwners', 'owners', 'superAdmins'],
  provisioners: ['provisioners', 'owners', 'superAdmins'],
  people: ['named', 'owners', 'superAdmins'],
  user_group: ['group', 'owners', 'superAdmins'],
  self: ['self', 'manager', 'owners', 'superAdmins'],
  super_admins: ['superAdmins'],
} as const satisfies Record<ApproverKind, readonly string[]>;

type RungName = (typeof ladders)[ApproverKind][number];

function rungOf(name: RungName, circle: Circle, { options }: Demand): Rung {
  const { app, person } = circle;
  switch (name) {
    case 'manager':
      return {
        label: `${person.name}'s manager`,
        why: `${person.name}'s manager`,
        people: circle.manager ? [circle.manager] : [],
        none: circle.unknownManager
          ? `${person.name}'s manager (${circle.unknownManager}) is not known here`
          : `${person.name} has no manager here`,
      };
    case 'owners':
      return {
        label: `the owners of ${app}`,
        why: `an owner of ${app}`,
        people: circle.owners,
        none: `${app} has no owner`,
      };
    case 'entitlementOwners':
      return {
        label: `the owners of ${circle.entitlement}`,
        why: `an owner of ${circle.entitlement}`,
        people: circle.entitlementOwners,
        none: `${circle.entitlement} has no owner of its own`,
      };
    case 'provisioners':
      return {
        label: `the provisioners of ${app}`,
        why: `a provisioner of ${app}`,
        people: circle.provisioners,
        none: `${app} has no provisioner`,
      };
    case 'self':
      return { label: person.name, why: 'the person it is for', people: [person], none: '' };
    case 'named':
      return {
        label: 'the people the policy names',
        why: 'somebody the policy names',
        people: (options.people ?? []).flatMap((id) => circle.named.people.get(id) ?? []),
        none: 'whom the policy names is not known here',
      };
    case 'group': {
      const group = circle.named.groups.get(options.userGroup ?? '');
      const handle = group ? `@${group.handle}` : 'the Slack user group';
      return {
        label: `the members of ${handle}`,
        why: `a member of ${handle}`,
        people: (group?.memberIds ?? []).flatMap((id) => circle.named.people.get(id) ?? []),
        none: `${handle} has no members here`,
      };
    }
    case 'superAdmins':
      return {
        label: 'the Super Admins',
        why: 'a Super Admin',
        people: circle.superAdmins,
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
  demand: Demand,
  circle: Circle,
  bars: Bars,
  from = 0,
): Assignment & { rung: number } {
  const passed: string[] = [];
  const ladder = ladders[demand.approvers];
  for (let at = from; at < ladder.length; at++) {
    const rung = rungOf(ladder[at] ?? 'superAdmins', circle, demand);
    const able = rung.people.filter(
      (candidate) => reasonAgainst(demand, candidate, bars) === undefined,
    );
    const others = able.filter((candidate) => candidate.id !== bars.lastResort);
    const isLast = ladder[at] === 'superAdmins';
    const chosen = others.length > 0 ? others : isLast ? able : [];
    if (chosen.length > 0) {
      const note = `${capital(passed.join('; '))}, so this goes to ${rung.label}.`;
      const assignees = handOver(demand, chosen, rung.why, circle, bars);
      return { assignees, note: passed.length > 0 ? note : undefined, rung: at };
    }
    passed.push(whyPassed(demand, rung, bars));
  }
  return { assignees: [], note: `${capital(passed.join('; '))}.`, rung: ladder.length };
}

/** Each of the chosen, or their delegate where one may act. Nobody is asked twice. */
function handOver(
  demand: Demand,
  chosen: readonly Candidate[],
  why: string,
  circle: Circle,
  bars: Bars,
): Assignment['assignees'] {
  const byId = new Map<number, Assignment['assignees'][number]>();
  for (const candidate of chosen) {
    const taker = lastDelegate(demand, candidate, circle, bars);
    const delegateOf = taker === candidate ? null : candidate.id;
    const known = byId.get(taker.id);
    // Who is asked in their own right is not asked as somebody's delegate.
    if (!known || known.delegateOf !== null) byId.set(taker.id, { id: taker.id, why, delegateOf });
  }
  return [...byId.values()];
}

/** Follows a chain of delegations as far as people may act. */
function lastDelegate(demand: Demand, first: Candidate, circle: Circle, bars: Bars): Candidate {
  if (demand.options.allowDelegation === false) return first;
  const seen = new Set([first.id]);
  let last = first;
  for (;;) {
    const next = circle.delegates.get(last.id);
    if (!next || seen.has(next.id) || reasonAgainst(demand, next, bars)) return last;
    seen.add(next.id);
    last = next;
  }
}

function whyPassed(demand: Demand, rung: Rung, bars: Bars): string {
  const [first] = rung.people;
  if (!first) return rung.none;
  const reason = reasonAgainst(demand, first, bars) ?? 'enrolled the person';
  return rung.people.length === 1
    ? `${first.name} (${rung.label}) ${reason}`
    : `none of ${rung.label} may act`;
}

/**
 * Why somebody may not act on a step: approving one's own request is refused, carrying out what others
 * approved is not.
 */
export function reasonAgainst(
  { kind, approvers, options }: Demand,
  candidate: Candidate,
  bars: Bars,
): string | undefined {
  if (!candidate.active) return 'is not active';
  const hasApproved = bars.approved.has(candidate.id);
  if (!stepWords[kind].decides) {
    const isBarred = hasApproved && options.approverMayProvision === false;
    return isBarred ? 'approved it and may not carry it out, too' : undefined;
  }
  if (hasApproved && options.distinctApprovers) return 'approved an earlier step';
  const isAsked = approvers === 'self' && candidate.id === bars.subject;
  return isAsked || options.allowSelfApproval ? undefined : bars.own.get(candidate.id);
}

/** How many of the assignees have to agree. */
export function quorumOf({ options }: Pick<Demand, 'options'>, assignees: number): number {
  return Math.max(1, Math.min(options.quorum ?? 1, assignees));
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
