import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { assertSandboxIsMeant, type Config, loadEnvFile, parseConfig } from '../config.ts';
import { checkMail } from '../email/check.ts';
import { Refusal } from '../errors.ts';
import type { Workspace } from '../governance/people/store-identity.ts';
import type { Output } from '../jobs/command-socket.ts';
import { checkAppToken, checkBotToken, readWorkspace } from '../slack/check.ts';
import { isOpenToOthers } from '../store/folder-lock.ts';
import type { CheckArgs } from './check-store.ts';
import { runOnStore } from './on-store.ts';

/**
 * @returns a description of a passed check.
 * @throws Refusal with a sentence that says what to fix.
 */
type Check = [name: string, run: () => Promise<string>];

/**
 * Checks everything Rolemine needs, one after another, and prints one line for each check.
 * @returns the exit code: 1 if there is a problem.
 */
export async function runDoctor(output: Output): Promise<number> {
  loadEnvFile();
  const read = parseConfig();
  if ('problems' in read) {
    for (const problem of read.problems) output.out(`problem configuration: ${problem}`);
    output.out('Nothing else was checked. Fix this first.');
    return 1;
  }
  output.out('ok configuration');
  let exit = 0;
  for (const [name, run] of listChecks(read.config)) {
    try {
      output.out(`ok ${name}: ${await run()}`);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      output.out(`problem ${name}: ${error.message}`);
      exit = 1;
    }
  }
  return exit;
}

function listChecks(config: Config): Check[] {
  return [
    ...listSlackChecks(config),
    ['database', () => checkDatabase(config)],
    ['mail', async () => checkMailServer(config)],
    ['public address', async () => checkPublicUrl(config)],
  ];
}

function listSlackChecks(config: Config): Check[] {
  const { slack } = config;
  if (slack.mode === 'sandbox') return [['Slack', async () => checkSandbox(config)]];
  const token: Check = ['Slack bot token', () => checkBotToken(slack)];
  if (slack.mode === 'http') return [token];
  return [token, ['Slack app token', () => checkAppToken(slack)]];
}

function checkSandbox(config: Config): string {
  assertSandboxIsMeant(config);
  return 'no tokens are set; rolemine start runs the sandbox';
}

async function checkDatabase(config: Config): Promise<string> {
  if (config.databaseUrl === undefined && !existsSync(join(config.dataDir, 'pg'))) {
    return checkNewFolder(config.dataDir);
  }
  const wasOpen = config.databaseUrl === undefined && isOpenToOthers(config.dataDir);
  const lines: string[] = [];
  const record = (line: string) => void lines.push(line);
  const use: CheckArgs = { hasTokens: config.slack.mode !== 'sandbox' };
  const workspace = await findWorkspace(config);
  if (workspace) use.workspace = workspace;
  const exit = await runOnStore(config, 'check', use, { out: record, err: record });
  if (exit !== 0) throw new Refusal('unavailable', lines.join(' '));
  if (wasOpen) lines.push(`Other users could read ${config.dataDir}; it is private now.`);
  return lines.join(' ');
}

/** The workspace of the tokens; undefined if Slack does not name it. The checks of Slack report why. */
async function findWorkspace({ slack }: Config): Promise<Workspace | undefined> {
  if (slack.mode === 'sandbox') return undefined;
  try {
    return await readWorkspace(slack);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** Doctor must not create the database. It checks only whether the first start can. */
function checkNewFolder(dataDir: string): string {
  let folder = resolve(dataDir);
  while (!existsSync(folder)) folder = dirname(folder);
  try {
    // With the slash a file in place of the folder also fails.
    accessSync(`${folder}/`, constants.W_OK);
  } catch {
    const sentence = `${dataDir} cannot be created because ${folder} is not writable. Set DATA_DIR to another folder.`;
    throw new Refusal('unavailable', sentence);
  }
  return `embedded; the first start creates it in ${dataDir}`;
}

async function checkMailServer({ smtpUrl, slack, mailFrom, mailReplyTo }: Config): Promise<string> {
  if (smtpUrl !== undefined) {
    const replies = mailReplyTo ? `replies go to ${mailReplyTo}` : 'replies are not read';
    return `${await checkMail(smtpUrl)}; sender ${mailFrom}; ${replies}`;
  }
  if (slack.mode === 'sandbox') return 'SMTP_URL is not set; the sandbox has its own mailbox';
  return 'off; set SMTP_URL to reach people outside Slack';
}

function checkPublicUrl({ publicUrl, port, slack }: Config): string {
  if (publicUrl === undefined) return `any free port on this machine (PORT=${port})`;
  const isLocal = isThisMachine(publicUrl);
  if (slack.mode === 'http' && !isThisMachine(slack.apiUrl)) {
    const limitation = isLocal
      ? 'reachable only from this machine'
      : !publicUrl.startsWith('https:') && 'not HTTPS';
    if (limitation) {
      const sentence = `${publicUrl} is ${limitation}, but Slack must reach it over HTTPS. Set PUBLIC_URL to such an address, or use Socket Mode (SLACK_APP_TOKEN).`;
      throw new Refusal('invalid', sentence);
    }
  }
  return isLocal
    ? `${publicUrl}, reachable only from this machine; set PUBLIC_URL for others`
    : publicUrl;
}

function isThisMachine(url: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|.*\.localhost)$/.test(new URL(url).hostname);
}
