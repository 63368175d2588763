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
import { day, type RoleRuleCompany, setUpRoleRules } from './role-rule-company.ts';

const reason = 'because department = Engineering: 58 of 60 have it';

describe.each(embedded())('texts that name role rules on $name', ({ open }) => {
  const { db, company } = useCompany(open);
  let rules: RoleRuleCompany;

  beforeEach(async () => {
    rules = await setUpRoleRules(db, company);
  });

  const loadCard = async (taskId: number) => {
    const view = (await loadTaskView(company.system, taskId))!;
    return { view, card: describeStep(view, view.active!.id, company.ids.Lee) };
  };

  it('the task of a required rule, its details and its outcome say why it was opened', async () => {
    await rules.addRule();
    await rules.reconcile();
    const [task] = await rules.listOpenTasks();
    const { card } = await loadCard(task!.id);
    expect(card.title).toBe('Provision GitHub · User for Ana');
    expect(card.facts).toContainEqual(['Role rule', 'department = Engineering: 58 of 60 have it']);
    const details = await (await readDetails(await company.as('Lee'), task!.id)).fill();
    expect(details.asked).toMatchObject({ text: 'Requested by a role rule; applied by Dana' });
    expect(details.insights).toContainEqual({
      severity: 'fact',
      sentence: `A role rule grants it ${reason}.`,
    });
    await rules.provisionAll();
    const view = (await loadTaskView(company.system, task!.id))!;
    expect(describeOutcome(view, company.ids.Ana)).toMatchObject({
      title: 'You now have GitHub · User',
      notes: [`A role rule grants it ${reason}.`],
    });
  });

  it('lists of access and of holders name the rule, and the date since it no longer matches', async () => {
    await rules.addRule();
    await rules.reconcile();
    await rules.provisionAll();
    const dana = await company.as('Dana');
    const personAccess = await viewPersonAccess(dana, company.ids.Ana);
    expect(personAccess.holdings[0]?.details).toContain(`; a role rule grants it ${reason}; `);
    await rules.move('Ana', 'Sales');
    await rules.reconcile(day(1));
    const entitlementAccess = await viewEntitlementAccess(dana, company.user);
    expect(entitlementAccess.holdings.map(({ details }) => details).join('\n')).toContain(
      'no role rule has granted it since 22 Nov 2026; it was granted because department = Engineering',
    );
  });

  it('a request for a newcomer names the rule that asks', async () => {
    await rules.addRule({ ruleType: 'requestedAutomatically' });
    await db
      .update(people)
      .set({ createdAt: day(1) })
      .where(eq(people.id, company.ids.Ana));
    await rules.reconcile(day(1));
    const [task] = await rules.listOpenTasks();
    const { view, card } = await loadCard(task!.id);
    expect(card).toMatchObject({
      title: 'Access request: GitHub · User for Ana (role rule)',
      quote: 'Because department = Engineering: 58 of 60 have it.',
    });
    expect(describeRequest(view, company.ids.Ana)).toMatchObject({
      title: 'Access request: GitHub · User for you (role rule)',
      canCancel: true,
    });
  });

  it('suggestions of rules come first in the request form, with their evidence', async () => {
    const listSuggestions = async (name: 'Ana' | 'Cy') => {
      const found = await suggestAccess(await company.as(name), company.ids[name]);
      return found.map((one) => `${one.app} · ${one.name}: ${one.evidence}`);
    };
    await rules.addRule({ ruleType: 'suggested', figures: null });
    const admin = { ruleType: 'requestedAutomatically' as const, entitlementId: company.admin };
    await rules.addRule({ ...admin, priority: -1 });
    expect(await listSuggestions('Ana')).toEqual([
      `GitHub · Admin: ${reason}`,
      'GitHub · User: because department = Engineering',
    ]);
    expect(await listSuggestions('Cy')).toEqual([
      'GitHub · User: because department = Engineering',
    ]);
    await rules.addRule({ priority: -1 });
    expect(await listSuggestions('Cy')).toEqual([]);
  });
});
