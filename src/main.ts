import { runStoreCommand } from './cli/store-commands.ts';
import type { Config, SlackConfig } from './config.ts';
import { checkMail } from './email/check.ts';
import { EmailDelivery } from './email/deliver.ts';
import { Refusal } from './errors.ts';
import { watchEnds } from './governance/access/expiry.ts';
import type { Ctx } from './governance/context.ts';
import { ensureSuperAdmin } from './governance/people/slack-accounts.ts';
import { requeueInterrupted } from './governance/role-mining/runs.ts';
import { requeueInterruptedSimulations } from './governance/simulations/run.ts';
import { serveCommands } from './jobs/command-socket.ts';
import { WorkerMiner } from './jobs/miner.ts';
import { startAnalyses } from './jobs/mining.ts';
import { startOutbox } from './jobs/outbox.ts';
import { startSchedule } from './jobs/schedule.ts';
import { surveyInWorker } from './jobs/surveyor.ts';
import { log, logBug, setLogLevel } from './log.ts';
import type { Sandbox } from './sandbox/sandbox.ts';
import { startSlack } from './slack/app.ts';
import { pingStore } from './store/db.ts';
import { openStore } from './store/open-store.ts';
import { mountLinks } from './web/links.ts';
import { startWeb } from './web/server.ts';

/** A running Rolemine. */
export interface Running {
  /** Where its web server (and the sandbox, if there is one) can be reached. */
  url: string;
  sandbox: Sandbox | undefined;
  close(): Promise<void>;
}

/**
 * Runs Rolemine until it is told to stop.
 * @throws Refusal with the sentence to show when something it needs cannot be had.
 */
export async function start(config: Config): Promise<void> {
  keepRunning();
  const running = await openApp(config);
  await stopSignal();
  await running.close();
}

/** Starts everything: config → store → surfaces → jobs; `close` ends it in reverse order. */
export async function openApp(config: Config): Promise<Running> {
  setLogLevel(config.logLevel);
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const one of closers.splice(0).reverse()) {
      await one().catch((error) => void logBug('something did not close', error));
    }
  };
  try {
    return { ...(await open(config, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(
  config: Config,
  closers: (() => Promise<void>)[],
): Promise<Omit<Running, 'close'>> {
  await requireMail(config.smtpUrl);
  const store = await openStore(config);
  const miner = new WorkerMiner();
  closers.push(store.close, () => miner.close());
  const wakes: (() => void)[] = [];
  const wake = () => {
    for (const one of wakes) one();
  };
  const newCtx = (via: Ctx['via'] = 'system'): Ctx => ({
    db: store.db,
    actor: undefined,
    via,
    now: new Date(),
    wake,
  });
  if (store.embedded) {
    await requeueInterrupted(newCtx());
    await requeueInterruptedSimulations(newCtx());
  }

  const demo = config.slack.mode === 'sandbox' ? await openSandbox(newCtx(), config) : undefined;
  if (demo) closers.push(demo.sandbox.close);
  const adminEmail = demo ? demo.adminEmail : config.adminEmail;
  await ensureSuperAdmin(newCtx(), adminEmail);

  const web = await startWeb({
    port: config.port,
    // The sandbox lets anybody act as anybody: it is for this machine alone.
    host: demo ? '127.0.0.1' : '0.0.0.0',
    ping: () => pingStore(store.db),
    ...(demo ? { fallback: demo.sandbox.handleRequest, upgrade: demo.sandbox.handleUpgrade } : {}),
  });
  closers.push(web.close);
  demo?.sandbox.setBaseUrl(web.url);

  mountLinks(web.app, { newCtx: () => newCtx('email'), timeZone: config.timeZone });
  const slack = await startSlack(demo ? connectionTo(demo.sandbox) : connectionOf(config.slack), {
    newCtx: () => newCtx('slack'),
    miner,
    adminEmail,
    web: web.app,
  });
  closers.push(slack.close);
  const email = new EmailDelivery({
    smtpUrl: config.smtpUrl ?? demo?.sandbox.smtpUrl,
    from: config.mailFrom,
    replyTo: config.mailReplyTo,
    publicUrl: config.publicUrl ?? web.url,
    timeZone: config.timeZone,
  });
  closers.push(async () => email.close());

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
  // What ended while nothing ran is not to wait for the clock.
  await watchEnds(newCtx('schedule')).catch(
    (error) => void logBug('the ends of access could not be looked at', error),
  );

  if (store.embedded) {
    const { readUsers: readSlackUsers } = slack.directory;
    const deps = { db: store.db, miner, survey: surveyInWorker, wake, adminEmail, readSlackUsers };
    const run = async (
      command: string,
      args: unknown,
      output: Parameters<typeof runStoreCommand>[3],
    ) => {
      const exit = await runStoreCommand(deps, command, args, output);
      await demo?.meetNewcomers(newCtx());
      return exit;
    };
    // Without the socket (a path too long for one) the app itself is as good as with it.
    const stopServing = await serveCommands(config.dataDir, run).catch((error) => {
      if (!(error instanceof Refusal)) throw error;
      log.warn(`Commands cannot talk to this process: ${error.message}`);
    });
    if (stopServing) closers.push(stopServing);
  }
  log.info(demo ? `Rolemine is ready: open ${web.url}` : `Rolemine is ready on ${web.url}`, {
    slack: config.slack.mode,
    database: store.embedded ? 'embedded' : 'postgres',
  });
  return { url: web.url, sandbox: demo?.sandbox };
}

/** A mail server that cannot be used is found at the start, not when the first mail is lost. */
async function requireMail(smtpUrl: string | undefined): Promise<void> {
  if (smtpUrl === undefined) return;
  await checkMail(smtpUrl).catch((error) => {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal('unavailable', `Mail cannot be sent: ${error.message}`);
  });
}

/** The local Slack of a newcomer. Loaded only here: with real tokens none of its code runs. */
async function openSandbox(ctx: Ctx, config: Config) {
  const [{ startSandbox }, { listImportedUsers, prepareDemo }] = await Promise.all([
    import('./sandbox/sandbox.ts'),
    import('./demo.ts'),
  ]);
  const { users, adminEmail } = await prepareDemo(ctx, config.dataDir, config.adminEmail);
  const sandbox = await startSandbox({ users, listen: false });
  const meetNewcomers = async (ctx: Ctx) => {
    const newcomers = await listImportedUsers(ctx, users);
    users.push(...newcomers);
    sandbox.addUsers(newcomers);
  };
  return { sandbox, adminEmail, meetNewcomers };
}

function connectionTo(sandbox: Sandbox): Exclude<SlackConfig, { mode: 'sandbox' }> {
  const { botToken, appToken, apiUrl } = sandbox;
  return { mode: 'socket', botToken, appToken, apiUrl };
}

function connectionOf(slack: SlackConfig): Exclude<SlackConfig, { mode: 'sandbox' }> {
  if (slack.mode === 'sandbox') throw new Error('no Slack tokens');
  return slack;
}

/** Slack's socket client rejects promises nobody holds (docs/slack.md#socket-mode); that must not end the process. */
function keepRunning(): void {
  process.on('unhandledRejection', (error) => void logBug('a promise was rejected unseen', error));
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
