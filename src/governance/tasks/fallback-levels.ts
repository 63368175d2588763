import type { ApproverKind, AssigneeLevel, StepOptions } from '../../store/schema/tasks.ts';
import type { Candidate, NamedApprovers } from '../policies/named-approvers.ts';
import { namedGroupOf } from '../policies/named-approvers.ts';

/** One level of a fallback chain: its people, and the words for the plan. */
export interface FallbackLevel {
  label: string;
  why: string;
  people: Candidate[];
  /** The words of the plan when the level has nobody. */
  none: string;
}

/** The levels in the order in which they are asked (docs/governance.md#fallbacks). */
export const fallbackChains = {
  manager: ['manager', 'owners', 'superAdmins'],
  application_owners: ['owners', 'superAdmins'],
  entitlement_owners: ['entitlementOwners', 'owners', 'superAdmins'],
  provisioners: ['provisioners', 'owners', 'superAdmins'],
  people: ['named', 'owners', 'superAdmins'],
  user_group: ['group', 'owners', 'superAdmins'],
  self: ['self', 'manager', 'owners', 'superAdmins'],
  super_admins: ['superAdmins'],
  owners_or_admins: ['ownersOrAdmins'],
} as const satisfies Record<ApproverKind, readonly FallbackLevelName[]>;

export type FallbackLevelName = Exclude<AssigneeLevel, 'line' | 'chosen'>;

export const fallbackLevels: Record<
  FallbackLevelName,
  (pool: ApproverPool, options: StepOptions) => FallbackLevel
> = {
  manager: ({ person, manager, unknownManager, managerCircle }) => ({
    label: `${person.name}'s manager`,
    why: `${person.name}'s manager`,
    people: manager ? [manager] : [],
    none: managerCircle
      ? `${person.name} ${managerCircle}`
      : unknownManager
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
  ownersOrAdmins: ({ app, owners, superAdmins }) => ({
    label: `the owners of ${app} and the Super Admins`,
    why: `an owner of ${app} or a Super Admin`,
    people: [...owners, ...superAdmins.filter(({ id }) => owners.every((one) => one.id !== id))],
    none: `${app} has no owner, and there is no Super Admin`,
  }),
};
/** A delegate, and the person who named them: the person they act for, or a Super Admin. */
export interface Delegate extends Candidate {
  setBy?: number | null;
  /** Whether they were named from an e-mail. Anybody who has a mail can use its link. */
  isSetByMail?: boolean;
}

/** Everybody who could be an assignee of a task about one person and one entitlement. */
export interface ApproverPool {
  app: string;
  /** "GitHub · Admin" */
  entitlement: string;
  person: Candidate;
  manager: Candidate | undefined;
  /** The source's reference to a manager whom Rolemine does not know. */
  unknownManager: string | undefined;
  /** Why the manager is not asked, to follow the person's name: managers who lead back to the person say nothing. */
  managerCircle?: string | undefined;
  owners: Candidate[];
  entitlementOwners: Candidate[];
  provisioners: Candidate[];
  superAdmins: Candidate[];
  /** By person: the delegate who gets their new tasks now. */
  delegates: ReadonlyMap<number, Delegate>;
  named: NamedApprovers;
}
