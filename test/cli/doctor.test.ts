import { afterEach, describe, expect, it } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';
import { neededScopes } from '../../src/slack/check.ts';
import { createFolder, runRolemine } from './command-line.ts';

describe('doctor', () => {
  const openSandboxes: Sandbox[] = [];
  afterEach(async () => {
    for (const sandbox of openSandboxes.splice(0)) await sandbox.close();
  });

  /** Runs doctor against a sandbox Slack and a real mail server; returns its lines. */
  async function doctor(
    options: Partial<SandboxOptions> = {},
    change: Record<string, string> = {},
  ) {
    const sandbox = await startSandbox({ users: [], scopes: [...neededScopes], ...options });
    openSandboxes.push(sandbox);
    const { exit, out } = await runRolemine(['doctor'], {
      SLACK_BOT_TOKEN: sandbox.botToken,
      SLACK_APP_TOKEN: sandbox.appToken,
      SLACK_API_URL: sandbox.apiUrl,
      SMTP_URL: sandbox.smtpUrl,
      DATA_DIR: createFolder(),
      ...change,
    });
    return { exit, lines: out.split('\n') };
  }

  it('finds no problems without any settings', async () => {
    const { exit, out } = await runRolemine(['doctor'], { DATA_DIR: createFolder() });
    expect(out.split('\n')).toEqual([
      'ok configuration',
      expect.stringMatching(/^ok Slack: no tokens are set/),
      expect.stringMatching(/^ok database: embedded; the first start creates it/),
      expect.stringMatching(/^ok mail: .* the sandbox has its own mailbox/),
      expect.stringMatching(/^ok public address: http:\/\/localhost:3000/),
    ]);
    expect(exit).toBe(0);
  });

  it('passes with a connected workspace and a mail server', async () => {
    const { exit, lines } = await doctor();
    expect(lines).toContain('ok Slack bot token: rolemine in Sandbox, with every scope it needs');
    expect(lines).toContain('ok Slack app token: Socket Mode opens');
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^ok mail: the mail server at 127\.0\.0\.1.*; sender .*; replies are not read$/,
      ),
    );
    expect(exit).toBe(0);
  });

  it('names missing scopes and how to add them', async () => {
    const { exit, lines } = await doctor({ scopes: ['chat:write', 'commands', 'users:read'] });
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^problem Slack bot token: the bot token lacks the scopes im:write, im:history, users:read\.email: .*reinstall/,
      ),
    );
    expect(exit).toBe(1);
  });

  it('names the token that Slack rejects and where to get another', async () => {
    const { lines } = await doctor({}, { SLACK_BOT_TOKEN: 'xoxb-no', SLACK_APP_TOKEN: 'xapp-no' });
    const problems = lines.filter((line) => line.startsWith('problem'));
    expect(problems).toEqual([
      expect.stringMatching(
        /^problem Slack bot token: .*\(invalid_auth\): copy the Bot User OAuth/,
      ),
      expect.stringMatching(
        /^problem Slack app token: .*\(invalid_auth\): create an app-level token/,
      ),
    ]);
  });

  it('continues after a problem, and reports each in one line', async () => {
    const { exit, lines } = await doctor(
      {},
      {
        SLACK_API_URL: 'http://127.0.0.1:59999/api/',
        DATABASE_URL: 'postgres://ana:topsecret@127.0.0.1:59999/db',
        SMTP_URL: 'smtp://ana:topsecret@127.0.0.1:59999',
      },
    );
    expect(lines.filter((line) => line.startsWith('problem'))).toHaveLength(4);
    expect(lines.join()).not.toContain('topsecret');
    expect(exit).toBe(1);
  });

  it('stops at invalid settings, with one line for each', async () => {
    const { exit, lines } = await doctor({}, { PORT: 'x', TZ: 'y' });
    expect(lines.slice(0, 2)).toEqual([
      expect.stringMatching(/^problem configuration: PORT should be/),
      expect.stringMatching(/^problem configuration: TZ should be/),
    ]);
    expect(exit).toBe(1);
  });

  it('requires an address that Slack can reach if Slack calls over HTTP', async () => {
    const http = { SLACK_APP_TOKEN: '', SLACK_API_URL: '', SLACK_SIGNING_SECRET: '12345678' };
    const addressLine = async (url: string) => {
      // The host does not exist, so the token check fails at once. Only the address matters here.
      const change = { ...http, SLACK_API_URL: 'http://slack.invalid/api/', PUBLIC_URL: url };
      return (await doctor({}, change)).lines.find((line) => line.includes('public address'));
    };
    expect(await addressLine('http://localhost:3000')).toMatch(
      /^problem .* reachable only from this machine/,
    );
    expect(await addressLine('http://rolemine.example.com')).toMatch(/^problem .* is not HTTPS/);
    expect(await addressLine('https://rolemine.example.com')).toMatch(/^ok /);
  });
});
