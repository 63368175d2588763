import { openCsvFolder } from '../../connectors/csv.ts';
import { readColumnMap } from '../../connectors/csv-columns.ts';
import type { Ctx } from '../../governance/context.ts';
import { replaceSandboxCompany } from '../../governance/people/leave-sandbox.ts';
import { hasSandboxCompany, reserveForWorkspace } from '../../governance/people/store-identity.ts';
import type { SyncResult } from '../../governance/sync/sync-source.ts';
import type { Output } from '../../jobs/command-socket.ts';
import { assertStopped } from '../leave-sandbox.ts';
import type { StoreDeps } from '../store-deps.ts';
import { type ImportOptions, importSource } from './import-source.ts';

export interface ImportCsvArgs extends ImportOptions {
  /** Absolute path. */
  dir: string;
  map: string[];
  /** Drops the made-up company of the sandbox in the same transaction. */
  replaceCompany?: boolean;
}

/**
 * Imports a folder of CSV files.
 * @returns the exit code.
 * @throws Refusal invalid: problems in the files; conflict: there is no made-up company that it could replace.
 */
export async function importCsv(
  deps: StoreDeps,
  { dir, map, replaceCompany = false, ...options }: ImportCsvArgs,
  output: Output,
): Promise<number> {
  const startedAt = performance.now();
  const { db, timeZone, wake, operator } = deps;
  const ctx: Ctx = { db, actor: undefined, via: 'cli', operator, now: new Date(), timeZone, wake };
  const source = await openCsvFolder(dir, { map: readColumnMap(map), timeZone });
  if (replaceCompany) assertStopped(wake, 'rolemine import csv --replace-sandbox-company');
  const { dryRun } = options;
  const runSync = replaceCompany
    ? (ctx: Ctx, runImport: (ctx: Ctx) => Promise<SyncResult>) =>
        replaceSandboxCompany(ctx, { dryRun, runImport })
    : undefined;
  const then = async () => {
    if (deps.readWorkspace) await reserveForWorkspace(ctx);
  };
  const exit = await importSource(
    deps,
    ctx,
    source,
    { ...options, startedAt, runSync, then },
    output,
  );
  if (!replaceCompany && (await hasSandboxCompany(ctx))) output.err(mixedWarning);
  return exit;
}

const mixedWarning =
  'warning: the made-up company of the sandbox is in the same store, and its access is mined with yours. To drop it, stop Rolemine and import again with --replace-sandbox-company.';
