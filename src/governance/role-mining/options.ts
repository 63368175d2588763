import type { MiningOptions } from '../../mining/options.ts';
import { getMiningSettings, listExcludedEntitlements } from '../../store/mining/mining-settings.ts';
import { listProfileCovers, listProfileSets } from '../../store/profiles/profiles.ts';
import type { Ctx } from '../context.ts';

/** Loads the settings in force, the excluded entitlements and the access profiles, all with database ids. */
export async function loadMiningOptions(ctx: Ctx): Promise<Partial<MiningOptions>> {
  return {
    ...(await getMiningSettings(ctx.db)),
    excludedEntitlements: await listExcludedEntitlements(ctx.db),
    existingProfiles: await listProfileEntitlements(ctx),
    profileCovers: await listProfileCovers(ctx.db),
  };
}

/** Lists the entitlements of each profile, so that they are not suggested again. */
export async function listProfileEntitlements(ctx: Ctx): Promise<number[][]> {
  const sets = await listProfileSets(ctx.db);
  return [...sets.values()].map((ids) => [...ids]);
}
