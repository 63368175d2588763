import { eq, inArray } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import {
  expireGrants,
  loadExpiryNote,
  notifyExpiring,
} from '../../../src/governance/access/expiry.ts';
import { decideStep } from '../../../src/governance/decisions/decide-step.ts';
import { redrawExpiry } from '../../../src/governance/notifications/redraw.ts';
import { requestExtension } from '../../../src/governance/requests/extend-access.ts';
import { syncSource } from '../../../src/governance/sync/sync-source.ts';
import { describeStep } from '../../../src/governance/task-cards/step-card.ts';
import { loadTaskView } from '../../../src/governance/task-cards/task-view.ts';
import { extendGrant } from '../../../src/store/access/grants.ts';
import { findCopy, saveCopy } from '../../../src/store/messages/message-copies.ts';
import { grants } from '../../../src/store/schema/access.ts';
import { auditLog, outbox } from '../../../src/store/schema/messages.ts';
import { people, personRoles } from '../../../src/store/schema/people.ts';
import { tasks } from '../../../src/store/schema/tasks.ts';
import { databases } from '../../support/database.ts';
import { noon, type SmallCompany } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';
import { sourceOf } from '../sync/sync-source.ts';

const wednesday = new Date('2026-11-25T12:00:00Z');
const afterEnd = new Date('2026-11-25T12:10:00Z');
/** A time in November 2026. */
const november = (iso: string) => new Date(`2026-11-${iso}:00Z`);

describe.each(databases())('the end of access on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  const setEnd = (expiresAt: Date, grantedAt: Date | null = null) =>
    db.update(grants).set({ expiresAt, grantedAt });
  const ctxAt = (now: Date) => ({ ...company.system, now });
  const listRecipients = async () => {
    const rows = await db
      .select()
      .from(outbox)
      .where(eq(outbox.kind, 'expiring'))
      .orderBy(outbox.id);
    return rows.map((row) => row.recipientId);
  };
  const loadGrant = async () => (await db.select().from(grants))[0]!;
  const loadNote = async (now: Date) => loadExpiryNote(ctxAt(now), (await loadGrant()).id);
  const listRevocations = async () => db.select().from(tasks).where(eq(tasks.kind, 'revoke'));
  const listAudits = async (verb: string) =>
    db.select().from(auditLog).where(eq(auditLog.verb, verb)).orderBy(auditLog.id);
  const decideRevocation = async (
    positive: boolean,
    name: keyof SmallCompany['ids'],
    now: Date,
  ) => {
    const [task] = await listRevocations();
    const { active } = (await loadTaskView(ctxAt(now), task!.id))!;
    const ref = { stepId: active!.id, version: active!.version };
    await decideStep(await company.as(name, now), ref, { positive, reason: 'still needed' });
  };

  it('the holder is notified once, 3 business days before, and can extend the access', async () => {
    await setEnd(wednesday);
    await notifyExpiring(ctxAt(november('20T11:50')));
    expect(await listRecipients()).toEqual([]);
    await notifyExpiring(ctxAt(november('20T12:00')));
    await notifyExpiring(ctxAt(november('23T12:00')));
    expect(await listRecipients()).toEqual([company.ids.Cy]);
    expect(await loadNote(november('23T12:00'))).toMatchObject({
      title: 'Your access to GitHub · Admin ends on 25 Nov 2026, 12:00',
      canExtend: true,
      entitlementId: company.admin,
    });
  });

  it('the notice of a grant of less than 4 days comes an hour before, and never to somebody who has left', async () => {
    await setEnd(wednesday, november('23T12:00'));
    await notifyExpiring(ctxAt(november('25T10:50')));
    expect(await listRecipients()).toEqual([]);
    await db.update(people).set({ active: false }).where(eq(people.id, company.ids.Cy));
    await notifyExpiring(ctxAt(november('25T11:00')));
    expect(await listRecipients()).toEqual([]);
    await db.update(people).set({ active: true }).where(eq(people.id, company.ids.Cy));
    await notifyExpiring(ctxAt(november('25T11:00')));
    expect(await listRecipients()).toEqual([company.ids.Cy]);
  });

  it('after an extension a new message announces the new end', async () => {
    await setEnd(wednesday);
    await notifyExpiring(ctxAt(november('23T12:00')));
    const { id } = await loadGrant();
    const key = { recipientId: company.ids.Cy, kind: 'expiring' as const, subjectId: id };
    await saveCopy(db, {
      key,
      surface: 'slack',
      copy: { channelId: 'D1', ts: '1.0', contentHash: 'x', at: noon },
    });
    const pair = { personId: company.ids.Cy, entitlementId: company.admin };
    await extendGrant(db, pair, november('30T23:59'));
    await redrawExpiry(ctxAt(november('23T13:00')), [pair]);
    expect(await listRecipients()).toHaveLength(2);
    expect(await loadNote(november('23T13:00'))).toMatchObject({
      title: 'You keep GitHub · Admin until 30 Nov 2026',
      canExtend: false,
    });
    await notifyExpiring(ctxAt(november('26T12:00')));
    expect(await findCopy(db, key, 'slack')).toBeUndefined();
    expect(await loadNote(november('26T12:00'))).toMatchObject({ canExtend: true });
  });

  it('one revocation opens whose card shows the end, and deprovisioning completes it', async () => {
    await setEnd(wednesday);
    await expireGrants(ctxAt(november('25T11:50')));
    expect(await listRevocations()).toEqual([]);
    await expireGrants(ctxAt(afterEnd));
    await expireGrants(ctxAt(afterEnd));
    const [task, ...more] = await listRevocations();
    expect(more).toEqual([]);
    expect(task).toMatchObject({ cause: 'expired', requesterId: null, openedBy: null });
    const view = (await loadTaskView(ctxAt(afterEnd), task!.id))!;
    const card = describeStep(view, view.active!.id, company.ids.Bo);
    expect(card).toMatchObject({
      title: 'Revoke GitHub · Admin from Cy?',
      quote: 'The access has reached its end date.',
    });
    expect(card.facts).toContainEqual(['Proposed by', 'Rolemine: end date 25 Nov 2026, 12:00']);
    expect((await loadNote(afterEnd))?.title).toBe(
      'Your access to GitHub · Admin is being revoked',
    );
    await decideRevocation(true, 'Bo', afterEnd);
    await decideRevocation(true, 'Lee', afterEnd);
    await expireGrants(ctxAt(november('26T12:00')));
    expect(await listRevocations()).toHaveLength(1);
    expect(await loadGrant()).toMatchObject({ deprovisionTaskId: task!.id, expiresAt: wednesday });
  });

  it('an extension during the revocation closes the revocation', async () => {
    await setEnd(wednesday);
    const request = await requestExtension(await company.as('Cy', november('24T12:00')), {
      entitlementId: company.admin,
      until: november('30T23:59'),
      reason: 'still on call',
    });
    await expireGrants(ctxAt(afterEnd));
    for (const name of ['Bo', 'Lee'] as const) {
      const { active } = (await loadTaskView(ctxAt(afterEnd), request.id))!;
      const ref = { stepId: active!.id, version: active!.version };
      await decideStep(await company.as(name, afterEnd), ref, { positive: true });
    }
    const closedReason = `Task #${request.id} extended the access.`;
    expect(await listRevocations()).toMatchObject([{ state: 'canceled', closedReason }]);
    await expireGrants(ctxAt(november('26T12:00')));
    expect(await listRevocations()).toHaveLength(1);
    expect(await loadGrant()).toMatchObject({ expiresAt: november('30T23:59'), closedAt: null });
  });

  it('a denied revocation removes the end date, with an audit row', async () => {
    await setEnd(wednesday);
    await expireGrants(ctxAt(afterEnd));
    await decideRevocation(false, 'Bo', afterEnd);
    await expireGrants(ctxAt(afterEnd));
    await expireGrants(ctxAt(november('30T12:00')));
    expect(await listRevocations()).toHaveLength(1);
    expect(await loadGrant()).toMatchObject({ expiresAt: null, closedAt: null });
    expect(await listAudits('grant.keep')).toMatchObject([
      {
        subject: `grant:${(await loadGrant()).id}`,
        before: { expiresAt: wednesday.toISOString() },
        after: { expiresAt: null },
      },
    ]);
  });

  it('a revocation that nobody could decide is audited once and tried again until somebody can', async () => {
    await setEnd(wednesday);
    const { ids } = company;
    const ofDana = eq(personRoles.personId, ids.Dana);
    await db
      .update(people)
      .set({ active: false })
      .where(inArray(people.id, [ids.Bo, ids.Kim]));
    await db.delete(personRoles).where(ofDana);
    await expireGrants(ctxAt(afterEnd));
    await expireGrants(ctxAt(november('25T12:20')));
    expect(await listRevocations()).toEqual([]);
    const [row, ...more] = await listAudits('grant.stay');
    expect(more).toEqual([]);
    expect(JSON.stringify(row?.after)).toContain('Nobody can decide this');
    await db.insert(personRoles).values({ personId: ids.Dana, role: 'super_admin' });
    await expireGrants(ctxAt(november('25T12:30')));
    expect(await listRevocations()).toMatchObject([{ state: 'open' }]);
  });

  it('a revocation closes when the source has removed the access itself', async () => {
    await setEnd(wednesday);
    await notifyExpiring(ctxAt(november('23T12:00')));
    await expireGrants(ctxAt(afterEnd));
    const people = ['Ana', 'Bo', 'Cy', 'Kim', 'Lee', 'Dana'].map((name) => ({
      name,
      email: `${name.toLowerCase()}@acme.example`,
    }));
    await syncSource({ ...ctxAt(afterEnd), via: 'cli' }, sourceOf({ people }));
    expect(await listRevocations()).toMatchObject([
      {
        state: 'canceled',
        closedReason: 'Cy no longer has GitHub · Admin (sync of 25 Nov 2026).',
      },
    ]);
    expect((await loadNote(afterEnd))?.title).toBe('Your access to GitHub · Admin has ended');
    expect((await listRecipients()).length).toBeGreaterThan(1);
  });
});
