import { Refusal } from '../../errors.ts';
import type { Ctx } from '../../governance/context.ts';
import { loadMatrix } from '../../governance/role-mining/load-matrix.ts';
import { listProfileEntitlements } from '../../governance/role-mining/options.ts';
import { explainNothingToMine, toStoredSuggestion } from '../../governance/role-mining/runs.ts';
import type { Output } from '../../jobs/command-socket.ts';
import { toOptionsInIndexes, toSuggestionInIds } from '../../mining/ids-and-indexes.ts';
import type { MinedSuggestion } from '../../mining/suggestions/suggestion.ts';
import type { SurveyOptions } from '../../mining/survey.ts';
import { listEntitlementsById } from '../../store/catalog/entitlements.ts';
import { getMiningSettings } from '../../store/mining/mining-settings.ts';
import { listSuggestionsByFingerprint } from '../../store/mining/suggestions.ts';
import { listPeopleById } from '../../store/people/people.ts';
import { listProfileCovers } from '../../store/profiles/profiles.ts';
import type { StoreDeps } from '../store-deps.ts';
import { assertKnownDimensions } from './dimensions.ts';
import { printReport } from './mine-report.ts';

export interface MineStoreArgs {
  options: SurveyOptions;
  json: boolean;
}

/**
 * Mines the access in the store like a scheduled run, without writing anything. @returns the exit
 * code.
 * @throws Refusal missing: nothing has been imported yet.
 */
export async function mineStore(
  { db, timeZone, survey, operator }: StoreDeps,
  { options, json }: MineStoreArgs,
  output: Output,
): Promise<number> {
  const startedAt = performance.now();
  const ctx: Ctx = { db, actor: undefined, via: 'cli', operator, now: new Date(), timeZone };
  const nothing = await explainNothingToMine(ctx);
  if (nothing) throw new Refusal('missing', nothing);
  const loaded = await loadMatrix(ctx);
  assertKnownDimensions(loaded.matrix.columns, options.mining);
  const ids = [...loaded.entitlementIds];
  const keys = { people: loaded.personIds, entitlements: loaded.entitlementIds };
  const storedOptions = {
    ...(await getMiningSettings(db)),
    existingProfiles: await listProfileEntitlements(ctx),
    profileCovers: await listProfileCovers(db),
  };
  const indexOptions = toOptionsInIndexes(storedOptions, keys);
  const mining = { ...indexOptions, ...options.mining };
  const surveyOptions = { ...options, mining };
  const found = await survey(loaded.matrix, surveyOptions);
  const { result } = found;

  const rows = await listEntitlementsById(db, ids);
  const nameOf = new Map(rows.map(({ id, app, name }) => [id, { app, entitlement: name }]));
  const hasPeople = found.roles !== undefined || found.outliers !== undefined;
  const people = hasPeople ? await listPeopleById(db, [...loaded.personIds]) : [];
  const personOf = new Map(people.map((one) => [one.id, one.email ?? one.externalId ?? one.name]));
  const fingerprintOf = (one: MinedSuggestion) =>
    toStoredSuggestion(toSuggestionInIds(one, keys)).row.fingerprint;
  const before = await listSuggestionsByFingerprint(db, result.suggestions.map(fingerprintOf));
  const seenRuns = new Map(before.map((one) => [one.fingerprint, one.seenRuns]));
  const names = {
    nameOf: (index: number) => nameOf.get(ids[index] ?? 0) ?? { app: '', entitlement: '' },
    personOf: (index: number) => personOf.get(loaded.personIds[index] ?? 0) ?? '',
    seenRunsOf: (one: MinedSuggestion) => seenRuns.get(fingerprintOf(one)) ?? 0,
  };
  printReport(found, { names, options: mining, json, startedAt }, output);
  return 0;
}
