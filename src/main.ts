import { runStoreCommand } from './cli/store-commands.ts';
import { assertSandboxIsMeant, type Config, type SlackConfig } from './config.ts';
import { checkMail } from './email/check.ts';
import { EmailDelivery } from './email/deliver.ts';
import { Refusal } from './errors.ts';
import { reconcileExpiry } from './governance/access/expiry.ts';
import type { Ctx } from './governance/context.ts';
import { ensureSuperAdmin } from './governance/people/slack-accounts.ts';
import { requeueInterruptedRuns } from './governance/role-mining/runs.ts';
import { requeueInterruptedSimulations } from './governance/simulations/run.ts';
import { serveCommands } from './jobs/command-socket.ts';
import { WorkerMiner } from './jobs/miner.ts';
import { startAnalyses } from './jobs/mining.ts';
import { startOutbox } from './jobs/outbox.ts';
import { startSchedule } from './jobs/schedule.ts';
import { surveyInWorker } from './jobs/surveyor.ts';
import { log, logBug, setLogLevel } from './log.ts';
import type { Sandbox } from './sandbox/sandbox.ts';
import { type BotIdentity, startSlack } from './slack/app.ts';
import { claimStore } from './slack/claim-store.ts';
import { pingStore } from './store/db.ts';
import { openStore, type Store } from './store/open-store.ts';
import { mountLinks } from './web/links.ts';
import { startWeb } from './web/server.ts';

/** A running Rolemine. */
export interface Running {
  /** The address of its web server, and of the sandbox if there is one. */
  url: string;
  sandbox: Sandbox | undefined;
  close(): Promise<void>;
}

/** The parts that the surfaces and the jobs share. */
interface Core {
  config: Config;
  store: Store;
  /** undefined in the sandbox. */
  bot: BotIdentity | undefined;
  miner: WorkerMiner;
  newCtx(via?: Ctx['via']): Ctx;
  /** Wakes the outbox and the analyses after a commit. */
  wake(): void;
  /** The jobs to wake, once they run. */
  wakes: (() => void)[];
  /** Close in reverse order. */
  closers: (() => Promise<void>)[];
}

type Demo = Awaited<ReturnType<typeof openSandbox>> | undefined;
type Surfaces = Awaited<ReturnType<typeof openSurfaces>>;

interface StartOptions {
  /** The operator said `--sandbox`: the sandbox may use DATABASE_URL and imported people. */
  isSandboxRequested?: boolean;
}

/**
 * Runs Rolemine until a signal stops it.
 * @throws Refusal if something that it needs is unavailable.
 */
export async function start(config: Config, options: StartOptions = {}): Promise<void> {
  keepRunning();
  const running = await openApp(config, options);
  await stopSignal();
  await running.close();
}

/** Starts everything: config → store → surfaces → jobs. `close` ends it in reverse order. */
export async function openApp(config: Config, options: StartOptions = {}): Promise<Running> {
  setLogLevel(config.logLevel);
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closeOne of closers.splice(0).reverse()) {
      await closeOne().catch((error) => void logBug('a part of the app did not close', error));
    }
  };
  try {
    return { ...(await open(config, options, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(
  config: Config,
  options: StartOptions,
  closers: (() => Promise<void>)[],
): Promise<Omit<Running, 'close'>> {
  assertSandboxIsMeant(config, options);
  await assertMailWorks(config.smtpUrl);
  const core = await openCore(config, options, closers);
  const { store, newCtx } = core;
  const demo = config.slack.mode === 'sandbox' ? await openSandbox(newCtx(), config) : undefined;
  if (demo) closers.push(demo.sandbox.close);
  const adminEmail = demo ? demo.adminEmail : config.adminEmail;
  await ensureSuperAdmin(newCtx(), adminEmail);
  const surfaces = await openSurfaces(core, demo, adminEmail);
  await startJobs(core, surfaces);
  if (store.embedded) await serveStoreCommands(core, surfaces, demo, adminEmail);
  const { url } = surfaces;
  log.info(demo ? `Rolemine is ready: open ${url}` : `Rolemine is ready on ${url}`, {
    slack: config.slack.mode,
    database: store.embedded ? 'embedded' : 'postgres',
  });
  return { url, sandbox: demo?.sandbox };
}

async function openCore(
  config: Config,
  options: StartOptions,
  closers: Core['closers'],
): Promise<Core> {
  const store = await openStore(config);
  const miner = new WorkerMiner();
  closers.push(store.close, () => miner.close());
  const wakes: Core['wakes'] = [];
  const wake = () => {
    for (const wakeOne of wakes) wakeOne();
  };
  const newCtx = (via: Ctx['via'] = 'system'): Ctx => ({
    db: store.db,
    actor: undefined,
    via,
    now: new Date(),
    timeZone: config.timeZone,
    wake,
  });
  const bot = await claimStore(newCtx(), config.slack, options);
  if (store.embedded) {
    await requeueInterruptedRuns(newCtx());
    await requeueInterruptedSimulations(newCtx());
  }
  return { config, store, bot, miner, newCtx, wake, wakes, closers };
}

async function openSurfaces(core: Core, demo: Demo, adminEmail: string | undefined) {
  const { config, store, bot, miner, newCtx, closers } = core;
  const web = await startWeb({
    port: config.port,
    // In the sandbox anybody can act as anybody, so it listens only on this machine.
    host: demo ? '127.0.0.1' : config.host,
    trustedProxies: config.trustedProxies,
    ping: () => pingStore(store.db),
    ...(demo ? { fallback: demo.sandbox.handleRequest, upgrade: demo.sandbox.handleUpgrade } : {}),
  });
  closers.push(web.close);
  demo?.sandbox.setBaseUrl(web.url);

  mountLinks(web.app, { newCtx: () => newCtx('email'), publicUrl: config.publicUrl });
  const connection = demo ? toConnection(demo.sandbox) : requireTokens(config.slack);
  const slack = await startSlack(connection, {
    newCtx: () => newCtx('slack'),
    bot,
    miner,
    adminEmail,
    web: web.app,
  });
  closers.push(slack.close);
  demo?.sandbox.setCommandHints(slack.listCommandHints);
  const email = new EmailDelivery({
    smtpUrl: config.smtpUrl ?? demo?.sandbox.smtpUrl,
    from: config.mailFrom,
    replyTo: config.mailReplyTo,
    publicUrl: config.publicUrl ?? web.url,
    timeZone: config.timeZone,
  });
  closers.push(async () => email.close());
  return { url: web.url, slack, email };
}

async function startJobs(core: Core, { slack, email }: Surfaces): Promise<void> {
  const { config, store, miner, newCtx, wake, wakes, closers } = core;
  const outbox = startOutbox({ newCtx, slack: slack.delivery, email });
  const analyses = startAnalyses({ newCtx: () => newCtx('schedule'), miner });
  wakes.push(outbox.wake, analyses.wake);
  const schedule = startSchedule({
    ...config,
    newCtx: () => newCtx('schedule'),
    slack: slack.directory,
    tidy: store.tidy,
    wake,
  });
  closers.push(outbox.close, analyses.close, schedule.close);
  // Access that expired while the app was down must not wait for the schedule.
  await reconcileExpiry(newCtx('schedule')).catch(
    (error) => void logBug('expired access could not be checked', error),
  );
}

/** Lets commands run in this process while it holds the embedded database. */
async function serveStoreCommands(
  { config, store, miner, newCtx, wake, closers }: Core,
  { slack }: Surfaces,
  demo: Demo,
  adminEmail: string | undefined,
): Promise<void> {
  const { readUsers: readSlackUsers } = slack.directory;
  const { timeZone } = config;
  const deps = {
    db: store.db,
    timeZone,
    miner,
    survey: surveyInWorker,
    wake,
    adminEmail,
    readSlackUsers,
  };
  const run = async (
    command: string,
    args: unknown,
    output: Parameters<typeof runStoreCommand>[3],
  ) => {
    const exit = await runStoreCommand(deps, command, args, output);
    await demo?.addImportedUsers(newCtx());
    return exit;
  };
  // Without the socket, for example because its path is too long, the app itself still works.
  const stopServing = await serveCommands(config.dataDir, run).catch((error) => {
    if (!(error instanceof Refusal)) throw error;
    log.warn(`The command line cannot reach this process: ${error.message}`);
  });
  if (stopServing) closers.push(stopServing);
}

/** Finds an unusable mail server at the start, not when the first mail is lost. */
async function assertMailWorks(smtpUrl: string | undefined): Promise<void> {
  if (smtpUrl === undefined) return;
  await checkMail(smtpUrl).catch((error) => {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal('unavailable', `Mail cannot be sent: ${error.message}`);
  });
}

/** Starts the sandbox. Its code is imported only here, so that none of it runs with real tokens. */
async function openSandbox(ctx: Ctx, config: Config) {
  const [{ startSandbox }, { listImportedUsers, prepareDemo }] = await Promise.all([
    import('./sandbox/sandbox.ts'),
    import('./demo.ts'),
  ]);
  const { users, adminEmail, memory } = await prepareDemo(ctx, config.dataDir, config.adminEmail);
  const sandbox = await startSandbox({ users, listen: false, memory });
  const addImportedUsers = async (ctx: Ctx) => {
    const importedUsers = await listImportedUsers(ctx, users);
    users.push(...importedUsers);
    sandbox.addUsers(importedUsers);
  };
  return { sandbox, adminEmail, addImportedUsers };
}

function toConnection(sandbox: Sandbox): Exclude<SlackConfig, { mode: 'sandbox' }> {
  const { botToken, appToken, apiUrl } = sandbox;
  return { mode: 'socket', botToken, appToken, apiUrl };
}

function requireTokens(slack: SlackConfig): Exclude<SlackConfig, { mode: 'sandbox' }> {
  if (slack.mode === 'sandbox') throw new Error('no Slack tokens');
  return slack;
}

/**
 * Slack's socket client rejects promises that nobody handles (docs/slack.md#socket-mode). That must
 * not end the process.
 */
function keepRunning(): void {
  process.on('unhandledRejection', (error) => void logBug('unhandled promise rejection', error));
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        log.info('stopping', { signal });
        resolve();
      });
    }
  });
}
