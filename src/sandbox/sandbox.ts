import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { SandboxActor } from './actor.ts';
import { type Mail, Mailbox, type MailFailRule } from './mail.ts';
import type { SandboxMemory } from './memory.ts';
import { type ListCommandHints, PageApi } from './page-api.ts';
import { createRouter } from './routes.ts';
import { type FailRule, Failures } from './slack/failures.ts';
import { HttpLink } from './slack/http-link.ts';
import { Interactions } from './slack/interactions.ts';
import type { UploadedFile } from './slack/method.ts';
import { SocketLink } from './slack/socket-link.ts';
import {
  type SandboxUser,
  type SlackPerson,
  type SlackUserGroup,
  type Team,
  toWireUser,
} from './slack/users.ts';
import { Views } from './slack/views.ts';
import { type RecordedCall, WebApi } from './slack/web-api.ts';
import { SandboxWorkspace } from './slack/workspace.ts';

export interface SandboxOptions {
  users: SandboxUser[];
  team?: Team;
  userGroups?: SlackUserGroup[];
  /** Whether to open a port on 127.0.0.1; default: true. Otherwise mount it and call `setBaseUrl`. */
  listen?: boolean;
  /** Default: any free port. */
  port?: number;
  /** Milliseconds; the clock of triggers, timestamps and rate limits. */
  clock?: () => number;
  rateLimits?: 'slack' | 'off';
  /** Sends events and interactions as signed HTTP requests instead of over Socket Mode. */
  http?: { requestUrl: string; signingSecret?: string };
  /** Maximum time for the app's acknowledgments; default: Slack's 3 s. */
  ackTimeoutMs?: number;
  /** The app's slash commands; default: `/rolemine`. */
  commands?: string[];
  /** The bot token's scopes; default: all that the app could use. */
  scopes?: string[];
  /** Whether the app may send direct messages; default: true. */
  isMessagesTabOn?: boolean;
  /** Conversations and mail that outlast a restart; default: none. */
  memory?: SandboxMemory;
}

/** A running sandbox. */
export interface Sandbox {
  /** The address of the page. */
  readonly url: string;
  /** The `SLACK_API_URL` of the sandbox; ends in `/api/`. */
  readonly apiUrl: string;
  readonly smtpUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  readonly teamId: string;
  readonly botUserId: string;
  /** The app's Web API calls, oldest first. */
  readonly calls: readonly RecordedCall[];
  /** Number of open Socket Mode connections. */
  readonly connections: () => number;
  setBaseUrl(url: string): void;
  /** Says which commands a person can use; until then the page completes none. */
  setCommandHints(list: ListCommandHints): void;
  /** Handles the sandbox's own requests; returns whether this was one. Call it before reading the body. */
  handleRequest(request: IncomingMessage, response: ServerResponse): boolean;
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  /** Adds people without an event to the app. */
  addUsers(users: SandboxUser[]): SlackPerson[];
  /** Adds a person and sends the event `team_join`. */
  join(user: SandboxUser): Promise<SlackPerson>;
  /** Changes a person and sends the event `user_change`. */
  changeUser(idOrEmail: string, change: Partial<SandboxUser>): Promise<SlackPerson>;
  /** Acts as a person, by id, e-mail or handle. @throws Error no such person */
  as(idOrEmail: string): SandboxActor;
  /** All e-mail that arrived, oldest first; optionally of one recipient. */
  mails(to?: string): Mail[];
  /** Injects a failure; the returned function removes it. */
  fail(rule: FailRule): () => void;
  failMail(rule: MailFailRule): () => void;
  close(): Promise<void>;
}

const defaultScopes = [
  'chat:write',
  'commands',
  'im:write',
  'im:read',
  'im:history',
  'users:read',
  'users:read.email',
  'team:read',
  'usergroups:read',
  'files:write',
  'reactions:write',
];
const defaultTeam: Team = { id: 'T0SANDBOX', name: 'Sandbox', domain: 'rolemine-sandbox' };
/** Tokens that no other program on this machine can know. */
function createTokens(signingSecret: string | undefined) {
  const secret = () => randomBytes(24).toString('hex');
  return {
    botToken: `xoxb-sandbox-${secret()}`,
    appToken: `xapp-1-A0ROLEMINE1-${secret()}`,
    signingSecret: signingSecret ?? secret(),
  };
}

/** Starts a local Slack workspace and mailbox. They are reachable only from this machine. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const now = options.clock ?? Date.now;
  const workspace = new SandboxWorkspace(options.team ?? defaultTeam, now);
  for (const user of options.users) workspace.addPerson(user);
  workspace.userGroups.push(...(options.userGroups ?? []));
  const mailbox = new Mailbox(now, (mail) => {
    for (const to of mail.to) workspace.notifyChange(workspace.find(to)?.id ?? '', 'mail');
  });
  const smtpUrl = await mailbox.listen();
  const parts = connectParts(options, workspace, mailbox);
  const { address, socketLink, route } = parts;
  options.memory?.attach(parts);
  const handleUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    socketLink.handleUpgrade(request, socket, head);
  const server =
    options.listen === false
      ? undefined
      : createServer((request, response) => {
          if (!route(request, response)) response.writeHead(404).end();
        });
  if (server) address.set(await listenOnLoopback(server, options.port ?? 0, handleUpgrade));
  const close = async () => {
    parts.page.close();
    socketLink.close();
    await options.memory?.close();
    server?.closeAllConnections();
    await Promise.all([mailbox.close(), server && new Promise((done) => server.close(done))]);
  };
  return toSandbox(parts, { smtpUrl, handleUpgrade, close });
}

/** The base URL of the sandbox, which is known only once a server listens. */
function createAddress() {
  let base = '';
  return {
    get: () => {
      if (!base) throw new Error('The sandbox has no address yet: call setBaseUrl first');
      return base;
    },
    set: (url: string) => {
      base = url.replace(/\/$/, '');
    },
  };
}

function connectParts(options: SandboxOptions, workspace: SandboxWorkspace, mailbox: Mailbox) {
  const tokens = createTokens(options.http?.signingSecret);
  const views = new Views(workspace);
  const failures = new Failures();
  const files = new Map<string, UploadedFile>();
  const address = createAddress();
  const baseUrl = address.get;
  const ackTimeoutMs = options.ackTimeoutMs ?? 3_000;
  const socketLink = new SocketLink({ appId: workspace.appId, failures, baseUrl, ackTimeoutMs });
  const link = options.http
    ? new HttpLink({ ...options.http, signingSecret: tokens.signingSecret, ackTimeoutMs })
    : socketLink;
  const commands = options.commands ?? ['/rolemine'];
  const interactions = new Interactions({ workspace, views, link, baseUrl, commands });
  const webApi = new WebApi({
    context: {
      workspace,
      views,
      files,
      scopes: options.scopes ?? defaultScopes,
      isMessagesTabOn: options.isMessagesTabOn ?? true,
      openSocketUrl: () => socketLink.openUrl(),
    },
    baseUrl,
    failures,
    rateLimits: options.rateLimits ?? 'slack',
    ...tokens,
  });
  const as = (idOrEmail: string) => {
    const person = workspace.find(idOrEmail);
    if (!person) throw new Error(`There is no person “${idOrEmail}” in the sandbox`);
    return new SandboxActor(person, workspace, views, interactions);
  };
  const page = new PageApi({ workspace, mailbox, files, actor: as });
  const route = createRouter({ webApi, page, workspace, files });
  return {
    workspace,
    views,
    files,
    mailbox,
    failures,
    address,
    socketLink,
    interactions,
    webApi,
    as,
    page,
    route,
    tokens,
  };
}

function toSandbox(
  parts: ReturnType<typeof connectParts>,
  server: Pick<Sandbox, 'smtpUrl' | 'handleUpgrade' | 'close'>,
): Sandbox {
  const { workspace, mailbox, failures, address, socketLink, interactions, webApi, as, page } =
    parts;
  return {
    ...parts.tokens,
    ...server,
    teamId: workspace.team.id,
    botUserId: workspace.botUserId,
    calls: webApi.calls,
    connections: () => socketLink.connections,
    get url() {
      return `${address.get()}/`;
    },
    get apiUrl() {
      return `${address.get()}/api/`;
    },
    setBaseUrl: address.set,
    setCommandHints: (list) => page.setCommandHints(list),
    handleRequest: parts.route,
    addUsers: (users) => users.map((user) => workspace.addPerson(user)),
    join: async (user) => {
      const person = workspace.addPerson(user);
      await interactions.event({ type: 'team_join', user: toWireUser(person, workspace.team) });
      return person;
    },
    changeUser: async (idOrEmail, change) => {
      const { person } = as(idOrEmail);
      Object.assign(person, change);
      workspace.notifyChange(person.id, 'people');
      await interactions.event({ type: 'user_change', user: toWireUser(person, workspace.team) });
      return person;
    },
    as,
    mails: (to) => mailbox.mails.filter((mail) => !to || mail.to.includes(to)),
    fail: (rule) => {
      const undo = failures.add(rule);
      if (rule.kind === 'disconnect') socketLink.disconnect();
      if (rule.kind === 'offline' && !rule.method) socketLink.cut();
      return undo;
    },
    failMail: (rule) => mailbox.fail(rule),
  };
}

async function listenOnLoopback(
  server: Server,
  port: number,
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean,
): Promise<string> {
  server.on('upgrade', (request, socket, head) => {
    if (!upgrade(request, socket, head)) socket.destroy();
  });
  const listening = once(server, 'listening');
  server.listen(port, '127.0.0.1');
  await listening;
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : address}`;
}
