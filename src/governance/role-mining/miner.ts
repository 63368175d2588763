import type { CohortFindings, Findings, RuleFindings } from '../../mining/access-session.ts';
import type { MiningOptions } from '../../mining/options.ts';
import type { MinableRole, MiningRule } from '../../mining/rules/mining-rule.ts';
import type { CohortFilter } from '../../mining/suggestions/analyze.ts';
import type { MineResult } from '../../mining/suggestions/mine.ts';
import type { Ctx } from '../context.ts';

/**
 * Mines the access people hold at that moment, in a worker thread when the app runs. What it is told
 * of people and entitlements, and what it tells, are database ids in the place of indexes.
 */
export interface Miner {
  /** @param signal ends the search; the promise then rejects. */
  findAll(ctx: Ctx, options: Partial<MiningOptions>, signal?: AbortSignal): Promise<Findings>;
  mine(ctx: Ctx, options: Partial<MiningOptions>): Promise<MineResult>;
  analyze(ctx: Ctx, filter: CohortFilter, options: Partial<MiningOptions>): Promise<CohortFindings>;
  /**
   * The rules that mining rules make, of the entitlements in `roles` alone.
   * @param signal ends the search; the promise then rejects.
   */
  mineRules(
    ctx: Ctx,
    about: { roles: ReadonlyMap<number, MinableRole>; rules: readonly MiningRule[] },
    signal?: AbortSignal,
  ): Promise<RuleFindings>;
}
