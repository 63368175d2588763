import type { RuleFindings } from '../../mining/access-session.ts';
import {
  claimSimulation,
  findSimulation,
  insertSimulatedRules,
  moveSimulation,
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

/** How many entitlements a simulation names whose rules were held back. */
const maxHeldBack = 100;

/** Simulations that a stopped process left behind start anew. Only where one process holds the store. */
export async function requeueInterruptedSimulations(ctx: Ctx): Promise<void> {
  await requeueRunningSimulations(ctx.db);
}

/** The outcome of one simulation, for the log. */
export interface SimulationResult {
  simulation: Simulation;
  figures: SimulationFigures | undefined;
  failed: string | undefined;
  cancelled: boolean;
}

/**
 * Carries out the next queued simulation: mines, compares with the rules in force, counts who would gain and lose,
 * and tells who asked. A failure is kept on it; one that was cancelled meanwhile has the outcome written first.
 * @returns undefined when nothing is queued.
 */
export async function runNextSimulation(
  ctx: Ctx,
  miner: Miner,
): Promise<SimulationResult | undefined> {
  const simulation = await claimSimulation(ctx.db, ctx.now);
  if (!simulation) return undefined;
  const report = { simulation, figures: undefined, failed: undefined, cancelled: false };
  try {
    const done = await simulate(ctx, miner, simulation);
    const isKept = await inTransaction({ ...ctx, now: new Date() }, (ctx) =>
      keepSimulation(ctx, simulation, done),
    );
    return isKept ? { ...report, figures: done.figures } : { ...report, cancelled: true };
  } catch (error) {
    const failed = error instanceof Error ? error.message : String(error);
    const isKept = await inTransaction({ ...ctx, now: new Date() }, (ctx) =>
      keepFailure(ctx, simulation, failed),
    );
    return isKept ? { ...report, failed } : { ...report, cancelled: true };
  }
}

interface Done {
  basis: Basis;
  rules: ChangedRule[];
  figures: SimulationFigures;
}

async function simulate(ctx: Ctx, miner: Miner, simulation: Simulation): Promise<Done> {
  // Before anything is mined: what changes meanwhile makes it stale.
  const basis = await readBasis(ctx, simulation.rulePolicyId);
  const { miningRules } = basis;
  const roles = await listMinableRoles(ctx);
  const isCancelled = async () =>
    (await findSimulation(ctx.db, simulation.id))?.simulation.state === 'cancelled';
  const about = { roles, rules: miningRules.map(toMiningRule) };
  const found = await runUntilCanceled(isCancelled, (signal) =>
    miner.mineRules(ctx, about, signal),
  );
  const present = basis.rules.filter(({ origin }) => origin === 'generated');
  const rules = await compareRules(ctx, { miningRules, roles, present }, found);
  return { basis, rules, figures: await countFigures(ctx, simulation, { basis, rules, found }) };
}

async function countFigures(
  ctx: Ctx,
  { rulePolicyId }: Simulation,
  { basis, rules, found }: Pick<Done, 'basis' | 'rules'> & { found: RuleFindings },
): Promise<SimulationFigures> {
  const { gains, losses, redundant, highRisk, conflicts } = await readEffects(
    ctx,
    rulePolicyId,
    rules,
  );
  const people = (pairs: readonly { personId: number }[]) =>
    new Set(pairs.map(({ personId }) => personId)).size;
  const changes = (change: ChangedRule['change']) =>
    rules.filter((rule) => rule.change === change).length;
  const ruled = new Set(
    rules.flatMap((one) => (one.change === 'removed' ? [] : one.entitlementId)),
  );
  const heldBack = found.heldBack
    .filter(({ entitlement }) => !ruled.has(entitlement))
    .sort((a, b) => b.truePositives - a.truePositives || a.entitlement - b.entitlement);
  return {
    people: found.people,
    entitlements: found.entitlements,
    grants: found.grants,
    added: changes('added'),
    removed: changes('removed'),
    kept: changes('kept'),
    gaining: people(gains),
    newGrants: gains.length,
    losing: people(losses),
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

/** @returns false when it has been cancelled meanwhile. */
async function keepSimulation(
  ctx: Ctx,
  { id }: Simulation,
  { basis, rules, figures }: Done,
): Promise<boolean> {
  // First of all: whoever cancels from now on waits, and is told that it was done.
  const end = { state: 'open', figures, syncRunId: basis.syncRunId, finishedAt: ctx.now } as const;
  const done = await moveSimulation(ctx.db, id, ['running'], end);
  if (!done) return false;
  await insertSimulatedRules(
    ctx.db,
    rules.map((rule, position) => ({ ...rule, position, simulationId: id })),
  );
  const { heldBack, basis: _, ...sums } = figures;
  await audit(ctx, 'simulation.complete', subjectOf.simulation(id), { after: sums });
  await redrawSimulation(ctx, done);
  return true;
}

async function keepFailure(ctx: Ctx, { id }: Simulation, error: string): Promise<boolean> {
  const end = { state: 'failed', error, finishedAt: ctx.now } as const;
  const failed = await moveSimulation(ctx.db, id, ['running'], end);
  if (!failed) return false;
  await audit(ctx, 'simulation.fail', subjectOf.simulation(id), { after: { error } });
  await redrawSimulation(ctx, failed);
  return true;
}
