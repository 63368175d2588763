import type { RuleFindings } from '../../mining/access-session.ts';
import { listSelfEditedPeople } from '../../store/people/people.ts';
import {
  changeSimulationState,
  claimSimulation,
  findSimulation,
  insertSimulatedRules,
  requeueRunningSimulations,
  type Simulation,
} from '../../store/rules/simulations.ts';
import type { SimulationFigures } from '../../store/schema/rules.ts';
import { subjectOf } from '../audit-subjects.ts';
import { audit, type Ctx, inTransaction } from '../context.ts';
import { runUntilCanceled } from '../role-mining/cancel-run.ts';
import type { Miner } from '../role-mining/miner.ts';
import { type ChangedRule, compareRules } from './compare.ts';
import { readEffects } from './effects.ts';
import { listMinableRoles, toMiningRule } from './minable-roles.ts';
import { redrawSimulation } from './simulations.ts';
import { type Basis, readBasis } from './staleness.ts';

/** Maximum number of entitlements that a simulation names because the limits held back their rules. */
const maxHeldBack = 100;

/** Restarts simulations that a stopped process left behind. Only for a store that one process uses. */
export async function requeueInterruptedSimulations(ctx: Ctx): Promise<void> {
  await requeueRunningSimulations(ctx.db);
}

/** The outcome of one simulation, for the log. */
export interface SimulationResult {
  simulation: Simulation;
  figures: SimulationFigures | undefined;
  failed: string | undefined;
  canceled: boolean;
}

/**
 * Runs the next queued simulation: mines, compares the result with the rules in force, counts who would gain and lose
 * access, and notifies the person who requested it. A failure is recorded. If the simulation was canceled meanwhile,
 * that outcome stays.
 * @returns undefined when nothing is queued.
 */
export async function runNextSimulation(
  ctx: Ctx,
  miner: Miner,
): Promise<SimulationResult | undefined> {
  const simulation = await claimSimulation(ctx.db, ctx.now);
  if (!simulation) return undefined;
  const result = { simulation, figures: undefined, failed: undefined, canceled: false };
  try {
    const completed = await simulate(ctx, miner, simulation);
    const isRecorded = await inTransaction({ ...ctx, now: new Date() }, (ctx) =>
      recordCompletion(ctx, simulation, completed),
    );
    return isRecorded ? { ...result, figures: completed.figures } : { ...result, canceled: true };
  } catch (error) {
    const failed = error instanceof Error ? error.message : String(error);
    const isRecorded = await inTransaction({ ...ctx, now: new Date() }, (ctx) =>
      recordFailure(ctx, simulation, failed),
    );
    return isRecorded ? { ...result, failed } : { ...result, canceled: true };
  }
}

interface CompletedSimulation {
  basis: Basis;
  rules: ChangedRule[];
  figures: SimulationFigures;
}

async function simulate(
  ctx: Ctx,
  miner: Miner,
  simulation: Simulation,
): Promise<CompletedSimulation> {
  // Read before mining, so that any later change makes the simulation stale.
  const basis = await readBasis(ctx, simulation.rulePolicyId);
  const { miningRules } = basis;
  const roles = await listMinableRoles(ctx);
  const isCanceled = async () =>
    (await findSimulation(ctx.db, simulation.id))?.simulation.state === 'canceled';
  const unvalued = (await listSelfEditedPeople(ctx.db)).map(({ id }) => id);
  const input = { roles, rules: miningRules.map(toMiningRule), unvalued };
  const found = await runUntilCanceled(isCanceled, (signal) => miner.mineRules(ctx, input, signal));
  const present = basis.rules.filter(({ origin }) => origin === 'generated');
  const rules = await compareRules(ctx, { miningRules, roles, present }, found);
  return { basis, rules, figures: await countFigures(ctx, simulation, { basis, rules, found }) };
}

async function countFigures(
  ctx: Ctx,
  { rulePolicyId }: Simulation,
  { basis, rules, found }: Pick<CompletedSimulation, 'basis' | 'rules'> & { found: RuleFindings },
): Promise<SimulationFigures> {
  const { gains, losses, redundant, highRisk, conflicts } = await readEffects(
    ctx,
    rulePolicyId,
    rules,
  );
  const countPeople = (pairs: readonly { personId: number }[]) =>
    new Set(pairs.map(({ personId }) => personId)).size;
  const countRules = (change: ChangedRule['change']) =>
    rules.filter((rule) => rule.change === change).length;
  const coveredIds = new Set(
    rules.flatMap(({ change, entitlementId }) => (change === 'removed' ? [] : entitlementId)),
  );
  const heldBack = found.heldBack
    .filter(({ entitlement }) => !coveredIds.has(entitlement))
    .sort((a, b) => b.truePositives - a.truePositives || a.entitlement - b.entitlement);
  return {
    people: found.people,
    entitlements: found.entitlements,
    grants: found.grants,
    added: countRules('added'),
    removed: countRules('removed'),
    kept: countRules('kept'),
    gaining: countPeople(gains),
    newGrants: gains.length,
    losing: countPeople(losses),
    lostGrants: losses.length,
    redundantGrants: redundant.length,
    highRiskGrants: highRisk.length,
    conflicts: conflicts.length,
    heldBack: heldBack.slice(0, maxHeldBack).map((set) => {
      const { miningRule, entitlement: entitlementId, rules, ...figures } = set;
      return { entitlementId, ...figures };
    }),
    heldBackCount: heldBack.length,
    basis: basis.name,
  };
}

/** @returns false if the simulation was canceled meanwhile. */
async function recordCompletion(
  ctx: Ctx,
  { id }: Simulation,
  { basis, rules, figures }: CompletedSimulation,
): Promise<boolean> {
  // The first statement takes the lock: a later cancellation waits, then is refused.
  const end = { state: 'open', figures, syncRunId: basis.syncRunId, finishedAt: ctx.now } as const;
  const moved = await changeSimulationState(ctx.db, { id: id, from: ['running'], change: end });
  if (!moved) return false;
  await insertSimulatedRules(
    ctx.db,
    rules.map((rule, position) => ({ ...rule, position, simulationId: id })),
  );
  const { heldBack, basis: _, ...counts } = figures;
  await audit(ctx, 'simulation.complete', subjectOf.simulation(id), { after: counts });
  await redrawSimulation(ctx, moved);
  return true;
}

async function recordFailure(ctx: Ctx, { id }: Simulation, error: string): Promise<boolean> {
  const end = { state: 'failed', error, finishedAt: ctx.now } as const;
  const failed = await changeSimulationState(ctx.db, { id, from: ['running'], change: end });
  if (!failed) return false;
  await audit(ctx, 'simulation.fail', subjectOf.simulation(id), { after: { error } });
  await redrawSimulation(ctx, failed);
  return true;
}
