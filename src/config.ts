import { isIP } from 'node:net';
import { validate as isCron } from 'node-cron';
import { z } from 'zod';
import { Refusal } from './errors.ts';
import type { LogLevel } from './log.ts';
import { knownZone, systemZone } from './time-zones.ts';

/** The connection to Slack. Without tokens the program runs its own Slack, the sandbox. */
export type SlackConfig =
  | { mode: 'socket'; botToken: string; appToken: string; apiUrl: string }
  | { mode: 'http'; botToken: string; signingSecret: string; apiUrl: string }
  | { mode: 'sandbox' };

export interface Config {
  slack: SlackConfig;
  /** undefined: the embedded database in `dataDir`. */
  databaseUrl: string | undefined;
  dataDir: string;
  smtpUrl: string | undefined;
  mailFrom: string;
  /** The address for replies to mails; undefined: replies are not read. */
  mailReplyTo: string | undefined;
  /** 0: any free port. */
  port: number;
  /** The address on which the web server listens. */
  host: string;
  /** The proxies that may say which address a request came from, as Express reads them. */
  trustedProxies: string;
  /** Without a trailing slash. undefined (PORT=0): the address of the running web server. */
  publicUrl: string | undefined;
  /** Lowercase. */
  adminEmail: string | undefined;
  /** A cron expression, in `timeZone`. */
  miningSchedule: string;
  timeZone: string;
  logLevel: LogLevel;
}

/**
 * Half past four exists exactly once in every night of every time zone: clocks change between 21:00 and 04:00. Two and
 * three o'clock are missing or twice in those nights.
 */
const defaultMiningSchedule = '30 4 * * *';

export type Environment = Readonly<Record<string, string | undefined>>;

// Each message continues a sentence that begins with the name of the variable.
const variables = z.object({
  SLACK_BOT_TOKEN: z
    .string()
    .regex(/^xoxb-\S+$/, 'should be the bot token, which starts with xoxb-.')
    .optional(),
  SLACK_APP_TOKEN: z
    .string()
    .regex(/^xapp-\S+$/, 'should be an app-level token, which starts with xapp-.')
    .optional(),
  SLACK_SIGNING_SECRET: z
    .string()
    .regex(/^\S{8,}$/, 'should be the signing secret of the Slack app, one word.')
    .optional(),
  SLACK_API_URL: createUrlSchema(['http:', 'https:'], 'https://slack.com/api/').default(
    'https://slack.com/api/',
  ),
  DATABASE_URL: createUrlSchema(
    ['postgres:', 'postgresql:'],
    'postgres://user:password@host:5432/database',
  ).optional(),
  DATA_DIR: z.string().default('./data'),
  SMTP_URL: createUrlSchema(['smtp:', 'smtps:'], 'smtp://user:password@host:587').optional(),
  MAIL_FROM: z
    .string()
    .regex(
      /^(?:[^<>\r\n]*<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/,
      'should look like Rolemine <rolemine@example.com>.',
    )
    .default('Rolemine <rolemine@localhost>'),
  MAIL_REPLY_TO: z.email('should be one e-mail address, like it-help@example.com.').optional(),
  PORT: z
    .string()
    .refine(isPort, 'should be a whole number from 0 (any free port) to 65535.')
    .default('3000'),
  HOST: z
    .string()
    .refine(isHost, 'should be an IP address of this machine, like 127.0.0.1 or 0.0.0.0 (all).')
    .optional(),
  TRUSTED_PROXIES: z
    .string()
    .refine(
      (text) => text.split(',').every(isProxy),
      'should be IP addresses or networks with commas between them, like 10.0.0.7, 192.168.1.0/24.',
    )
    .default('loopback'),
  PUBLIC_URL: createUrlSchema(['http:', 'https:'], 'https://rolemine.example.com').optional(),
  ADMIN_EMAIL: z.email('should be one e-mail address, like ana@example.com.').optional(),
  MINING_SCHEDULE: z
    .string()
    .refine(
      isCron,
      'should be a cron expression, like 30 4 * * * for every night at half past four.',
    )
    .default(defaultMiningSchedule),
  TZ: z
    .string()
    .refine(
      (name) => knownZone(name) !== undefined,
      'should be an IANA time zone, like Europe/Paris.',
    )
    .default(systemZone),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error'], 'should be debug, info, warn or error.')
    .default('info'),
});

type Variables = z.infer<typeof variables>;

/** The names of all variables that the program reads. */
export const variableNames = variables.keyof().options;

/**
 * Reads the configuration. An empty variable counts as unset.
 * @throws Refusal invalid: all problems at once, one per line, each with its variable.
 */
export function readConfig(environment: Environment = process.env): Config {
  const read = parseConfig(environment);
  if ('config' in read) return read.config;
  throw new Refusal('invalid', read.problems.join('\n'));
}

/** Reads the configuration like readConfig, but returns the problems as a list. */
export function parseConfig(
  environment: Environment = process.env,
): { config: Config } | { problems: string[] } {
  const values: Partial<Record<keyof Variables, string>> = {};
  for (const name of variableNames) {
    const value = environment[name]?.trim();
    if (value) values[name] = value;
  }
  const parsed = variables.safeParse(values);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) =>
        describeIssue(String(path[0]), message, values),
      );
  problems.push(...listMissingSlack(values));
  if (!parsed.success || problems.length > 0) return { problems };
  const env = parsed.data;
  return {
    config: {
      slack: toSlackConfig(env),
      databaseUrl: env.DATABASE_URL,
      dataDir: env.DATA_DIR,
      smtpUrl: env.SMTP_URL,
      mailFrom: env.MAIL_FROM,
      mailReplyTo: env.MAIL_REPLY_TO,
      port: Number(env.PORT),
      host: env.HOST ?? chooseHost(env),
      trustedProxies: env.TRUSTED_PROXIES,
      publicUrl: choosePublicUrl(env),
      adminEmail: env.ADMIN_EMAIL?.toLowerCase(),
      miningSchedule: env.MINING_SCHEDULE,
      timeZone: env.TZ,
      logLevel: env.LOG_LEVEL,
    },
  };
}

/**
 * A database server is seldom meant for the sandbox. There, missing tokens are the likelier reason.
 * @throws Refusal conflict.
 */
export function assertSandboxIsMeant(
  { slack, databaseUrl }: Config,
  { isSandboxRequested = false }: { isSandboxRequested?: boolean } = {},
): void {
  if (slack.mode !== 'sandbox' || databaseUrl === undefined || isSandboxRequested) return;
  throw new Refusal(
    'conflict',
    'No Slack tokens are set, so the sandbox would run on the database of DATABASE_URL. Set SLACK_BOT_TOKEN with SLACK_APP_TOKEN or SLACK_SIGNING_SECRET, or run "rolemine start --sandbox" to use the sandbox there.',
  );
}

/** Loads the `.env` file of the working folder; variables that are already set keep their value. */
export function loadEnvFile(): void {
  try {
    process.loadEnvFile();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if ('code' in error && error.code === 'ENOENT') return;
    throw new Refusal('invalid', `The file .env cannot be read: ${error.message}`);
  }
}

/** Adds the value to the message, unless it may contain a secret. */
function describeIssue(name: string, message: string, values: Record<string, string>): string {
  const isSecret = /TOKEN|SECRET|_URL$/.test(name);
  return isSecret ? `${name} ${message}` : `${name} ${message} It is "${values[name]}".`;
}

/** Half a connection to Slack is a mistake. Falling back to the sandbox would hide it. */
function listMissingSlack(values: Partial<Record<keyof Variables, string>>): string[] {
  const { SLACK_BOT_TOKEN: bot, SLACK_APP_TOKEN: app, SLACK_SIGNING_SECRET: secret } = values;
  if (bot && !app && !secret) {
    return [
      'SLACK_BOT_TOKEN is set alone: add SLACK_APP_TOKEN (xapp-…, Socket Mode) or SLACK_SIGNING_SECRET (HTTP).',
    ];
  }
  if (bot) return [];
  const incomplete = app ? 'SLACK_APP_TOKEN' : secret ? 'SLACK_SIGNING_SECRET' : undefined;
  if (incomplete) return [`${incomplete} is set without SLACK_BOT_TOKEN (xoxb-…): add it.`];
  if (!values.SLACK_API_URL) return [];
  return [
    'SLACK_API_URL is set without tokens: add SLACK_BOT_TOKEN (xoxb-…) and SLACK_APP_TOKEN (xapp-…) or SLACK_SIGNING_SECRET.',
  ];
}

function toSlackConfig(env: Variables): SlackConfig {
  const { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken } = env;
  const apiUrl = env.SLACK_API_URL.replace(/\/*$/, '/');
  if (botToken && appToken) return { mode: 'socket', botToken, appToken, apiUrl };
  const signingSecret = env.SLACK_SIGNING_SECRET;
  if (botToken && signingSecret) return { mode: 'http', botToken, signingSecret, apiUrl };
  return { mode: 'sandbox' };
}

/** Socket Mode without links in mails needs no visitors from other machines. */
function chooseHost(env: Variables): string {
  const isOnlySocket = env.SLACK_APP_TOKEN !== undefined && env.PUBLIC_URL === undefined;
  return isOnlySocket ? '127.0.0.1' : '0.0.0.0';
}

function choosePublicUrl(env: Variables): string | undefined {
  if (env.PUBLIC_URL) return env.PUBLIC_URL.replace(/\/*$/, '');
  return Number(env.PORT) === 0 ? undefined : `http://localhost:${Number(env.PORT)}`;
}

function createUrlSchema(protocols: string[], example: string) {
  const isUrl = (text: string) => {
    if (!URL.canParse(text)) return false;
    const { protocol, hostname } = new URL(text);
    return protocols.includes(protocol) && hostname !== '';
  };
  return z.string().refine(isUrl, `should look like ${example}.`);
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535;
}

function isHost(text: string): boolean {
  return text === 'localhost' || isIP(text) !== 0;
}

function isProxy(text: string): boolean {
  const [address = '', bits, ...more] = text.trim().split('/');
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text.trim())) return true;
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
  );
}
