import { Refusal } from '../../errors.ts';
import { findPerson, type Person } from '../../store/people/people.ts';
import {
  findRoleChange,
  insertRoleChange,
  listRoles,
  listUsers,
  lockRoleHolders,
  replaceRoles,
  type User,
} from '../../store/people/roles.ts';
import type { RoleName } from '../../store/schema/people.ts';
import { subjectOf } from '../audit-subjects.ts';
import {
  type ActorCtx,
  audit,
  type Ctx,
  inTransaction,
  notify,
  requirePermission,
} from '../context.ts';
import type { Notice } from '../notifications/notice.ts';
import { formatRoles, roleNames } from '../permissions.ts';
import { loadNames } from './display-name.ts';

/**
 * Gives a person exactly these roles besides Basic User, and notifies them.
 * @param input.before the roles that the form showed
 * @throws Refusal forbidden, missing (person), invalid (unknown role, inactive person), conflict (the last
 * Super Admin, or somebody else has changed the roles since the form was drawn).
 */
export async function changeRoles(
  ctx: ActorCtx,
  input: { personId: number; roles: readonly string[]; before?: readonly string[] },
): Promise<{ person: Person; words: string; isChanged: boolean }> {
  await requirePermission(ctx, 'manageUsers');
  const roles = validateRoles(input.roles);
  return inTransaction(ctx, async (ctx) => {
    const superAdmins = await lockRoleHolders(ctx.db, 'super_admin');
    const person = await findPerson(ctx.db, input.personId);
    if (!person) throw new Refusal('missing', 'That person is not known here.');
    const before = await listRoles(ctx.db, person.id);
    if (input.before && !isSame(before, input.before)) {
      throw new Refusal(
        'conflict',
        `Somebody changed the roles of ${person.name} in the meantime (now: ${formatRoles(before)}). Your changes were not saved: open the form again.`,
      );
    }
    const words = formatRoles(roles);
    if (isSame(before, roles)) return { person, words, isChanged: false };
    requireSuperAdmin(person, superAdmins, roles);
    if (roles.length > 0 && (!person.active || person.closedAt)) {
      throw new Refusal('invalid', `${person.name} is not active and cannot have a role.`);
    }
    await setRoles(ctx, person.id, { before, after: roles });
    return { person, words, isChanged: true };
  });
}

/** Gives a person exactly these roles, audits the change and notifies them. The caller has checked the change. */
export async function setRoles(
  ctx: Ctx,
  personId: number,
  { before, after }: { before: readonly RoleName[]; after: readonly RoleName[] },
): Promise<void> {
  await replaceRoles(ctx.db, personId, after);
  await audit(ctx, 'role.change', subjectOf.person(personId), {
    before: { roles: before },
    after: { roles: after },
  });
  const subjectId = await insertRoleChange(ctx.db, {
    personId,
    rolesBefore: [...before],
    rolesAfter: [...after],
    changedBy: ctx.actor?.personId ?? null,
    changedAt: ctx.now,
  });
  await notify(ctx, [{ recipientId: personId, kind: 'roles', subjectId, priority: 1 }]);
}

function validateRoles(roles: readonly string[]): RoleName[] {
  const isRole = (role: string): role is RoleName => Object.hasOwn(roleNames, role);
  const unknown = roles.find((role) => !isRole(role));
  if (unknown !== undefined) {
    const known = Object.values(roleNames).join(', ');
    throw new Refusal('invalid', `There is no role "${unknown}". The roles are: ${known}.`);
  }
  return [...new Set(roles.filter(isRole))];
}

/** @throws Refusal conflict when nobody would be left who can change roles. */
function requireSuperAdmin(
  person: Person,
  superAdmins: readonly number[],
  roles: RoleName[],
): void {
  const isLast = superAdmins.length === 1 && superAdmins[0] === person.id;
  if (!isLast || roles.includes('super_admin')) return;
  throw new Refusal(
    'conflict',
    `${person.name} is the last Super Admin. Make somebody else a Super Admin first.`,
  );
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one) => b.includes(one));
}

/** Describes the message to the person whose roles were changed. */
export async function describeRoleChange(ctx: Ctx, changeId: number): Promise<Notice | undefined> {
  const found = await findRoleChange(ctx.db, changeId);
  if (!found) return undefined;
  const { rolesAfter } = found.change;
  const noun = rolesAfter.length > 1 ? 'roles' : 'role';
  const title = `You now have the ${noun} ${formatRoles(rolesAfter)} in Rolemine`;
  return {
    title,
    summary: `${title}.`,
    lines: [
      `Changed by ${found.changedBy ?? 'Rolemine'}. Write "help" to Rolemine in Slack to see what you can do.`,
    ],
  };
}

/** A person in the list *Manage users*. */
export interface UserRow {
  id: number;
  name: string;
  about: string;
  roles: RoleName[];
  words: string;
  /** The reason why Slack cannot reach them; undefined when it can, or has not been asked. */
  slack: string | undefined;
}

const slackWords: Record<string, string | undefined> = {
  not_found: 'not in Slack',
  guest: 'a guest in Slack',
  deactivated: 'deactivated in Slack',
};

const pageLength = 10;

/** Finds people with their roles, people with roles first. @param search.page the first page is 0 */
export async function findUsers(
  ctx: ActorCtx,
  {
    words,
    onlyWithRoles,
    page,
    size = pageLength,
  }: { words: string; onlyWithRoles: boolean; page: number; size?: number },
): Promise<{ users: UserRow[]; total: number; pages: number }> {
  await requirePermission(ctx, 'manageUsers');
  const { users, total } = await listUsers(ctx.db, {
    words,
    onlyWithRoles,
    offset: page * size,
    limit: size,
  });
  const names = await loadNames(
    ctx,
    users.map(({ person }) => person.id),
  );
  return {
    users: users.map((user) => rowOf(user, names)),
    total,
    pages: Math.max(1, Math.ceil(total / size)),
  };
}

/** Reads one person with their roles. @throws Refusal missing. */
export async function readUserRoles(ctx: ActorCtx, personId: number): Promise<UserRow> {
  await requirePermission(ctx, 'manageUsers');
  const person = await findPerson(ctx.db, personId);
  if (!person) throw new Refusal('missing', 'That person is not known here.');
  const user = { person, roles: await listRoles(ctx.db, personId), slackState: null };
  return rowOf(user, await loadNames(ctx, [personId]));
}

function rowOf({ person, roles, slackState }: User, names: ReadonlyMap<number, string>): UserRow {
  return {
    id: person.id,
    name: names.get(person.id) ?? person.name,
    about: [person.jobTitle, person.department, person.email].filter(Boolean).join(', '),
    roles,
    words: formatRoles(roles),
    slack: slackState === null ? undefined : slackWords[slackState],
  };
}
