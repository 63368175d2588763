import { desc, eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import {
  loadPreferences,
  type PreferencesChange,
  readPreferences,
  saveNotificationSettings,
  savePreferences,
} from '../../../src/governance/notifications/preferences.ts';
import { isWorkingTime } from '../../../src/governance/notifications/working-hours.ts';
import { auditLog } from '../../../src/store/schema/messages.ts';
import { databases } from '../../support/database.ts';
import type { SmallCompany } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';

describe.each(databases())('how people are reached, on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  const save = async (change: PreferencesChange) => savePreferences(await company.as('Bo'), change);
  const inForce = async (name: keyof SmallCompany['ids'] = 'Bo') =>
    (await readPreferences(await company.as(name))).inForce;
  const organize = async (channel: 'both' | 'email', locked = false) =>
    saveNotificationSettings(await company.as('Dana'), { channel, summary: 'weekly', locked });
  const lastAudit = async () => (await db.select().from(auditLog).orderBy(desc(auditLog.id)))[0];

  it('who chose nothing gets Slack with e-mail in its place, no summary, and works from nine to six', async () => {
    expect(await inForce()).toEqual({
      channel: 'slack',
      summary: 'off',
      workFromHour: 9,
      workUntilHour: 18,
    });
  });

  it('one’s own choice goes before the organization’s, each by itself, and is on record', async () => {
    await organize('both');
    await save({ channel: 'email', workFromHour: 7, workUntilHour: 15 });
    const expected = { channel: 'email', summary: 'weekly', workFromHour: 7, workUntilHour: 15 };
    expect(await inForce()).toEqual(expected);
    expect((await loadPreferences(company.system, [company.ids.Bo]))(company.ids.Bo)).toEqual(
      expected,
    );
    expect(await inForce('Ana')).toMatchObject({ channel: 'both', summary: 'weekly' });
    expect(await lastAudit()).toMatchObject({
      verb: 'preferences.save',
      subject: `person:${company.ids.Bo}`,
      actorId: company.ids.Bo,
      before: { channel: null },
      after: { channel: 'email', summary: null, workFromHour: 7 },
    });
    await save({ channel: null });
    expect(await inForce()).toMatchObject({ channel: 'both', workFromHour: 7 });
  });

  it('with the lock on, the organization’s channel holds for everybody and cannot be left', async () => {
    await save({ channel: 'email' });
    await organize('both', true);
    expect(await lastAudit()).toMatchObject({
      verb: 'notifications.settings',
      before: { channel: 'slack', locked: false },
      after: { channel: 'both', summary: 'weekly', locked: true },
    });
    expect(await inForce()).toMatchObject({ channel: 'both' });
    await expect(save({ channel: 'slack' })).rejects.toThrow(
      'Your organization notifies everybody by: Slack and e-mail. A Super Admin can change that.',
    );
    await save({ summary: 'daily', channel: 'email' });
    expect(await inForce()).toMatchObject({ channel: 'both', summary: 'daily' });
  });

  it('only a Super Admin chooses for the organization', async () => {
    const settings = { channel: 'email', summary: 'off', locked: true } as const;
    await expect(saveNotificationSettings(await company.as('Bo'), settings)).rejects.toThrow(
      'Only Super Admins',
    );
    expect(await db.select().from(auditLog).orderBy(auditLog.id)).toEqual([]);
  });

  it.each([
    [{ workFromHour: 9 }, 'Enter both ends of your working hours, or neither.'],
    [{ workFromHour: -1, workUntilHour: 25 }, 'Working hours are whole hours from 0 to 24.'],
    [{ workFromHour: 8.5, workUntilHour: 17 }, 'Working hours are whole hours from 0 to 24.'],
    [{ workFromHour: 9, workUntilHour: 9 }, 'Your working hours end when they begin'],
    [{ channel: 'pigeon' }, '“pigeon” is not one of both, slack, email.'],
    [{ summary: 'hourly' }, '“hourly” is not one of off, daily, weekly.'],
  ])('%j is refused with what is wrong with it', async (change, sentence) => {
    await expect(save(change as PreferencesChange)).rejects.toThrow(sentence);
    const rows = await db
      .select()
      .from(auditLog)
      .where(eq(auditLog.verb, 'preferences.save'))
      .orderBy(auditLog.id);
    expect(rows).toEqual([]);
  });
});

describe('working hours', () => {
  const at = (day: number, time: string) => new Date(`2026-11-${day}T${time}:00Z`);
  const zones = ['Europe/Berlin'];

  it.each([
    ['nine to six where nothing is chosen', {}, '08:00', '17:00'],
    ['one’s own', { workFromHour: 6, workUntilHour: 14 }, '05:00', '13:00'],
    ['over midnight', { workFromHour: 22, workUntilHour: 6 }, '21:00', '05:00'],
  ])('%s, in the person’s time zone', (_, hours, begin, end) => {
    expect(isWorkingTime(at(24, begin), { ...hours, zones })).toBe(true);
    expect(isWorkingTime(at(24, end), { ...hours, zones })).toBe(false);
    expect(isWorkingTime(at(28, begin), { ...hours, zones })).toBe(false);
  });

  it('the whole day is a whole day', () => {
    const whole = { workFromHour: 0, workUntilHour: 24, zones };
    for (let hour = 10; hour < 24; hour++) {
      expect(isWorkingTime(at(24, `${hour}:30`), whole)).toBe(true);
    }
  });
});
