import { and, asc, desc, eq, gte, inArray, type SQL, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import {
  people,
  personRoles,
  type RoleName,
  roleChanges,
  slackIdentities,
} from '../schema/people.ts';
import { containsWords, runSearch } from '../search.ts';
import { isActivePerson, type Person } from './people.ts';

/** A person with the roles they have in addition to Basic User, and the state of their Slack user. */
export interface User {
  person: Person;
  roles: RoleName[];
  slackState: string | null;
}

/** Locks the current holders of a role, so that of two concurrent changes the second sees the first. */
export async function lockRoleHolders(db: Db, role: RoleName): Promise<number[]> {
  const held = await db
    .select({ personId: personRoles.personId })
    .from(personRoles)
    .innerJoin(people, eq(people.id, personRoles.personId))
    .where(and(eq(personRoles.role, role), isActivePerson))
    .for('update', { of: personRoles });
  return held.map(({ personId }) => personId);
}

/** The ids of active people with one of these roles. */
export async function listRoleHolders(db: Db, roles: readonly RoleName[]): Promise<number[]> {
  const held = await db
    .selectDistinct({ personId: personRoles.personId })
    .from(personRoles)
    .innerJoin(people, eq(people.id, personRoles.personId))
    .where(and(inArray(personRoles.role, [...roles]), isActivePerson))
    .orderBy(asc(personRoles.personId));
  return held.map(({ personId }) => personId);
}

/** The ones among these people who have a role beyond Basic User. */
export async function filterRoleHolders(db: Db, personIds: readonly number[]): Promise<number[]> {
  const held = await db
    .selectDistinct({ personId: personRoles.personId })
    .from(personRoles)
    .where(sql`${personRoles.personId} = any(${sql.param([...personIds])}::int[])`);
  return held.map(({ personId }) => personId);
}

/** Replaces the roles of a person. */
export async function replaceRoles(
  db: Db,
  personId: number,
  roles: readonly RoleName[],
): Promise<void> {
  await db.delete(personRoles).where(eq(personRoles.personId, personId));
  if (roles.length > 0) {
    await db.insert(personRoles).values(roles.map((role) => ({ personId, role })));
  }
}

/** @returns its id, the subject of the message to the person. */
export async function insertRoleChange(
  db: Db,
  change: typeof roleChanges.$inferInsert,
): Promise<number> {
  const [inserted] = await db.insert(roleChanges).values(change).returning({ id: roleChanges.id });
  if (!inserted) throw new Error('the change of roles was not stored');
  return inserted.id;
}

/** A change of roles with the name of its author. */
export async function findRoleChange(db: Db, id: number) {
  const [found] = await db
    .select({ change: roleChanges, changedBy: people.name })
    .from(roleChanges)
    .leftJoin(people, eq(people.id, roleChanges.changedBy))
    .where(eq(roleChanges.id, id));
  return found;
}

/** Whether a person ever lost this role. */
export async function wasRoleTaken(db: Db, personId: number, role: RoleName): Promise<boolean> {
  const [loss] = await db
    .select({ id: roleChanges.id })
    .from(roleChanges)
    .where(
      and(
        eq(roleChanges.personId, personId),
        sql`${role} = any(${roleChanges.rolesBefore})`,
        sql`not ${role} = any(${roleChanges.rolesAfter})`,
      ),
    )
    .limit(1);
  return loss !== undefined;
}

/**
 * A page of active people whose name, e-mail or title contains the words. People with roles come first.
 * `onlyWithRoles`: without people who have only the role Basic User.
 */
export async function listUsers(
  db: Db,
  {
    words,
    onlyWithRoles,
    offset,
    limit,
  }: {
    words: string;
    onlyWithRoles: boolean;
    offset: number;
    limit: number;
  },
): Promise<{ users: User[]; total: number }> {
  const hasRole: SQL = sql`exists (select 1 from ${personRoles} r where r.person_id = ${people.id})`;
  const which = and(
    isActivePerson,
    containsWords(words, people.name, people.email, people.jobTitle),
    onlyWithRoles ? hasRole : undefined,
  );
  const { found, count } = await runSearch(db, async (db) => {
    const found = await db
      .select({ person: people, slackState: slackIdentities.state })
      .from(people)
      .leftJoin(slackIdentities, eq(slackIdentities.personId, people.id))
      .where(which)
      .orderBy(sql`not ${hasRole}`, asc(people.name), asc(people.id))
      .offset(offset)
      .limit(limit);
    const counted = db.select({ total: sql<number>`count(*)::int` }).from(people).where(which);
    return { found, count: (await counted)[0] };
  });
  const ids = found.map(({ person }) => person.id);
  const roles =
    ids.length === 0
      ? []
      : await db.select().from(personRoles).where(inArray(personRoles.personId, ids));
  return {
    total: count?.total ?? 0,
    users: found.map(({ person, slackState }) => ({
      person,
      slackState,
      roles: roles.filter((one) => one.personId === person.id).map((one) => one.role),
    })),
  };
}

export async function listRoles(db: Db, personId: number): Promise<RoleName[]> {
  const rows = await db
    .select({ role: personRoles.role })
    .from(personRoles)
    .where(eq(personRoles.personId, personId));
  return rows.map((row) => row.role);
}

/** @returns false when the person had the role before. */
export async function insertRole(db: Db, personId: number, role: RoleName): Promise<boolean> {
  const inserted = await db
    .insert(personRoles)
    .values({ personId, role })
    .onConflictDoNothing()
    .returning();
  return inserted.length > 0;
}

/** The last grant of a role to each of these people by a person. Grants of the program have no author. */
export async function listRoleAppointments(
  db: Db,
  { role, personIds }: { role: RoleName; personIds: readonly number[] },
): Promise<{ personId: number; by: number; at: Date }[]> {
  if (personIds.length === 0) return [];
  const grants = await db
    .selectDistinctOn([roleChanges.personId], {
      personId: roleChanges.personId,
      by: roleChanges.changedBy,
      at: roleChanges.changedAt,
    })
    .from(roleChanges)
    .where(
      and(
        inArray(roleChanges.personId, [...personIds]),
        sql`${role} = any(${roleChanges.rolesAfter})`,
        sql`not ${role} = any(${roleChanges.rolesBefore})`,
      ),
    )
    .orderBy(roleChanges.personId, desc(roleChanges.changedAt), desc(roleChanges.id));
  return grants.flatMap(({ by, ...grant }) => (by === null ? [] : [{ ...grant, by }]));
}

/** Whether one of these people gave a role to a person since a moment. */
export async function wasRoleGrantedBy(
  db: Db,
  about: { personId: number; role: RoleName; by: readonly number[]; since: Date },
): Promise<boolean> {
  const { personId, role, by, since } = about;
  const [grant] = await db
    .select({ id: roleChanges.id })
    .from(roleChanges)
    .where(
      and(
        eq(roleChanges.personId, personId),
        inArray(roleChanges.changedBy, [...by]),
        gte(roleChanges.changedAt, since),
        sql`${role} = any(${roleChanges.rolesAfter})`,
        sql`not ${role} = any(${roleChanges.rolesBefore})`,
      ),
    )
    .limit(1);
  return grant !== undefined;
}

export async function listSuperAdmins(db: Db): Promise<Person[]> {
  const admins = await db
    .select({ person: people })
    .from(personRoles)
    .innerJoin(people, eq(people.id, personRoles.personId))
    .where(and(eq(personRoles.role, 'super_admin'), isActivePerson))
    .orderBy(asc(people.name), asc(people.id));
  return admins.map((row) => row.person);
}
