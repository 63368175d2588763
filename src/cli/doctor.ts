import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Config, loadEnvFile, parseConfig } from '../config.ts';
import { checkMail } from '../email/check.ts';
import { Refusal } from '../errors.ts';
import type { Output } from '../jobs/command-socket.ts';
import { checkAppToken, checkBotToken } from '../slack/check.ts';
import { runOnStore } from './on-store.ts';

/** @returns what was found to be well. @throws Refusal whose sentence says what to mend. */
type Check = [name: string, run: () => Promise<string>];

/**
 * Checks one after the other what Rolemine needs, and prints one line for each.
 * @returns the exit code: 1 when there is a problem.
 */
export async function doctor(output: Output): Promise<number> {
  loadEnvFile();
  const read = parseConfig();
  if ('problems' in read) {
    for (const problem of read.problems) output.out(`problem configuration: ${problem}`);
    output.out('Nothing else can be checked before that is mended.');
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
    ['mail', async () => checkMailOf(config)],
    ['public address', async () => checkPublicUrl(config)],
  ];
}

function listSlackChecks({ slack }: Config): Check[] {
  if (slack.mode === 'sandbox') {
    return [['Slack', async () => 'no tokens are set; rolemine start brings a sandbox']];
  }
  const token: Check = ['Slack bot token', () => checkBotToken(slack)];
  if (slack.mode === 'http') return [token];
  return [token, ['Slack app token', () => checkAppToken(slack)]];
}

async function checkDatabase(config: Config): Promise<string> {
  if (config.databaseUrl === undefined && !existsSync(join(config.dataDir, 'pg'))) {
    return checkNewFolder(config.dataDir);
  }
  const lines: string[] = [];
  const keep = (line: string) => void lines.push(line);
  const exit = await runOnStore(config, 'check', {}, { out: keep, err: keep });
  if (exit !== 0) throw new Refusal('unavailable', lines.join(' '));
  return lines.join(' ');
}

/** Making the database is left to the first start; that it could be made can be told. */
function checkNewFolder(dataDir: string): string {
  let folder = resolve(dataDir);
  while (!existsSync(folder)) folder = dirname(folder);
  try {
    // With the slash a file in the place of a folder is refused, too.
    accessSync(`${folder}/`, constants.W_OK);
  } catch {
    const sentence = `${dataDir} cannot be made, since ${folder} cannot be written: set DATA_DIR to another folder.`;
    throw new Refusal('unavailable', sentence);
  }
  return `embedded; the first start makes it in ${dataDir}`;
}

async function checkMailOf({ smtpUrl, slack, mailFrom, mailReplyTo }: Config): Promise<string> {
  if (smtpUrl !== undefined) {
    const replies = mailReplyTo ? `replies go to ${mailReplyTo}` : 'replies are not read';
    return `${await checkMail(smtpUrl)}; it is from ${mailFrom}, and ${replies}`;
  }
  if (slack.mode === 'sandbox') return 'SMTP_URL is not set; the sandbox has a mailbox of its own';
  return 'off, so nobody outside Slack is told anything; set SMTP_URL to reach them';
}

function checkPublicUrl({ publicUrl, port, slack }: Config): string {
  if (publicUrl === undefined) return `any free port of this machine (PORT=${port})`;
  const isNear = isThisMachine(publicUrl);
  if (slack.mode === 'http' && !isThisMachine(slack.apiUrl)) {
    const fault = isNear ? 'this machine only' : !publicUrl.startsWith('https:') && 'no HTTPS';
    if (fault) {
      const sentence = `${publicUrl} is ${fault}, and Slack has to reach it by HTTPS: set PUBLIC_URL to such an address, or use Socket Mode (SLACK_APP_TOKEN).`;
      throw new Refusal('invalid', sentence);
    }
  }
  return isNear ? `${publicUrl}, for this machine only; set PUBLIC_URL for others` : publicUrl;
}

function isThisMachine(url: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|.*\.localhost)$/.test(new URL(url).hostname);
}
