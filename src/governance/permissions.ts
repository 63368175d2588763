import type { RoleName } from '../store/schema/people.ts';

/** Permission × role, as the product's documents list them. Everyone known has the basic ones. */
const permissions = {
  requestForAnyone: {
    roles: ['access_request_helpdesk', 'access_request_admin', 'super_admin'],
    words:
      'You can request access for yourself and for your direct reports; for anyone else, ask the Access Request Helpdesk or a Super Admin.',
  },
  proposeAnyRevocation: {
    roles: ['access_request_helpdesk', 'access_request_admin', 'super_admin'],
    words:
      'You can propose to revoke access of your direct reports, or of applications that you own; for anything else, ask the Access Request Helpdesk or a Super Admin.',
  },
  viewAnyAccess: {
    roles: ['access_request_helpdesk', 'access_request_admin', 'super_admin'],
    words:
      'You can see your own access, that of your direct reports, and who holds what of applications that you own; for anything else, ask the Access Request Helpdesk or a Super Admin.',
  },
  manageProfiles: {
    roles: ['access_request_admin', 'super_admin'],
    words: 'Only Access Request Admins and Super Admins can manage access profiles.',
  },
  reassignAnyTask: {
    roles: ['super_admin'],
    words: 'Only the person a task is assigned to, or a Super Admin, can reassign it.',
  },
  manageAnyTask: {
    roles: ['super_admin'],
    words: 'Only Super Admins can cancel, restart or skip steps of a task.',
  },
  mineRoles: { roles: ['super_admin'], words: 'Only Super Admins can run role mining.' },
} as const satisfies Record<string, { roles: readonly RoleName[]; words: string }>;

export type Permission = keyof typeof permissions;

export function rolesHave(roles: readonly RoleName[], permission: Permission): boolean {
  return roles.some((role) =>
    (permissions[permission].roles as readonly RoleName[]).includes(role),
  );
}

export function permissionWords(permission: Permission): string {
  return permissions[permission].words;
}
