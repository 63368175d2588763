import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConfigArgs } from '../../src/cli/config-command.ts';
import { runStoreCommand } from '../../src/cli/store-commands.ts';
import { serveCommands } from '../../src/jobs/command-socket.ts';
import { surveyInWorker } from '../../src/jobs/surveyor.ts';
import { makeCompany } from '../../src/sandbox/company/company.ts';
import { toCsv } from '../../src/sandbox/company/csv.ts';
import { lockFolder } from '../../src/store/folder-lock.ts';
import { embedded, type TestDatabase } from '../support/database.ts';
import { miner } from '../support/miner.ts';
import { createFolder, createRecorder, runRolemine } from './command-line.ts';

describe.each(embedded())('config commands on the made-up company, on $name', ({ open }) => {
  let database: TestDatabase;

  async function run(command: string, args: object) {
    const deps = { db: database.db, timeZone: 'UTC', miner, survey: surveyInWorker };
    const unset = { adminEmail: undefined, readSlackUsers: undefined };
    const lines = createRecorder();
    // With an app to wake, an import leaves mining to it.
    const exit = await runStoreCommand(
      { ...deps, ...unset, wake() {} },
      command,
      args,
      lines.output,
    );
    return { exit, out: lines.out(), err: lines.err() };
  }
  const config = (args: ConfigArgs) => run('config', args);

  beforeAll(async () => {
    database = await open();
    const dir = mkdtempSync(join(tmpdir(), 'rolemine-'));
    for (const [name, text] of toCsv(makeCompany())) writeFileSync(join(dir, name), text);
    await run('import', { dir, map: [], dryRun: false });
    rmSync(dir, { recursive: true });
  });
  afterAll(() => database.close());

  it('the example file is valid, its changes match its plan, and applying it twice changes nothing', async () => {
    const file = 'config.example.yml';
    const text = readFileSync(file, 'utf8');
    const checked = await config({ action: 'check', file, text });
    expect(checked).toMatchObject({ exit: 0, err: '' });
    const [, changes] = /would make (\d+) changes\.$/.exec(checked.out) ?? [];
    expect(Number(changes)).toBeGreaterThan(20);
    const planned = (await config({ action: 'plan', file, text })).out.split('\n');
    expect(planned).toContain('GitHub: owners eszter.garcia@acme.example added');
    expect(planned.pop()).toBe(`Plan: ${changes} changes. Nothing was written.`);
    const applied = (await config({ action: 'apply', file, text })).out.split('\n');
    expect(applied.pop()).toBe(`${changes} changes made.`);
    expect(applied).toEqual(planned);
    expect((await config({ action: 'plan', file, text })).out).toBe('No changes.');
  });

  it('applying an export changes nothing', async () => {
    const { out: text } = await config({ action: 'export' });
    expect(text.split('\n').length).toBeGreaterThan(500);
    const { out } = await config({ action: 'apply', file: 'export.yml', text });
    expect(out).toBe('No changes.');
  });

  it('problems are printed with file, line and column, and the exit code is 1', async () => {
    const text =
      'applications:\n  - name: Mail\n    owners: [x@y.example]\n    name: Post\nrule: 1';
    const { exit, out, err } = await config({ action: 'apply', file: 'my.yml', text });
    expect(err.split('\n')).toEqual([
      'my.yml:3:14 owners "x@y.example": nobody has this e-mail address',
      'my.yml:4:5 "name": this key appears twice',
      'my.yml:5:1 "rule": is an unknown key; known keys: applications, policies, defaultPolicies, policyRules, roles, mining, rulePolicies, miningRules, roleRules',
      '3 problems in my.yml; nothing was changed.',
    ]);
    expect({ exit, out }).toEqual({ exit: 1, out: '' });
  });
});

describe('the files of config commands', () => {
  it.each([
    ['nothing.yml', /nothing\.yml cannot be read: no such file/],
    ['.', /cannot be read: it is a folder/],
    ['large.yml', /large\.yml is larger than 5 MB/],
    ['latin.yml', /latin\.yml is not UTF-8 text: save it as UTF-8/],
  ])('%s is rejected with one sentence', async (name, sentence) => {
    const folder = createFolder({ 'large.yml': 'x'.repeat(5_000_001) });
    writeFileSync(join(folder, 'latin.yml'), Buffer.from([0xe9, 0x20]));
    const { exit, err } = await runRolemine(['config', 'check', join(folder, name)]);
    expect(err).toMatch(sentence);
    expect(exit).toBe(1);
  });

  it('are read and written by the command, while the running app does the rest', async () => {
    const folder = createFolder({ 'my.yml': 'roles: {}' });
    const unlock = lockFolder(folder);
    const seen: unknown[] = [];
    const stop = await serveCommands(folder, async (command, args, output) => {
      seen.push({ command, args });
      output.out('policies: []');
      return 0;
    });
    const file = join(folder, 'my.yml');
    await runRolemine(['config', 'plan', file], { DATA_DIR: folder });
    const existing = await runRolemine(['config', 'export', file], { DATA_DIR: folder });
    const written = await runRolemine(['config', 'export', `${file}2`], { DATA_DIR: folder });
    await stop();
    unlock();
    const plan = { action: 'plan', file: 'my.yml', text: 'roles: {}' };
    expect(seen[0]).toMatchObject({ command: 'config', args: plan });
    expect(existing.err).toMatch(/my\.yml cannot be written: it already exists/);
    expect(written.exit).toBe(0);
    expect(readFileSync(`${file}2`, 'utf8')).toBe('policies: []\n');
  });
});
