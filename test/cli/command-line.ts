import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { runProgram } from '../../src/cli/program.ts';
import { variableNames } from '../../src/config.ts';

/** Collects the output of a command. */
export function createRecorder() {
  const out: string[] = [];
  const err: string[] = [];
  const text = (lines: string[]) => lines.join('\n');
  return {
    output: {
      out: (line: string) => void out.push(line),
      err: (line: string) => void err.push(line),
    },
    out: () => text(out),
    err: () => text(err),
  };
}

/** Runs a command line in this process. Of our environment variables it sees only `environment`. */
export async function runRolemine(words: string[], environment: Record<string, string> = {}) {
  for (const name of variableNames) vi.stubEnv(name, environment[name] ?? '');
  const lines = createRecorder();
  try {
    const exit = await runProgram(words, lines.output);
    return { exit, out: lines.out(), err: lines.err() };
  } finally {
    vi.unstubAllEnvs();
  }
}

/** Creates a folder with these files; it is deleted after the test. */
export function createFolder(files: Record<string, string | Uint8Array> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'rolemine-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/**
 * 24 people: 12 in Sales hold CRM Read, 11 of them also CRM Reports; 12 in Support hold neither.
 */
export function createSmallCompany(): Record<'people.csv' | 'grants.csv', string> {
  const people = ['email,name,department,manager_email'];
  const grants = ['person,app,entitlement'];
  for (let at = 1; at <= 24; at++) {
    const isSales = at <= 12;
    const email = `p${at}@acme.example`;
    people.push(
      `${email},Person ${at},${isSales ? 'Sales' : 'Support'},p${isSales ? 1 : 13}@acme.example`,
    );
    if (isSales) grants.push(`${email},CRM,Read`);
    if (isSales && at > 1) grants.push(`${email},CRM,Reports`);
    if (at === 24) grants.push(`${email},Desk,Agent`);
  }
  return { 'people.csv': people.join('\n'), 'grants.csv': grants.join('\n') };
}
