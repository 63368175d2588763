interface Bucket {
  tokens: number;
  at: number;
}

/** `chat.postMessage` has limits of its own: one message a second and channel, with a small burst. */
const POST_BURST = 4;
const POSTS_PER_MINUTE = 300;

/** Slack's rate limits as token buckets: a method's tier, and the limits of posting. */
export class RateLimits {
  readonly #buckets = new Map<string, Bucket>();
  readonly #now: () => number;

  /** @param now milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Seconds to wait before this call is allowed; 0 when it is allowed now. */
  wait(method: string, perMinute: number, channel?: string): number {
    if (method !== 'chat.postMessage') return this.#take(method, perMinute, perMinute / 60);
    const ofChannel = this.#take(`${method}:${channel}`, POST_BURST, 1);
    return ofChannel || this.#take(method, POSTS_PER_MINUTE, POSTS_PER_MINUTE / 60);
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
