import { desc, eq, isNull } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { listConcerns } from '../../../src/governance/messages/admin-concerns.ts';
import { loadPersonalMessage } from '../../../src/governance/messages/messages.ts';
import { setRoles } from '../../../src/governance/people/role-assignments.ts';
import { listHeldImports } from '../../../src/governance/sync/held-import-card.ts';
import { releaseHeldImport } from '../../../src/governance/sync/held-imports.ts';
import { syncSource } from '../../../src/governance/sync/sync-source.ts';
import { entitlements, grants, syncRuns } from '../../../src/store/schema/access.ts';
import { auditLog, outbox } from '../../../src/store/schema/messages.ts';
import { people } from '../../../src/store/schema/people.ts';
import { heldImports } from '../../../src/store/schema/sync.ts';
import { databases } from '../../support/database.ts';
import { noon } from '../../support/small-company.ts';
import { commits, useCompany } from '../../support/use-database.ts';
import { sourceOf } from './sync-source.ts';

const days = (count: number) => new Date(noon.getTime() + count * 86_400_000);

/** People of a source with two grants each; `without` leaves out that many grants. */
const staff = (count: number, { without = 0, inactive = 0 } = {}) => ({
  people: Array.from({ length: count }, (_, at) => ({ id: `${at}`, active: at >= inactive })),
  grants: Array.from({ length: count }, (_, at) => [`${at} Jira Basic`, `${at} GitHub Admin`])
    .flat()
    .slice(without),
});

describe.each(databases())(
  'an import that would close many people or grants, on $name',
  ({ open }) => {
    const { db, company } = useCompany(open);

    beforeEach(async () => {
      await setRoles(company.system, company.ids.Kim, { before: [], after: ['connector_admin'] });
      await sync(staff(30));
    });

    const sync = (
      content: Parameters<typeof sourceOf>[0],
      { now = noon, name = 'hr', ...options }: Record<string, unknown> = {},
    ) => {
      const ctx = { ...company.system, via: 'cli' as const, now: now as Date };
      return syncSource(ctx, sourceOf(content, name as string), options);
    };
    const expectHeld = (content = staff(20), now = noon) =>
      expect(sync(content, { now })).rejects.toThrow(/^Held: /);
    const countLive = async () => ({
      people: await db.$count(people, isNull(people.closedAt)),
      grants: await db.$count(grants, isNull(grants.closedAt)),
      runs: await db.$count(syncRuns),
      entitlements: await db.$count(entitlements),
    });
    const rowsOf = (verb: string) =>
      db.select().from(auditLog).where(eq(auditLog.verb, verb)).orderBy(desc(auditLog.id));
    const newest = async () =>
      (await db.select().from(heldImports).orderBy(desc(heldImports.id)))[0]!.id;
    const letThrough = async (holdId: number, name: 'Kim' | 'Dana' = 'Kim', now = noon) =>
      releaseHeldImport(await company.as(name, now), { holdId });
    const listMessages = () =>
      db.select().from(outbox).where(eq(outbox.kind, 'held_import')).orderBy(outbox.id);
    const card = async (holdId: number, now = noon) => {
      const row = (await listMessages()).findLast((one) => one.subjectId === holdId)!;
      const { message, isNews } = (await loadPersonalMessage({ ...company.system, now }, row))!;
      return message.kind === 'held_import' ? { ...message.held, isNews } : undefined;
    };
    const waiting = async (name: 'Kim' | 'Ana' = 'Kim') =>
      (await listConcerns(await company.as(name))).filter((one) => one.includes('held'));

    it('is held: nothing is changed, and administrators are notified once for the same figures', async () => {
      const before = await countLive();
      const reduced = { ...staff(20), entitlements: [{ app: 'Jira', entitlement: 'New' }] };
      await expect(sync(reduced)).rejects.toMatchObject({
        code: 'conflict',
        message:
          'Held: this import would remove 10 of 30 people (33 %) and 20 of 60 grants (33 %). A Connector Admin has to let it through in Slack; then run it again. Nothing was changed.',
      });
      expect(await countLive()).toEqual(before);
      const [row] = await rowsOf('sync.hold');
      expect(row).toMatchObject({
        via: 'cli',
        subject: 'connector:hr',
        after: { people: { before: 30, closing: 10 }, grants: { before: 60, closing: 20 } },
      });
      const readers = [company.ids.Kim, company.ids.Dana].sort();
      expect((await listMessages()).map((one) => one.recipientId).sort()).toEqual(readers);
      expect(await card(await newest())).toMatchObject({
        isNews: true,
        isOpen: true,
        summary: expect.stringContaining('It would remove 10 of 30 people (33 %) and 20 of 60'),
      });
      await expectHeld();
      expect(await rowsOf('sync.hold')).toHaveLength(2);
      expect(await listMessages()).toHaveLength(2);
      expect(await rowsOf('sync.fail')).toEqual([]);
    });

    it('goes through once after its release, and the audit log and the card show it', async () => {
      await expectHeld();
      await expectHeld();
      const [{ holdId } = { holdId: 0 }] = await listHeldImports(await company.as('Kim'));
      expect(await letThrough(holdId)).toEqual({ connector: 'hr' });
      expect((await rowsOf('sync.let_through'))[0]).toMatchObject({
        actorId: company.ids.Kim,
        subject: `held-import:${holdId}`,
        after: { connector: 'hr', people: { closing: 10 }, grants: { closing: 20 } },
      });
      expect(await card(holdId)).toMatchObject({ isOpen: false, isNews: false });
      expect((await card(holdId))?.lines[1]).toMatch(/^Kim let it through on 21 Nov 2026; the im/);
      const { counts } = await sync(staff(20), { now: days(6) });
      expect(counts).toMatchObject({ peopleClosed: 10, grantsClosed: 20 });
      expect((await rowsOf('sync.complete'))[0]?.after).toMatchObject({
        leave: holdId,
        fall: { people: { closing: 10 } },
      });
      expect((await card(holdId))?.lines[1]).toMatch(/2026; a later import of hr went through\.$/);
      await expectHeld(staff(10), days(6));
    });

    it('is held again if it would remove more than was released, or a week later', async () => {
      await expectHeld();
      const first = await newest();
      await letThrough(first);
      await expectHeld(staff(20), days(8));
      await expectHeld(staff(19), days(1));
      expect(await waiting()).toEqual([
        'An import of hr is held: it would remove 11 of 30 people (37 %) and 22 of 60 grants (37 %).',
      ]);
      const { counts } = await sync(staff(21), { now: days(2) });
      expect(counts.peopleClosed).toBe(9);
      expect(await waiting()).toEqual([]);
    });

    it(
      'only a Connector Admin or Super Admin lets it through, and the second reads who was first',
      commits,
      async () => {
        await expectHeld();
        const holdId = await newest();
        const ana = await company.as('Ana');
        await expect(releaseHeldImport(ana, { holdId })).rejects.toThrow(/^Only Connector Admins/);
        expect(await listHeldImports(ana)).toEqual([]);
        expect(await waiting('Ana')).toEqual([]);
        expect(await waiting()).toHaveLength(1);
        const both = await Promise.allSettled([
          letThrough(holdId, 'Kim'),
          letThrough(holdId, 'Dana', days(1)),
        ]);
        expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
        expect(await rowsOf('sync.let_through')).toHaveLength(1);
        await expect(letThrough(holdId, 'Dana', days(2))).rejects.toThrow(
          /^(Kim|Dana) let this import of hr through \d days? ago\.$/,
        );
        expect(await waiting()).toEqual([]);
        await expect(letThrough(9_999)).rejects.toThrow('There is no such held import.');
      },
    );

    it('needs no decision after another import went through or was held with other figures', async () => {
      await expectHeld();
      const first = await newest();
      await expectHeld(staff(15));
      await expect(letThrough(first)).rejects.toThrow('is held with other figures');
      expect(await card(first)).toMatchObject({ isOpen: false });
      const second = await newest();
      await sync(staff(30));
      await expect(letThrough(second)).rejects.toThrow(
        'It is no longer needed: a later import of hr went through.',
      );
      expect(await card(second)).toMatchObject({ isOpen: false, isNews: false });
      expect(await waiting()).toEqual([]);
    });

    it('goes through if the operator confirms it; a dry run shows what would be held', async () => {
      const { held: removal } = await sync(staff(20), { dryRun: true });
      expect(removal).toEqual({
        effect: 'it would remove 10 of 30 people (33 %) and 20 of 60 grants (33 %)',
        changes: [],
        decider: 'Connector Admin',
      });
      expect(await rowsOf('sync.hold')).toEqual([]);
      expect((await sync(staff(20), { dryRun: true, acceptFall: true })).held).toBeUndefined();
      await sync(staff(20), { acceptFall: true });
      const [row] = await rowsOf('sync.complete');
      expect(row).toMatchObject({ via: 'cli', after: { leave: 'operator', peopleClosed: 10 } });
    });

    it('counts people who become inactive, counts grants separately, and ignores other sources', async () => {
      await expectHeld(staff(30, { inactive: 7 }));
      await expect(sync(staff(30, { without: 13 }))).rejects.toThrow(
        'remove 13 of 60 grants (22 %). A',
      );
      // Six of 30 are exactly a fifth. The seven people of the company are of another source.
      await sync(staff(24));
    });

    it('counts each application, and each entitlement from 20 holders', async () => {
      const apps = ['Jira', 'GitHub', 'SAP', 'Figma', 'Slack', 'Zoom', 'Miro', 'Asana', 'AWS'];
      const source = (skip: (app: string, at: number) => boolean = () => false) => ({
        people: staff(40).people,
        grants: Array.from({ length: 40 }, (_, at) =>
          apps
            .filter((app) => !skip(app, at))
            .map((app) => `${at} ${app} ${at < 10 ? 'Admin' : 'User'}`),
        ).flat(),
      });
      await sync(source(), { name: 'apps' });
      const without = (skip: (app: string, at: number) => boolean) =>
        sync(source(skip), { name: 'apps' });
      await expect(without((app) => app === 'SAP')).rejects.toThrow(
        'would remove 40 of 350 grants (11 %): SAP (40 of 40). A Connector Admin',
      );
      // 7 of 30 users of Jira are less than a fifth of Jira.
      await expect(without((app, at) => app === 'Jira' && at > 32)).rejects.toThrow(
        'would remove 7 of 350 grants (2 %): Jira · User (7 of 30).',
      );
      const held = await newest();
      expect((await card(held))?.lines).toContain(
        'It would remove 7 of 350 grants (2 %): Jira · User (7 of 30).',
      );
      await letThrough(held);
      // The release is about Jira.
      await expect(without((app, at) => app === 'AWS' && at > 32)).rejects.toThrow(/^Held: /);
      await without((app, at) => app === 'Jira' && at > 32);
      // Five of an application, and six of ten holders of an entitlement, need no confirmation.
      await without((app, at) => (app === 'Zoom' && at < 6) || (app === 'Jira' && at > 32));
    });

    it('does not count grants that a task deprovisioned or that have expired', async () => {
      const ends = { person: '1', app: 'SAP', entitlement: 'Read', expiresAt: days(1) };
      const many = Array.from({ length: 20 }, (_, at) => ({ ...ends, person: `${at}` }));
      const { people: all, grants: both } = staff(30);
      await sync({ people: all, grants: [...both, ...many] });
      const [basic] = await db.select().from(entitlements).where(eq(entitlements.name, 'Basic'));
      const taken = eq(grants.entitlementId, basic!.id);
      await db.update(grants).set({ deprovisionedAt: noon }).where(taken);
      const { counts } = await sync(
        { people: all, grants: both.filter((one) => !one.includes('Jira')) },
        { now: days(2) },
      );
      expect(counts.grantsClosed).toBe(50);
    });

    it('is not held for five leavers, even from a small source', async () => {
      const few = (count: number) => ({
        people: Array.from({ length: count }, (_, at) => ({ email: `p${at}@small.example` })),
      });
      await sync(few(8), { name: 'small' });
      const { counts } = await sync(few(3), { name: 'small' });
      expect(counts.peopleClosed).toBe(5);
    });
  },
);
