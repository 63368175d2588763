import { Refusal } from '../../errors.ts';
import { completeOptions, defaultMiningOptions, type MiningOptions } from '../../mining/options.ts';
import { OutOfRange } from '../../mining/out-of-range.ts';
import { listEntitlementsById, searchAllEntitlements } from '../../store/catalog/entitlements.ts';
import {
  getMiningSettings,
  listUnmined,
  markMined,
  saveMiningSettings,
} from '../../store/mining/mining-settings.ts';
import { listProfileCovers } from '../../store/profiles/profiles.ts';
import type { MiningSettings } from '../../store/schema/mining.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, inTransaction, requirePermission } from '../context.ts';
import type { Miner } from './miner.ts';
import { listProfileEntitlements, loadMiningOptions } from './options.ts';
import { queueAnalysis } from './runs.ts';

/** The settings of role mining as a form shows them. */
export interface MiningSettingsForm {
  settings: MiningSettings;
  /** The values of settings that are not set. */
  defaults: MiningOptions;
  /** Entitlements that are excluded from mining. */
  excluded: { id: number; label: string }[];
}

export async function readMiningSettings(ctx: ActorCtx): Promise<MiningSettingsForm> {
  await requirePermission(ctx, 'mineRoles');
  const excluded = await listEntitlementsById(ctx.db, await listUnmined(ctx.db));
  return {
    settings: await getMiningSettings(ctx.db),
    defaults: defaultMiningOptions,
    excluded: excluded.map((one) => ({ id: one.id, label: `${one.app} · ${one.name}` })),
  };
}

/** Searches entitlements by application and name. */
export async function searchMinableEntitlements(ctx: ActorCtx, query: string) {
  await requirePermission(ctx, 'mineRoles');
  return searchAllEntitlements(ctx.db, { query, limit: 100 });
}

/** New settings of role mining. */
export interface MiningSettingsChange {
  settings: MiningSettings;
  excludedIds: readonly number[];
}

/** Counts the suggestions under changed settings and under the current ones. Writes nothing. */
export async function previewSettings(
  ctx: ActorCtx,
  miner: Miner,
  change: MiningSettingsChange,
): Promise<{ suggestions: number; currentSuggestions: number; explainedPercent: number }> {
  await requirePermission(ctx, 'mineRoles');
  const settings = validateSettings(change.settings);
  const countSuggestions = async (options: Partial<MiningOptions>) => {
    const result = await miner.mine(ctx, options);
    return { found: result.found, share: result.explainedGrants / Math.max(1, result.grants) };
  };
  const after = await countSuggestions({
    ...settings,
    excludedEntitlements: change.excludedIds,
    existingProfiles: await listProfileEntitlements(ctx),
    profileCovers: await listProfileCovers(ctx.db),
  });
  const currentOptions = await loadMiningOptions(ctx);
  const before = await countSuggestions(currentOptions);
  const toListedCount = ({ found }: { found: number }, options: Partial<MiningOptions>) =>
    Math.min(found, completeOptions(options).maxSuggestions);
  return {
    suggestions: toListedCount(after, settings),
    currentSuggestions: toListedCount(before, currentOptions),
    explainedPercent: Math.round(100 * after.share),
  };
}

/** Saves new settings and queues an analysis of the whole organization. */
export async function changeSettings(ctx: ActorCtx, change: MiningSettingsChange): Promise<void> {
  await requirePermission(ctx, 'mineRoles');
  const settings = validateSettings(change.settings);
  await inTransaction(ctx, async (ctx) => {
    const before = await getMiningSettings(ctx.db);
    const previouslyExcluded = new Set(await listUnmined(ctx.db));
    const excluded = new Set(change.excludedIds);
    const included = [...previouslyExcluded].filter((id) => !excluded.has(id));
    const newlyExcluded = [...excluded].filter((id) => !previouslyExcluded.has(id));
    await markMined(ctx.db, included, true);
    await markMined(ctx.db, newlyExcluded, false);
    await saveMiningSettings(ctx.db, settings, {
      changedBy: ctx.actor.personId,
      changedAt: ctx.now,
    });
    await audit(ctx, 'mining.settings', subjectOf.miningSettings(), {
      before: { ...before, excluded: [...previouslyExcluded] },
      after: { ...settings, excluded: [...excluded] },
    });
    await queueAnalysis(ctx, 'person');
  });
}

/** @throws Refusal 'invalid' with the name of the setting that is out of range. */
function validateSettings(settings: MiningSettings): MiningSettings {
  try {
    completeOptions(settings);
    return settings;
  } catch (error) {
    if (error instanceof OutOfRange) throw new Refusal('invalid', `${error.message}.`);
    throw error;
  }
}
