import { randomUUID } from 'node:crypto';

const levels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof levels)[number];

let threshold: LogLevel = 'info';

export function setLogLevel(level: LogLevel): void {
  threshold = level;
}

const secretKey = /token|secret|password|authorization|cookie|response_url|smtp_url|database_url/i;
const secretValue =
  /xox[a-z]-[\w-]+|xapp-[\w-]+|\bBearer\s+\S+|(?<=:\/\/)[^\s/@]+(?=@)|https:\/\/hooks\.slack\.com\/\S+|(?<=\/[tp]\/)[\w-]{16,}/gi;

/** Drizzle ends the message of a failed query with its parameters: names, addresses, reasons. */
const queryParameters = '\nparams: ';

/**
 * Replaces the secrets in a text: Slack tokens, bearer values, URL credentials, tokens of links, and the parameters of a
 * failed query.
 */
export function redact(text: string): string {
  const end = text.startsWith('Failed query: ') ? text.indexOf(queryParameters) : -1;
  return (end < 0 ? text : text.slice(0, end)).replace(secretValue, '[secret]');
}

function toLoggable(value: unknown): unknown {
  if (value instanceof Error) {
    return {
      message: redact(value.message),
      // The stack begins with the message, whose parameters may have any number of lines.
      stack: redact((value.stack ?? '').replace(value.message, () => redact(value.message))),
      cause: toLoggable(value.cause),
    };
  }
  return typeof value === 'string' ? redact(value) : value;
}

function write(level: LogLevel, message: string, fields: Record<string, unknown>): void {
  if (levels.indexOf(level) < levels.indexOf(threshold)) return;
  const line = JSON.stringify(
    { time: new Date().toISOString(), level, message: redact(message), ...fields },
    (key, value) => (secretKey.test(key) ? '[secret]' : toLoggable(value)),
  );
  process.stderr.write(`${line}\n`);
}

/**
 * Writes one JSON object per line to standard error. Secrets are replaced by key and by pattern.
 */
export const log = {
  debug: (message: string, fields: Record<string, unknown> = {}) => write('debug', message, fields),
  info: (message: string, fields: Record<string, unknown> = {}) => write('info', message, fields),
  warn: (message: string, fields: Record<string, unknown> = {}) => write('warn', message, fields),
  error: (message: string, fields: Record<string, unknown> = {}) => write('error', message, fields),
};

/** Logs an unexpected error and returns its short id in the log. */
export function logBug(
  message: string,
  error: unknown,
  fields: Record<string, unknown> = {},
): string {
  const id = randomUUID().slice(0, 8);
  log.error(message, { id, error, ...fields });
  return id;
}
