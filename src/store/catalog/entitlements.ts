import { and, asc, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import type { Person } from '../people/people.ts';
import {
  applicationOwners,
  applications,
  entitlementOwners,
  entitlements,
  type OwnerKind,
  type Risk,
} from '../schema/access.ts';
import { people } from '../schema/people.ts';
import { containsWords, runSearch } from '../search.ts';

export interface EntitlementRow {
  id: number;
  name: string;
  applicationId: number;
  app: string;
  description: string | null;
  category: string | null;
  risk: Risk | null;
  requestable: boolean;
  emergencyAllowed: boolean;
  maxGrantDays: number | null;
  /** The entitlement's own policies, or its application's. */
  policyId: number | null;
  emergencyPolicyId: number | null;
  revokePolicyId: number | null;
  closedAt: Date | null;
  instructions: string | null;
}

export const entitlementColumns = {
  id: entitlements.id,
  name: entitlements.name,
  applicationId: entitlements.applicationId,
  app: applications.name,
  description: entitlements.description,
  category: entitlements.category,
  risk: entitlements.risk,
  requestable: entitlements.requestable,
  emergencyAllowed: entitlements.emergencyAllowed,
  maxGrantDays: entitlements.maxGrantDays,
  policyId: sql<number | null>`coalesce(${entitlements.policyId}, ${applications.policyId})`,
  emergencyPolicyId: sql<
    number | null
  >`coalesce(${entitlements.emergencyPolicyId}, ${applications.emergencyPolicyId})`,
  revokePolicyId: sql<
    number | null
  >`coalesce(${entitlements.revokePolicyId}, ${applications.revokePolicyId})`,
  closedAt: entitlements.closedAt,
  instructions: applications.instructions,
};

export async function listEntitlementsById(
  db: Db,
  ids: readonly number[],
): Promise<EntitlementRow[]> {
  return ids.length === 0
    ? []
    : db
        .select(entitlementColumns)
        .from(entitlements)
        .innerJoin(applications, eq(applications.id, entitlements.applicationId))
        .where(sql`${entitlements.id} = any(${sql.param([...new Set(ids)])}::int[])`);
}

/**
 * Entitlements, requestable or not, whose application or name contains every word.
 * @param condition a further condition.
 */
export async function searchAllEntitlements(
  db: Db,
  { query, limit, condition }: { query: string; limit: number; condition?: SQL | undefined },
): Promise<EntitlementRow[]> {
  return runSearch(db, (db) =>
    db
      .select(entitlementColumns)
      .from(entitlements)
      .innerJoin(applications, eq(applications.id, entitlements.applicationId))
      .where(and(condition, nameContains(query)))
      .orderBy(asc(applications.name), asc(entitlements.name))
      .limit(limit),
  );
}

/** All open entitlements that allow emergency requests, by name. */
export async function listEmergencyEntitlements(db: Db): Promise<EntitlementRow[]> {
  return db
    .select(entitlementColumns)
    .from(entitlements)
    .innerJoin(applications, eq(applications.id, entitlements.applicationId))
    .where(and(eq(entitlements.emergencyAllowed, true), isNull(entitlements.closedAt)))
    .orderBy(asc(applications.name), asc(entitlements.name));
}

/** All open entitlements that are for mining. */
export async function listMinedEntitlements(db: Db): Promise<EntitlementRow[]> {
  return db
    .select(entitlementColumns)
    .from(entitlements)
    .innerJoin(applications, eq(applications.id, entitlements.applicationId))
    .where(and(eq(entitlements.mined, true), isNull(entitlements.closedAt)));
}

/** The words in the names of applications and of requestable entitlements, each once. */
export async function listRequestableWords(db: Db): Promise<string[]> {
  const named = await db
    .select({ app: applications.name, name: entitlements.name })
    .from(entitlements)
    .innerJoin(applications, eq(applications.id, entitlements.applicationId))
    .where(and(eq(entitlements.requestable, true), isNull(entitlements.closedAt)))
    .limit(10_000);
  return [...new Set(named.flatMap(({ app, name }) => `${app} ${name}`.split(/[\s·]+/)))];
}

/** Open, requestable entitlements whose application or name contains every word. */
export async function searchEntitlements(
  db: Db,
  {
    query,
    limit,
    applicationId,
  }: { query: string; limit: number; applicationId?: number | undefined },
): Promise<EntitlementRow[]> {
  const inApplication =
    applicationId === undefined ? undefined : eq(entitlements.applicationId, applicationId);
  const requestable = and(eq(entitlements.requestable, true), isNull(entitlements.closedAt));
  return searchAllEntitlements(db, { query, limit, condition: and(requestable, inApplication) });
}

export async function searchApplications(db: Db, query: string, limit: number) {
  return runSearch(db, (db) =>
    db
      .select({ id: applications.id, name: applications.name })
      .from(applications)
      .where(containsWords(query, applications.name))
      .orderBy(asc(applications.name))
      .limit(limit),
  );
}

/** Who appointed an owner, and when; null: a source. */
export interface AppointmentColumns {
  appointedBy: number | null;
  appointedAt: Date | null;
}

/** Owners and provisioners of applications, including people who have left. */
export async function listApplicationOwners(
  db: Db,
  applicationIds: readonly number[],
): Promise<({ applicationId: number; kind: OwnerKind; person: Person } & AppointmentColumns)[]> {
  if (applicationIds.length === 0) return [];
  return db
    .select({
      applicationId: applicationOwners.applicationId,
      kind: applicationOwners.kind,
      person: people,
      appointedBy: applicationOwners.appointedBy,
      appointedAt: applicationOwners.appointedAt,
    })
    .from(applicationOwners)
    .innerJoin(people, eq(people.id, applicationOwners.personId))
    .where(inArray(applicationOwners.applicationId, [...new Set(applicationIds)]))
    .orderBy(asc(people.name), asc(people.id));
}

/** Owners of entitlements, including people who have left. */
export async function listEntitlementOwners(
  db: Db,
  entitlementIds: readonly number[],
): Promise<({ entitlementId: number; person: Person } & AppointmentColumns)[]> {
  if (entitlementIds.length === 0) return [];
  return db
    .select({
      entitlementId: entitlementOwners.entitlementId,
      person: people,
      appointedBy: entitlementOwners.appointedBy,
      appointedAt: entitlementOwners.appointedAt,
    })
    .from(entitlementOwners)
    .innerJoin(people, eq(people.id, entitlementOwners.personId))
    .where(
      sql`${entitlementOwners.entitlementId} = any(${sql.param([...new Set(entitlementIds)])}::int[])`,
    )
    .orderBy(asc(people.name), asc(people.id));
}

/** A condition: each word occurs in the name of the application or of the entitlement. */
export function nameContains(query: string) {
  return containsWords(query, entitlements.name, applications.name);
}
