import { openCsvFiles } from '../connectors/csv.ts';
import { readColumnMap } from '../connectors/csv-columns.ts';
import { formatProblems } from '../connectors/problems.ts';
import type { Output } from '../jobs/command-socket.ts';
import { mine } from '../mining/mine.ts';
import type { MiningOptions } from '../mining/options.ts';
import { checkDimensions } from './dimensions.ts';
import { printReport } from './mine-report.ts';
import { readMatrix } from './read-matrix.ts';
import { tellWarnings } from './tell-warnings.ts';

export interface MineFilesArgs {
  people: string | undefined;
  grants: string;
  entitlements: string | undefined;
  map: string[];
  options: Partial<MiningOptions>;
  json: boolean;
}

/** Mines CSV files, without a database. @returns the exit code. */
export async function mineFiles(args: MineFilesArgs, output: Output): Promise<number> {
  const startedAt = performance.now();
  const { people, entitlements, grants } = args;
  const source = await openCsvFiles(
    { ...(people && { people }), ...(entitlements && { entitlements }), grants },
    { map: readColumnMap(args.map) },
  );
  const read = await readMatrix(source, new Date());
  tellWarnings(source, output);
  if (source.problems.count > 0) {
    for (const line of formatProblems(source.problems)) output.err(line);
    return 1;
  }
  if (read.strangerGrants > 0) {
    const message = "grants of people who are not in the people's file do not count";
    output.err(`warning: ${message} (${read.strangerGrants}).`);
  }
  checkDimensions(read.matrix.columns, args.options);
  const result = mine(read.matrix, args.options);
  const nothing = { app: '', entitlement: '' };
  const names = {
    nameOf: (index: number) => read.entitlements[index] ?? nothing,
    seenRunsOf: () => 0,
  };
  printReport(result, { names, options: args.options, json: args.json, startedAt }, output);
  return 0;
}
