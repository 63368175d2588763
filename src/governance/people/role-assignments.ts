import { Refusal } from '../../errors.ts';
import { findPerson, listRoles, type Person } from '../../store/people/people.ts';
import {
  findRoleChange,
  insertRoleChange,
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

/**
 * Gives a person exactly these roles beside Basic User; they are told.
 * @throws Refusal forbidden, missing (person), invalid (unknown role, inactive person), conflict (the last
 * Super Admin, or somebody else changed them since `before` was shown).
 */
export async function changeRoles(
  ctx: ActorCtx,
  input: { personId: number; roles: readonly string[]; before?: readonly string[] },
): Promise<{ person: Person; words: string; isChanged: boolean }> {
  await requirePermission(ctx, 'manageUsers');
  const wanted = checkRoles(input.roles);
  return inTransaction(ctx, async (ctx) => {
    const superAdmins = await lockRoleHolders(ctx.db, 'super_admin');
    const person = await findPerson(ctx.db, input.personId);
    if (!person) throw new Refusal('missing', 'That person is not known here.');
    const before = await listRoles(ctx.db, person.id);
    if (input.before && !isSame(before, input.before)) {
      throw new Refusal(
        'conflict',
        `Somebody changed the roles of ${person.name} in the meantime: now ${formatRoles(before)}. Look again before you change them.`,
      );
    }
    const words = formatRoles(wanted);
    if (isSame(before, wanted)) return { person, words, isChanged: false };
    requireSuperAdmin(person, superAdmins, wanted);
    if (wanted.length > 0 && (!person.active || person.closedAt)) {
      throw new Refusal('invalid', `${person.name} is not active and cannot be given a role.`);
    }
    await setRoles(ctx, person.id, before, wanted);
    return { person, words, isChanged: true };
  });
}

/** Gives a person exactly these roles, with the evidence; they are told. What may be is checked by then. */
export async function setRoles(
  ctx: Ctx,
  personId: number,
  before: readonly RoleName[],
  wanted: readonly RoleName[],
): Promise<void> {
  await replaceRoles(ctx.db, personId, wanted);
  await audit(ctx, 'role.change', subjectOf.person(personId), {
    before: { roles: before },
    after: { roles: wanted },
  });
  const subjectId = await insertRoleChange(ctx.db, {
    personId,
    rolesBefore: [...before],
    rolesAfter: [...wanted],
    changedBy: ctx.actor?.personId ?? null,
    changedAt: ctx.now,
  });
  await notify(ctx, [{ recipientId: personId, kind: 'roles', subjectId, priority: 1 }]);
}

function checkRoles(roles: readonly string[]): RoleName[] {
  const unknown = roles.find((role) => !Object.hasOwn(roleNames, role));
  if (unknown !== undefined) {
    const known = Object.values(roleNames).join(', ');
    throw new Refusal('invalid', `There is no role "${unknown}". There are: ${known}.`);
  }
  return [...new Set(roles as RoleName[])];
}

/** Somebody has to be left who can change roles. */
function requireSuperAdmin(person: Person, holders: readonly number[], wanted: RoleName[]): void {
  const isLast = holders.length === 1 && holders[0] === person.id;
  if (!isLast || wanted.includes('super_admin')) return;
  throw new Refusal(
    'conflict',
    `${person.name} is the last Super Admin; make somebody else one first.`,
  );
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one) => b.includes(one));
}

/** The message to the person whose roles were changed. */
export async function describeRoleChange(ctx: Ctx, changeId: number): Promise<Notice | undefined> {
  const found = await findRoleChange(ctx.db, changeId);
  if (!found) return undefined;
  const title = `You are now ${formatRoles(found.change.rolesAfter)} of Rolemine`;
  return {
    title,
    summary: `${title}.`,
    lines: [
      `Changed by ${found.changedBy ?? 'Rolemine'}. Write "help" to Rolemine in Slack to see what you can do.`,
    ],
  };
}

/** One person as *Manage users* shows them. */
export interface UserRow {
  id: number;
  name: string;
  about: string;
  roles: RoleName[];
  words: string;
  /** Why Slack cannot reach them, in words; undefined when it can, or has not been asked. */
  slack: string | undefined;
}

const slackWords: Record<string, string | undefined> = {
  not_found: 'not in Slack',
  guest: 'a guest in Slack',
  deactivated: 'deactivated in Slack',
};

const onAPage = 10;

/** People and their roles, those with roles first. Pages begin at 0. */
export async function findUsers(
  ctx: ActorCtx,
  {
    words,
    onlyWithRoles,
    page,
    size = onAPage,
  }: { words: string; onlyWithRoles: boolean; page: number; size?: number },
): Promise<{ users: UserRow[]; total: number; pages: number }> {
  await requirePermission(ctx, 'manageUsers');
  const { users, total } = await listUsers(ctx.db, {
    words,
    onlyWithRoles,
    offset: page * size,
    limit: size,
  });
  return { users: users.map(rowOf), total, pages: Math.max(1, Math.ceil(total / size)) };
}

/** One person with their roles. @throws Refusal missing. */
export async function readUserRoles(ctx: ActorCtx, personId: number): Promise<UserRow> {
  await requirePermission(ctx, 'manageUsers');
  const person = await findPerson(ctx.db, personId);
  if (!person) throw new Refusal('missing', 'That person is not known here.');
  return rowOf({ person, roles: await listRoles(ctx.db, personId), slackState: null });
}

function rowOf({ person, roles, slackState }: User): UserRow {
  return {
    id: person.id,
    name: person.name,
    about: [person.jobTitle, person.department, person.email].filter(Boolean).join(', '),
    roles,
    words: formatRoles(roles),
    slack: slackWords[slackState ?? ''],
  };
}
