import { openCsvFolder } from '../../connectors/csv.ts';
import { readColumnMap } from '../../connectors/csv-columns.ts';
import type { Ctx } from '../../governance/context.ts';
import type { Output } from '../../jobs/command-socket.ts';
import type { StoreDeps } from '../store-deps.ts';
import { type ImportOptions, importSource } from './import-source.ts';

export interface ImportCsvArgs extends ImportOptions {
  /** Absolute path. */
  dir: string;
  map: string[];
}

/**
 * Imports a folder of CSV files.
 * @returns the exit code.
 * @throws Refusal invalid: problems in the files.
 */
export async function importCsv(
  deps: StoreDeps,
  { dir, map, ...options }: ImportCsvArgs,
  output: Output,
): Promise<number> {
  const startedAt = performance.now();
  const { db, timeZone, wake } = deps;
  const ctx: Ctx = { db, actor: undefined, via: 'cli', now: new Date(), timeZone, wake };
  const source = await openCsvFolder(dir, { map: readColumnMap(map), timeZone });
  return importSource(deps, ctx, source, { ...options, startedAt }, output);
}
