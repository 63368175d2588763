import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { runProgram } from '../../src/cli/program.ts';
import { variableNames } from '../../src/config.ts';

/** Collects what a command prints. */
export function recorder() {
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

/** Runs a command line in this process, with the given environment variables and no others of ours. */
export async function rolemine(words: string[], environment: Record<string, string> = {}) {
  for (const name of variableNames) vi.stubEnv(name, environment[name] ?? '');
  const lines = recorder();
  try {
    const exit = await runProgram(words, lines.output);
    return { exit, out: lines.out(), err: lines.err() };
  } finally {
    vi.unstubAllEnvs();
  }
}

/** A new folder with these files, for the test that runs. */
export function folderOf(files: Record<string, string | Uint8Array> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'rolemine-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** Twelve people of Sales hold the CRM, eleven of them its reports, too; twelve of Support hold neither. */
export function smallCompany(): Record<'people.csv' | 'grants.csv', string> {
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
