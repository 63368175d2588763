import type { RoleName } from '../store/schema/people.ts';

/** Roles beside Basic User, which everyone known has, by what they are called. */
export const roleNames = {
  access_request_helpdesk: 'Access Request Helpdesk',
  access_request_admin: 'Access Request Admin',
  campaign_admin: 'Campaign Admin',
  connector_admin: 'Connector Admin',
  super_admin: 'Super Admin',
} as const satisfies Record<RoleName, string>;

interface Right {
  /** Who has it beside Super Admins, who have everything; 'everyone': Basic Users, too. */
  roles: readonly RoleName[] | 'everyone';
  /** What somebody is told who lacks it; who could do it is said after it. */
  words: string;
}

/** Permission × role (docs/governance.md#roles-and-permissions). Roles add up. */
const permissions = {
  viewDashboard: { roles: 'everyone', words: 'Only people who are known here can look at this.' },
  completeAssignedTasks: {
    roles: 'everyone',
    words: 'Only people who are known here can complete tasks.',
  },
  requestForAnyone: {
    roles: ['access_request_helpdesk', 'access_request_admin'],
    words:
      'You can request access for yourself and for your direct reports; for anyone else, ask the Access Request Helpdesk or a Super Admin.',
  },
  manageProfiles: {
    roles: ['access_request_admin'],
    words: 'Only Access Request Admins and Super Admins can manage access profiles.',
  },
  manageCampaigns: {
    roles: ['campaign_admin'],
    words: 'Only Campaign Admins and Super Admins can create and manage campaigns.',
  },
  manageCampaignTasks: {
    roles: ['campaign_admin'],
    words: 'Only Campaign Admins and Super Admins can manage the tasks of campaigns.',
  },
  viewConnectors: {
    roles: ['connector_admin'],
    words: 'Only Connector Admins and Super Admins can look at connectors.',
  },
  manageConnectors: {
    roles: ['connector_admin'],
    words: 'Only Connector Admins and Super Admins can manage connectors.',
  },
  manageApplications: {
    roles: [],
    words: 'Only Super Admins can manage applications and entitlements.',
  },
  managePolicies: { roles: [], words: 'Only Super Admins can create and manage policies.' },
  reassignAnyTask: {
    roles: [],
    words: 'Only the person a task is assigned to, or a Super Admin, can reassign it.',
  },
  manageUsers: { roles: [], words: 'Only Super Admins can manage users and their roles.' },
  viewSecurityDashboard: {
    roles: [],
    words: 'Only Super Admins can look at the security dashboard.',
  },
  viewAccessExplorer: {
    roles: [],
    words: 'Only Super Admins can look at the access explorer.',
  },
  viewConflicts: { roles: [], words: 'Only Super Admins can look at access conflicts.' },
  mineRoles: { roles: [], words: 'Only Super Admins can run role mining.' },
} as const satisfies Record<string, Right>;

/** What goes with a role beyond that table (docs/governance.md#further-permissions). */
const further = {
  proposeAnyRevocation: {
    roles: ['access_request_helpdesk', 'access_request_admin'],
    words:
      'You can propose to revoke access of your direct reports, or of applications that you own; for anything else, ask the Access Request Helpdesk or a Super Admin.',
  },
  viewAnyAccess: {
    roles: ['access_request_helpdesk', 'access_request_admin'],
    words:
      'You can see your own access, that of your direct reports, and who holds what of applications that you own; for anything else, ask the Access Request Helpdesk or a Super Admin.',
  },
  manageAnyTask: {
    roles: [],
    words: 'Only Super Admins can cancel, restart or skip steps of a task.',
  },
  delegateForAnyone: {
    roles: [],
    words: 'You can choose a delegate for yourself; for anybody else, only a Super Admin can.',
  },
} as const satisfies Record<string, Right>;

const rights: Record<Permission, Right> = { ...permissions, ...further };

export type Permission = keyof typeof permissions | keyof typeof further;

/** Whether roles that add up include a permission. */
export function hasPermission(roles: readonly RoleName[], permission: Permission): boolean {
  const { roles: able } = rights[permission];
  if (able === 'everyone' || roles.includes('super_admin')) return true;
  return roles.some((role) => able.includes(role));
}

export function explainPermission(permission: Permission): string {
  return rights[permission].words;
}

/** "Connector Admin and Super Admin"; "Basic User" without any. */
export function formatRoles(roles: readonly RoleName[]): string {
  const names = (Object.keys(roleNames) as RoleName[])
    .filter((role) => roles.includes(role))
    .map((role) => roleNames[role]);
  return names.length === 0 ? 'Basic User' : names.join(' and ');
}
