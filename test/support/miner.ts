import type { Ctx } from '../../src/governance/context.ts';
import { readUpdate } from '../../src/governance/role-mining/load-matrix.ts';
import type { Miner } from '../../src/governance/role-mining/miner.ts';
import { MiningSession } from '../../src/mining/access-session.ts';

/** The real miner without its worker thread. It reads all access for each question. */
export const miner: Miner = {
  mine: async (ctx, options) => (await load(ctx)).mine(options),
  findAll: async (ctx, options) => (await load(ctx)).findAll(options, () => performance.now()),
  analyze: async (ctx, filter, options) => (await load(ctx)).analyze(filter, options),
  mineRules: async (ctx, { roles, rules, unvalued }) =>
    (await load(ctx)).mineRules(roles, rules, unvalued),
};

async function load(ctx: Ctx): Promise<MiningSession> {
  const update = await readUpdate(ctx, undefined);
  if (update.kind !== 'load') throw new Error('a miner without loaded access must read all access');
  return new MiningSession(update.rows);
}
