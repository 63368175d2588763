// A worker thread. It holds the access of the organization, so that a question needs no new reading and counting, and
// it keeps the work away from the thread that acknowledges clicks.
import { parentPort } from 'node:worker_threads';
import { MiningSession } from '../mining/access-session.ts';
import type { MineAnswer, MineMessage, MineQuestion } from './miner.ts';

let session: MiningSession | undefined;

parentPort?.on('message', (message: MineMessage) => {
  switch (message.kind) {
    case 'load':
      session = new MiningSession(message.rows);
      return;
    case 'refresh':
      session?.refresh(message.changed, message.fresh);
      return;
    case 'none':
      return;
    default:
      parentPort?.postMessage(answer(message));
  }
});

/** A failed question (an option out of range) must not end the worker, which would lose the session. */
function answer(question: MineQuestion): MineAnswer {
  try {
    if (!session) throw new Error('nothing has been loaded');
    return { found: find(session, question) };
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}

function find(session: MiningSession, question: MineQuestion): unknown {
  switch (question.kind) {
    case 'mine':
      return session.mine(question.options);
    case 'findAll':
      return session.findAll(question.options, () => performance.now());
    case 'analyze':
      return session.analyze(question.filter, question.options);
    case 'mineRules':
      return session.mineRules(question.roles, question.rules, question.unvalued);
  }
}
