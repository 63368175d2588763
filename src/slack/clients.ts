import { setTimeout as sleep } from 'node:timers/promises';
import { ErrorCode, LogLevel, WebClient, type WebClientOptions } from '@slack/web-api';
import { z } from 'zod';
import { log } from '../log.ts';

/**
 * Options for clients that answer a waiting person: no retries and a short time limit, because a trigger_id
 * expires after 3 s. Each call returns a fresh object, because Bolt and the socket client write into it. Never set
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
 * The client of the outbox. The outbox retries at the time that Slack names, so the client does not. It is separate
 * from the interactive clients because one rate-limited call holds up all calls of a client.
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

/** Passes warnings only: at debug level Slack's own loggers print payloads, including response URLs. */
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

const refusedCall = z.object({ data: z.object({ error: z.string() }) });
const limitedCall = z.object({ retryAfter: z.number() });
const unansweredCall = z.object({ code: z.literal(ErrorCode.RequestError) });
const failedServer = z.object({
  code: z.literal(ErrorCode.HTTPError),
  statusCode: z.number().min(500),
});

/** Slack's short error code ("channel_not_found"), or undefined if Slack did not refuse the call. */
export function slackErrorCode(error: unknown): string | undefined {
  return refusedCall.safeParse(error).data?.data.error;
}

/** The seconds that Slack asks to wait before the same call; undefined for any other error. */
export function retryAfterOf(error: unknown): number | undefined {
  return limitedCall.safeParse(error).data?.retryAfter;
}

/** Whether Slack did not answer or its server failed. Such an error says nothing about the message or the person. */
export function isOutage(error: unknown): boolean {
  return unansweredCall.safeParse(error).success || failedServer.safeParse(error).success;
}

/** Calls again after the wait that Slack asks for, up to `retries` times. */
export async function retryWhenLimited<T>(call: () => Promise<T>, retries: number): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const seconds = retryAfterOf(error);
    if (seconds === undefined || retries === 0) throw error;
    await sleep(seconds * 1_000);
    return retryWhenLimited(call, retries - 1);
  }
}
