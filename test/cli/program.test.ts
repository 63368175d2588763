import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { reportError } from '../../src/cli/report-error.ts';
import { setLogLevel } from '../../src/log.ts';
import { folderOf, recorder, rolemine } from './command-line.ts';

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
    const { exit, out } = await rolemine([...command.split(' '), '--help']);
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
  ])('answers %j with exit code 2 and what would be right', async (words, sentence) => {
    const { exit, err } = await rolemine(words);
    expect(err).toMatch(sentence);
    expect(exit).toBe(2);
  });

  it('tells everything that is wrong with the settings, and does nothing', async () => {
    const settings = { PORT: 'x', LOG_LEVEL: 'loud' };
    const { exit, err } = await rolemine(['migrate'], settings);
    expect(err.split('\n')).toHaveLength(2);
    expect(exit).toBe(1);
  });

  it('refuses to start the sandbox beside real tokens', async () => {
    const tokens = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' };
    const { exit, err } = await rolemine(['start', '--sandbox'], tokens);
    expect(err).toMatch(/^The sandbox does not run beside a real workspace: unset SLACK_BOT_TOKEN/);
    expect(exit).toBe(1);
  });

  it('tells an unreachable database in one sentence, without the password', async () => {
    const settings = { DATABASE_URL: 'postgres://ana:topsecret@127.0.0.1:9/db' };
    const { exit, err } = await rolemine(['migrate'], settings);
    expect(err).toMatch(
      /^The database at 127\.0\.0\.1:9\/db cannot be used: .*Check DATABASE_URL\.$/,
    );
    expect(exit).toBe(1);
  });

  it('says so when another process holds the data folder and takes no commands', async () => {
    const folder = folderOf({ 'rolemine.lock': `${process.ppid}\n` });
    const { exit, err } = await rolemine(['migrate'], { DATA_DIR: folder });
    expect(err).toContain(`Another process holds the data folder ${folder}`);
    expect(exit).toBe(1);
  });

  it('tells a bug in one sentence with an id, and its stack with LOG_LEVEL=debug only', () => {
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const bug = new Error('no xoxb-1-secret here\nsecond line');
    const lines = recorder();
    expect(reportError(bug, lines.output)).toBe(1);
    expect(lines.err()).toMatch(
      /^Something went wrong that should not have \(\w{8}\): no \[secret\] here$/,
    );
    expect(written).not.toHaveBeenCalled();
    setLogLevel('debug');
    reportError(bug, lines.output);
    expect(written.mock.calls.join('')).toContain('program.test.ts');
    written.mockRestore();
  });

  it('writes the mails to look at, without a database', async () => {
    const folder = folderOf();
    const { exit, out } = await rolemine(['mail', 'preview', join(folder, 'mails')]);
    expect(exit).toBe(0);
    expect(out).toMatch(/^\d+ files are in .*mails; open .*index\.html\.$/);
    expect(readdirSync(join(folder, 'mails'))).toEqual(
      expect.arrayContaining(['index.html', 'request.html', 'request.txt', 'request.eml']),
    );
    const refused = await rolemine(['mail', 'preview', join(folder, 'mails', 'request.txt')]);
    expect(refused.exit).toBe(1);
    expect(refused.err).toMatch(/^The files cannot be written to .*request\.txt: .*\.$/);
  });

  it('says which file cannot be read', async () => {
    const missing = join(folderOf(), 'nowhere');
    const { exit, err } = await rolemine(['mine', '--grants', missing]);
    expect(err).toBe('nowhere: cannot be read (ENOENT).');
    expect(exit).toBe(1);
  });
});
