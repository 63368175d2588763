import { createHash } from 'node:crypto';
import { listMiningRules } from '../../store/rules/mining-rules.ts';
import { listRulesInForce } from '../../store/rules/role-rules.ts';
import type { Simulation } from '../../store/rules/simulations.ts';
import { findLastSync } from '../../store/sync/sync-runs.ts';
import type { Ctx } from '../context.ts';

/** What a simulation of a rule policy is made from, besides people and what they hold. */
export interface Basis {
  /** Enabled, in the order in which they run. */
  miningRules: Awaited<ReturnType<typeof listMiningRules>>;
  /** In force, of this policy. */
  rules: Awaited<ReturnType<typeof listRulesInForce>>;
  /** Names both: another name, and something has changed. */
  name: string;
  syncRunId: number | null;
}

export async function readBasis(ctx: Ctx, rulePolicyId: number): Promise<Basis> {
  const miningRules = (await listMiningRules(ctx.db, { rulePolicyId })).filter(
    ({ enabled }) => enabled,
  );
  const inForce = await listRulesInForce(ctx.db);
  const rules = inForce.filter((rule) => rule.rulePolicyId === rulePolicyId);
  const seen = {
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
    name: createHash('sha256').update(JSON.stringify(seen)).digest('hex').slice(0, 16),
    syncRunId: (await findLastSync(ctx.db))?.id ?? null,
  };
}

/** Why an open simulation is not to be applied any more; undefined: it may be. */
export async function staleReason(ctx: Ctx, simulation: Simulation): Promise<string | undefined> {
  if (simulation.state !== 'open') return undefined;
  const { name, syncRunId } = await readBasis(ctx, simulation.rulePolicyId);
  if (syncRunId !== simulation.syncRunId) return 'A sync came in between; refresh it.';
  if (name !== simulation.figures?.basis) {
    return 'The rules of its policy were changed in between; refresh it.';
  }
  return undefined;
}
