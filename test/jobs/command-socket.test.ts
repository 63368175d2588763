import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Refusal } from '../../src/errors.ts';
import { callCommand, type RunCommand, serveCommands } from '../../src/jobs/command-socket.ts';

describe('the command socket', () => {
  let folder: string;
  let dataDir: string;
  const closers: (() => Promise<void>)[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rolemine-'));
    dataDir = folder;
  });
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function serve(run: RunCommand): Promise<void> {
    closers.push(await serveCommands(dataDir, run));
  }

  async function call(command: string, args: unknown = {}) {
    const lines: string[] = [];
    const exit = await callCommand(dataDir, {
      command,
      args,
      output: {
        out: (text) => lines.push(`out ${text}`),
        err: (text) => lines.push(`err ${text}`),
      },
    });
    return { exit, lines };
  }

  it('passes a command on, and returns its lines in order and its exit code', async () => {
    await serve(async (command, args, output) => {
      output.out(`${command} ${JSON.stringify(args)}`);
      output.err('two\nlines');
      output.out('done');
      return 7;
    });
    const { exit, lines } = await call('import', { dir: '/tmp/ü', map: ['a=b'] });
    expect(lines).toEqual([
      'out import {"dir":"/tmp/ü","map":["a=b"]}',
      'err two\nlines',
      'out done',
    ]);
    expect(exit).toBe(7);
  });

  it('serves several callers at once', async () => {
    await serve(async (command) => Number(command));
    const answers = await Promise.all(['1', '2', '3'].map((command) => call(command)));
    expect(answers.map(({ exit }) => exit)).toEqual([1, 2, 3]);
  });

  it('is open to its own user only, and replaces the socket of a killed process', async () => {
    const path = join(dataDir, 'rolemine.sock');
    writeFileSync(path, '');
    await serve(async () => 0);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect((await call('x')).exit).toBe(0);
  });

  it('returns the sentence of a refusal, and for a bug an id without its message', async () => {
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    await serve(async (command) => {
      if (command === 'refuse') throw new Refusal('invalid', 'Not this folder.');
      throw new Error('inner detail');
    });
    expect(await call('refuse')).toEqual({ exit: 1, lines: ['err Not this folder.'] });
    const bug = await call('fail');
    written.mockRestore();
    expect(bug.exit).toBe(1);
    expect(bug.lines).toEqual([expect.stringMatching(/Its log contains it under \w{8}\.$/)]);
  });

  it('refuses when no process takes commands, or when the process stops before the end', async () => {
    await expect(call('x')).rejects.toThrow(/takes no commands \(ENOENT\)/);
    await serve(() => new Promise(() => {}));
    const answer = expect(call('x')).rejects.toThrow(/stopped before the command was done/);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await closers.pop()?.();
    await answer;
  });

  it('outlives callers that end in the middle of a request or of an answer', async () => {
    await serve(async (command, _, output) => {
      for (let line = 0; line < 20; line++) {
        output.out('x'.repeat(50_000));
        await sleep(1);
      }
      return Number(command);
    });
    const request = `${JSON.stringify({ command: '1', args: {} })}\n`;
    for (let round = 0; round < 50; round++) {
      const socket = createConnection(join(dataDir, 'rolemine.sock'));
      await once(socket, 'connect');
      socket.write(request.slice(0, round % 2 === 0 ? undefined : 10));
      await sleep(round % 5);
      socket.destroy();
    }
    // One process that is killed leaves unread answers, which resets the connection.
    for (let round = 0; round < 5; round++) {
      const script = `require('net').connect(process.argv[1]).end(process.argv[2]).pause()`;
      const child = spawn(process.execPath, [
        '-e',
        script,
        join(dataDir, 'rolemine.sock'),
        request,
      ]);
      const isClosed = once(child, 'close');
      await sleep(150);
      child.kill('SIGKILL');
      await isClosed;
    }
    expect((await call('3')).exit).toBe(3);
  });

  it('ends a request without an end', async () => {
    await serve(async () => 0);
    const socket = createConnection(join(dataDir, 'rolemine.sock'));
    const isClosed = new Promise((resolve) => socket.on('error', () => {}).on('close', resolve));
    socket.write(Buffer.alloc(2_000_000, 'x'));
    await isClosed;
    expect((await call('x')).exit).toBe(0);
  });

  it('refuses a data folder whose path is too long for a socket', async () => {
    dataDir = join(dataDir, 'x'.repeat(120));
    await expect(serve(async () => 0)).rejects.toThrow(
      /set DATA_DIR to a folder with a shorter path/,
    );
  });
});
