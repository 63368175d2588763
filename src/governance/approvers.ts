import type { ApproverKind, StepKind } from '../store/schema/tasks.ts';
import { stepWords } from './step-words.ts';

export interface Candidate {
  id: number;
  name: string;
  /** Active in the company: inactive people are passed over, and the plan says so. */
  active: boolean;
}

/** Everybody who could be asked about one person and one entitlement. */
export interface Circle {
  app: string;
  person: Candidate;
  manager: Candidate | undefined;
  /** What the source calls the manager when nobody here answers to it. */
  unknownManager: string | undefined;
  owners: Candidate[];
  provisioners: Candidate[];
  superAdmins: Candidate[];
}

/** People who must not decide, with the reason the plan gives. */
export interface Bars {
  /** Never: the subject and the requester. */
  barred: ReadonlyMap<number, string>;
  /** Only if there is nobody else: the Super Admin who enrolled the person in a profile. */
  lastResort: number | undefined;
}

export interface Assignment {
  assignees: { id: number; why: string }[];
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
  provisioners: ['provisioners', 'owners', 'superAdmins'],
} as const satisfies Record<ApproverKind, readonly (keyof Circle)[]>;

type RungName = (typeof ladders)[ApproverKind][number];

function rungOf(name: RungName, circle: Circle): Rung {
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
    case 'provisioners':
      return {
        label: `the provisioners of ${app}`,
        why: `a provisioner of ${app}`,
        people: circle.provisioners,
        none: `${app} has no provisioner`,
      };
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
 * Whom a step goes to: the first rung of its ladder with somebody who may act. Nobody at all gives no
 * assignees and a note that says why.
 */
export function chooseAssignees(
  kind: StepKind,
  approvers: ApproverKind,
  circle: Circle,
  bars: Bars,
): Assignment {
  const passed: string[] = [];
  for (const name of ladders[approvers]) {
    const rung = rungOf(name, circle);
    const able = rung.people.filter(
      (candidate) => reasonAgainst(kind, candidate, bars) === undefined,
    );
    const others = able.filter((candidate) => candidate.id !== bars.lastResort);
    const chosen = others.length > 0 ? others : name === 'superAdmins' ? able : [];
    if (chosen.length > 0) {
      return {
        assignees: chosen.map(({ id }) => ({ id, why: rung.why })),
        note:
          passed.length > 0
            ? `${capital(passed.join('; '))}, so this goes to ${rung.label}.`
            : undefined,
      };
    }
    passed.push(whyPassed(kind, rung, bars));
  }
  return { assignees: [], note: `${capital(passed.join('; '))}.` };
}

function whyPassed(kind: StepKind, rung: Rung, bars: Bars): string {
  const [first] = rung.people;
  if (!first) return rung.none;
  const reason = reasonAgainst(kind, first, bars) ?? 'enrolled the person';
  return rung.people.length === 1
    ? `${first.name} (${rung.label}) ${reason}`
    : `none of ${rung.label} may act`;
}

/** Approving one's own request is refused; carrying out what others approved is not. */
function reasonAgainst(kind: StepKind, candidate: Candidate, bars: Bars): string | undefined {
  if (!candidate.active) return 'is not active';
  return stepWords[kind].decides ? bars.barred.get(candidate.id) : undefined;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
