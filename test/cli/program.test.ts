import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { reportError } from '../../src/cli/report-error.ts';
import { setLogLevel } from '../../src/log.ts';
import { createFolder, createRecorder, runRolemine } from './command-line.ts';

describe('the command line', () => {
  afterEach(() => setLogLevel('info'));

  it.each([
    'start',
    'import csv',
    'mine',
    'config plan',
    'config export',
    'mail preview',
    'doctor',
    'migrate',
  ])('explains %s with an example', async (command) => {
    const { exit, out } = await runRolemine([...command.split(' '), '--help']);
    expect(exit).toBe(0);
    expect(out).toContain(`Usage: rolemine ${command}`);
    expect(out).toContain(`Example:\n  rolemine ${command}`);
  });

  it.each([
    [[], /Usage: rolemine/],
    [['impotr'], /unknown command 'impotr'\n\(Did you mean import\?\)/],
    [['mine', '--jsno'], /unknown option '--jsno'\n\(Did you mean --json\?\)/],
    [['import'], /Usage: rolemine import/],
    [['import', 'csv'], /missing required argument 'dir'/],
    [['mine', '--min-cohort', 'few'], /'few' is invalid. It must be a whole number from 1/],
    [['mine', '--people', 'people.csv'], /--people needs --grants <file>/],
  ])('answers %j with exit code 2 and a correction', async (words, sentence) => {
    const { exit, err } = await runRolemine(words);
    expect(err).toMatch(sentence);
    expect(exit).toBe(2);
  });

  it('prints every problem in the settings and runs nothing', async () => {
    const settings = { PORT: 'x', LOG_LEVEL: 'loud' };
    const { exit, err } = await runRolemine(['migrate'], settings);
    expect(err.split('\n')).toHaveLength(2);
    expect(exit).toBe(1);
  });

  it('refuses to start the sandbox with real tokens', async () => {
    const tokens = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' };
    const { exit, err } = await runRolemine(['start', '--sandbox'], tokens);
    expect(err).toMatch(/^The sandbox does not run with Slack tokens\. Unset SLACK_BOT_TOKEN/);
    expect(exit).toBe(1);
  });

  it('reports an unreachable database in one sentence, without the password', async () => {
    const settings = { DATABASE_URL: 'postgres://ana:topsecret@127.0.0.1:9/db' };
    const { exit, err } = await runRolemine(['migrate'], settings);
    expect(err).toMatch(
      /^The database at 127\.0\.0\.1:9\/db cannot be used: .*Check DATABASE_URL\.$/,
    );
    expect(exit).toBe(1);
  });

  it('reports another process that holds the data folder and accepts no commands', async () => {
    const folder = createFolder({ 'rolemine.lock': `${process.ppid}\n` });
    const { exit, err } = await runRolemine(['migrate'], { DATA_DIR: folder });
    expect(err).toContain(`Another process uses the data folder ${folder}`);
    expect(exit).toBe(1);
  });

  it('reports a bug in one sentence with an id, and its stack only with LOG_LEVEL=debug', () => {
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const bug = new Error('no xoxb-1-secret here\nsecond line');
    const lines = createRecorder();
    expect(reportError(bug, lines.output)).toBe(1);
    expect(lines.err()).toMatch(/^Something went wrong \(\w{8}\): no \[secret\] here$/);
    expect(written).not.toHaveBeenCalled();
    setLogLevel('debug');
    reportError(bug, lines.output);
    expect(written.mock.calls.join('')).toContain('program.test.ts');
    written.mockRestore();
  });

  it('writes the sample mails without a database', async () => {
    const folder = createFolder();
    const { exit, out } = await runRolemine(['mail', 'preview', join(folder, 'mails')]);
    expect(exit).toBe(0);
    expect(out).toMatch(/^Wrote \d+ files to .*mails\. Open .*index\.html\.$/);
    expect(readdirSync(join(folder, 'mails'))).toEqual(
      expect.arrayContaining(['index.html', 'request.html', 'request.txt', 'request.eml']),
    );
    const refused = await runRolemine(['mail', 'preview', join(folder, 'mails', 'request.txt')]);
    expect(refused.exit).toBe(1);
    expect(refused.err).toMatch(/^The files cannot be written to .*request\.txt: .*\.$/);
  });

  it('names a file that cannot be read', async () => {
    const missing = join(createFolder(), 'nowhere');
    const { exit, err } = await runRolemine(['mine', '--grants', missing]);
    expect(err).toBe('nowhere: cannot be read (ENOENT).');
    expect(exit).toBe(1);
  });
});
