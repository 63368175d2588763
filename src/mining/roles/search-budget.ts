/** Counts the work of a search: about one unit for each word or list entry read. */
export interface WorkMeter {
  work: number;
}

/** The cost of a round besides what it reads. */
const workPerRound = 1000;

/**
 * Limits a search. Work is the main limit, so that a seed always gives the same result. The clock
 * only stops a search that would take longer than its caller waits.
 */
export class SearchBudget implements WorkMeter {
  work = 0;
  rounds = 0;
  isOutOfTime = false;
  readonly #maxWork: number;
  readonly #now: () => number;
  readonly #deadline: number;

  /** @param now a clock in milliseconds. @param deadline the end of the time, on the same clock. */
  constructor(maxWork: number, now: () => number, deadline: number) {
    this.#maxWork = maxWork;
    this.#now = now;
    this.#deadline = deadline;
  }

  /** 0–1: the share of the work already done. */
  get progress(): number {
    return Math.min(1, this.work / this.#maxWork);
  }

  /** Whether the work or the time is used up. */
  get isOver(): boolean {
    if (this.#now() >= this.#deadline) this.isOutOfTime = true;
    return this.isOutOfTime || this.work >= this.#maxWork;
  }

  /** Starts a round if work and time are left. */
  takeRound(): boolean {
    if (this.isOver) return false;
    this.rounds++;
    this.work += workPerRound;
    return true;
  }
}
