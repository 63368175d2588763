import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { describeRules } from '../../../src/governance/role-rules/describe.ts';
import { loadReach, planRules, type RoleRule } from '../../../src/governance/role-rules/plan.ts';
import { listRulesInForce } from '../../../src/store/rules/role-rules.ts';
import { grants } from '../../../src/store/schema/access.ts';
import { people } from '../../../src/store/schema/people.ts';
import { rulePolicies, singleRoleRules } from '../../../src/store/schema/rules.ts';
import { databases } from '../../support/database.ts';
import { askFor, noon } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';

describe.each(databases())('the reach of role rules on $name', ({ open }) => {
  const { db, company } = useCompany(open);

  beforeEach(async () => {
    await db.update(people).set({ createdAt: noon });
  });

  const later = new Date(noon.getTime() + 3_600_000);
  const supposed = (more: Partial<RoleRule>): RoleRule => ({
    rulePolicyId: 1,
    entitlementId: company.user,
    criteria: [{ dimension: 'department', value: ' ENGINEERING' }],
    ruleType: 'required',
    priority: 0,
    appliedAt: noon,
    ...more,
  });
  const plan = async (...rules: RoleRule[]) =>
    planRules(await loadReach(company.system, rules), rules);
  const names = (list: readonly { personId: number }[]) =>
    list
      .map(({ personId }) => Object.entries(company.ids).find(([, id]) => id === personId)?.[0])
      .sort();

  it('gives to whoever meets all criteria, lacks it and has not asked for it', async () => {
    const { Ana, Bo } = company.ids;
    await db.update(people).set({ location: 'Lyon' }).where(eq(people.id, company.ids.Lee));
    await askFor(await company.as('Ana'), {
      personId: Ana,
      entitlementId: company.user,
      reason: 'x',
    });
    const rule = supposed({});
    const all = await plan(rule);
    expect(names(all.gains)).toEqual(['Bo', 'Cy', 'Kim', 'Lee']);
    expect(all.matching.get(rule)).toBe(5);
    expect(all.gains[0]).toEqual({ personId: Bo, entitlementId: company.user, rule });
    const lyon = [
      { dimension: 'department', value: 'engineering' },
      { dimension: 'Location', value: 'lyon' },
    ];
    expect(names((await plan(supposed({ criteria: lyon }))).gains)).toEqual(['Lee']);
    const nowhere = supposed({ criteria: [{ dimension: 'location', value: '' }] });
    expect((await plan(nowhere, supposed({ criteria: [] }))).gains).toEqual([]);
  });

  it('lets the smallest priority win, then what is required, and then the oldest rule', async () => {
    const manager = [{ dimension: 'manager', value: 'bo@acme.example' }];
    const suggested = supposed({ criteria: manager, ruleType: 'suggested', priority: -1 });
    expect(names((await plan(supposed({}), suggested)).gains)).toEqual(['Bo', 'Kim', 'Lee']);
    const older = supposed({ id: 3 });
    const rules = [supposed({ id: 4, criteria: manager }), older];
    expect(new Set((await plan(...rules)).gains.map(({ rule }) => rule))).toEqual(new Set([older]));
    const oldest = supposed({ id: 2, ruleType: 'suggested' });
    const { gains } = await plan(oldest, older);
    expect(new Set(gains.map(({ rule }) => rule))).toEqual(new Set([older]));
  });

  it('asks for people who came after it was applied alone', async () => {
    await db.update(people).set({ createdAt: later }).where(eq(people.id, company.ids.Lee));
    const { gains, requests } = await plan(supposed({ ruleType: 'requestedAutomatically' }));
    expect(gains).toEqual([]);
    expect(names(requests)).toEqual(['Lee']);
  });

  it('knows what is held by a rule and not given any more, and what is held by hand and given', async () => {
    const [policy] = await db
      .insert(rulePolicies)
      .values({ name: 'Mining', createdAt: noon })
      .returning();
    const rule = { ...supposed({}), rulePolicyId: policy!.id, origin: 'written' as const };
    await db.insert(singleRoleRules).values({ ...rule, entitlementId: company.admin });
    const [inForce] = await listRulesInForce(db);
    const covering = await plan(inForce!);
    expect(names(covering.redundant)).toEqual(['Cy']);
    await db.update(grants).set({ ruleId: inForce!.id });
    const stays = await plan(inForce!, supposed({ entitlementId: company.admin, priority: -1 }));
    expect(stays.redundant).toEqual([]);
    expect(stays.stays).toMatchObject([
      { grant: { isInGracePeriod: false }, rule: { id: inForce!.id } },
    ]);
    expect(names((await plan()).losses)).toEqual(['Cy']);
    await db.update(people).set({ active: false }).where(eq(people.id, company.ids.Cy));
    expect(names((await plan(inForce!)).losses)).toEqual(['Cy']);
  });

  it('puts rules into words', async () => {
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
        words: 'title = Agent and manager = Bo',
        evidence: '58 of 60 hold it',
        because: 'because title = Agent and manager = Bo: 58 of 60 hold it',
      },
      { words: 'cost centre = 7', evidence: undefined, because: 'because cost centre = 7' },
    ]);
  });

  it('reaches 10,000 people by 1,000 rules without asking each of each', async () => {
    const many = Array.from({ length: 10_000 }, (_, at) => ({
      connector: 'csv',
      name: `P${at}`,
      department: `Department ${at % 250}`,
      jobTitle: `Title ${at % 40}`,
    }));
    for (let at = 0; at < many.length; at += 2_000) {
      await db.insert(people).values(many.slice(at, at + 2_000));
    }
    const rules = Array.from({ length: 1_000 }, (_, at) =>
      supposed({
        entitlementId: at % 2 ? company.user : company.admin,
        criteria: [
          { dimension: 'department', value: `department ${at % 250}` },
          ...(at % 3 ? [] : [{ dimension: 'job_title', value: `title ${at % 40}` }]),
        ],
      }),
    );
    const { gains, matching } = await plan(...rules);
    expect(matching.size).toBe(1_000);
    expect(gains.length).toBeGreaterThan(5_000);
    expect(new Set(gains.map((one) => `${one.personId}:${one.entitlementId}`)).size).toBe(
      gains.length,
    );
  });
});
