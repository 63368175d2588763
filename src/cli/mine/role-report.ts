import { formatCount } from '../../governance/wording/counts.ts';
import type { RoleResult } from '../../mining/roles/roles.ts';
import type { MatrixNames } from './names.ts';

/** The roles in the output of `rolemine mine --roles --json`. */
export interface ReportedRoles {
  /** Largest first. Together they cover all grants exactly. */
  roles: { people: string[]; entitlements: { app: string; entitlement: string }[] }[];
  /** Sum of the people of all roles, and of the entitlements of all roles. */
  userAssignments: number;
  permissionAssignments: number;
}

/** Replaces the indexes in roles by names. */
export function toReportedRoles(
  result: RoleResult,
  { nameOf, personOf }: MatrixNames,
): ReportedRoles {
  const { userAssignments, permissionAssignments } = result;
  const roles = result.roles.map(({ people, entitlements }) => ({
    people: Array.from(people, personOf),
    entitlements: Array.from(entitlements, nameOf),
  }));
  return { roles, userAssignments, permissionAssignments };
}

const maxShownRoles = 20;
const maxShownNames = 6;

/** The part about roles in the report as text. */
export function describeRoles(
  { roles = [] }: Partial<ReportedRoles>,
  { userAssignments, permissionAssignments, isOutOfTime }: RoleResult,
): string[] {
  const edges = (userAssignments + permissionAssignments).toLocaleString('en');
  const assignments = `${formatCount(userAssignments, 'user assignment')} + ${formatCount(permissionAssignments, 'permission assignment')} = ${edges}`;
  const lines = [
    '',
    `${formatCount(roles.length, 'role')}, an exact cover of all grants: ${assignments}`,
  ];
  if (isOutOfTime) lines.push('Time ran out; a longer search (--seconds) may find fewer.');
  roles.slice(0, maxShownRoles).forEach(({ people, entitlements }, at) => {
    const names = entitlements.map(({ app, entitlement }) => `${app} · ${entitlement}`);
    const sizes = `${formatCount(people.length, 'person', 'people')} × ${formatCount(names.length, 'entitlement')}`;
    lines.push('', `Role ${at + 1} · ${sizes}`);
    lines.push(`     people: ${formatFirst(people)}`, `     entitlements: ${formatFirst(names)}`);
  });
  const more = roles.length - maxShownRoles;
  if (more > 0) lines.push('', `and ${formatCount(more, 'smaller role')} (--json lists all)`);
  return lines;
}

function formatFirst(names: readonly string[]): string {
  const more = names.length - maxShownNames;
  const shown = names.slice(0, maxShownNames).join(', ');
  return more > 0 ? `${shown} and ${more.toLocaleString('en')} more` : shown;
}
