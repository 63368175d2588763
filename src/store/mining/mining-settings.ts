import { eq, inArray, isNotNull, or } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { entitlements } from '../schema/access.ts';
import { type MiningSettings, miningSettings } from '../schema/mining.ts';

const onlyRow = 1;

export async function getMiningSettings(db: Db): Promise<MiningSettings> {
  const [row] = await db.select().from(miningSettings).where(eq(miningSettings.id, onlyRow));
  return row?.settings ?? {};
}

export async function saveMiningSettings(
  db: Db,
  settings: MiningSettings,
  by: { changedBy: number; changedAt: Date },
): Promise<void> {
  await db
    .insert(miningSettings)
    .values({ id: onlyRow, settings, ...by })
    .onConflictDoUpdate({ target: miningSettings.id, set: { settings, ...by } });
}

export async function listUnmined(db: Db): Promise<number[]> {
  const rows = await db
    .select({ id: entitlements.id })
    .from(entitlements)
    .where(eq(entitlements.mined, false))
    .orderBy(entitlements.id);
  return rows.map((row) => row.id);
}

export async function markMined(db: Db, ids: readonly number[], mined: boolean): Promise<void> {
  if (ids.length === 0) return;
  await db
    .update(entitlements)
    .set({ mined })
    .where(inArray(entitlements.id, [...ids]));
}

/** The ids of entitlements that the miner leaves out: those that are not for mining, and closed ones. */
export async function listExcludedEntitlements(db: Db): Promise<number[]> {
  const rows = await db
    .select({ id: entitlements.id })
    .from(entitlements)
    .where(or(eq(entitlements.mined, false), isNotNull(entitlements.closedAt)))
    .orderBy(entitlements.id);
  return rows.map((row) => row.id);
}
