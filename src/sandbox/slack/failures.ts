/** A failure to inject, to see how the app handles it. */
export interface FailRule {
  /** The Web API method to fail; default: every method. */
  method?: string | undefined;
  /**
   * `429` and `500` return that status; `slow` delays the answer; `refuse` returns `ok: false`;
   * `disconnect` closes the sockets with Slack's own notice; `offline` drops sockets and calls;
   * `redeliver` sends the next event twice.
   */
  kind: '429' | '500' | 'slow' | 'refuse' | 'disconnect' | 'offline' | 'redeliver';
  /** Slack's error code, for `refuse`. */
  error?: string | undefined;
  /** How many times; default: once (`offline`: until removed). */
  times?: number | undefined;
  retryAfterSeconds?: number | undefined;
  delayMs?: number | undefined;
}

/** The injected failures that have not happened yet. */
export class Failures {
  readonly #rules: { rule: FailRule; remaining: number }[] = [];

  /** Injects a failure; the returned function removes it. */
  add(rule: FailRule): () => void {
    const entry = { rule, remaining: rule.times ?? (rule.kind === 'offline' ? Infinity : 1) };
    this.#rules.push(entry);
    return () => {
      entry.remaining = 0;
    };
  }

  /** Takes the failure that applies now, if any. */
  take(kinds: FailRule['kind'][], method?: string): FailRule | undefined {
    const entry = this.#rules.find(
      ({ rule, remaining }) =>
        remaining > 0 && kinds.includes(rule.kind) && (!rule.method || rule.method === method),
    );
    if (entry) entry.remaining -= 1;
    return entry?.rule;
  }

  /** Whether the whole workspace is unreachable. */
  isOffline(): boolean {
    return this.#rules.some(
      ({ rule, remaining }) => rule.kind === 'offline' && !rule.method && remaining > 0,
    );
  }
}
