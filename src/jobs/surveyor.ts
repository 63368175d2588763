import { Worker } from 'node:worker_threads';
import type { AccessMatrix } from '../mining/matrix/matrix.ts';
import type { Survey, SurveyOptions } from '../mining/survey.ts';
import { workerScript } from './worker-script.ts';

const source = workerScript('survey-worker');

/** Surveys a matrix in a worker thread. Its buffers are transferred, so the caller must not use the matrix again. */
export function surveyInWorker(matrix: AccessMatrix, options: SurveyOptions): Promise<Survey> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(source.script, {
      eval: source.eval,
      workerData: { matrix, options },
      transferList: listBuffers(matrix),
    });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the survey ended with code ${code}`)));
  });
}

function listBuffers({ offsets, items, columns }: AccessMatrix): ArrayBuffer[] {
  const arrays = [offsets, items, ...columns.map((column) => column.codes)];
  return arrays.map((array) => array.buffer as ArrayBuffer);
}
