import { type ResourceLimits, Worker } from 'node:worker_threads';
import type { Ctx } from '../governance/context.ts';
import { type AccessUpdate, readUpdate } from '../governance/role-mining/load-matrix.ts';
import type { Miner, RuleMiningInput } from '../governance/role-mining/miner.ts';
import type { CohortFindings, Findings, RuleFindings } from '../mining/access-session.ts';
import { listBuffers } from '../mining/matrix/access-rows.ts';
import type { MiningOptions } from '../mining/options.ts';
import type { CohortFilter } from '../mining/suggestions/analyze.ts';
import type { MineResult } from '../mining/suggestions/mine.ts';
import { workerScript } from './worker-script.ts';

/** A question to the worker about the access that it holds at that time. */
export type MineQuestion =
  | { kind: 'mine' | 'findAll'; options: Partial<MiningOptions> }
  | { kind: 'analyze'; filter: CohortFilter; options: Partial<MiningOptions> }
  | ({ kind: 'mineRules' } & RuleMiningInput);

/** A message to the worker. It answers only questions, one after the other. */
export type MineMessage = AccessUpdate | MineQuestion;

export type MineAnswer = { found: unknown } | { failed: string };

const source = workerScript('mine-worker');

/**
 * Mines in a worker thread that holds all access and receives only the changes. Questions are answered in turn, all
 * about one store. If the worker dies or runs out of memory, its question fails. The next question starts another
 * worker, which reads everything again. The same happens after an aborted question: nothing else can stop its loop.
 */
export class WorkerMiner implements Miner {
  #worker: Worker | undefined;
  /** The state of the worker's access; undefined: it has none. */
  #loaded: { position: AccessUpdate['position']; people: number } | undefined;
  #last: Promise<unknown> = Promise.resolve();
  readonly #limits: ResourceLimits;

  /** @param limits of the worker's memory. Default: those of Node.js. */
  constructor(limits: ResourceLimits = {}) {
    this.#limits = limits;
  }

  findAll(ctx: Ctx, options: Partial<MiningOptions>, signal?: AbortSignal): Promise<Findings> {
    return this.#inTurn(ctx, { kind: 'findAll', options }, signal);
  }

  mine(ctx: Ctx, options: Partial<MiningOptions>): Promise<MineResult> {
    return this.#inTurn(ctx, { kind: 'mine', options });
  }

  analyze(
    ctx: Ctx,
    filter: CohortFilter,
    options: Partial<MiningOptions>,
  ): Promise<CohortFindings> {
    return this.#inTurn(ctx, { kind: 'analyze', filter, options });
  }

  mineRules(ctx: Ctx, about: RuleMiningInput, signal?: AbortSignal): Promise<RuleFindings> {
    return this.#inTurn(ctx, { kind: 'mineRules', ...about }, signal);
  }

  /** Ends the worker after the last question. */
  async close(): Promise<void> {
    await this.#last;
    await this.#worker?.terminate();
  }

  #inTurn<T>(ctx: Ctx, question: MineQuestion, signal?: AbortSignal): Promise<T> {
    const turn = this.#last.then(() => this.#answer<T>(ctx, question, signal));
    this.#last = turn.catch(() => {});
    return turn;
  }

  async #answer<T>(ctx: Ctx, question: MineQuestion, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    const update = await readUpdate(ctx, this.#loaded);
    const worker = this.#worker ?? this.#start();
    // The worker whose access this update builds on may have died while the update was read.
    if (update.kind !== 'load' && !this.#loaded) return this.#answer(ctx, question, signal);
    const people = update.kind === 'load' ? update.rows.personIds.length : this.#loaded?.people;
    this.#loaded = { position: update.position, people: people ?? 0 };
    // The buffers of the rows are transferred. This thread must not use them afterwards.
    if (update.kind !== 'none') worker.postMessage(update, transfers(update));
    signal?.throwIfAborted();
    return ask<T>(worker, question, signal);
  }

  #start(): Worker {
    const resourceLimits = this.#limits;
    const worker = new Worker(source.script, {
      eval: source.eval,
      resourceLimits,
    });
    const forget = () => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#loaded = undefined;
    };
    worker.on('error', forget);
    worker.on('exit', forget);
    this.#worker = worker;
    return worker;
  }
}

function transfers(update: Extract<AccessUpdate, { kind: 'load' | 'refresh' }>): ArrayBuffer[] {
  return listBuffers(update.kind === 'load' ? update.rows : update.fresh);
}

/** @param signal ends the worker. The promise rejects after the worker has exited. */
function ask<T>(worker: Worker, question: MineQuestion, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void) => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      signal?.removeEventListener('abort', onAbort);
      end();
    };
    const onMessage = (answer: MineAnswer) => {
      // The worker is about to exit, so the next question must not go to it.
      if (signal?.aborted) return;
      settle(() =>
        'failed' in answer ? reject(new Error(answer.failed)) : resolve(answer.found as T),
      );
    };
    const onError = (error: Error) => settle(() => reject(new Error(describeError(error))));
    const onExit = (code: number) =>
      settle(() =>
        reject(
          signal?.aborted ? signal.reason : new Error(`the mining worker ended with code ${code}`),
        ),
      );
    const onAbort = () => void worker.terminate();
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    signal?.addEventListener('abort', onAbort);
    worker.postMessage(question);
  });
}

function describeError(error: Error & { code?: string }): string {
  return error.code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? 'the mining worker ran out of memory'
    : `the mining worker died: ${error.message}`;
}
