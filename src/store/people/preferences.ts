import { eq, sql } from 'drizzle-orm';
import type { Db } from '../db.ts';
import { notificationPreferences, notificationSettings } from '../schema/messages.ts';

const onlyRow = 1;

export type OwnPreferences = Pick<
  typeof notificationPreferences.$inferSelect,
  'channel' | 'summary' | 'workFromHour' | 'workUntilHour'
>;
export type NotificationSettings = Pick<
  typeof notificationSettings.$inferSelect,
  'channel' | 'summary' | 'locked'
>;

/** The settings until a Super Admin saves others. */
const defaults: NotificationSettings = { channel: 'slack', summary: 'off', locked: false };

export async function getNotificationSettings(db: Db): Promise<NotificationSettings> {
  const { channel, summary, locked } = notificationSettings;
  const [row] = await db
    .select({ channel, summary, locked })
    .from(notificationSettings)
    .where(eq(notificationSettings.id, onlyRow));
  return row ?? defaults;
}

export async function putNotificationSettings(
  db: Db,
  settings: NotificationSettings,
  by: { changedBy: number; changedAt: Date },
): Promise<void> {
  const row = { ...settings, ...by };
  await db
    .insert(notificationSettings)
    .values({ id: onlyRow, ...row })
    .onConflictDoUpdate({ target: notificationSettings.id, set: row });
}

/** The choices of these people. A person without any is missing. */
export async function listPreferences(
  db: Db,
  personIds: readonly number[],
): Promise<Map<number, OwnPreferences>> {
  const list = await db
    .select()
    .from(notificationPreferences)
    .where(sql`${notificationPreferences.personId} = any(${sql.param([...personIds])}::int[])`);
  return new Map(list.map((one) => [one.personId, one]));
}

export async function putPreferences(
  db: Db,
  {
    personId,
    preferences,
    changedAt,
  }: { personId: number; preferences: OwnPreferences; changedAt: Date },
): Promise<void> {
  const row = { ...preferences, changedAt };
  await db
    .insert(notificationPreferences)
    .values({ personId, ...row })
    .onConflictDoUpdate({ target: notificationPreferences.personId, set: row });
}
