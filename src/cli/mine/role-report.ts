import { formatCount } from '../../governance/wording/counts.ts';
import type { RoleResult } from '../../mining/roles/roles.ts';
import type { MatrixNames } from './names.ts';

/** Roles as `rolemine mine --roles --json` prints them. */
export interface ReportedRoles {
  /** Largest first. Together they give exactly the grants there are. */
  roles: { people: string[]; entitlements: { app: string; entitlement: string }[] }[];
  /** People of all roles, entitlements of all roles. */
  userAssignments: number;
  permissionAssignments: number;
}

/** Puts names for the indexes of roles. */
export function reportRoles(result: RoleResult, { nameOf, personOf }: MatrixNames): ReportedRoles {
  const { userAssignments, permissionAssignments } = result;
  const roles = result.roles.map(({ people, entitlements }) => ({
    people: Array.from(people, personOf),
    entitlements: Array.from(entitlements, nameOf),
  }));
  return { roles, userAssignments, permissionAssignments };
}

const shownRoles = 20;
const shownNames = 6;

/** The part of the report about roles, for people to read. */
export function describeRoles(
  { roles = [] }: Partial<ReportedRoles>,
  { userAssignments, permissionAssignments, isOutOfTime }: RoleResult,
): string[] {
  const edges = (userAssignments + permissionAssignments).toLocaleString('en');
  const assignments = `${formatCount(userAssignments, 'user assignment')} + ${formatCount(permissionAssignments, 'permission assignment')} = ${edges}`;
  const lines = [
    '',
    `${formatCount(roles.length, 'role')} cover every grant exactly: ${assignments}`,
  ];
  if (isOutOfTime) lines.push('The time was up; more of it (--seconds) may find fewer.');
  roles.slice(0, shownRoles).forEach(({ people, entitlements }, at) => {
    const held = entitlements.map(({ app, entitlement }) => `${app} · ${entitlement}`);
    const sizes = `${formatCount(people.length, 'person', 'people')} × ${formatCount(held.length, 'entitlement')}`;
    lines.push('', `Role ${at + 1} · ${sizes}`);
    lines.push(`     people: ${some(people)}`, `     entitlements: ${some(held)}`);
  });
  const more = roles.length - shownRoles;
  if (more > 0) lines.push('', `and ${formatCount(more, 'smaller role')} (all of them: --json)`);
  return lines;
}

function some(names: readonly string[]): string {
  const more = names.length - shownNames;
  const shown = names.slice(0, shownNames).join(', ');
  return more > 0 ? `${shown} and ${more.toLocaleString('en')} more` : shown;
}
