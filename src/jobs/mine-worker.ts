// A worker thread: mines one matrix and ends, so that its memory goes back and the bot keeps answering.
import { parentPort, workerData } from 'node:worker_threads';
import { analyzeCohort } from '../mining/analyze.ts';
import { findAll } from '../mining/find-all.ts';
import { mine } from '../mining/mine.ts';
import type { MineWork } from './miner.ts';

const work = workerData as MineWork;
parentPort?.postMessage(carryOut(work));

function carryOut(work: MineWork) {
  switch (work.kind) {
    case 'mine':
      return mine(work.matrix, work.options);
    case 'findAll':
      return findAll(work.matrix, work.options, () => performance.now());
    case 'analyze':
      return analyzeCohort(work.matrix, work.filter, work.options);
  }
}
