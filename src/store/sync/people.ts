import { and, eq, gt, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { people, slackIdentities } from '../schema/people.ts';
import { inChunks, readInChunks, recordset } from './sync-runs.ts';

export type SyncedPerson = Omit<
  typeof people.$inferSelect,
  'createdAt' | 'lastSyncRunId' | 'closedAt' | 'formerEmail' | 'mergedInto'
> & { isOpen: boolean };

/** A stored person with all by which a record may be theirs. */
export interface KnownPerson extends SyncedPerson {
  formerEmail: string | null;
  mergedInto: number | null;
  /** The address of their Slack account, which Slack has verified. */
  slackEmail: string | null;
  /** Whether a Super Admin has kept the account, or nothing was to decide. */
  isSlackAddressKept: boolean;
}

/** All people, including closed ones, in id order. */
export async function listPeopleForSync(db: Db): Promise<KnownPerson[]> {
  return readInChunks((last, limit) =>
    db
      .select({
        id: people.id,
        connector: people.connector,
        externalId: people.externalId,
        email: people.email,
        name: people.name,
        department: people.department,
        jobTitle: people.jobTitle,
        employmentStatus: people.employmentStatus,
        employmentType: people.employmentType,
        managerRef: people.managerRef,
        managerId: people.managerId,
        location: people.location,
        attributes: people.attributes,
        active: people.active,
        formerEmail: people.formerEmail,
        mergedInto: people.mergedInto,
        sources: people.sources,
        slackEmail: slackIdentities.email,
        isSlackAddressKept: sql<boolean>`${slackIdentities.emailChangedAt} is null`,
        isOpen: sql<boolean>`${people.closedAt} is null`,
      })
      .from(people)
      .leftJoin(
        slackIdentities,
        and(eq(slackIdentities.personId, people.id), eq(slackIdentities.state, 'linked')),
      )
      .where(gt(people.id, last))
      .orderBy(people.id)
      .limit(limit),
  );
}

/**
 * The references to all people: their e-mail addresses (of closed people the former ones), external ids and names.
 * Outsiders are open people of other sources.
 */
export async function listReferredPeople(db: Db, connector: string) {
  const isOpen = sql<boolean>`${people.closedAt} is null`;
  const email = sql<
    string | null
  >`case when ${isOpen} then ${people.email} else ${people.formerEmail} end`;
  return readInChunks((last, limit) =>
    db
      .select({
        id: people.id,
        email,
        externalId: people.externalId,
        name: people.name,
        active: people.active,
        isOpen,
        isOutsider: sql<boolean>`${isOpen} and ${people.connector} <> ${connector}`,
      })
      .from(people)
      .where(gt(people.id, last))
      .orderBy(people.id)
      .limit(limit),
  );
}

const shape = `id int, connector text, "externalId" text, email text, name text, department text,
  "jobTitle" text, "employmentStatus" text, "employmentType" text, "managerRef" text,
  "managerId" int, location text, attributes jsonb, sources jsonb, active boolean`;
const columns = sql.raw(`connector, external_id, email, name, department, job_title,
  employment_status, employment_type, manager_ref, manager_id, location, attributes, sources, active`);
const values = sql.raw(`r.connector, r."externalId", r.email, r.name, r.department, r."jobTitle",
  r."employmentStatus", r."employmentType", r."managerRef", r."managerId", r.location,
  r.attributes, r.sources, r.active`);

/** Somebody else may get the address later. Only the holder of this time is then known by it. */
const formerEmail = sql`case
  when people.email is not null and lower(people.email) is distinct from lower(r.email) then people.email
  when lower(people.former_email) = lower(r.email) then null
  else people.former_email end`;

/** Inserts people with ids that were reserved for them. */
export async function insertSyncedPeople(
  db: Db,
  list: readonly SyncedPerson[],
  runId: number,
): Promise<void> {
  await inChunks(list, (part) =>
    db.execute(sql`insert into people (id, last_sync_run_id, created_at, ${columns})
      overriding system value
      select r.id, s.id, s.started_at, ${values}
      from sync_runs s, ${recordset(part, shape)} where s.id = ${runId}::int`),
  );
}

/** Updates all attributes of people, and reopens closed ones. An address that changes is kept as the former one. */
export async function updateSyncedPeople(db: Db, list: readonly SyncedPerson[]): Promise<void> {
  await inChunks(list, (part) =>
    db.execute(sql`update people set former_email = ${formerEmail},
      (closed_at, ${columns}) = (select null::timestamptz, ${values})
      from ${recordset(part, shape)} where people.id = r.id`),
  );
}

/** Clears e-mail addresses, which are unique, before other people get them. */
export async function releaseEmails(db: Db, ids: readonly number[]): Promise<void> {
  await inChunks(ids, (part) =>
    db.execute(sql`update people set former_email = email, email = null
      where email is not null and id = any(${sql.param(part)}::int[])`),
  );
}

/** Records that a run found these people. */
export async function touchPeople(db: Db, ids: readonly number[], runId: number): Promise<void> {
  await inChunks(ids, (part) =>
    db.execute(sql`update people set last_sync_run_id = ${runId}
      where id = any(${sql.param(part)}::int[])`),
  );
}

/** Closes people. Their address is free for somebody else. */
export async function closePeople(db: Db, ids: readonly number[], now: Date): Promise<void> {
  await inChunks(ids, (part) =>
    db.execute(sql`update people set closed_at = ${now.toISOString()}::timestamptz,
        former_email = coalesce(email, former_email), email = null
      where id = any(${sql.param(part)}::int[])`),
  );
}
