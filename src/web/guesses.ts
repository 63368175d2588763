import { setTimeout } from 'node:timers/promises';
import { log } from '../log.ts';

/** So many links that do not exist may be opened within a minute before anything is noticed. */
const freeOf = { address: 10, all: 100 };
const quietMs = 60_000;
const maxWaitMs = 2_000;
const maxWaiting = 40;
const maxAddresses = 1_000;

interface Tally {
  count: number;
  lastAt: number;
}

/**
 * Slows down whoever tries links that do not exist, and says so once in the log. A link that does exist is opened
 * at once whatever else comes from the same address: many people may share one.
 */
export class Guesses {
  private readonly now: () => number;
  private readonly wait: (ms: number) => Promise<unknown>;
  private readonly byAddress = new Map<string, Tally>();
  private readonly all: Tally = { count: 0, lastAt: 0 };
  private waiting = 0;
  private isTold = false;

  constructor(
    now: () => number = Date.now,
    wait = (ms: number): Promise<unknown> => setTimeout(ms, undefined, { ref: false }),
  ) {
    this.now = now;
    this.wait = wait;
  }

  /** Counts a guess, and waits as long as it costs. @returns false when too many wait already. */
  async count(address: string): Promise<boolean> {
    const [all, own] = [this.add(this.all), this.add(this.tallyOf(address))];
    if (all.count === 1) this.isTold = false;
    const over = Math.max(own.count - freeOf.address, all.count - freeOf.all);
    if (over <= 0) return true;
    if (!this.isTold) {
      this.isTold = true;
      log.warn('somebody tries links that do not exist; they are answered slowly from now on', {
        address,
      });
    }
    if (this.waiting >= maxWaiting) return false;
    this.waiting++;
    await this.wait(Math.min(maxWaitMs, 100 * over));
    this.waiting--;
    return true;
  }

  private add(tally: Tally): Tally {
    const now = this.now();
    tally.count = now - tally.lastAt > quietMs ? 1 : tally.count + 1;
    tally.lastAt = now;
    return tally;
  }

  /** The one that has been quiet for longest makes room. */
  private tallyOf(address: string): Tally {
    const tally = this.byAddress.get(address) ?? { count: 0, lastAt: 0 };
    this.byAddress.delete(address);
    this.byAddress.set(address, tally);
    const [oldest] = this.byAddress.keys();
    if (this.byAddress.size > maxAddresses && oldest !== undefined) this.byAddress.delete(oldest);
    return tally;
  }
}
