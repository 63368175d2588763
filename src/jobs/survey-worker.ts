// A worker thread. It surveys one matrix and ends, which keeps the work away from the thread that acknowledges clicks.
import { parentPort, workerData } from 'node:worker_threads';
import type { AccessMatrix } from '../mining/matrix/matrix.ts';
import { type SurveyOptions, survey } from '../mining/survey.ts';

const { matrix, options } = workerData as { matrix: AccessMatrix; options: SurveyOptions };
parentPort?.postMessage(survey(matrix, options, () => performance.now()));
