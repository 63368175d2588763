import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chownSync, mkdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const user = 'Debian-exim';

/** Debian's mail server, if it is installed. */
export const eximIsHere = spawnSync('exim4', ['-bV']).status === 0;

/** A real mail server on a free port, without privileges. It accepts every mail and delivers none. */
export interface Exim {
  url: string;
  /** Message-ID and recipient of each accepted mail, from its own log. */
  taken(): Promise<{ id: string; to: string }[]>;
  close(): Promise<void>;
}

export async function startExim(): Promise<Exim> {
  const dir = await mkdtemp(join(tmpdir(), 'rolemine-exim-'));
  const log = join(dir, 'log');
  const config = join(dir, 'exim.conf');
  mkdirSync(log);
  await writeFile(
    config,
    `spool_directory = ${dir}/spool
log_file_path = ${log}/%s
primary_hostname = mail.acme.example
log_selector = +received_recipients
acl_smtp_rcpt = accept
acl_smtp_data = accept
tls_advertise_hosts =
queue_only = true
begin acl
begin routers
begin transports
begin retry
`,
  );
  const port = await freePort();
  const args = ['-C', config, '-bdf', '-oX', `127.0.0.1:${port}`];
  const isRoot = process.getuid?.() === 0;
  if (isRoot) for (const one of [dir, log, config]) giveTo(one);
  const server = isRoot
    ? spawn('runuser', ['-u', user, '--', 'exim4', ...args], { stdio: 'ignore' })
    : spawn('exim4', args, { stdio: 'ignore' });
  await untilOpen(port, server);
  return {
    url: `smtp://127.0.0.1:${port}`,
    taken: async () => {
      const lines = (await readFile(join(log, 'main'), 'utf8')).split('\n');
      return lines.flatMap((line) => {
        const found = / <= .* id=(\S+) for (\S+)$/.exec(line);
        return found ? [{ id: found[1] ?? '', to: found[2] ?? '' }] : [];
      });
    },
    close: async () => {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill();
      await ended;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function giveTo(path: string): void {
  const [uid, gid] = ['-u', '-g'].map((which) =>
    Number(spawnSync('id', [which, user], { encoding: 'utf8' }).stdout),
  );
  chownSync(path, uid ?? 0, gid ?? 0);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function untilOpen(port: number, server: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 100 && server.exitCode === null; tries++) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (isOpen) return;
    await sleep(100);
  }
  throw new Error('exim4 did not start');
}
