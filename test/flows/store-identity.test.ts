import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Environment, readConfig } from '../../src/config.ts';
import { callCommand } from '../../src/jobs/command-socket.ts';
import { openApp, type Running } from '../../src/main.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';
import { openStore } from '../../src/store/open-store.ts';
import { findPersonByEmail, listPeopleForCohorts } from '../../src/store/people/people.ts';
import { listSuperAdmins } from '../../src/store/people/roles.ts';
import { createFolder, runRolemine } from '../cli/command-line.ts';
import { answerTo } from '../support/acme.ts';
import { makeDataDir } from '../support/rolemine.ts';

const wait = 15_000;
const ana = { name: 'ana', realName: 'Ana Ruiz', email: 'ana@acme.example', isOwner: true };
const own = {
  'people.csv': 'email,name\nana@acme.example,Ana Ruiz\nbo@acme.example,Bo Chen',
  'grants.csv': 'person,app,entitlement\nana@acme.example,Vault,Read\nbo@acme.example,Vault,Read',
};

describe('one data folder for the sandbox and for real tokens', () => {
  let dataDir: string;
  const apps: Running[] = [];
  const workspaces: Sandbox[] = [];

  beforeEach(async () => {
    dataDir = await makeDataDir();
  });
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
    for (const workspace of workspaces.splice(0)) await workspace.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function start(env: Environment = {}, options: { isSandboxRequested?: boolean } = {}) {
    const settings = { DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'error', ...env };
    const app = await openApp(readConfig(settings), options);
    apps.push(app);
    return app;
  }
  const stop = async () => apps.pop()?.close();

  /** A Slack workspace, and the settings that connect to it. */
  async function connect(options: Partial<SandboxOptions> = {}) {
    const team = { id: 'T1', name: 'Acme', domain: 'acme' };
    const slack = await startSandbox({ users: [ana], team, ...options });
    workspaces.push(slack);
    const env = {
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_API_URL: slack.apiUrl,
    };
    return { slack, env };
  }
  const doctor = async (env: Record<string, string> = {}) =>
    (await runRolemine(['doctor'], { DATA_DIR: dataDir, ...env })).out;
  const importOwn = (env: Record<string, string> = {}) =>
    runRolemine(['import', 'csv', createFolder(own)], { DATA_DIR: dataDir, ...env });
  async function read<T>(look: (db: Awaited<ReturnType<typeof openStore>>['db']) => Promise<T>) {
    const store = await openStore({ dataDir });
    try {
      return await look(store.db);
    } finally {
      await store.close();
    }
  }

  it('no tokens and a database server: the sandbox starts only when it is requested', async () => {
    const DATABASE_URL = 'postgres://ana@127.0.0.1:9/db';
    await expect(start({ DATABASE_URL })).rejects.toThrow(
      /No Slack tokens are set.*DATABASE_URL.*"rolemine start --sandbox"/,
    );
    // Requested, it is stopped only by the server that does not answer.
    await expect(start({ DATABASE_URL }, { isSandboxRequested: true })).rejects.toThrow(
      'cannot be used',
    );
    expect(await doctor({ DATABASE_URL })).toMatch(/^problem Slack: No Slack tokens are set/m);
  });

  it('sandbox, own import, tokens: refused until the sandbox is left; then setup meets real people', async () => {
    await start();
    const lines: string[] = [];
    const record = (line: string) => void lines.push(line);
    const output = { out: record, err: record };
    const args = { dir: createFolder(own), map: [], dryRun: false };
    expect(await callCommand(dataDir, { command: 'import', args, output })).toBe(0);
    const leave = { command: 'leave-sandbox', args: { dryRun: false }, output };
    expect(await callCommand(dataDir, leave)).toBe(1);
    expect(lines.at(-1)).toContain('Stop it, and then run "rolemine leave-sandbox" again.');
    await stop();

    const { slack, env } = await connect();
    await expect(start(env)).rejects.toThrow(/This store is a demo.*"rolemine leave-sandbox"/);
    expect(slack.calls).toEqual([]);
    expect(await doctor()).toMatch(/^ok database: .*; a demo store of the sandbox; \d+ people$/m);
    expect(await doctor(env)).toMatch(/^problem database: This store is a demo/m);
    const refused = await importOwn(env);
    expect(refused).toMatchObject({ exit: 1, err: expect.stringContaining('is a demo') });

    const left = await runRolemine(['leave-sandbox'], { DATA_DIR: dataDir, ...env });
    expect(left.out).toMatch(/made-up people: 4\d\d people/);
    expect(left.exit).toBe(0);
    const again = await runRolemine(['leave-sandbox'], { DATA_DIR: dataDir });
    expect(again).toMatchObject({ exit: 1, err: expect.stringContaining('not a demo') });
    await start(env);
    await slack.as('ana').command('/rolemine', 'setup');
    const sees = (words: string) =>
      slack.as('ana').waitFor(() => answerTo(slack.as('ana')).includes(words), wait);
    await sees('You are now the Super Admin of Rolemine.');
    await stop();
    const names = await read(async (db) => ({
      people: (await listPeopleForCohorts(db)).map(({ name }) => name),
      admins: (await listSuperAdmins(db)).map(({ name }) => name),
    }));
    expect(names).toEqual({ people: ['Ana Ruiz', 'Bo Chen'], admins: ['Ana Ruiz'] });
  }, 90_000);

  it('tokens missing for once: the sandbox does not start on the store, and the tokens work again', async () => {
    const { slack, env } = await connect();
    await start({ ...env, ADMIN_EMAIL: ana.email });
    await slack.as('ana').command('/rolemine', 'help');
    await slack.as('ana').waitFor(() => answerTo(slack.as('ana')).includes('Hello Ana'), wait);
    await stop();
    for (const isSandboxRequested of [false, true]) {
      await expect(start({}, { isSandboxRequested })).rejects.toThrow(
        'The sandbox does not run on this store, because it belongs to the Slack workspace Acme (T1).',
      );
    }
    expect(await doctor()).toMatch(/^problem database: The sandbox does not run on this store/m);
    expect(await doctor(env)).toMatch(/; the store of the Slack workspace Acme \(T1\); /m);
    await start({ ...env, ADMIN_EMAIL: ana.email });
    await slack.as('ana').command('/rolemine', 'status');
    await slack
      .as('ana')
      .waitFor(() => answerTo(slack.as('ana')).startsWith('Rolemine knows'), wait);
  }, 60_000);

  it('the tokens of another workspace are refused with both names, and nobody is written to', async () => {
    const { env } = await connect();
    await start(env);
    await stop();
    const other = await connect({ team: { id: 'T2', name: 'Beta', domain: 'beta' } });
    const both = /Slack workspace Acme \(T1\).*Slack workspace Beta \(T2\)/;
    await expect(start(other.env)).rejects.toThrow(both);
    expect(await doctor(other.env)).toMatch(both);
    const imported = await runRolemine(['import', 'slack'], { DATA_DIR: dataDir, ...other.env });
    expect(imported.err).toMatch(both);
    const methods = new Set(other.slack.calls.map(({ method }) => method));
    expect([...methods].sort()).toEqual(['apps.connections.open', 'auth.test']);
    expect(await read((db) => findPersonByEmail(db, ana.email))).toBeUndefined();
  }, 60_000);

  it('people imported while tokens are set never get into the sandbox', async () => {
    const { env } = await connect();
    expect((await importOwn(env)).exit).toBe(0);
    await expect(start({}, { isSandboxRequested: true })).rejects.toThrow('has not connected yet');
    await start(env);
  }, 60_000);

  it('people imported without tokens get into the sandbox when it is requested, without a made-up company', async () => {
    expect((await importOwn()).exit).toBe(0);
    await expect(start()).rejects.toThrow('This store holds 2 imported people');
    const app = await start({}, { isSandboxRequested: true });
    expect(app.sandbox?.as('bo@acme.example').person.realName).toBe('Bo Chen');
    await stop();
    expect(await read(listPeopleForCohorts)).toHaveLength(2);
    await start();
  }, 60_000);

  it('an import beside the made-up company says so, and replaces it when that is requested', async () => {
    await start();
    await stop();
    const beside = await importOwn();
    expect(beside.err).toContain('import again with --replace-sandbox-company');
    expect(beside.exit).toBe(0);
    const importAlone = (files: Record<string, string>, ...flags: string[]) =>
      runRolemine(['import', 'csv', createFolder(files), '--replace-sandbox-company', ...flags], {
        DATA_DIR: dataDir,
      });
    const names = () => read(async (db) => (await listPeopleForCohorts(db)).map((one) => one.name));
    expect((await importAlone(own, '--dry-run')).exit).toBe(0);
    expect((await importAlone({ ...own, 'grants.csv': 'person,app\nx,y' })).exit).toBe(1);
    expect((await names()).length).toBeGreaterThan(300);
    const alone = await importAlone(own);
    expect(alone).toMatchObject({ exit: 0, err: '' });
    expect(await names()).toEqual(['Ana Ruiz', 'Bo Chen']);
    const app = await start();
    expect(app.sandbox?.as('owner').person.hint).toContain('/rolemine setup');
    expect(await doctor()).toMatch(/; a demo store of the sandbox; 2 people$/m);
  }, 60_000);
});
