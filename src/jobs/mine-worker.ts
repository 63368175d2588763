// A worker thread: holds the access of the organisation, so that it is neither read nor counted anew for
// every question, and answers away from the thread that acknowledges clicks.
import { parentPort } from 'node:worker_threads';
import { MiningSession } from '../mining/access-session.ts';
import type { MineAnswer, MineMessage, MineQuestion } from './miner.ts';

let held: MiningSession | undefined;

parentPort?.on('message', (message: MineMessage) => {
  switch (message.kind) {
    case 'load':
      held = new MiningSession(message.rows);
      return;
    case 'refresh':
      held?.refresh(message.changed, message.fresh);
      return;
    case 'none':
      return;
    default:
      parentPort?.postMessage(answer(message));
  }
});

/** A question that cannot be answered (an option out of range) is no reason to lose what is held. */
function answer(question: MineQuestion): MineAnswer {
  try {
    if (!held) throw new Error('nothing has been loaded');
    return { found: find(held, question) };
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}

function find(held: MiningSession, question: MineQuestion): unknown {
  switch (question.kind) {
    case 'mine':
      return held.mine(question.options);
    case 'findAll':
      return held.findAll(question.options, () => performance.now());
    case 'analyze':
      return held.analyze(question.filter, question.options);
    case 'mineRules':
      return held.mineRules(question.roles, question.rules);
  }
}
