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
import type { MiningSettings } from '../../store/schema/mining.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, inTransaction, requirePermission } from '../context.ts';
import type { Miner } from './miner.ts';
import { listProfileEntitlements, miningOptions } from './options.ts';
import { queueAnalysis } from './runs.ts';

/** The settings of role mining as a form shows them. */
export interface MiningForm {
  settings: MiningSettings;
  /** What holds where nothing is set. */
  defaults: MiningOptions;
  /** Entitlements that are not for mining. */
  excluded: { id: number; label: string }[];
}

export async function readMiningForm(ctx: ActorCtx): Promise<MiningForm> {
  await requirePermission(ctx, 'mineRoles');
  const excluded = await listEntitlementsById(ctx.db, await listUnmined(ctx.db));
  return {
    settings: await getMiningSettings(ctx.db),
    defaults: defaultMiningOptions,
    excluded: excluded.map((one) => ({ id: one.id, label: `${one.app} · ${one.name}` })),
  };
}

/** Entitlements for a search field of the form, by application and name. */
export async function findMinable(ctx: ActorCtx, query: string) {
  await requirePermission(ctx, 'mineRoles');
  return searchAllEntitlements(ctx.db, { query, limit: 100 });
}

/** What a Super Admin would change. */
export interface MiningChange {
  settings: MiningSettings;
  excludedIds: readonly number[];
}

/** How many suggestions a change would leave, beside how many there are now. Nothing is written. */
export async function previewSettings(
  ctx: ActorCtx,
  miner: Miner,
  change: MiningChange,
): Promise<{ suggestions: number; now: number; explainedPercent: number }> {
  await requirePermission(ctx, 'mineRoles');
  const settings = check(change.settings);
  const count = async (options: Partial<MiningOptions>) => {
    const result = await miner.mine(ctx, options);
    return { found: result.found, share: result.explainedGrants / Math.max(1, result.grants) };
  };
  const after = await count({
    ...settings,
    excludedEntitlements: change.excludedIds,
    existingProfiles: await listProfileEntitlements(ctx),
  });
  const inForce = await miningOptions(ctx);
  const before = await count(inForce);
  const listed = ({ found }: { found: number }, options: Partial<MiningOptions>) =>
    Math.min(found, completeOptions(options).maxSuggestions);
  return {
    suggestions: listed(after, settings),
    now: listed(before, inForce),
    explainedPercent: Math.round(100 * after.share),
  };
}

/** Keeps new settings and has the organisation analysed with them. */
export async function changeSettings(ctx: ActorCtx, change: MiningChange): Promise<void> {
  await requirePermission(ctx, 'mineRoles');
  const settings = check(change.settings);
  await inTransaction(ctx, async (ctx) => {
    const before = await getMiningSettings(ctx.db);
    const unmined = new Set(await listUnmined(ctx.db));
    const excluded = new Set(change.excludedIds);
    const back = [...unmined].filter((id) => !excluded.has(id));
    const out = [...excluded].filter((id) => !unmined.has(id));
    await markMined(ctx.db, back, true);
    await markMined(ctx.db, out, false);
    await saveMiningSettings(ctx.db, settings, {
      changedBy: ctx.actor.personId,
      changedAt: ctx.now,
    });
    await audit(ctx, 'mining.settings', subjectOf.miningSettings(), {
      before: { ...before, excluded: [...unmined] },
      after: { ...settings, excluded: [...excluded] },
    });
    await queueAnalysis(ctx, 'person');
  });
}

/** @throws Refusal 'invalid' naming the setting that is out of range. */
function check(settings: MiningSettings): MiningSettings {
  try {
    completeOptions(settings);
    return settings;
  } catch (error) {
    if (error instanceof OutOfRange) throw new Refusal('invalid', `${error.message}.`);
    throw error;
  }
}
