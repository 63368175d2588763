import type { CohortFindings, Findings, RuleFindings } from '../../mining/access-session.ts';
import type { MiningOptions } from '../../mining/options.ts';
import type { MinableRole, MiningRule } from '../../mining/rules/mining-rule.ts';
import type { CohortFilter } from '../../mining/suggestions/analyze.ts';
import type { MineResult } from '../../mining/suggestions/mine.ts';
import type { Ctx } from '../context.ts';

/** What to make rules of. */
export interface RuleMiningInput {
  roles: ReadonlyMap<number, MinableRole>;
  rules: readonly MiningRule[];
  /** The people whose values make no rule. */
  unvalued?: readonly number[];
}

/**
 * Mines the current access, in a worker thread when the app runs. People and entitlements are database ids here, not the indexes
 * of the pure miner.
 */
export interface Miner {
  /** @param signal aborts the search; the promise then rejects. */
  findAll(ctx: Ctx, options: Partial<MiningOptions>, signal?: AbortSignal): Promise<Findings>;
  mine(ctx: Ctx, options: Partial<MiningOptions>): Promise<MineResult>;
  analyze(ctx: Ctx, filter: CohortFilter, options: Partial<MiningOptions>): Promise<CohortFindings>;
  /**
   * Makes the single role rules of mining rules, only for the entitlements in `roles`.
   * @param signal aborts the search; the promise then rejects.
   */
  mineRules(ctx: Ctx, input: RuleMiningInput, signal?: AbortSignal): Promise<RuleFindings>;
}
