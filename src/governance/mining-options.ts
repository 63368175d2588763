import type { MiningOptions } from '../mining/options.ts';
import { getMiningSettings } from '../store/mining-settings.ts';
import { listProfileSets } from '../store/profiles.ts';
import type { LoadedMatrix } from './cohorts.ts';
import type { Ctx } from './context.ts';

/** The settings in force, with the profiles there are, so that these are not suggested again. */
export async function miningOptions(
  ctx: Ctx,
  loaded: LoadedMatrix,
): Promise<Partial<MiningOptions>> {
  return {
    ...(await getMiningSettings(ctx.db)),
    existingProfiles: await existingProfiles(ctx, loaded),
  };
}

/** The entitlements of each profile as the miner knows them. */
export async function existingProfiles(ctx: Ctx, loaded: LoadedMatrix): Promise<number[][]> {
  const indexOf = new Map<number, number>();
  loaded.entitlementIds.forEach((id, index) => {
    indexOf.set(id, index);
  });
  const sets = await listProfileSets(ctx.db);
  // An entitlement nobody holds has no index; -1 keeps such a profile from looking exact.
  return [...sets.values()].map((ids) => [...ids].map((id) => indexOf.get(id) ?? -1));
}
