import { openCsvFiles } from '../../connectors/csv.ts';
import { readColumnMap } from '../../connectors/csv-columns.ts';
import { formatProblems } from '../../connectors/problems.ts';
import type { Output } from '../../jobs/command-socket.ts';
import { completeRoleOptions } from '../../mining/roles/role-options.ts';
import { type SurveyOptions, survey } from '../../mining/survey.ts';
import { systemZone } from '../../time-zones.ts';
import { printUnknownPeopleWarning, printWarnings } from '../import/warnings.ts';
import { openProgress, type Progress } from '../progress.ts';
import { assertKnownDimensions } from './dimensions.ts';
import { printReport } from './mine-report.ts';
import { readMatrix } from './read-matrix.ts';

export interface MineFilesArgs {
  people: string | undefined;
  grants: string;
  entitlements: string | undefined;
  map: string[];
  options: SurveyOptions;
  json: boolean;
}

/** Mines CSV files, without a database. @returns the exit code. */
export async function mineFiles(args: MineFilesArgs, output: Output): Promise<number> {
  const progress = openProgress(output);
  try {
    return await mineWithProgress(args, progress);
  } finally {
    progress.close();
  }
}

async function mineWithProgress(
  { people, entitlements, grants, map, options, json }: MineFilesArgs,
  { show, output }: Progress,
): Promise<number> {
  const startedAt = performance.now();
  const source = await openCsvFiles(
    { ...(people && { people }), ...(entitlements && { entitlements }), grants },
    { map: readColumnMap(map), timeZone: systemZone() },
  );
  const read = await readMatrix(source, new Date(), (count) =>
    show(`reading: ${count.toLocaleString('en')} grants`, source.readShare?.()),
  );
  printWarnings(source, output);
  if (source.problems.count > 0) {
    for (const line of formatProblems(source.problems)) output.err(line);
    return 1;
  }
  printUnknownPeopleWarning(read, output);
  assertKnownDimensions(read.matrix.columns, options.mining);
  show('mining');
  const found = survey(read.matrix, options, watchRoles(options, show));
  const names = {
    nameOf: (index: number) => read.entitlements[index] ?? { app: '', entitlement: '' },
    personOf: (index: number) => read.people[index] ?? '',
    seenRunsOf: () => 0,
  };
  printReport(found, { names, options: options.mining, json, startedAt }, output);
  return 0;
}

/** A clock for the search for roles. The search reads it often, so it can show the progress. */
function watchRoles({ roles }: SurveyOptions, show: Progress['show']): () => number {
  const { seconds } = completeRoleOptions({ ...roles, now: () => 0 });
  let startedAt: number | undefined;
  return () => {
    const now = performance.now();
    startedAt ??= now;
    const passed = (now - startedAt) / 1000;
    show(`searching for roles, ${passed.toFixed(1)} of ${seconds} s`, passed / seconds);
    return now;
  };
}
