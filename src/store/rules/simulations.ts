import { and, asc, desc, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { applications, entitlements, type Risk } from '../schema/access.ts';
import { people } from '../schema/people.ts';
import {
  rulePolicies,
  type SimulationState,
  simulatedRules,
  simulations,
  singleRoleRules,
} from '../schema/rules.ts';
import { inChunks, recordset } from '../sync/sync-runs.ts';

export type Simulation = typeof simulations.$inferSelect;
export type SimulatedRule = typeof simulatedRules.$inferSelect;

/** A policy has at most one simulation in one of these states. */
export const unfinishedStates = ['queued', 'running', 'open'] as const satisfies SimulationState[];

/** @returns undefined when the policy has an unfinished simulation. */
export async function insertSimulation(
  db: Db,
  row: typeof simulations.$inferInsert,
): Promise<Simulation | undefined> {
  const [inserted] = await db.insert(simulations).values(row).onConflictDoNothing().returning();
  return inserted;
}

/** Claims the oldest queued simulation, or one that has been running for an hour, whose worker has died. */
export async function claimSimulation(db: Db, now: Date): Promise<Simulation | undefined> {
  return db.transaction(async (tx) => {
    const [next] = await tx
      .select({ id: simulations.id })
      .from(simulations)
      .where(
        sql`(${simulations.state} = 'queued' or (${simulations.state} = 'running'
          and ${simulations.startedAt} < ${new Date(now.getTime() - 3_600_000).toISOString()}::timestamptz))`,
      )
      .orderBy(asc(simulations.id))
      .limit(1)
      .for('update', { skipLocked: true });
    if (!next) return undefined;
    const [claimed] = await tx
      .update(simulations)
      .set({ state: 'running', startedAt: now })
      .where(eq(simulations.id, next.id))
      .returning();
    return claimed;
  });
}

export async function requeueRunningSimulations(db: Db): Promise<void> {
  await db.update(simulations).set({ state: 'queued' }).where(eq(simulations.state, 'running'));
}

/**
 * Changes a simulation that is in one of the states of `from`. A concurrent change of the same simulation waits.
 * @returns undefined when it is in another state.
 */
export async function changeSimulationState(
  db: Db,
  {
    id,
    from,
    change,
  }: {
    id: number;
    from: readonly SimulationState[];
    change: Partial<typeof simulations.$inferInsert>;
  },
): Promise<Simulation | undefined> {
  const [moved] = await db
    .update(simulations)
    .set(change)
    .where(and(eq(simulations.id, id), inArray(simulations.state, [...from])))
    .returning();
  return moved;
}

/** Locks a simulation before a decision. A concurrent decision waits. */
export async function lockSimulation(db: Db, id: number): Promise<Simulation | undefined> {
  const [row] = await db.select().from(simulations).where(eq(simulations.id, id)).for('update');
  return row;
}

/** A simulation with the names of its policy, requester and decider. */
export async function findSimulation(db: Db, id: number) {
  return (await listSimulations(db, eq(simulations.id, id)))[0];
}

export type NamedSimulation = NonNullable<Awaited<ReturnType<typeof findSimulation>>>;

/** The unfinished simulation of a policy. */
export async function findUnfinishedSimulation(
  db: Db,
  rulePolicyId: number,
): Promise<NamedSimulation | undefined> {
  const ofPolicy = eq(simulations.rulePolicyId, rulePolicyId);
  const found = await listSimulations(
    db,
    and(ofPolicy, inArray(simulations.state, [...unfinishedStates])),
  );
  return found[0];
}

/** Simulations that wait for a decision. */
export async function listOpenSimulations(db: Db): Promise<NamedSimulation[]> {
  return listSimulations(db, eq(simulations.state, 'open'));
}

async function listSimulations(db: Db, which: SQL | undefined) {
  const nameOf = (id: typeof simulations.requestedBy | typeof simulations.decidedBy) =>
    sql<string | null>`(select ${people.name} from ${people} where ${people.id} = ${id})`;
  return db
    .select({
      simulation: simulations,
      policy: rulePolicies.name,
      requestedBy: nameOf(simulations.requestedBy),
      decidedBy: nameOf(simulations.decidedBy),
      /** Canceled, because it was replaced by a new simulation. */
      isRefreshed: sql<boolean>`exists (select 1 from simulations later
        where later.id > ${simulations.id} and later.rule_policy_id = ${simulations.rulePolicyId}
          and later.queued_at = ${simulations.decidedAt})`,
    })
    .from(simulations)
    .innerJoin(rulePolicies, eq(rulePolicies.id, simulations.rulePolicyId))
    .where(which)
    .orderBy(desc(simulations.id));
}

export async function insertSimulatedRules(
  db: Db,
  rows: readonly (typeof simulatedRules.$inferInsert)[],
): Promise<void> {
  await inChunks(rows, (part) => db.insert(simulatedRules).values([...part]));
}

/** The rules of a simulation in order, each with its entitlement. */
export async function listSimulatedRules(db: Db, simulationId: number) {
  return db
    .select({
      rule: simulatedRules,
      app: applications.name,
      entitlement: entitlements.name,
      risk: sql<Risk | null>`${entitlements.risk}`,
    })
    .from(simulatedRules)
    .innerJoin(entitlements, eq(entitlements.id, simulatedRules.entitlementId))
    .innerJoin(applications, eq(applications.id, entitlements.applicationId))
    .where(eq(simulatedRules.simulationId, simulationId))
    .orderBy(asc(simulatedRules.position));
}

export type NamedSimulatedRule = Awaited<ReturnType<typeof listSimulatedRules>>[number];

/** Ends generated rules; rules written by hand stay. @returns the number of ended rules. */
export async function endGeneratedRules(
  db: Db,
  ids: readonly number[],
  endedAt: Date,
): Promise<number> {
  let count = 0;
  await inChunks(ids, async (part) => {
    const ended = await db
      .update(singleRoleRules)
      .set({ endedAt })
      .where(
        and(
          sql`${singleRoleRules.id} = any(${sql.param(part)}::int[])`,
          eq(singleRoleRules.origin, 'generated'),
          isNull(singleRoleRules.endedAt),
        ),
      )
      .returning({ id: singleRoleRules.id });
    count += ended.length;
  });
  return count;
}

/** @returns the ids, in the order of the rules. */
export async function insertGeneratedRules(
  db: Db,
  rows: readonly Omit<typeof singleRoleRules.$inferInsert, 'origin'>[],
): Promise<number[]> {
  const ids: number[] = [];
  await inChunks(rows, async (part) => {
    const made = await db
      .insert(singleRoleRules)
      .values(part.map((row) => ({ ...row, origin: 'generated' as const })))
      .returning({ id: singleRoleRules.id });
    for (const { id } of made) ids.push(id);
  });
  return ids;
}

/** Updates generated rules that a run confirmed: their figures, and the mining rule that generates them now. */
export async function confirmGeneratedRules(
  db: Db,
  kept: readonly Pick<SimulatedRule, 'singleRoleRuleId' | 'miningRuleId' | 'figures'>[],
): Promise<void> {
  await inChunks(kept, (part) =>
    db.execute(sql`update single_role_rules s
      set mining_rule_id = r."miningRuleId", figures = r.figures
      from ${recordset(part, '"singleRoleRuleId" int, "miningRuleId" int, figures jsonb')}
      where s.id = r."singleRoleRuleId"`),
  );
}
