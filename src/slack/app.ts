import { App, ExpressReceiver } from '@slack/bolt';
import type { SlackConfig } from '../config.ts';
import { Refusal } from '../errors.ts';
import type { Ctx } from '../governance/context.ts';
import { isFirstReceipt } from '../governance/people/received-events.ts';
import type { Miner } from '../governance/role-mining/miner.ts';
import { logBug } from '../log.ts';
import { listenToCatalog } from './actions/catalog/catalog.ts';
import { listenToMining } from './actions/mining/mining.ts';
import { listenToSuggestions } from './actions/mining/suggestions.ts';
import { listenToDelegations } from './actions/people/delegations.ts';
import { listenToPeople } from './actions/people/people.ts';
import { listenToPreferences } from './actions/people/preferences.ts';
import { listenToSetup } from './actions/people/setup.ts';
import { listenToUsers } from './actions/people/users.ts';
import { listenToPolicies } from './actions/policies/policies.ts';
import { listenToProfileEdits } from './actions/profiles/profile-edits.ts';
import { listenToProfileLeaving } from './actions/profiles/profile-leaving.ts';
import { listenToProfiles } from './actions/profiles/profiles.ts';
import { listenToAccess } from './actions/requests/access.ts';
import { listenToMyAccess } from './actions/requests/my-access.ts';
import { listenToRequests } from './actions/requests/requests.ts';
import { listenToRevocations } from './actions/requests/revocations.ts';
import { listenToHeldGrants } from './actions/rules/held-grants.ts';
import { listenToHeldImports } from './actions/rules/held-imports.ts';
import { listenToRulePolicies } from './actions/rules/rule-policies.ts';
import { listenToSimulations } from './actions/rules/simulations.ts';
import { listenToDetails } from './actions/tasks/details.ts';
import { listenToInbox } from './actions/tasks/inbox.ts';
import { listenToTasks } from './actions/tasks/tasks.ts';
import { bulkClient, interactiveOptions, slackErrorCode, slackLogger } from './clients.ts';
import { listenToCommands } from './commands/listen.ts';
import { type CommandHint, listCommandHints } from './commands/usable.ts';
import { hashContent } from './content-hash.ts';
import { SlackDelivery } from './deliver.ts';
import { type Directory, openDirectory } from './directory.ts';
import { listenToHome } from './home.ts';
import type { SlackDeps } from './people.ts';
import { ReconnectingSocket } from './socket.ts';

export interface SlackSurface {
  delivery: SlackDelivery;
  directory: Directory;
  /** The commands that a Slack user can use. */
  listCommandHints(userId: string): Promise<CommandHint[]>;
  close(): Promise<void>;
}

/** The bot of the tokens and its workspace. */
export interface BotIdentity {
  teamId: string;
  teamName: string;
  userId: string;
  botId: string;
}

interface Parts {
  newCtx(): Ctx;
  /** undefined: Slack is asked. */
  bot?: BotIdentity | undefined;
  miner: Miner;
  adminEmail: string | undefined;
  /** Gets Slack's requests in HTTP mode. */
  web: WebApp;
}

/** An Express application of the type that Slack's receiver takes. */
type WebApp = NonNullable<ConstructorParameters<typeof ExpressReceiver>[0]['app']>;

type Connection = Exclude<SlackConfig, { mode: 'sandbox' }>;

/**
 * Connects to Slack and starts listening.
 * @throws Refusal 'unavailable' when Slack refuses the tokens or does not answer.
 */
export async function startSlack(slack: Connection, parts: Parts): Promise<SlackSurface> {
  const bulk = bulkClient(slack.botToken, slack.apiUrl);
  const me = parts.bot ?? (await readBotIdentity(slack));
  const socket =
    slack.mode === 'socket' ? new ReconnectingSocket(slack.appToken, slack.apiUrl) : undefined;
  const receiver =
    slack.mode === 'http' ? createHttpReceiver(slack.signingSecret, parts.web) : socket?.receiver;
  const app = new App({
    token: slack.botToken,
    // Without these ids Bolt calls auth.test in its constructor, and a failure there ends the process.
    botId: me.botId,
    botUserId: me.userId,
    ...(receiver ? { receiver } : {}),
    clientOptions: interactiveOptions(slack.apiUrl),
    convoStore: false,
    logger: slackLogger,
  });
  const deps: SlackDeps = {
    newCtx: parts.newCtx,
    adminEmail: parts.adminEmail,
    teamId: me.teamId,
  };
  acknowledgeOnce(app, deps);
  listenToCommands(app, deps, parts.miner);
  listenToTasks(app, deps);
  listenToInbox(app, deps);
  listenToDetails(app, deps);
  listenToAccess(app, deps);
  listenToSuggestions(app, deps, parts.miner);
  listenToMining(app, deps, parts.miner);
  listenToSimulations(app, deps, bulk);
  listenToProfiles(app, deps);
  listenToProfileLeaving(app, deps);
  listenToProfileEdits(app, deps);
  listenToHeldGrants(app, deps);
  listenToHeldImports(app, deps);
  listenToRequests(app, deps);
  listenToMyAccess(app, deps);
  listenToRevocations(app, deps);
  listenToDelegations(app, deps);
  listenToPreferences(app, deps);
  listenToUsers(app, deps);
  listenToCatalog(app, deps);
  listenToPolicies(app, deps);
  listenToRulePolicies(app, deps);
  listenToPeople(app, deps);
  listenToSetup(app, deps);
  listenToHome(app, deps);
  app.error(async (error) => {
    logBug('a Slack event could not be handled', error.original ?? error);
  });
  if (socket) await connect(socket, slack);
  return {
    delivery: new SlackDelivery(bulk, me.teamId),
    directory: openDirectory(slack, me.teamId),
    listCommandHints: (userId) => listCommandHints(deps, userId),
    close: async () => socket?.close(),
  };
}

/**
 * Acknowledges clicks and commands before anything else, so that a busy database never uses up the 3 s. A second
 * delivery of the same event is acknowledged and dropped.
 */
function acknowledgeOnce(app: App, deps: SlackDeps): void {
  app.use(async (args) => {
    dropNul(args.body);
    const body: Record<string, unknown> = { ...args.body };
    const isClickOrCommand = body.type === 'block_actions' || typeof body.command === 'string';
    if (isClickOrCommand && 'ack' in args && args.ack) await args.ack();
    const key = receiptKey(body);
    // If the receipt cannot be checked, the event is handled. Its own answer reports the error.
    const isFirst = !key || (await isFirstReceipt(deps.newCtx(), key).catch(() => true));
    if (!isFirst) {
      if (!isClickOrCommand && 'ack' in args && args.ack) await args.ack();
      return;
    }
    await args.next();
  });
}

/**
 * Removes NUL from all texts of an event, in place, because its parts refer to each other. People can type it through
 * Slack's API, and PostgreSQL cannot store it.
 */
function dropNul(part: object): void {
  for (const [key, value] of Object.entries(part)) {
    if (typeof value === 'object' && value !== null) dropNul(value);
    else if (typeof value === 'string' && value.includes('\0')) {
      Object.assign(part, { [key]: value.replaceAll('\0', '') });
    }
  }
}

/**
 * Identifies one delivery of an event: Slack repeats the same body, which has an id (event_id, trigger_id).
 * undefined for searches, which may happen twice.
 */
function receiptKey(body: Record<string, unknown>): string | undefined {
  const id = body.event_id ?? body.trigger_id;
  if (body.type === 'block_suggestion' || typeof id !== 'string' || id === '') return undefined;
  return hashContent(body);
}

function createHttpReceiver(signingSecret: string, web: WebApp): ExpressReceiver {
  return new ExpressReceiver({
    signingSecret,
    app: web,
    endpoints: '/slack/events',
    logger: slackLogger,
  });
}

/** Asks Slack whose token this is. @throws Refusal 'unavailable' as `startSlack` does. */
export async function readBotIdentity(slack: Connection): Promise<BotIdentity> {
  try {
    const me = await bulkClient(slack.botToken, slack.apiUrl).auth.test();
    return {
      teamId: me.team_id ?? '',
      teamName: me.team ?? '',
      userId: me.user_id ?? '',
      botId: me.bot_id ?? '',
    };
  } catch (error) {
    throw new Refusal('unavailable', describeConnectionError(error, slack, 'SLACK_BOT_TOKEN'));
  }
}

async function connect(socket: ReconnectingSocket, slack: Connection): Promise<void> {
  try {
    await socket.start();
  } catch (error) {
    await socket.close();
    throw new Refusal('unavailable', describeConnectionError(error, slack, 'SLACK_APP_TOKEN'));
  }
}

function describeConnectionError(error: unknown, slack: Connection, variable: string): string {
  const code = slackErrorCode(error);
  if (code) {
    return `Slack refuses ${variable} (${code}). Copy it again from the app's settings, or run \`rolemine doctor\` for details.`;
  }
  const host = new URL(slack.apiUrl).host;
  return `Slack at ${host} does not answer. Check the network and SLACK_API_URL.`;
}
