import { eq, gt, type SQL, sql } from 'drizzle-orm';
import { type Db, rows } from '../db.ts';
import { applications, entitlements, type OwnerKind, type Risk } from '../schema/access.ts';
import { inChunks, readInChunks, recordset } from './sync-runs.ts';

export interface SyncedApplication {
  id: number;
  name: string;
  instructions: string | null;
}

export interface SyncedEntitlement {
  id: number;
  applicationId: number;
  name: string;
  description: string | null;
  category: string | null;
  risk: Risk | null;
  requestable: boolean;
  emergencyAllowed: boolean;
  maxGrantDays: number | null;
  policyId: number | null;
}

export async function listApplicationsForSync(db: Db): Promise<SyncedApplication[]> {
  const { id, name, instructions } = applications;
  return readInChunks((last, limit) =>
    db
      .select({ id, name, instructions })
      .from(applications)
      .where(gt(id, last))
      .orderBy(id)
      .limit(limit),
  );
}

export async function listEntitlementsForSync(db: Db): Promise<SyncedEntitlement[]> {
  const { id, applicationId, name, description, category, risk } = entitlements;
  const { requestable, emergencyAllowed, maxGrantDays, policyId } = entitlements;
  const rules = { requestable, emergencyAllowed, maxGrantDays, policyId };
  return readInChunks((last, limit) =>
    db
      .select({ id, applicationId, name, description, category, risk, ...rules })
      .from(entitlements)
      .where(gt(id, last))
      .orderBy(id)
      .limit(limit),
  );
}

/** The names of all entitlements and of their applications. */
export async function listEntitlementNames(db: Db) {
  const { id, applicationId, name } = entitlements;
  return readInChunks((last, limit) =>
    db
      .select({ id, applicationId, entitlement: name, app: applications.name })
      .from(entitlements)
      .innerJoin(applications, eq(applications.id, applicationId))
      .where(gt(id, last))
      .orderBy(id)
      .limit(limit),
  );
}

const applicationShape = 'id int, name text, instructions text';

export async function insertApplications(db: Db, list: readonly SyncedApplication[]) {
  await inChunks(list, (part) =>
    db.execute(sql`insert into applications (id, name, instructions) overriding system value
      select r.id, r.name, r.instructions from ${recordset(part, applicationShape)}`),
  );
}

export async function updateApplications(db: Db, list: readonly SyncedApplication[]) {
  await inChunks(list, (part) =>
    db.execute(sql`update applications set instructions = r.instructions
      from ${recordset(part, applicationShape)} where applications.id = r.id`),
  );
}

const entitlementShape = `id int, "applicationId" int, name text, description text, category text,
  risk text, requestable bool, "emergencyAllowed" bool, "maxGrantDays" int, "policyId" int`;

export async function insertEntitlements(db: Db, list: readonly SyncedEntitlement[]) {
  await inChunks(list, (part) =>
    db.execute(sql`insert into entitlements (id, application_id, name, description, category, risk,
        requestable, emergency_allowed, max_grant_days, policy_id)
      overriding system value
      select r.id, r."applicationId", r.name, r.description, r.category, r.risk,
        r.requestable, r."emergencyAllowed", r."maxGrantDays", r."policyId"
      from ${recordset(part, entitlementShape)}`),
  );
}

export async function updateEntitlements(db: Db, list: readonly SyncedEntitlement[]) {
  await inChunks(list, (part) =>
    db.execute(sql`update entitlements
      set description = r.description, category = r.category, risk = r.risk,
        requestable = r.requestable, emergency_allowed = r."emergencyAllowed",
        max_grant_days = r."maxGrantDays", policy_id = r."policyId"
      from ${recordset(part, entitlementShape)} where entitlements.id = r.id`),
  );
}

/** A person owns (or provisions) an application or entitlement. */
export interface Ownership {
  subjectId: number;
  personId: number;
}

/** The person who appoints new owners, and when. A source appoints without one. */
export interface Appointment {
  by: number | null;
  at: Date;
}

/**
 * Replaces the owners (or provisioners) of these applications.
 * @returns the number of rows that were added or deleted.
 */
export async function replaceApplicationOwners(
  db: Db,
  {
    kind,
    applicationIds,
    owners,
    appointment,
  }: {
    kind: OwnerKind;
    applicationIds: readonly number[];
    owners: readonly Ownership[];
    appointment?: Appointment;
  },
): Promise<number> {
  return replaceOwners(db, {
    subjectIds: applicationIds,
    owners,
    statements: {
      remove: sql`delete from application_owners o where o.kind = ${kind} and o.application_id`,
      isOwner: sql`r."subjectId" = o.application_id and r."personId" = o.person_id`,
      insert: sql`insert into application_owners (kind, application_id, person_id, appointed_by, appointed_at)
      select ${kind}, r."subjectId", r."personId", ${appointedBy(appointment)}`,
    },
  });
}

/** Replaces the owners of these entitlements. @returns the number of rows that were added or deleted. */
export async function replaceEntitlementOwners(
  db: Db,
  entitlementIds: readonly number[],
  owners: readonly Ownership[],
  appointment?: Appointment,
): Promise<number> {
  return replaceOwners(db, {
    subjectIds: entitlementIds,
    owners,
    statements: {
      remove: sql`delete from entitlement_owners o where o.entitlement_id`,
      isOwner: sql`r."subjectId" = o.entitlement_id and r."personId" = o.person_id`,
      insert: sql`insert into entitlement_owners (entitlement_id, person_id, appointed_by, appointed_at)
      select r."subjectId", r."personId", ${appointedBy(appointment)}`,
    },
  });
}

function appointedBy(appointment: Appointment | undefined): SQL {
  return sql`${appointment?.by ?? null}::int, ${appointment?.at.toISOString() ?? null}::timestamptz`;
}

async function replaceOwners(
  db: Db,
  {
    subjectIds,
    owners,
    statements,
  }: {
    subjectIds: readonly number[];
    owners: readonly Ownership[];
    statements: { remove: SQL; isOwner: SQL; insert: SQL };
  },
): Promise<number> {
  const bySubject = new Map<number, Ownership[]>();
  for (const owner of owners) {
    bySubject.set(owner.subjectId, [...(bySubject.get(owner.subjectId) ?? []), owner]);
  }
  let changed = 0;
  await inChunks(subjectIds, async (part) => {
    const listed = part.flatMap((id) => bySubject.get(id) ?? []);
    const table = recordset(listed, '"subjectId" int, "personId" int');
    const removed = await rows(
      db,
      sql`${statements.remove} = any(${sql.param(part)}::int[])
          and not exists (select 1 from ${table} where ${statements.isOwner}) returning 1`,
    );
    const added = await rows(
      db,
      sql`${statements.insert} from ${table} join people p on p.id = r."personId"
          where p.active and p.closed_at is null on conflict do nothing returning 1`,
    );
    changed += removed.length + added.length;
  });
  return changed;
}
