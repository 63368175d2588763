import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { SandboxActor } from './actor.ts';
import { type Mail, Mailbox, type MailFailRule } from './mail.ts';
import { PageApi } from './page-api.ts';
import { router } from './routes.ts';
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
  wireUser,
} from './slack/users.ts';
import { Views } from './slack/views.ts';
import { type RecordedCall, WebApi } from './slack/web-api.ts';
import { Workspace } from './slack/workspace.ts';

export interface SandboxOptions {
  users: SandboxUser[];
  team?: Team;
  userGroups?: SlackUserGroup[];
  /** Whether it opens a port of its own (on 127.0.0.1); true unless given. Without it, mount it and `setBaseUrl`. */
  listen?: boolean;
  /** 0 or nothing: any free one. */
  port?: number;
  /** Milliseconds; the clock of triggers, timestamps and rate limits. */
  clock?: () => number;
  rateLimits?: 'slack' | 'off';
  /** Sends events and interactions as signed HTTP requests instead of over Socket Mode. */
  http?: { requestUrl: string };
  /** How long the app may take to acknowledge; Slack's 3 s unless given. */
  ackTimeoutMs?: number;
  /** The app's slash commands; `/rolemine` unless given. */
  commands?: string[];
  /** The bot token's scopes; all it could use unless given. */
  scopes?: string[];
  /** Whether the app may write direct messages at all; true unless given. */
  isMessagesTabOn?: boolean;
}

/** A running sandbox. */
export interface Sandbox {
  /** The address of the page. */
  readonly url: string;
  /** `SLACK_API_URL` for it; ends in `/api/`. */
  readonly apiUrl: string;
  readonly smtpUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  readonly teamId: string;
  readonly botUserId: string;
  /** The app's Web API calls, oldest first. */
  readonly calls: readonly RecordedCall[];
  /** Open Socket Mode connections. */
  readonly connections: () => number;
  setBaseUrl(url: string): void;
  /** Takes the request when it is the sandbox's; returns whether it was. Call it before any body is read. */
  handleRequest(request: IncomingMessage, response: ServerResponse): boolean;
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  /** Adds people without telling the app. */
  addUsers(users: SandboxUser[]): SlackPerson[];
  /** Adds somebody and tells the app: `team_join`. */
  join(user: SandboxUser): Promise<SlackPerson>;
  /** Changes somebody and tells the app: `user_change`. */
  changeUser(idOrEmail: string, change: Partial<SandboxUser>): Promise<SlackPerson>;
  /** Somebody at their Slack, by id, e-mail or handle. @throws Error when there is nobody */
  as(idOrEmail: string): SandboxActor;
  /** All e-mail that arrived, oldest first; of one recipient when given. */
  mails(to?: string): Mail[];
  /** Orders trouble; the returned function takes it back. */
  fail(rule: FailRule): () => void;
  failMail(rule: MailFailRule): () => void;
  close(): Promise<void>;
}

const SCOPES = [
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
const TEAM: Team = { id: 'T0SANDBOX', name: 'Sandbox', domain: 'rolemine-sandbox' };

/** Starts a local Slack workspace and mailbox. It is reachable from this machine only. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const now = options.clock ?? Date.now;
  const workspace = new Workspace(options.team ?? TEAM, now);
  for (const user of options.users) workspace.addPerson(user);
  workspace.userGroups.push(...(options.userGroups ?? []));
  const views = new Views(workspace);
  const failures = new Failures();
  const files = new Map<string, UploadedFile>();
  const tokens = {
    botToken: 'xoxb-sandbox-bot-token',
    appToken: 'xapp-1-A0ROLEMINE1-sandbox-app-token',
    signingSecret: 'sandbox-signing-secret',
  };
  let base = '';
  const baseUrl = () => {
    if (!base) throw new Error('The sandbox has no address yet: call setBaseUrl first');
    return base;
  };
  const ackTimeoutMs = options.ackTimeoutMs ?? 3_000;
  const socketLink = new SocketLink({ appId: workspace.appId, failures, baseUrl, ackTimeoutMs });
  const link = options.http
    ? new HttpLink({ ...options.http, signingSecret: tokens.signingSecret, ackTimeoutMs })
    : socketLink;
  const interactions = new Interactions({
    workspace,
    views,
    link,
    baseUrl,
    commands: options.commands ?? ['/rolemine'],
  });
  const mailbox = new Mailbox(now, (mail) => {
    for (const to of mail.to) workspace.changed(workspace.find(to)?.id ?? '', 'mail');
  });
  const smtpUrl = await mailbox.listen();
  const webApi = new WebApi({
    context: {
      workspace,
      views,
      files,
      scopes: options.scopes ?? SCOPES,
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
    if (!person) throw new Error(`There is nobody called “${idOrEmail}” in the sandbox`);
    return new SandboxActor(person, workspace, views, interactions);
  };
  const page = new PageApi({ workspace, mailbox, files, actor: as });
  const route = router({ webApi, page, workspace, files });
  const handleUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    socketLink.handleUpgrade(request, socket, head);

  const server =
    options.listen === false
      ? undefined
      : createServer((request, response) => {
          if (!route(request, response)) response.writeHead(404).end();
        });
  if (server) base = await listenOnLoopback(server, options.port ?? 0, handleUpgrade);

  return {
    ...tokens,
    smtpUrl,
    teamId: workspace.team.id,
    botUserId: workspace.botUserId,
    calls: webApi.calls,
    connections: () => socketLink.connections,
    get url() {
      return `${baseUrl()}/`;
    },
    get apiUrl() {
      return `${baseUrl()}/api/`;
    },
    setBaseUrl: (url) => {
      base = url.replace(/\/$/, '');
    },
    handleRequest: route,
    handleUpgrade,
    addUsers: (users) => users.map((user) => workspace.addPerson(user)),
    join: async (user) => {
      const person = workspace.addPerson(user);
      await interactions.event({ type: 'team_join', user: wireUser(person, workspace.team) });
      return person;
    },
    changeUser: async (idOrEmail, change) => {
      const { person } = as(idOrEmail);
      Object.assign(person, change);
      workspace.changed(person.id, 'people');
      await interactions.event({ type: 'user_change', user: wireUser(person, workspace.team) });
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
    close: async () => {
      page.close();
      socketLink.close();
      server?.closeAllConnections();
      await Promise.all([mailbox.close(), server && new Promise((done) => server.close(done))]);
    },
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
