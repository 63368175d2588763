import type { Miner } from '../../src/governance/mining-runs.ts';
import { analyzeCohort } from '../../src/mining/analyze.ts';
import { findAll } from '../../src/mining/find-all.ts';
import { mine } from '../../src/mining/mine.ts';

/** The real miner without its worker thread, for tests of what surrounds it. */
export const miner: Miner = {
  mine: async (matrix, options) => mine(matrix, options),
  findAll: async (matrix, options) => findAll(matrix, options, () => performance.now()),
  analyze: async (matrix, filter, options) => analyzeCohort(matrix, filter, options),
};
