import { Worker } from 'node:worker_threads';
import type { Findings, Miner } from '../governance/mining-runs.ts';
import type { CohortFilter, CohortResult } from '../mining/analyze.ts';
import { type AccessMatrix, listMatrixBuffers } from '../mining/matrix.ts';
import type { MineResult } from '../mining/mine.ts';
import type { MiningOptions } from '../mining/options.ts';

/** What the worker is handed. The matrix's buffers are transferred, not copied. */
export type MineWork =
  | { kind: 'mine' | 'findAll'; matrix: AccessMatrix; options: Partial<MiningOptions> }
  | {
      kind: 'analyze';
      matrix: AccessMatrix;
      filter: CohortFilter;
      options: Partial<MiningOptions>;
    };

const isSource = import.meta.url.endsWith('.ts');
const script = new URL(isSource ? './mine-worker.ts' : './mine-worker.js', import.meta.url);
// Node 20 gives a worker no loader for TypeScript by --import, so in a checkout it registers one itself.
const fromSource = `import('tsx/esm/api').then((tsx) => (tsx.register(), import(${JSON.stringify(script.href)})))`;

/** Mines in a worker thread, one a job: a worker that dies or runs out of memory fails its own run only. */
export const workerMiner: Miner = {
  mine: (matrix, options) => runWorker<MineResult>({ kind: 'mine', matrix, options }),
  findAll: (matrix, options) => runWorker<Findings>({ kind: 'findAll', matrix, options }),
  analyze: (matrix, filter, options) =>
    runWorker<CohortResult>({ kind: 'analyze', matrix, filter, options }),
};

function runWorker<T>(work: MineWork): Promise<T> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(isSource ? fromSource : script, {
      eval: isSource,
      workerData: work,
      transferList: listMatrixBuffers(work.matrix),
    });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the mining worker ended with code ${code}`)));
  });
}
