import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { Refusal } from '../errors.ts';
import { log, logBug } from '../log.ts';

/** The output of a command: a terminal, or the socket to one. */
export interface Output {
  out(text: string): void;
  err(text: string): void;
}

/** Runs a command. `args` are parsed JSON. @returns the exit code. */
export type RunCommand = (command: string, args: unknown, output: Output) => Promise<number>;

type Answer = { out: string } | { err: string } | { exit: number };

/** The maximum in bytes on macOS; on Linux it is 107. The system silently cuts a longer path. */
const maxPathLength = 103;
/** A command with its arguments takes a few hundred bytes. */
const maxRequestBytes = 1_000_000;

/** @throws Refusal invalid: neither the absolute nor the relative path is short enough. */
function socketPath(dataDir: string): string {
  const absolute = resolve(dataDir, 'rolemine.sock');
  const fromHere = relative(process.cwd(), absolute);
  const path = Buffer.byteLength(fromHere) < Buffer.byteLength(absolute) ? fromHere : absolute;
  if (Buffer.byteLength(path) <= maxPathLength) return path;
  throw new Refusal(
    'invalid',
    `The path ${join(dataDir, 'rolemine.sock')} is too long for a socket: set DATA_DIR to a folder with a shorter path.`,
  );
}

/**
 * Serves commands of other processes of this user, on a socket in the data folder. An existing socket is replaced: this
 * process has the folder's lock, so no other process serves it.
 * @returns a function that stops the server.
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
    // A command continues after its caller has disconnected. Its output is then dropped.
    const send = (answer: Answer) => {
      if (socket.writable) socket.write(`${JSON.stringify(answer)}\n`);
    };
    readLine(socket, (line) => void answer(line, run, send));
  });
  // The socket gets its mode at creation, so that other users cannot connect even for a moment.
  const mask = process.umask(0o177);
  server.listen(path);
  process.umask(mask);
  await once(server, 'listening');
  // Without a listener, a caller that cannot be accepted (too many open files) would end the process.
  server.on('error', (error) => log.warn('a command could not be accepted', { error }));
  return async () => {
    const closed = new Promise((done) => server.close(done));
    for (const caller of callers) caller.destroy();
    await closed;
  };
}

/**
 * Reads the first line of a caller. The caller may end at any moment: readline passes on the socket's errors, and
 * without a listener of its own that would end the process.
 */
function readLine(socket: Socket, onLine: (line: string) => void): void {
  const lines = createInterface({ input: socket });
  lines.once('line', onLine).on('error', () => socket.destroy());
  socket.on('data', () => {
    if (socket.bytesRead > maxRequestBytes) socket.destroy();
  });
}

const requestSchema = z.object({ command: z.string(), args: z.unknown() });

/** @throws Refusal invalid: the caller ended in the middle of its request, or is no command line of Rolemine. */
function parseRequest(line: string): z.infer<typeof requestSchema> {
  try {
    return requestSchema.parse(JSON.parse(line));
  } catch {
    throw new Refusal('invalid', 'The command did not arrive complete. Run it again.');
  }
}

async function answer(line: string, run: RunCommand, send: (answer: Answer) => void) {
  const output: Output = { out: (out) => send({ out }), err: (err) => send({ err }) };
  try {
    const { command, args } = parseRequest(line);
    send({ exit: await run(command, args, output) });
  } catch (error) {
    if (error instanceof Refusal) output.err(error.message);
    else {
      const id = logBug('a command failed', error);
      output.err(`The running Rolemine had an error. Its log contains it under ${id}.`);
    }
    send({ exit: 1 });
  }
}

/**
 * Runs a command in the process that serves the folder, and passes its output on.
 * @param args JSON values. Paths must be absolute, because the other process may run in another folder.
 * @returns the exit code.
 * @throws Refusal unavailable: no process serves the folder, or it stopped before the command was done.
 */
export async function callCommand(
  dataDir: string,
  { command, args, output }: { command: string; args: unknown; output: Output },
): Promise<number> {
  const socket = createConnection(socketPath(dataDir));
  await once(socket, 'connect').catch((error: NodeJS.ErrnoException) => {
    throw new Refusal(
      'unavailable',
      `Another process uses the data folder ${dataDir} but takes no commands (${error.code}). If it is starting or stopping, try again in a moment.`,
    );
  });
  socket.write(`${JSON.stringify({ command, args })}\n`);
  // Without a listener a cut connection would be an uncaught error. The loop below notices the end anyway.
  socket.on('error', () => socket.destroy());
  const lines = createInterface({ input: socket });
  lines.on('error', () => lines.close());
  for await (const line of lines) {
    // The other process runs the same version.
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
