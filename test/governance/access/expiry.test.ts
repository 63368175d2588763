import { eq, inArray } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import {
  businessDaysAfter,
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
const later = new Date('2026-11-25T12:10:00Z');
/** A moment of November. */
const at = (iso: string) => new Date(`2026-11-${iso}:00Z`);

describe('business days', () => {
  it('are Monday to Friday, at the same time of day', () => {
    expect(businessDaysAfter(at('18T09:00'), 3)).toEqual(at('23T09:00'));
    expect(businessDaysAfter(noon, 3)).toEqual(at('25T12:00'));
  });
});

describe.each(databases())('the end of access on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  const until = (expiresAt: Date, grantedAt: Date | null = null) =>
    db.update(grants).set({ expiresAt, grantedAt });
  const on = (now: Date) => ({ ...company.system, now });
  const told = async () => {
    const rows = await db.select().from(outbox).where(eq(outbox.kind, 'expiring'));
    return rows.map((row) => row.recipientId);
  };
  const grant = async () => (await db.select().from(grants))[0]!;
  const note = async (now: Date) => loadExpiryNote(on(now), (await grant()).id);
  const revocations = async () => db.select().from(tasks).where(eq(tasks.kind, 'revoke'));
  const audits = async (verb: string) =>
    db.select().from(auditLog).where(eq(auditLog.verb, verb)).orderBy(auditLog.id);
  const decide = async (positive: boolean, name: keyof SmallCompany['ids'], now: Date) => {
    const [task] = await revocations();
    const { active } = (await loadTaskView(on(now), task!.id))!;
    const ref = { stepId: active!.id, version: active!.version };
    await decideStep(await company.as(name, now), ref, { positive, reason: 'still needed' });
  };

  it('is told to the holder once, 3 business days before, with a way to extend it', async () => {
    await until(wednesday);
    await notifyExpiring(on(at('20T11:50')));
    expect(await told()).toEqual([]);
    await notifyExpiring(on(at('20T12:00')));
    await notifyExpiring(on(at('23T12:00')));
    expect(await told()).toEqual([company.ids.Cy]);
    expect(await note(at('23T12:00'))).toMatchObject({
      title: 'Your access to GitHub · Admin ends on 25 Nov 2026, 12:00 UTC',
      canExtend: true,
      entitlementId: company.admin,
    });
  });

  it('of what was given for less than 4 days is told an hour before; to who has left, never', async () => {
    await until(wednesday, at('23T12:00'));
    await notifyExpiring(on(at('25T10:50')));
    expect(await told()).toEqual([]);
    await db.update(people).set({ active: false }).where(eq(people.id, company.ids.Cy));
    await notifyExpiring(on(at('25T11:00')));
    expect(await told()).toEqual([]);
    await db.update(people).set({ active: true }).where(eq(people.id, company.ids.Cy));
    await notifyExpiring(on(at('25T11:00')));
    expect(await told()).toEqual([company.ids.Cy]);
  });

  it('when extended is told anew before the new end, in a message of its own', async () => {
    await until(wednesday);
    await notifyExpiring(on(at('23T12:00')));
    const { id } = await grant();
    const key = { recipientId: company.ids.Cy, kind: 'expiring' as const, subjectId: id };
    await saveCopy(db, {
      key,
      surface: 'slack',
      copy: { channelId: 'D1', ts: '1.0', contentHash: 'x', at: noon },
    });
    const pair = { personId: company.ids.Cy, entitlementId: company.admin };
    await extendGrant(db, pair, at('30T23:59'));
    await redrawExpiry(on(at('23T13:00')), [pair]);
    expect(await told()).toHaveLength(2);
    expect(await note(at('23T13:00'))).toMatchObject({
      title: 'You keep GitHub · Admin until 30 Nov 2026',
      canExtend: false,
    });
    await notifyExpiring(on(at('26T12:00')));
    expect(await findCopy(db, key, 'slack')).toBeUndefined();
    expect(await note(at('26T12:00'))).toMatchObject({ canExtend: true });
  });

  it('opens a revocation once, whose card says why; confirmed and carried out, it is gone', async () => {
    await until(wednesday);
    await expireGrants(on(at('25T11:50')));
    expect(await revocations()).toEqual([]);
    await expireGrants(on(later));
    await expireGrants(on(later));
    const [task, ...more] = await revocations();
    expect(more).toEqual([]);
    expect(task).toMatchObject({ cause: 'expired', requesterId: null, openedBy: null });
    const view = (await loadTaskView(on(later), task!.id))!;
    const card = describeStep(view, view.active!.id, company.ids.Bo);
    expect(card).toMatchObject({
      title: 'Take GitHub · Admin away from Cy?',
      quote: 'It was given until 25 Nov 2026, 12:00 UTC.',
    });
    expect(card.facts).toContainEqual(['Proposed by', 'its end, 25 Nov 2026, 12:00 UTC']);
    expect((await note(later))?.title).toBe('Your access to GitHub · Admin is to be taken away');
    await decide(true, 'Bo', later);
    await decide(true, 'Lee', later);
    await expireGrants(on(at('26T12:00')));
    expect(await revocations()).toHaveLength(1);
    expect(await grant()).toMatchObject({ deprovisionTaskId: task!.id, expiresAt: wednesday });
  });

  it('that is extended while it is being taken away calls the revocation off', async () => {
    await until(wednesday);
    const asked = await requestExtension(await company.as('Cy', at('24T12:00')), {
      entitlementId: company.admin,
      until: at('30T23:59'),
      reason: 'still on call',
    });
    await expireGrants(on(later));
    for (const name of ['Bo', 'Lee'] as const) {
      const { active } = (await loadTaskView(on(later), asked.id))!;
      const ref = { stepId: active!.id, version: active!.version };
      await decideStep(await company.as(name, later), ref, { positive: true });
    }
    const closedReason = `It was extended by #${asked.id}.`;
    expect(await revocations()).toMatchObject([{ state: 'cancelled', closedReason }]);
    await expireGrants(on(at('26T12:00')));
    expect(await revocations()).toHaveLength(1);
    expect(await grant()).toMatchObject({ expiresAt: at('30T23:59'), closedAt: null });
  });

  it('of which the revocation was denied is no more: the access has no end, and the audit says so', async () => {
    await until(wednesday);
    await expireGrants(on(later));
    await decide(false, 'Bo', later);
    await expireGrants(on(later));
    await expireGrants(on(at('30T12:00')));
    expect(await revocations()).toHaveLength(1);
    expect(await grant()).toMatchObject({ expiresAt: null, closedAt: null });
    expect(await audits('grant.keep')).toMatchObject([
      {
        subject: `grant:${(await grant()).id}`,
        before: { expiresAt: wednesday.toISOString() },
        after: { expiresAt: null },
      },
    ]);
  });

  it('where nobody could decide is put on record once, and tried again until somebody can', async () => {
    await until(wednesday);
    const { ids } = company;
    const admins = eq(personRoles.personId, ids.Dana);
    await db
      .update(people)
      .set({ active: false })
      .where(inArray(people.id, [ids.Bo, ids.Kim]));
    await db.delete(personRoles).where(admins);
    await expireGrants(on(later));
    await expireGrants(on(at('25T12:20')));
    expect(await revocations()).toEqual([]);
    const [row, ...more] = await audits('grant.stay');
    expect(more).toEqual([]);
    expect(JSON.stringify(row?.after)).toContain('Nobody can decide this');
    await db.insert(personRoles).values({ personId: ids.Dana, role: 'super_admin' });
    await expireGrants(on(at('25T12:30')));
    expect(await revocations()).toMatchObject([{ state: 'open' }]);
  });

  it('that the source itself has carried out closes the revocation', async () => {
    await until(wednesday);
    await notifyExpiring(on(at('23T12:00')));
    await expireGrants(on(later));
    const people = ['Ana', 'Bo', 'Cy', 'Kim', 'Lee', 'Dana'].map((name) => ({
      name,
      email: `${name.toLowerCase()}@acme.example`,
    }));
    await syncSource({ ...on(later), via: 'cli' }, sourceOf({ people }));
    expect(await revocations()).toMatchObject([
      {
        state: 'cancelled',
        closedReason: 'Cy no longer has GitHub · Admin (sync of 25 Nov 2026).',
      },
    ]);
    expect((await note(later))?.title).toBe('Your access to GitHub · Admin has ended');
    expect((await told()).length).toBeGreaterThan(1);
  });
});
