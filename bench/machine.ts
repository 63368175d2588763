import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem, type } from 'node:os';

/** Describes the machine and the versions that the figures depend on. */
export function describeMachine(): string[] {
  const [cpu] = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return [
    `- ${cpus().length} × ${cpu?.model.trim() ?? 'unknown processor'}, ${gigabytes} GB, ${type()}`,
    `- Node ${process.version.slice(1)}, ${describePackages()}`,
    `- load at the start: ${loadavg()[0]?.toFixed(2)} (a higher load makes times worse)`,
  ];
}

function describePackages(): string {
  const names = ['@duckdb/node-api', 'postgres', 'typescript'];
  return names.map((name) => `${name} ${readVersion(name)}`).join(', ');
}

function readVersion(name: string): string {
  const file = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  if (!existsSync(file)) return 'not installed';
  const { version }: { version: string } = JSON.parse(readFileSync(file, 'utf8'));
  return version;
}

/** The first line of `cc --version`; undefined without a compiler. */
export function readCompilerVersion(): string | undefined {
  try {
    return execFileSync('cc', ['--version'], { encoding: 'utf8' }).split('\n')[0];
  } catch {
    return undefined;
  }
}
