import { eq, sql } from 'drizzle-orm';
import { type Db, rows } from '../db.ts';
import { type StoreKind, storeIdentity } from '../schema/identity.ts';
import { slackIdentities } from '../schema/people.ts';

/** The connector of the made-up company. */
export const companyConnector = 'sandbox';

/** The id of the sandbox's Slack workspace. A test holds it equal to the sandbox's own. */
export const sandboxTeamId = 'T0SANDBOX';

export interface StoreIdentity {
  kind: StoreKind;
  /** null: the first workspace that connects takes the store. */
  teamId: string | null;
  teamName: string | null;
}

/** The recorded identity; undefined: the store is unused, or older than identities. */
export async function findStoreIdentity(db: Db): Promise<StoreIdentity | undefined> {
  const { kind, teamId, teamName } = storeIdentity;
  const [found] = await db
    .select({ kind, teamId, teamName })
    .from(storeIdentity)
    .where(eq(storeIdentity.id, 1));
  return found;
}

/** The time of the first use, which tells one store from another; undefined: the store is unused. */
export async function findClaimTime(db: Db): Promise<Date | undefined> {
  const [found] = await db.select({ at: storeIdentity.claimedAt }).from(storeIdentity);
  return found?.at;
}

/** Records the first identity. Of two processes that start together, only one does. @returns whether it did. */
export async function insertStoreIdentity(
  db: Db,
  identity: StoreIdentity,
  now: Date,
): Promise<boolean> {
  const inserted = await db
    .insert(storeIdentity)
    .values({ id: 1, ...identity, claimedAt: now })
    .onConflictDoNothing()
    .returning();
  return inserted.length > 0;
}

/** Locks the identity against changes until the end of the transaction. */
export async function lockStoreIdentity(db: Db): Promise<void> {
  await db.execute(sql`select 1 from ${storeIdentity} for update`);
}

export async function updateStoreIdentity(db: Db, identity: StoreIdentity, now: Date) {
  await db
    .update(storeIdentity)
    .set({ ...identity, claimedAt: now })
    .where(eq(storeIdentity.id, 1));
}

/** The traces of use by which a store without a recorded identity is recognized. */
export interface TracesOfUse {
  /** The number of people of the made-up company that have not been dropped. */
  companyPeople: number;
  hasSandboxLinks: boolean;
  /** The real Slack workspace with most links. */
  teamId: string | null;
  /** The number of people whom imports brought, without those of the made-up company. */
  importedPeople: number;
}

export async function findTracesOfUse(db: Db): Promise<TracesOfUse> {
  const [found] = await rows<TracesOfUse>(
    db,
    sql`select
      (select count(*)::int from people
        where connector = ${companyConnector} and email is not null) as "companyPeople",
      exists (select 1 from slack_identities where team_id = ${sandboxTeamId}) as "hasSandboxLinks",
      (select team_id from slack_identities where team_id <> ${sandboxTeamId}
        group by team_id order by count(*) desc, team_id limit 1) as "teamId",
      (select count(*)::int from people
        where connector not in (${companyConnector}, 'contact')) as "importedPeople"`,
  );
  if (!found) throw new Error('a select without a table returned no row');
  return found;
}

/** Drops the links to users of other workspaces. @returns their number. */
export async function dropOtherLinks(db: Db, teamId: string): Promise<number> {
  const dropped = await db
    .delete(slackIdentities)
    .where(sql`${slackIdentities.teamId} <> ${teamId}`)
    .returning({ id: slackIdentities.personId });
  return dropped.length;
}
