import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { describeRules } from '../../../src/governance/role-rules/describe.ts';
import { loadAccessSnapshot, planRules } from '../../../src/governance/role-rules/plan.ts';
import type { RoleRule } from '../../../src/governance/role-rules/role-rule.ts';
import { listRulesInForce } from '../../../src/store/rules/role-rules.ts';
import { grants } from '../../../src/store/schema/access.ts';
import { people } from '../../../src/store/schema/people.ts';
import { rulePolicies, singleRoleRules } from '../../../src/store/schema/rules.ts';
import { databases } from '../../support/database.ts';
import { askFor, noon } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';

describe.each(databases())('planning role rules on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  beforeEach(async () => {
    await db.update(people).set({ createdAt: noon });
  });

  const later = new Date(noon.getTime() + 3_600_000);
  const draftRule = (change: Partial<RoleRule>): RoleRule => ({
    rulePolicyId: 1,
    entitlementId: company.user,
    criteria: [{ dimension: 'department', value: ' ENGINEERING' }],
    ruleType: 'required',
    priority: 0,
    appliedAt: noon,
    ...change,
  });
  const plan = async (...rules: RoleRule[]) =>
    planRules(await loadAccessSnapshot(company.system, rules), rules);
  const toNames = (list: readonly { personId: number }[]) =>
    list
      .map(({ personId }) => Object.entries(company.ids).find(([, id]) => id === personId)?.[0])
      .sort();

  it('a rule grants access to people who match all criteria, lack it and have not requested it', async () => {
    const { Ana, Bo } = company.ids;
    await db.update(people).set({ location: 'Lyon' }).where(eq(people.id, company.ids.Lee));
    await askFor(await company.as('Ana'), {
      personId: Ana,
      entitlementId: company.user,
      reason: 'x',
    });
    const rule = draftRule({});
    const planned = await plan(rule);
    expect(toNames(planned.newGrants)).toEqual(['Bo', 'Cy', 'Kim', 'Lee']);
    expect(planned.matchCounts.get(rule)).toBe(5);
    expect(planned.newGrants[0]).toEqual({ personId: Bo, entitlementId: company.user, rule });
    const lyon = [
      { dimension: 'department', value: 'engineering' },
      { dimension: 'Location', value: 'lyon' },
    ];
    expect(toNames((await plan(draftRule({ criteria: lyon }))).newGrants)).toEqual(['Lee']);
    const emptyLocationRule = draftRule({ criteria: [{ dimension: 'location', value: '' }] });
    expect((await plan(emptyLocationRule, draftRule({ criteria: [] }))).newGrants).toEqual([]);
  });

  it('the smallest priority wins, then a required rule, then the oldest rule', async () => {
    const manager = [{ dimension: 'manager', value: 'bo@acme.example' }];
    const suggested = draftRule({ criteria: manager, ruleType: 'suggested', priority: -1 });
    expect(toNames((await plan(draftRule({}), suggested)).newGrants)).toEqual(['Bo', 'Kim', 'Lee']);
    const older = draftRule({ id: 3 });
    const rules = [draftRule({ id: 4, criteria: manager }), older];
    expect(new Set((await plan(...rules)).newGrants.map(({ rule }) => rule))).toEqual(
      new Set([older]),
    );
    const oldest = draftRule({ id: 2, ruleType: 'suggested' });
    const { newGrants } = await plan(oldest, older);
    expect(new Set(newGrants.map(({ rule }) => rule))).toEqual(new Set([older]));
  });

  it('a requestedAutomatically rule asks only for people who came after it was applied', async () => {
    await db.update(people).set({ createdAt: later }).where(eq(people.id, company.ids.Lee));
    const { newGrants, requests } = await plan(draftRule({ ruleType: 'requestedAutomatically' }));
    expect(newGrants).toEqual([]);
    expect(toNames(requests)).toEqual(['Lee']);
  });

  it('the plan lists rule grants that are no longer covered and manual grants that are', async () => {
    const [policy] = await db
      .insert(rulePolicies)
      .values({ name: 'Mining', createdAt: noon })
      .returning();
    const rule = { ...draftRule({}), rulePolicyId: policy!.id, origin: 'written' as const };
    await db.insert(singleRoleRules).values({ ...rule, entitlementId: company.admin });
    const [inForce] = await listRulesInForce(db);
    const covering = await plan(inForce!);
    expect(toNames(covering.redundant)).toEqual(['Cy']);
    await db.update(grants).set({ ruleId: inForce!.id });
    const covered = await plan(inForce!, draftRule({ entitlementId: company.admin, priority: -1 }));
    expect(covered.redundant).toEqual([]);
    expect(covered.covered).toMatchObject([
      { grant: { isInGracePeriod: false }, rule: { id: inForce!.id } },
    ]);
    expect(toNames((await plan()).uncovered)).toEqual(['Cy']);
    await db.update(people).set({ active: false }).where(eq(people.id, company.ids.Cy));
    expect(toNames((await plan(inForce!)).uncovered)).toEqual(['Cy']);
  });

  it('rules are described with the names of managers and attributes', async () => {
    const criteria = [
      { dimension: 'job_title', value: 'Agent' },
      { dimension: 'manager', value: 'BO@acme.example' },
    ];
    const figures = { matched: 60, truePositives: 58 };
    expect(
      await describeRules(company.system, [
        { criteria, figures },
        { criteria: [{ dimension: 'cost_centre', value: '7' }], figures: null },
      ]),
    ).toEqual([
      {
        criteriaText: 'title = Agent and manager = Bo',
        evidence: '58 of 60 have it',
        reason: 'because title = Agent and manager = Bo: 58 of 60 have it',
      },
      { criteriaText: 'cost centre = 7', evidence: undefined, reason: 'because cost centre = 7' },
    ]);
  });

  it('1,000 rules match 10,000 people without comparing each rule to each person', async () => {
    const manyPeople = Array.from({ length: 10_000 }, (_, at) => ({
      connector: 'csv',
      name: `P${at}`,
      department: `Department ${at % 250}`,
      jobTitle: `Title ${at % 40}`,
    }));
    for (let at = 0; at < manyPeople.length; at += 2_000) {
      await db.insert(people).values(manyPeople.slice(at, at + 2_000));
    }
    const rules = Array.from({ length: 1_000 }, (_, at) =>
      draftRule({
        entitlementId: at % 2 ? company.user : company.admin,
        criteria: [
          { dimension: 'department', value: `department ${at % 250}` },
          ...(at % 3 ? [] : [{ dimension: 'job_title', value: `title ${at % 40}` }]),
        ],
      }),
    );
    const { newGrants, matchCounts } = await plan(...rules);
    expect(matchCounts.size).toBe(1_000);
    expect(newGrants.length).toBeGreaterThan(5_000);
    expect(new Set(newGrants.map((one) => `${one.personId}:${one.entitlementId}`)).size).toBe(
      newGrants.length,
    );
  });
});
