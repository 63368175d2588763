import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Environment, parseConfig, readConfig, variableNames } from '../src/config.ts';

const socket = { SLACK_BOT_TOKEN: 'xoxb-1-a', SLACK_APP_TOKEN: 'xapp-1-a' };

function listProblems(environment: Environment): string[] {
  const read = parseConfig(environment);
  return 'problems' in read ? read.problems : [];
}

describe('the configuration', () => {
  it('needs no variables', () => {
    expect(readConfig({})).toMatchObject({
      slack: { mode: 'sandbox' },
      databaseUrl: undefined,
      dataDir: './data',
      smtpUrl: undefined,
      mailFrom: 'Rolemine <rolemine@localhost>',
      mailReplyTo: undefined,
      port: 3000,
      publicUrl: 'http://localhost:3000',
      adminEmail: undefined,
      miningSchedule: '30 4 * * *',
      logLevel: 'info',
    });
  });

  it('treats an empty variable as unset', () => {
    const empty = Object.fromEntries(variableNames.map((name) => [name, ' ']));
    expect(readConfig(empty)).toEqual(readConfig({}));
  });

  it('lists every invalid variable at once with the expected form', () => {
    const problems = listProblems({
      SLACK_BOT_TOKEN: 'xapp-1-topsecret',
      SLACK_APP_TOKEN: 'xoxb-1-topsecret',
      SLACK_SIGNING_SECRET: 'two words',
      SLACK_API_URL: 'slack.com',
      DATABASE_URL: 'mysql://me:topsecret@db/x',
      SMTP_URL: 'mail.example.com:topsecret',
      MAIL_FROM: 'Rolemine <nowhere>',
      MAIL_REPLY_TO: 'nowhere',
      PORT: '70000',
      PUBLIC_URL: 'rolemine.example.com',
      ADMIN_EMAIL: 'ana',
      MINING_SCHEDULE: '0 25 * * *',
      TZ: 'Mars/Olympus',
      LOG_LEVEL: 'loud',
    });
    expect(problems).toEqual([
      'SLACK_BOT_TOKEN should be the bot token, which starts with xoxb-.',
      'SLACK_APP_TOKEN should be an app-level token, which starts with xapp-.',
      'SLACK_SIGNING_SECRET should be the signing secret of the Slack app, one word.',
      'SLACK_API_URL should look like https://slack.com/api/.',
      'DATABASE_URL should look like postgres://user:password@host:5432/database.',
      'SMTP_URL should look like smtp://user:password@host:587.',
      'MAIL_FROM should look like Rolemine <rolemine@example.com>. It is "Rolemine <nowhere>".',
      'MAIL_REPLY_TO should be one e-mail address, like it-help@example.com. It is "nowhere".',
      'PORT should be a whole number from 0 (any free port) to 65535. It is "70000".',
      'PUBLIC_URL should look like https://rolemine.example.com.',
      'ADMIN_EMAIL should be one e-mail address, like ana@example.com. It is "ana".',
      'MINING_SCHEDULE should be a cron expression, like 30 4 * * * for every night at half past four. It is "0 25 * * *".',
      'TZ should be an IANA time zone, like Europe/Paris. It is "Mars/Olympus".',
      'LOG_LEVEL should be debug, info, warn or error. It is "loud".',
    ]);
  });

  it('throws one line per problem', () => {
    const read = () => readConfig({ PORT: 'x', LOG_LEVEL: 'loud' });
    expect(read).toThrow(/^PORT .*\nLOG_LEVEL .*$/);
  });

  it('uses Socket Mode with an app token, HTTP with a signing secret, and prefers Socket Mode', () => {
    const apiUrl = 'https://slack.com/api/';
    const http = { SLACK_BOT_TOKEN: 'xoxb-1-a', SLACK_SIGNING_SECRET: '0123456789abcdef' };
    expect(readConfig(socket).slack).toEqual({
      mode: 'socket',
      botToken: 'xoxb-1-a',
      appToken: 'xapp-1-a',
      apiUrl,
    });
    expect(readConfig(http).slack).toEqual({
      mode: 'http',
      botToken: 'xoxb-1-a',
      signingSecret: '0123456789abcdef',
      apiUrl,
    });
    expect(readConfig({ ...http, ...socket }).slack).toMatchObject({ mode: 'socket' });
  });

  it.each([
    [{ SLACK_BOT_TOKEN: 'xoxb-1' }, /SLACK_BOT_TOKEN is set alone: add SLACK_APP_TOKEN/],
    [{ SLACK_APP_TOKEN: 'xapp-1' }, /SLACK_APP_TOKEN is set without SLACK_BOT_TOKEN/],
    [{ SLACK_SIGNING_SECRET: '12345678' }, /SLACK_SIGNING_SECRET is set without SLACK_BOT_TOKEN/],
    [{ SLACK_API_URL: 'http://localhost:9/api' }, /SLACK_API_URL is set without tokens/],
  ])('says what to add to an incomplete Slack connection: %j', (environment, sentence) => {
    expect(listProblems(environment)).toEqual([expect.stringMatching(sentence)]);
  });

  it('normalizes trailing slashes of addresses', () => {
    const apiUrls = ['http://localhost:9/api', 'http://localhost:9/api//'].map(
      (url) => readConfig({ ...socket, SLACK_API_URL: url }).slack,
    );
    expect(apiUrls).toMatchObject(Array(2).fill({ apiUrl: 'http://localhost:9/api/' }));
    expect(readConfig({ PUBLIC_URL: 'https://x.example/' }).publicUrl).toBe('https://x.example');
    expect(readConfig({ PORT: '0' }).publicUrl).toBeUndefined();
  });

  it('listens on this machine alone in Socket Mode without links, else on all addresses', () => {
    expect(readConfig(socket).host).toBe('127.0.0.1');
    expect(readConfig({ ...socket, PUBLIC_URL: 'https://x.example' }).host).toBe('0.0.0.0');
    expect(readConfig({ ...socket, HOST: '::1' }).host).toBe('::1');
    expect(listProblems({ HOST: 'laptop' })).toEqual([expect.stringMatching(/^HOST should be/)]);
  });

  it('trusts only proxies of this machine or those that are named', () => {
    expect(readConfig({}).trustedProxies).toBe('loopback');
    const named = '10.0.0.7, 192.168.0.0/16, fd00::/8';
    expect(readConfig({ TRUSTED_PROXIES: named }).trustedProxies).toBe(named);
    for (const TRUSTED_PROXIES of ['proxy', '10.0.0.7/33', '10.0.0.7,']) {
      expect(listProblems({ TRUSTED_PROXIES })).toHaveLength(1);
    }
  });

  it('lists every variable in .env.example with a comment', () => {
    const lines = readFileSync('.env.example', 'utf8').split('\n');
    const listed = lines.flatMap((line, at) => {
      const name = /^#? ?([A-Z_]+)=/.exec(line)?.[1];
      return name && lines[at - 1]?.startsWith('# ') ? [name] : [];
    });
    expect(listed.sort()).toEqual([...variableNames].sort());
  });
});
