import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { decideStep } from '../../../src/governance/decisions/decide-step.ts';
import { loadDigest } from '../../../src/governance/messages/digest.ts';
import {
  type PreferencesChange,
  saveNotificationSettings,
  savePreferences,
} from '../../../src/governance/notifications/preferences.ts';
import { sendDueSummaries } from '../../../src/governance/reminders/summaries.ts';
import { loadTaskView } from '../../../src/governance/task-cards/task-view.ts';
import { findPerson } from '../../../src/store/people/people.ts';
import { saveSlackIdentity } from '../../../src/store/people/slack-identities.ts';
import { digests, outbox } from '../../../src/store/schema/messages.ts';
import { databases } from '../../support/database.ts';
import { askFor } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';

/** A moment of the weeks that begin on Monday, 23 and 30 November 2026. */
const days = { mon: '11-23', tue: '11-24', wed: '11-25', sat: '11-28', next: '11-30' };
const at = (day: keyof typeof days, time: string) => new Date(`2026-${days[day]}T${time}:00Z`);

describe.each(databases())('summaries on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  beforeEach(async () => {
    for (const [name, entitlement] of [
      ['Ana', 'user'],
      ['Ana', 'admin'],
      ['Cy', 'user'],
    ] as const) {
      const wanted = { personId: company.ids[name], entitlementId: company[entitlement] };
      await askFor(await company.as(name, at('mon', '08:00')), { ...wanted, reason: 'on call' });
    }
  });

  const choose = async (change: PreferencesChange) =>
    savePreferences(await company.as('Bo'), change);
  const summarize = (now: Date, zone = 'UTC') => sendDueSummaries({ ...company.system, now }, zone);
  const written = () => db.select().from(digests).where(eq(digests.kind, 'summary'));
  const shown = async (now: Date) => {
    const bo = (await findPerson(db, company.ids.Bo))!;
    const [last] = (await written()).toReversed();
    return loadDigest({ ...company.system, now }, last!.id, bo);
  };

  it('nobody gets one who did not ask for it', async () => {
    expect(await summarize(at('tue', '10:00'))).toBe(0);
    expect(await written()).toEqual([]);
  });

  it('a daily one comes when the working day begins, once, with all that waits', async () => {
    await choose({ summary: 'daily', workFromHour: 7, workUntilHour: 15 });
    expect(await summarize(at('tue', '06:45'))).toBe(0);
    expect(await summarize(at('tue', '07:00'))).toBe(1);
    expect(await summarize(at('tue', '07:15'))).toBe(0);
    expect(await summarize(at('tue', '14:45'))).toBe(0);
    expect(await summarize(at('wed', '07:00'))).toBe(1);
    expect(await summarize(at('sat', '10:00'))).toBe(0);
    expect(await shown(at('wed', '07:00'))).toMatchObject({
      title: 'Summary: You have 3 open tasks',
      detail: '3 requests',
      since: at('mon', '08:00'),
    });
    const rows = await db.select().from(outbox).where(eq(outbox.kind, 'digest')).orderBy(outbox.id);
    expect(rows.map((row) => row.recipientId)).toEqual([company.ids.Bo, company.ids.Bo]);
  });

  it('a weekly one comes on Monday, by the calendar of the reader’s own time zone', async () => {
    await choose({ summary: 'weekly' });
    const bo = { personId: company.ids.Bo, state: 'linked' as const };
    await saveSlackIdentity(db, { ...bo, timeZone: 'Pacific/Auckland' });
    expect(await summarize(at('tue', '22:00'))).toBe(0);
    // Monday, nine o'clock, in Auckland.
    expect(await summarize(new Date('2026-11-29T20:00:00Z'))).toBe(1);
    expect(await summarize(at('next', '02:00'))).toBe(0);
  });

  it('the organization’s pace holds for who chose none, and nothing comes when nothing waits', async () => {
    const settings = { channel: 'slack', summary: 'daily', locked: false } as const;
    await saveNotificationSettings(await company.as('Dana'), settings);
    expect(await summarize(at('tue', '09:00'))).toBe(1);
    await choose({ summary: 'off' });
    expect(await summarize(at('wed', '09:00'))).toBe(0);
  });

  it('what is decided is marked in the newest summary, not in every one there was', async () => {
    await choose({ summary: 'daily' });
    await summarize(at('tue', '09:00'));
    await summarize(at('wed', '09:00'));
    await db.delete(outbox);
    const [task] = await db.query.tasks.findMany();
    const { id, version } = (await loadTaskView(company.system, task!.id))!.active!;
    const bo = await company.as('Bo', at('wed', '10:00'));
    await decideStep(bo, { stepId: id, version }, { positive: true });
    const rows = await db.select().from(outbox).where(eq(outbox.kind, 'digest')).orderBy(outbox.id);
    const [, newest] = await written();
    expect(rows.map((row) => row.subjectId)).toEqual([newest!.id]);
    expect((await shown(at('wed', '10:00')))?.done?.words).toBe('Done: 1 approved');
  });
});
