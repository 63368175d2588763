import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Refusal } from '../errors.ts';
import { logBug } from '../log.ts';

/** Where a command's lines go: a terminal, or through the socket to one. */
export interface Output {
  out(text: string): void;
  err(text: string): void;
}

/** Carries a command out. `args` went through JSON. @returns the exit code. */
export type RunCommand = (command: string, args: unknown, output: Output) => Promise<number>;

type Answer = { out: string } | { err: string } | { exit: number };

/** Linux takes 107 bytes, macOS 103; a longer path would be cut without a word. */
const maxPathLength = 103;

/** @throws Refusal invalid: neither the absolute nor the relative path is short enough. */
function socketPath(dataDir: string): string {
  const absolute = resolve(dataDir, 'rolemine.sock');
  const near = relative(process.cwd(), absolute);
  const path = Buffer.byteLength(near) < Buffer.byteLength(absolute) ? near : absolute;
  if (Buffer.byteLength(path) <= maxPathLength) return path;
  throw new Refusal(
    'invalid',
    `The path ${join(dataDir, 'rolemine.sock')} is too long for a socket: set DATA_DIR to a folder with a shorter path.`,
  );
}

/**
 * Carries out commands that other processes of this user send, on a socket in the data folder. A socket
 * that is there already is replaced: the folder's lock says that nobody serves it.
 * @returns a function that stops it.
 * @throws Refusal invalid: the folder's path is too long.
 */
export async function serveCommands(
  dataDir: string,
  run: RunCommand,
): Promise<() => Promise<void>> {
  const path = socketPath(dataDir);
  rmSync(path, { force: true });
  const callers = new Set<Socket>();
  const server = createServer((socket) => {
    callers.add(socket);
    socket.on('close', () => callers.delete(socket)).on('error', () => socket.destroy());
    // A caller that goes away does not stop what it has started; its lines are then for nobody.
    const send = (answer: Answer) => {
      if (socket.writable) socket.write(`${JSON.stringify(answer)}\n`);
    };
    createInterface({ input: socket }).once('line', (line) => void answer(line, run, send));
  });
  // The mode is the one it is made with, so that there is no moment at which others may connect.
  const mask = process.umask(0o177);
  server.listen(path);
  process.umask(mask);
  await once(server, 'listening');
  return async () => {
    const closed = new Promise((done) => server.close(done));
    for (const caller of callers) caller.destroy();
    await closed;
  };
}

async function answer(line: string, run: RunCommand, send: (answer: Answer) => void) {
  const output: Output = { out: (out) => send({ out }), err: (err) => send({ err }) };
  try {
    const { command, args } = JSON.parse(line) as { command: string; args: unknown };
    send({ exit: await run(command, args, output) });
  } catch (error) {
    if (error instanceof Refusal) output.err(error.message);
    else {
      const id = logBug('a command failed', error);
      output.err(`Something went wrong in the running Rolemine; its log has it under ${id}.`);
    }
    send({ exit: 1 });
  }
}

/**
 * Has the process that serves the folder carry a command out, and passes its lines on.
 * @param args must survive JSON; paths in it must be absolute, since the other process may run elsewhere.
 * @returns the exit code.
 * @throws Refusal unavailable: nobody serves the folder, or it stopped before it was done.
 */
export async function callCommand(
  dataDir: string,
  command: string,
  args: unknown,
  output: Output,
): Promise<number> {
  const socket = createConnection(socketPath(dataDir));
  await once(socket, 'connect').catch((error: NodeJS.ErrnoException) => {
    throw new Refusal(
      'unavailable',
      `Another process holds the data folder ${dataDir} but takes no commands (${error.code}). If it is starting or stopping, try again in a moment.`,
    );
  });
  socket.write(`${JSON.stringify({ command, args })}\n`);
  // Without a listener a cut connection would be an uncaught error; the end of the lines tells it, too.
  socket.on('error', () => socket.destroy());
  for await (const line of createInterface({ input: socket })) {
    const answer = JSON.parse(line) as Answer;
    if ('out' in answer) output.out(answer.out);
    else if ('err' in answer) output.err(answer.err);
    else {
      socket.destroy();
      return answer.exit;
    }
  }
  throw new Refusal('unavailable', 'The running Rolemine stopped before the command was done.');
}
