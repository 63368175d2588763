import { keysOf } from '../collections.ts';
import type { RoleName } from '../store/schema/people.ts';

/** The names of the roles. Everybody whom Rolemine knows also is a Basic User. */
export const roleNames = {
  access_request_helpdesk: 'Access Request Helpdesk',
  access_request_admin: 'Access Request Admin',
  campaign_admin: 'Campaign Admin',
  connector_admin: 'Connector Admin',
  super_admin: 'Super Admin',
} as const satisfies Record<RoleName, string>;

interface PermissionRule {
  /** The roles that have it besides Super Admin, which has everything. 'everyone' includes Basic Users. */
  roles: readonly RoleName[] | 'everyone';
  /** The refusal for people without it. The name of somebody who has it follows. */
  words: string;
}

/** Permission × role (docs/governance.md#roles-and-permissions). A person has the permissions of all their roles. */
const permissions = {
  viewDashboard: { roles: 'everyone', words: 'Only people who are known here can view this.' },
  completeAssignedTasks: {
    roles: 'everyone',
    words: 'Only people who are known here can complete tasks.',
  },
  requestForAnyone: {
    roles: ['access_request_helpdesk', 'access_request_admin'],
    words:
      'You can request access for yourself and your direct reports. For anyone else, ask the Access Request Helpdesk or a Super Admin.',
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
    words: 'Only Connector Admins and Super Admins can view connectors.',
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
    words: 'Only the assignee of a task or a Super Admin can reassign it.',
  },
  manageUsers: { roles: [], words: 'Only Super Admins can manage users and their roles.' },
  viewSecurityDashboard: {
    roles: [],
    words: 'Only Super Admins can view the security dashboard.',
  },
  viewAccessExplorer: {
    roles: [],
    words: 'Only Super Admins can view the access explorer.',
  },
  viewConflicts: { roles: [], words: 'Only Super Admins can view access conflicts.' },
  mineRoles: { roles: [], words: 'Only Super Admins can run role mining.' },
} as const satisfies Record<string, PermissionRule>;

/** Permissions that the reference table lacks (docs/governance.md#further-permissions). */
const further = {
  proposeAnyRevocation: {
    roles: ['access_request_helpdesk', 'access_request_admin'],
    words:
      'You can propose to revoke access of your direct reports and access to applications that you own. For anything else, ask the Access Request Helpdesk or a Super Admin.',
  },
  viewAnyAccess: {
    roles: ['access_request_helpdesk', 'access_request_admin'],
    words:
      'You can view your own access, the access of your direct reports and access to applications that you own. For anything else, ask the Access Request Helpdesk or a Super Admin.',
  },
  manageAnyTask: {
    roles: [],
    words: 'Only Super Admins can cancel or restart a task or skip a step.',
  },
  delegateForAnyone: {
    roles: [],
    words: 'You can choose your own delegate; only a Super Admin can choose one for somebody else.',
  },
} as const satisfies Record<string, PermissionRule>;

const rules: Record<Permission, PermissionRule> = { ...permissions, ...further };

export type Permission = keyof typeof permissions | keyof typeof further;

/** Whether one of these roles has a permission. */
export function hasPermission(roles: readonly RoleName[], permission: Permission): boolean {
  const { roles: permitted } = rules[permission];
  if (permitted === 'everyone' || roles.includes('super_admin')) return true;
  return roles.some((role) => permitted.includes(role));
}

/** Says in one sentence who has a permission, for people without it. */
export function explainPermission(permission: Permission): string {
  return rules[permission].words;
}

/** "Connector Admin and Super Admin"; "Basic User" without any role. */
export function formatRoles(roles: readonly RoleName[]): string {
  // The type of Object.keys does not know the names of the roles.
  const names = keysOf(roleNames)
    .filter((role) => roles.includes(role))
    .map((role) => roleNames[role]);
  return names.length === 0 ? 'Basic User' : names.join(' and ');
}
