import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/**
 * @param what completes "set CHROMIUM_PATH to one to …".
 * @returns the path of Chromium; undefined, with a line on the console, if there is none.
 */
export function findChromium(what: string): string | undefined {
  const given = [process.env.CHROMIUM_PATH, '/usr/bin/chromium'].find(
    (path) => path && existsSync(path),
  );
  const found = given ?? onPath();
  if (!found) {
    console.log(`Chromium: skipped, because there is none; set CHROMIUM_PATH to one to ${what}.`);
  }
  return found;
}

function onPath(): string | undefined {
  try {
    return execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}
