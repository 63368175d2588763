import { createHash } from 'node:crypto';
import { listMiningRules } from '../../store/rules/mining-rules.ts';
import { listRulesInForce } from '../../store/rules/role-rules.ts';
import type { Simulation } from '../../store/rules/simulations.ts';
import { findLastSync } from '../../store/sync/sync-runs.ts';
import type { Ctx } from '../context.ts';

/** The inputs of a simulation of a rule policy, apart from people and their access. */
export interface Basis {
  /** The enabled mining rules, in their order of execution. */
  miningRules: Awaited<ReturnType<typeof listMiningRules>>;
  /** The rules of this policy in force. */
  rules: Awaited<ReturnType<typeof listRulesInForce>>;
  /** A hash of both; it differs once one of them has changed. */
  name: string;
  syncRunId: number | null;
}

export async function readBasis(ctx: Ctx, rulePolicyId: number): Promise<Basis> {
  const miningRules = (await listMiningRules(ctx.db, { rulePolicyId })).filter(
    ({ enabled }) => enabled,
  );
  const inForce = await listRulesInForce(ctx.db);
  const rules = inForce.filter((rule) => rule.rulePolicyId === rulePolicyId);
  const hashed = {
    miningRules: miningRules.map(({ name, policy, rulePolicy, createdBy, ...rule }) => rule),
    rules: rules.map(({ id, version, criteria, ruleType, priority }) => [
      id,
      version,
      criteria,
      ruleType,
      priority,
    ]),
  };
  return {
    miningRules,
    rules,
    name: createHash('sha256').update(JSON.stringify(hashed)).digest('hex').slice(0, 16),
    syncRunId: (await findLastSync(ctx.db))?.id ?? null,
  };
}

/** Explains why an open simulation can no longer be applied; undefined if it can. */
export async function explainStaleness(
  ctx: Ctx,
  simulation: Simulation,
): Promise<string | undefined> {
  if (simulation.state !== 'open') return undefined;
  const { name, syncRunId } = await readBasis(ctx, simulation.rulePolicyId);
  if (syncRunId !== simulation.syncRunId) return 'A sync ran after this simulation; refresh it.';
  if (name !== simulation.figures?.basis) {
    return 'Rules of its policy changed after this simulation; refresh it.';
  }
  return undefined;
}
