import { createHmac } from 'node:crypto';
import { type Dict, parseJson } from '../dict.ts';
import type { AppLink, EnvelopeType, LinkDelivery } from './link.ts';

export interface HttpLinkOptions {
  /** The app's single address for events, commands and interactions. */
  requestUrl: string;
  signingSecret: string;
  ackTimeoutMs: number;
}

/**
 * Slack's signature of a request body
 * (docs.slack.dev/authentication/verifying-requests-from-slack).
 */
const sign = (signingSecret: string, timestamp: number, body: string): string =>
  `v0=${createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex')}`;

/** Sends signed HTTP requests to the app; the response is the acknowledgment. */
export class HttpLink implements AppLink {
  readonly #options: HttpLinkOptions;

  constructor(options: HttpLinkOptions) {
    this.#options = options;
  }

  async deliver(type: EnvelopeType, payload: Dict): Promise<LinkDelivery> {
    const delivery = await this.#post(type, payload, {});
    if (type !== 'events_api' || delivery.kind === 'acknowledged') return delivery;
    const reason = delivery.kind === 'late' ? 'http_timeout' : 'http_error';
    return this.#post(type, payload, { 'x-slack-retry-num': '1', 'x-slack-retry-reason': reason });
  }

  async #post(
    type: EnvelopeType,
    payload: Dict,
    headers: Record<string, string>,
  ): Promise<LinkDelivery> {
    const { requestUrl, signingSecret, ackTimeoutMs } = this.#options;
    const { body, contentType } = encode(type, payload);
    const timestamp = Math.floor(Date.now() / 1000);
    try {
      const response = await fetch(requestUrl, {
        method: 'POST',
        body,
        headers: {
          'content-type': contentType,
          'x-slack-request-timestamp': String(timestamp),
          'x-slack-signature': sign(signingSecret, timestamp, body),
          ...headers,
        },
        signal: AbortSignal.timeout(ackTimeoutMs),
      });
      const text = await response.text();
      if (!response.ok) return { kind: 'failed' };
      return { kind: 'acknowledged', payload: parseJson(text) ?? text };
    } catch (error) {
      const isLate = error instanceof Error && error.name === 'TimeoutError';
      return { kind: isLate ? 'late' : 'failed' };
    }
  }
}

function encode(type: EnvelopeType, payload: Dict): { body: string; contentType: string } {
  if (type === 'events_api') {
    return { body: JSON.stringify(payload), contentType: 'application/json' };
  }
  const fields =
    type === 'interactive'
      ? { payload: JSON.stringify(payload) }
      : Object.fromEntries(Object.entries(payload).map(([key, value]) => [key, String(value)]));
  return {
    body: new URLSearchParams(fields).toString(),
    contentType: 'application/x-www-form-urlencoded',
  };
}
