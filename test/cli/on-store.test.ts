import { mkdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { callCommand, serveCommands } from '../../src/jobs/command-socket.ts';
import { lockFolder } from '../../src/store/folder-lock.ts';
import { createFolder, runRolemine } from './command-line.ts';

describe('a command while the app runs on the embedded database', () => {
  it('runs in the app, with absolute paths', async () => {
    const folder = createFolder();
    const unlock = lockFolder(folder);
    const seen: unknown[] = [];
    const stop = await serveCommands(folder, async (command, args, output) => {
      seen.push({ command, args });
      output.out('done in the app');
      return 0;
    });
    const words = ['import', 'csv', 'some/export', '--map', 'person=USER', '--dry-run'];
    const answer = await runRolemine(words, { DATA_DIR: folder });
    await stop();
    unlock();
    expect(answer).toEqual({ exit: 0, out: 'done in the app', err: '' });
    const args = {
      dir: `${process.cwd()}/some/export`,
      map: ['person=USER'],
      dryRun: true,
      acceptFall: false,
      acceptIdentities: false,
      operator: userInfo().username,
    };
    expect(seen).toEqual([{ command: 'import', args }]);
  });

  it('lets doctor check the database in the app', async () => {
    const folder = createFolder();
    mkdirSync(`${folder}/pg`);
    const unlock = lockFolder(folder);
    const stop = await serveCommands(folder, async (_command, _args, output) => {
      output.err('it does not answer');
      return 1;
    });
    const { exit, out } = await runRolemine(['doctor'], { DATA_DIR: folder });
    await stop();
    unlock();
    expect(out).toContain('problem database: it does not answer');
    expect(exit).toBe(1);
    await expect(
      callCommand(folder, { command: 'x', args: {}, output: { out() {}, err() {} } }),
    ).rejects.toThrow();
  });
});
