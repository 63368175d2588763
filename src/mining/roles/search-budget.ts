/** Counts the work of a search: about one unit for each word or list entry that is read. */
export interface WorkMeter {
  work: number;
}

/** What a round costs besides what it reads. */
const workPerRound = 1000;

/**
 * How long a search may go on. Work is the limit, so that a seed always gives the same result; the
 * clock only cuts short what would take longer than its caller waits.
 */
export class SearchBudget implements WorkMeter {
  work = 0;
  rounds = 0;
  isOutOfTime = false;
  readonly #maxWork: number;
  readonly #now: () => number;
  readonly #until: number;

  /** `now` tells milliseconds, as `until` does. */
  constructor(maxWork: number, now: () => number, until: number) {
    this.#maxWork = maxWork;
    this.#now = now;
    this.#until = until;
  }

  /** 0–1: the share of the work that is done. */
  get progress(): number {
    return Math.min(1, this.work / this.#maxWork);
  }

  /** Whether work or time is used up. */
  get isOver(): boolean {
    if (this.#now() >= this.#until) this.isOutOfTime = true;
    return this.isOutOfTime || this.work >= this.#maxWork;
  }

  /** Takes one round, if there is work and time left. */
  take(): boolean {
    if (this.isOver) return false;
    this.rounds++;
    this.work += workPerRound;
    return true;
  }
}
