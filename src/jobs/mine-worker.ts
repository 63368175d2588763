// A worker thread: mines one matrix and ends, so that its memory goes back and the bot keeps answering.
import { parentPort, workerData } from 'node:worker_threads';
import { analyzeCohort } from '../mining/analyze.ts';
import { mine } from '../mining/mine.ts';
import type { MineWork } from './miner.ts';

const work = workerData as MineWork;
parentPort?.postMessage(
  work.kind === 'mine'
    ? mine(work.matrix, work.options)
    : analyzeCohort(work.matrix, work.filter, work.options),
);
