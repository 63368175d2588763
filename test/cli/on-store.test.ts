import { mkdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { callCommand, serveCommands } from '../../src/jobs/command-socket.ts';
import { lockFolder } from '../../src/store/folder-lock.ts';
import { folderOf, rolemine } from './command-line.ts';

describe('a command while the app runs on the embedded database', () => {
  it('is carried out there, with absolute paths', async () => {
    const folder = folderOf();
    const unlock = lockFolder(folder);
    const seen: unknown[] = [];
    const stop = await serveCommands(folder, async (command, args, output) => {
      seen.push({ command, args });
      output.out('done there');
      return 0;
    });
    const words = ['import', 'csv', 'some/export', '--map', 'person=USER', '--dry-run'];
    const answer = await rolemine(words, { DATA_DIR: folder });
    await stop();
    unlock();
    expect(answer).toEqual({ exit: 0, out: 'done there', err: '' });
    const args = {
      dir: `${process.cwd()}/some/export`,
      map: ['person=USER'],
      dryRun: true,
      acceptFall: false,
    };
    expect(seen).toEqual([{ command: 'import', args }]);
  });

  it('has its database checked there by doctor', async () => {
    const folder = folderOf();
    mkdirSync(`${folder}/pg`);
    const unlock = lockFolder(folder);
    const stop = await serveCommands(folder, async (_command, _args, output) => {
      output.err('it is ill');
      return 1;
    });
    const { exit, out } = await rolemine(['doctor'], { DATA_DIR: folder });
    await stop();
    unlock();
    expect(out).toContain('problem database: it is ill');
    expect(exit).toBe(1);
    await expect(callCommand(folder, 'x', {}, { out() {}, err() {} })).rejects.toThrow();
  });
});
