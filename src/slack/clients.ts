import { ErrorCode, LogLevel, WebClient, type WebClientOptions } from '@slack/web-api';
import { log } from '../log.ts';

/**
 * Options for clients that answer a person who waits: no retries and a short time limit, because a
 * trigger_id dies after 3 s. Always a fresh object: Bolt and the socket client write into it. Never set
 * `headers`: the client writes its token there (docs/slack.md#client-options).
 */
export function interactiveOptions(apiUrl: string): WebClientOptions {
  return {
    slackApiUrl: apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: 2_500,
    ...quiet,
  };
}

/**
 * The client of the outbox. It does not retry either: the outbox does, with what Slack said about when.
 * A client of its own, since a rate limit on one call holds up all calls of a client.
 */
export function bulkClient(token: string, apiUrl: string): WebClient {
  return new WebClient(token, {
    slackApiUrl: apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: 15_000,
    ...quiet,
  });
}

/** Slack's own loggers print payloads at debug level, response URLs among them: only warnings pass. */
export const slackLogger = {
  debug: () => {},
  info: () => {},
  warn: (...parts: unknown[]) => log.warn(parts.map(String).join(' '), { from: 'slack' }),
  error: (...parts: unknown[]) => log.warn(parts.map(String).join(' '), { from: 'slack' }),
  setLevel: () => {},
  getLevel: () => LogLevel.WARN,
  setName: () => {},
};

const quiet = { logger: slackLogger, logLevel: LogLevel.WARN };

/** Slack's short error code ("channel_not_found"), or undefined when it was not Slack who refused. */
export function slackErrorCode(error: unknown): string | undefined {
  const data = (error as { data?: { error?: unknown } } | undefined)?.data;
  return typeof data?.error === 'string' ? data.error : undefined;
}
/** No answer, or a server that cannot answer: it says nothing about the message or the person. */
export function isOutage(error: unknown): boolean {
  const { code, statusCode = 0 } = error as { code?: string; statusCode?: number };
  return (
    code === ErrorCode.RequestError || (code === ErrorCode.HTTPError && Number(statusCode) >= 500)
  );
}
