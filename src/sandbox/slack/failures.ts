/** Trouble to order, so that one can see how the app bears it. */
export interface FailRule {
  /** The Web API method it hits; every method unless given. */
  method?: string | undefined;
  /**
   * `429` and `500` answer so; `slow` waits before answering; `refuse` answers `ok: false`; `disconnect` ends the
   * sockets with Slack's own notice; `offline` cuts sockets and calls; `redeliver` sends the next event twice.
   */
  kind: '429' | '500' | 'slow' | 'refuse' | 'disconnect' | 'offline' | 'redeliver';
  /** Slack's error code, for `refuse`. */
  error?: string | undefined;
  /** How often; once unless given (`offline`: until undone). */
  times?: number | undefined;
  retryAfterSeconds?: number | undefined;
  delayMs?: number | undefined;
}

/** The failures that were ordered and did not happen yet. */
export class Failures {
  readonly #rules: { rule: FailRule; left: number }[] = [];

  /** Orders a failure; the returned function takes it back. */
  add(rule: FailRule): () => void {
    const entry = { rule, left: rule.times ?? (rule.kind === 'offline' ? Infinity : 1) };
    this.#rules.push(entry);
    return () => {
      entry.left = 0;
    };
  }

  /** The failure that hits now, if any; it is used up by asking. */
  take(kinds: FailRule['kind'][], method?: string): FailRule | undefined {
    const entry = this.#rules.find(
      ({ rule, left }) =>
        left > 0 && kinds.includes(rule.kind) && (!rule.method || rule.method === method),
    );
    if (entry) entry.left -= 1;
    return entry?.rule;
  }

  /** Whether the workspace cannot be reached at all now. */
  isOffline(): boolean {
    return this.#rules.some(
      ({ rule, left }) => rule.kind === 'offline' && !rule.method && left > 0,
    );
  }
}
