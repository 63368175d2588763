import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  viewEntitlementAccess,
  viewPersonAccess,
} from '../../../src/governance/access/holdings.ts';
import { suggestAccess } from '../../../src/governance/access/suggested-for-person.ts';
import { readDetails } from '../../../src/governance/task-cards/details.ts';
import {
  describeOutcome,
  describeRequest,
} from '../../../src/governance/task-cards/outcome-card.ts';
import { describeStep } from '../../../src/governance/task-cards/step-card.ts';
import { loadTaskView } from '../../../src/governance/task-cards/task-view.ts';
import { people } from '../../../src/store/schema/people.ts';
import { embedded } from '../../support/database.ts';
import { useCompany } from '../../support/use-database.ts';
import { day, type WithRules, withRules } from './role-rule-company.ts';

const because = 'because department = Engineering: 58 of 60 hold it';

describe.each(embedded())('where role rules are named on $name', ({ open }) => {
  const { db, company } = useCompany(open);
  let rules: WithRules;

  beforeEach(async () => {
    rules = await withRules(db, company);
  });

  const cardOf = async (taskId: number) => {
    const view = (await loadTaskView(company.system, taskId))!;
    return { view, card: describeStep(view, view.active!.id, company.ids.Lee) };
  };

  it('the task of a required rule, its details and its outcome say why it was opened', async () => {
    await rules.rule();
    await rules.follow();
    const [task] = await rules.open();
    const { card } = await cardOf(task!.id);
    expect(card.title).toBe('Provision GitHub · User for Ana');
    expect(card.facts).toContainEqual(['Role rule', 'department = Engineering: 58 of 60 hold it']);
    const details = await (await readDetails(await company.as('Lee'), task!.id)).fill();
    expect(details.asked).toMatchObject({ text: 'Requested by a role rule; applied by Dana' });
    expect(details.insights).toContainEqual({
      severity: 'fact',
      sentence: `A role rule grants it ${because}.`,
    });
    await rules.provisionAll();
    const view = (await loadTaskView(company.system, task!.id))!;
    expect(describeOutcome(view, company.ids.Ana)).toMatchObject({
      title: 'You now have GitHub · User',
      notes: [`A role rule grants it ${because}.`],
    });
  });

  it('what a person holds and who holds an entitlement name the rule, and since when it gives it no more', async () => {
    await rules.rule();
    await rules.follow();
    await rules.provisionAll();
    const dana = await company.as('Dana');
    const own = await viewPersonAccess(dana, company.ids.Ana);
    expect(own.holdings[0]?.about).toContain(`; a role rule gives it ${because}; `);
    await rules.move('Ana', 'Sales');
    await rules.follow(day(1));
    const all = await viewEntitlementAccess(dana, company.user);
    expect(all.holdings.map(({ about }) => about).join('\n')).toContain(
      'no role rule gives it any more since 22 Nov 2026, it was given because department = Engineering',
    );
  });

  it('a request for a new person says that a rule asks, and who decides about a revocation that one gives it', async () => {
    await rules.rule({ ruleType: 'requestedAutomatically' });
    await db
      .update(people)
      .set({ createdAt: day(1) })
      .where(eq(people.id, company.ids.Ana));
    await rules.follow(day(1));
    const [task] = await rules.open();
    const { view, card } = await cardOf(task!.id);
    expect(card).toMatchObject({
      title: 'Access request: GitHub · User for Ana (role rule)',
      quote: 'Because department = Engineering: 58 of 60 hold it.',
    });
    expect(describeRequest(view, company.ids.Ana)).toMatchObject({
      title: 'Access request: GitHub · User for you (role rule)',
      canCancel: true,
    });
  });

  it('what is suggested comes first when somebody asks for access, with the evidence', async () => {
    const suggested = async (name: 'Ana' | 'Cy') => {
      const found = await suggestAccess(await company.as(name), company.ids[name]);
      return found.map((one) => `${one.app} · ${one.name}: ${one.evidence}`);
    };
    await rules.rule({ ruleType: 'suggested', figures: null });
    const admin = { ruleType: 'requestedAutomatically' as const, entitlementId: company.admin };
    await rules.rule({ ...admin, priority: -1 });
    expect(await suggested('Ana')).toEqual([
      `GitHub · Admin: ${because}`,
      'GitHub · User: because department = Engineering',
    ]);
    expect(await suggested('Cy')).toEqual(['GitHub · User: because department = Engineering']);
    await rules.rule({ priority: -1 });
    expect(await suggested('Cy')).toEqual([]);
  });
});
