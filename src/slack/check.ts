import {
  LogLevel,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebClient,
} from '@slack/web-api';
import type { SlackConfig } from '../config.ts';
import { Refusal } from '../errors.ts';
import type { Workspace } from '../governance/people/store-identity.ts';

type Connection = Exclude<SlackConfig, { mode: 'sandbox' }>;

/** The scopes that the bot token needs. A test keeps them equal to manifest.yml. */
export const neededScopes = [
  'chat:write',
  'commands',
  'im:write',
  'im:history',
  'users:read',
  'users:read.email',
] as const;

const timeoutMs = 10_000;

function createClient(token: string, { apiUrl }: Connection): WebClient {
  return new WebClient(token, {
    slackApiUrl: apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: timeoutMs,
    // The refusals below say what the client would warn about on standard error.
    logLevel: LogLevel.ERROR,
  });
}

/**
 * Checks that Slack accepts the bot token and that it has the scopes.
 * @returns a phrase with the name of the bot and of the workspace.
 * @throws Refusal that says what to fix.
 */
export async function checkBotToken(slack: Connection): Promise<string> {
  const answer = await testBotToken(slack);
  const scopes = answer.response_metadata?.scopes;
  const missing = scopes ? neededScopes.filter((scope) => !scopes.includes(scope)) : [];
  if (missing.length > 0) {
    throw new Refusal(
      'invalid',
      `the bot token lacks the scopes ${missing.join(', ')}: add them (OAuth & Permissions) and reinstall the app.`,
    );
  }
  const bot = `${answer.user ?? 'the bot'} in ${answer.team ?? 'the workspace'}`;
  return scopes
    ? `${bot}, with every scope it needs`
    : `${bot} (this server does not report scopes)`;
}

/** Reads the workspace of the bot token. @throws Refusal as `checkBotToken`. */
export async function readWorkspace(slack: Connection): Promise<Workspace> {
  const { team_id: teamId = '', team: name = '' } = await testBotToken(slack);
  return { teamId, name };
}

function testBotToken(slack: Connection) {
  const refuse = (error: unknown) => {
    throw toRefusal(error, slack, 'SLACK_BOT_TOKEN', botTokenAdvice);
  };
  return createClient(slack.botToken, slack).auth.test().catch(refuse);
}

/**
 * Checks that the app-level token opens Socket Mode.
 * @throws Refusal that says what to fix.
 */
export async function checkAppToken(slack: Connection & { mode: 'socket' }): Promise<string> {
  await createClient(slack.appToken, slack)
    .apps.connections.open({})
    .catch((error) => {
      throw toRefusal(error, slack, 'SLACK_APP_TOKEN', appTokenAdvice);
    });
  return 'Socket Mode opens';
}

const newBotToken =
  'copy the Bot User OAuth Token of the app (OAuth & Permissions) into SLACK_BOT_TOKEN.';
const botTokenAdvice: Record<string, string> = {
  invalid_auth: newBotToken,
  not_authed: newBotToken,
  token_revoked: `the token was revoked; reinstall the app and ${newBotToken}`,
  token_expired: `the token has expired; turn token rotation off, reinstall the app and ${newBotToken}`,
  account_inactive: `the app was removed or its workspace deleted; install it and ${newBotToken}`,
};

const newAppToken =
  'create an app-level token with connections:write (Basic Information) and put it in SLACK_APP_TOKEN.';
const appTokenAdvice: Record<string, string> = {
  invalid_auth: newAppToken,
  not_authed: newAppToken,
  missing_scope: `the token lacks connections:write; ${newAppToken}`,
  not_allowed_token_type: `this is not an app-level token; ${newAppToken}`,
  forbidden_team: `the token belongs to another workspace; ${newAppToken}`,
  socket_mode_not_enabled: 'turn Socket Mode on in the settings of the app (manifest.yml does).',
};

function toRefusal(
  error: unknown,
  { apiUrl }: Connection,
  variable: string,
  advice: Record<string, string>,
): Error {
  const host = new URL(apiUrl).host;
  if (error instanceof WebAPIPlatformError) {
    const code = error.data.error;
    return new Refusal(
      'invalid',
      `Slack refuses ${variable} (${code}): ${advice[code] ?? 'look up the code in the documentation of the Slack API.'}`,
    );
  }
  if (error instanceof WebAPIRateLimitedError) {
    const sentence = `Slack asks to wait ${error.retryAfter} seconds. Try again after that.`;
    return new Refusal('unavailable', sentence);
  }
  if (error instanceof WebAPIHTTPError) {
    const sentence = `${host} answers with HTTP ${error.statusCode}: check SLACK_API_URL.`;
    return new Refusal('unavailable', sentence);
  }
  const sentence = `${host} cannot be reached (${findReason(error)}): check the network and SLACK_API_URL.`;
  return new Refusal('unavailable', sentence);
}

/** Only the innermost cause has a code such as ENOTFOUND or ECONNREFUSED. */
function findReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const inner = error.cause ?? ('original' in error ? error.original : undefined);
  if (inner) return findReason(inner);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
