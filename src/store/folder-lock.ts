import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal } from '../errors.ts';

/**
 * Locks the data folder with a file that contains this process's id. The embedded database has no lock of its own, and
 * two processes in one folder would corrupt it.
 * @returns a function that releases the lock.
 * @throws Refusal unavailable: another running process has the lock, or the folder cannot be written.
 */
export function lockFolder(dataDir: string): () => void {
  const file = join(dataDir, 'rolemine.lock');
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    makePrivate(dataDir);
    const holder = readHolder(file);
    if (holder !== undefined && holder !== process.pid && isAlive(holder)) {
      throw new Refusal(
        'unavailable',
        `Process ${holder} uses the data folder ${dataDir}. Stop it, or set DATA_DIR to another folder.`,
      );
    }
    rmSync(file, { force: true });
    writeFileSync(file, `${process.pid}\n`, { flag: 'wx' });
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(
      'unavailable',
      `The data folder ${dataDir} cannot be written (${(error as NodeJS.ErrnoException).code ?? error}). Set DATA_DIR to a writable folder.`,
    );
  }
  const unlock = () => rmSync(file, { force: true });
  process.once('exit', unlock);
  return () => {
    process.off('exit', unlock);
    unlock();
  };
}

/**
 * Closes the folder to other users of the machine. It contains names, reasons and links.
 * @throws Refusal unavailable: the folder belongs to another user and is open to others.
 */
function makePrivate(dataDir: string): void {
  if (!isOpenToOthers(dataDir)) return;
  try {
    chmodSync(dataDir, 0o700);
  } catch {
    throw new Refusal(
      'unavailable',
      `Other users can read the data folder ${dataDir}, and it belongs to another user. Let its owner run chmod 700 on it, or set DATA_DIR to another folder.`,
    );
  }
}

/** Whether other users of the machine may enter an existing folder. Windows has no such modes. */
export function isOpenToOthers(folder: string): boolean {
  return process.platform !== 'win32' && (statSync(folder).mode & 0o077) !== 0;
}

/** The id of the running process that has locked the folder; undefined: none. */
export function folderHolder(dataDir: string): number | undefined {
  const holder = readHolder(join(dataDir, 'rolemine.lock'));
  return holder !== undefined && isAlive(holder) ? holder : undefined;
}

function readHolder(file: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // process.kill() throws errors with a code.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
