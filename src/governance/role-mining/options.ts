import type { MiningOptions } from '../../mining/options.ts';
import { getMiningSettings, listExcludedEntitlements } from '../../store/mining/mining-settings.ts';
import { listProfileSets } from '../../store/profiles/profiles.ts';
import type { Ctx } from '../context.ts';

/** The settings in force and what they leave out, with the profiles there are. All by database id. */
export async function miningOptions(ctx: Ctx): Promise<Partial<MiningOptions>> {
  return {
    ...(await getMiningSettings(ctx.db)),
    excludedEntitlements: await listExcludedEntitlements(ctx.db),
    existingProfiles: await listProfileEntitlements(ctx),
  };
}

/** The entitlements of each profile, so that these are not suggested again. */
export async function listProfileEntitlements(ctx: Ctx): Promise<number[][]> {
  const sets = await listProfileSets(ctx.db);
  return [...sets.values()].map((ids) => [...ids]);
}
