import { eq, inArray, isNull } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { expireGrants } from '../../../src/governance/access/expiry.ts';
import { listConcerns } from '../../../src/governance/messages/admin-concerns.ts';
import { loadPersonalMessage } from '../../../src/governance/messages/messages.ts';
import { unenroll } from '../../../src/governance/profiles/unenroll.ts';
import {
  adoptGrants,
  countAdoptable,
} from '../../../src/governance/role-rules/adopt-manual-grants.ts';
import { decideHeldGrants } from '../../../src/governance/role-rules/held-removals.ts';
import { grants } from '../../../src/store/schema/access.ts';
import {
  accessProfiles,
  enrollments,
  profileEntitlements,
} from '../../../src/store/schema/mining.ts';
import { people } from '../../../src/store/schema/people.ts';
import { tasks } from '../../../src/store/schema/tasks.ts';
import { databases } from '../../support/database.ts';
import { forgetAuditLog } from '../../support/forget-audit-log.ts';
import { useCompany } from '../../support/use-database.ts';
import { day, type WithRules, withRules } from './role-rule-company.ts';

describe.each(databases())(
  'what many would lose, and what is given by hand, on $name',
  ({ open }) => {
    const { db, company } = useCompany(open);
    let rules: WithRules;

    beforeEach(async () => {
      rules = await withRules(db, company);
    });

    /** Ten people more in a department, each holding GitHub · User by hand or by a rule. */
    const tenMore = async (department: string, ruleId: number | null) => {
      const made = await db
        .insert(people)
        .values(
          Array.from({ length: 10 }, (_, at) => ({ connector: 'csv', name: `P${at}`, department })),
        )
        .returning();
      await db.insert(grants).values(
        made.map(({ id }) => ({
          personId: id,
          entitlementId: company.user,
          source: 'connector' as const,
          connector: 'csv',
          firstSeenAt: day(0),
          ruleId,
        })),
      );
      return made.map(({ id }) => id);
    };
    const personalMessage = async () => {
      const [row] = (await rules.told('held_grants')).slice(-1);
      const { message, isNews } = (await loadPersonalMessage(
        { ...company.system, now: day(1) },
        row!,
      ))!;
      return message.kind === 'held_grants' ? { ...message.held, isNews } : undefined;
    };

    it('is left as it is when more than a fifth would lose it, until a Super Admin says yes', async () => {
      const ruleId = await rules.rule();
      const ids = await tenMore('Engineering', ruleId);
      const moved = ids.slice(0, 6);
      await db.update(people).set({ department: 'Sales' }).where(inArray(people.id, moved));
      expect(await rules.follow(day(1))).toMatchObject({ lost: 0, held: 6 });
      await rules.follow(day(1));
      expect((await rules.readRule(ruleId)).heldGrantIds).toHaveLength(6);
      expect((await rules.told('held_grants')).map((row) => row.recipientId)).toEqual([
        company.ids.Dana,
      ]);
      expect(await personalMessage()).toMatchObject({
        title: 'A role rule would take GitHub · User from 6 people at once',
        waiting: 6,
        isNews: true,
      });
      const dana = await company.as('Dana', day(1));
      expect((await listConcerns(dana)).join()).toContain('1 role rule would remove access');
      const held = { ruleId, shown: 6, decision: 'apply' } as const;
      await expect(decideHeldGrants(await company.as('Kim'), held)).rejects.toThrow(/Dana can/);
      await expect(decideHeldGrants(dana, { ...held, shown: 5 })).rejects.toThrow(
        /By now .* from 6/,
      );
      expect(await decideHeldGrants(dana, held)).toEqual({ grants: 6 });
      await expect(decideHeldGrants(dana, held)).rejects.toThrow('Dana chose Apply removals');
      const lost = (await db.select().from(grants)).filter((grant) => grant.ruleLostAt !== null);
      expect(lost.map((grant) => grant.personId).toSorted((a, b) => a - b)).toEqual(moved);
      expect(await rules.audits('role-rule.apply-held')).toMatchObject([
        { actorId: company.ids.Dana, subject: `role-rule:${ruleId}` },
      ]);
      expect(await personalMessage()).toMatchObject({ waiting: 0, isNews: false });
      expect(await rules.follow(day(2))).toMatchObject({ lost: 0, held: 0 });
    });

    it('is given by hand from then on when it is kept', async () => {
      const ruleId = await rules.rule({ criteria: [{ dimension: 'department', value: 'Legal' }] });
      const ids = await tenMore('Sales', ruleId);
      // Nobody at all meets the rule.
      await db
        .update(grants)
        .set({ closedAt: day(0) })
        .where(inArray(grants.personId, ids.slice(3)));
      expect(await rules.follow(day(1))).toMatchObject({ lost: 0, held: 3 });
      expect((await personalMessage())?.lines).toContain(
        'Nobody meets the rule any more, which may be an error of the source: nothing was taken away.',
      );
      const dana = await company.as('Dana', day(1));
      await decideHeldGrants(dana, { ruleId, shown: 3, decision: 'keep' });
      const live = await db
        .select()
        .from(grants)
        .where(inArray(grants.personId, ids.slice(0, 3)));
      expect(live.map((grant) => [grant.ruleId, grant.ruleLostAt])).toEqual(
        live.map(() => [null, null]),
      );
      expect(await rules.follow(day(2))).toMatchObject({ lost: 0, held: 0 });
    });

    it('waits no more when people meet the rule again, and still when the rule ends', async () => {
      const ruleId = await rules.rule();
      const ids = await tenMore('Engineering', ruleId);
      const go = (department: string) =>
        db
          .update(people)
          .set({ department })
          .where(inArray(people.id, ids.slice(0, 6)));
      await go('Sales');
      await rules.follow(day(1));
      await go('Engineering');
      await rules.follow(day(2));
      expect((await rules.readRule(ruleId)).heldGrantIds).toBeNull();
      await go('Sales');
      await rules.follow(day(3));
      await rules.endRule(ruleId, day(4));
      expect(await rules.follow(day(4))).toMatchObject({ lost: 4, held: 6 });
    });

    it('names the person who decided, until other removals are held', async () => {
      const ruleId = await rules.rule();
      const first = await tenMore('Engineering', ruleId);
      const second = await tenMore('Engineering', ruleId);
      const go = (some: readonly number[], department: string) =>
        db
          .update(people)
          .set({ department })
          .where(inArray(people.id, [...some]));
      await go(first.slice(0, 6), 'Sales');
      await rules.follow(day(1));
      const dana = await company.as('Dana', day(1));
      await decideHeldGrants(dana, { ruleId, shown: 6, decision: 'keep' });
      await forgetAuditLog(db);
      expect((await personalMessage())?.lines.at(-1)).toBe('Dana chose Keep them just now.');
      await go(second.slice(0, 6), 'Sales');
      await rules.follow(day(2));
      await go(second.slice(0, 6), 'Engineering');
      await rules.follow(day(3));
      expect((await rules.readRule(ruleId)).heldGrantIds).toBeNull();
      expect((await personalMessage())?.lines.at(-1)).toBe(
        'No removal waits any more: those people meet the rule again.',
      );
    });

    it('given by hand can be turned into what the rules give, and follows the person then', async () => {
      const ruleId = await rules.rule();
      const other = { criteria: [{ dimension: 'department', value: 'Sales' }] };
      await rules.rule({ ...other, ruleType: 'suggested' });
      const ids = await tenMore('Engineering', null);
      await tenMore('Sales', null);
      await rules.follow();
      const dana = await company.as('Dana', day(1));
      const { rulePolicyId } = rules;
      expect(await countAdoptable(dana, rulePolicyId)).toBe(10);
      expect(await adoptGrants(dana, { rulePolicyId })).toEqual({ adopted: 10 });
      expect(await adoptGrants(dana, { rulePolicyId })).toEqual({ adopted: 0 });
      const ruled = await db.select().from(grants).where(eq(grants.ruleId, ruleId));
      expect(new Set(ruled.map((grant) => grant.personId))).toEqual(new Set(ids));
      expect(await rules.audits('rule-policy.adopt')).toHaveLength(1);
      await db.update(people).set({ department: 'Sales' }).where(eq(people.id, ids[0]!));
      expect(await rules.follow(day(2))).toMatchObject({ lost: 1 });
      await expect(adoptGrants(await company.as('Bo'), { rulePolicyId })).rejects.toThrow(
        /Dana can/,
      );
    });

    it('does not end by its date, nor with a profile, while a required rule gives it', async () => {
      const ruleId = await rules.rule();
      const { Ana, Bo } = company.ids;
      const given = { entitlementId: company.user, source: 'task' as const, firstSeenAt: day(0) };
      await db.insert(accessProfiles).values({ name: 'Base', nameKey: 'base', createdAt: day(0) });
      const [profile] = await db.select().from(accessProfiles);
      const profileId = profile!.id;
      await db.insert(profileEntitlements).values({ profileId, entitlementId: company.user });
      await db.insert(enrollments).values({ profileId, personId: Bo, enrolledAt: day(0) });
      await db.insert(grants).values([
        { ...given, personId: Ana, expiresAt: day(1) },
        { ...given, personId: Bo, profileId },
      ]);
      await expireGrants({ ...company.system, now: day(2) });
      const input = { profileId, personIds: [Bo], leaving: 'revoke_all' as const };
      await unenroll(await company.as('Dana'), input);
      expect(await db.select().from(tasks).where(eq(tasks.kind, 'revoke'))).toEqual([]);
      const live = (await db.select().from(grants).where(isNull(grants.closedAt))).filter(
        (grant) => grant.entitlementId === company.user,
      );
      expect(live.map((grant) => [grant.ruleId, grant.expiresAt])).toEqual([
        [ruleId, null],
        [ruleId, null],
      ]);
    });
  },
);
