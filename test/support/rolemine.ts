import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { callCommand } from '../../src/jobs/command-socket.ts';
import { openApp } from '../../src/main.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';

export interface RunningRolemine {
  slack: Sandbox;
  url: string;
  dataDir: string;
  /** Imports files (name → text) through the running program, as `rolemine import csv` does. */
  importCsv(files: Map<string, string>, map?: string[]): Promise<{ exit: number; lines: string[] }>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Makes a data folder with an empty database, which takes the program three seconds. */
export async function makeDataDir(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'rolemine-'));
  const folder = join(dataDir, 'pg');
  await mkdir(folder, { mode: 0o700 });
  await promisify(execFile)('tar', ['-xf', inject('emptyDatabase'), '-C', folder]);
  return dataDir;
}

/** Starts the whole program on the embedded database, connected to a sandbox of its own. */
export async function startRolemine(
  options: SandboxOptions & { adminEmail?: string; env?: Record<string, string> },
): Promise<RunningRolemine> {
  const dataDir = await makeDataDir();
  const slack = await startSandbox(options);
  const config = readConfig({
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
    SMTP_URL: slack.smtpUrl,
    DATA_DIR: dataDir,
    PORT: '0',
    LOG_LEVEL: 'error',
    ...(options.adminEmail ? { ADMIN_EMAIL: options.adminEmail } : {}),
    ...options.env,
  });
  let app = await openApp(config);
  return {
    slack,
    dataDir,
    get url() {
      return app.url;
    },
    importCsv: async (files, map = []) => {
      const dir = await mkdtemp(join(tmpdir(), 'rolemine-csv-'));
      for (const [name, text] of files) await writeFile(join(dir, name), text);
      const lines: string[] = [];
      const output = {
        out: (text: string) => lines.push(text),
        err: (text: string) => lines.push(text),
      };
      const exit = await callCommand(dataDir, {
        command: 'import',
        args: { dir, map, dryRun: false },
        output,
      });
      await rm(dir, { recursive: true });
      return { exit, lines };
    },
    restart: async () => {
      await app.close();
      app = await openApp(config);
    },
    close: async () => {
      await app.close();
      await slack.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
