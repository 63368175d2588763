import { setTimeout } from 'node:timers/promises';
import { log } from '../log.ts';

/** This many links that do not exist may be opened within a minute without a delay, by one address and by all. */
const freeGuesses = { address: 10, all: 100 };
/** After this long without a guess, the count starts again. */
const quietMs = 60_000;
const maxDelayMs = 2_000;
const maxDelayed = 40;
const maxAddresses = 1_000;

interface Tally {
  count: number;
  lastAt: number;
}

/**
 * Slows down the answers to links that do not exist, and writes one line to the log. A link that exists opens at
 * once, whatever else comes from the same address: many people may share one.
 */
export class GuessLimiter {
  private readonly now: () => number;
  private readonly delay: (ms: number) => Promise<unknown>;
  private readonly byAddress = new Map<string, Tally>();
  private readonly all: Tally = { count: 0, lastAt: 0 };
  private delayed = 0;
  private isLogged = false;

  constructor(
    now: () => number = Date.now,
    delay = (ms: number): Promise<unknown> => setTimeout(ms, undefined, { ref: false }),
  ) {
    this.now = now;
    this.delay = delay;
  }

  /** Counts a guess and delays it if there were too many. @returns false when too many are delayed already. */
  async countGuess(address: string): Promise<boolean> {
    const [all, own] = [this.add(this.all), this.add(this.findTally(address))];
    if (all.count === 1) this.isLogged = false;
    const excess = Math.max(own.count - freeGuesses.address, all.count - freeGuesses.all);
    if (excess <= 0) return true;
    if (!this.isLogged) {
      this.isLogged = true;
      log.warn(
        'many links that do not exist were opened; answers to them are delayed from now on',
        {
          address,
        },
      );
    }
    if (this.delayed >= maxDelayed) return false;
    this.delayed++;
    await this.delay(Math.min(maxDelayMs, 100 * excess));
    this.delayed--;
    return true;
  }

  private add(tally: Tally): Tally {
    const now = this.now();
    tally.count = now - tally.lastAt > quietMs ? 1 : tally.count + 1;
    tally.lastAt = now;
    return tally;
  }

  /** Finds or adds the tally of an address. The address that has been quiet longest is dropped to limit memory. */
  private findTally(address: string): Tally {
    const tally = this.byAddress.get(address) ?? { count: 0, lastAt: 0 };
    this.byAddress.delete(address);
    this.byAddress.set(address, tally);
    const [oldest] = this.byAddress.keys();
    if (this.byAddress.size > maxAddresses && oldest !== undefined) this.byAddress.delete(oldest);
    return tally;
  }
}
