interface Bucket {
  tokens: number;
  at: number;
}

/** Limits of `chat.postMessage`: one message per second and channel, with a small burst. */
const postBurst = 4;
const postsPerMinute = 300;

/** Slack's rate limits as token buckets: the tier of each method, and the limits of posting. */
export class RateLimits {
  readonly #buckets = new Map<string, Bucket>();
  readonly #now: () => number;

  /** @param now a clock in milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Seconds until this call is allowed; 0 if it is allowed now. */
  getWaitSeconds(method: string, perMinute: number, channel?: string): number {
    if (method !== 'chat.postMessage') return this.#take(method, perMinute, perMinute / 60);
    const channelWait = this.#take(`${method}:${channel}`, postBurst, 1);
    return channelWait || this.#take(method, postsPerMinute, postsPerMinute / 60);
  }

  #take(key: string, capacity: number, perSecond: number): number {
    const now = this.#now();
    const bucket = this.#buckets.get(key) ?? { tokens: capacity, at: now };
    bucket.tokens = Math.min(capacity, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    this.#buckets.set(key, bucket);
    if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond));
    bucket.tokens -= 1;
    return 0;
  }
}
