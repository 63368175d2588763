import type { App, ViewOutput } from '@slack/bolt';
import type { ActorCtx } from '../../../governance/context.ts';
import {
  changeMiningRule,
  createMiningRule,
  deleteMiningRule,
  readMiningRule,
  type SavedMiningRule,
  setMiningRuleEnabled,
} from '../../../governance/mining-rules/mining-rules.ts';
import {
  defaultRulePolicy,
  viewRulePolicies,
} from '../../../governance/mining-rules/rule-policies.ts';
import type { GivenMiningRule } from '../../../governance/mining-rules/schema.ts';
import { type MiningRuleEdit, startingRule } from '../../../governance/mining-rules/validation.ts';
import { openModal } from '../../answers.ts';
import { bold, say } from '../../blocks/kit/elements.ts';
import { approvalBoxes, miningRuleView, newPolicy } from '../../blocks/rules/mining-rule-form.ts';
import { unpackPlace } from '../../blocks/rules/rule-place.ts';
import { ids } from '../../ids.ts';
import { fieldOf, onAction, onSubmit } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { numberOf, redrawBehind, redrawPolicies, rulePlacePage } from './rule-pages.ts';

/** Adding, editing, switching and deleting mining rules. */
export function listenToMiningRules(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.miningRuleEdit, async ({ ctx, client, value, triggerId, view }) => {
    const draw = async () => {
      const policies = await viewRulePolicies(ctx);
      const place = view?.private_metadata ?? '';
      if (value !== 'new') {
        const rule = await readMiningRule(ctx, Number(value));
        const { id, version, enabled } = rule;
        const metadata = JSON.stringify({ id, version, place, enabled });
        return miningRuleView(rule, policies, { isNew: false, metadata });
      }
      // From the empty list there is no policy yet: the first rule makes one.
      const { rulePolicyId } = unpackPlace(place);
      const own = policies.find(({ id }) => id === rulePolicyId) ?? policies[0];
      const rule = startingRule(own?.name ?? defaultRulePolicy);
      const metadata = JSON.stringify(place.includes('.') ? { place } : {});
      return miningRuleView(rule, policies, { isNew: true, metadata });
    };
    await openModal(client, triggerId, draw, view?.type === 'modal');
  });

  onSubmit(app, deps, ids.miningRuleSave, 'name', async ({ ctx, client, view }) => {
    const { id, version, place, enabled = true } = JSON.parse(view.private_metadata);
    const given = { ...(await readRule(ctx, view)), enabled };
    const saved =
      id === undefined
        ? await createMiningRule(ctx, given, place === undefined)
        : await changeMiningRule(ctx, { id, version }, given);
    const note = saidOf(saved);
    if (place === undefined) {
      await redrawPolicies(ctx, client, view, 0);
      return rulePlacePage(ctx, unpackPlace(String(saved.rulePolicy.id)), note);
    }
    await redrawBehind(ctx, client, view, unpackPlace(place), note);
    return 'close';
  });

  onAction(app, deps, ids.miningRuleSwitch, async ({ ctx, client, value, view }) => {
    const [id, version, way] = value.split('.');
    const input = { id: Number(id), version: Number(version), enabled: way === 'on' };
    const rule = await setMiningRuleEnabled(ctx, input);
    const note = `${said(rule.name)} is switched ${rule.enabled ? 'on' : 'off'}.`;
    await redrawBehind(ctx, client, view, unpackPlace(view?.private_metadata), note);
  });

  onAction(app, deps, ids.miningRuleDelete, async ({ ctx, client, value, view }) => {
    const [id = 0, version = 0] = value.split('.').map(Number);
    const { name } = await deleteMiningRule(ctx, { id, version });
    const note = `${said(name)} is deleted.`;
    await redrawBehind(ctx, client, view, unpackPlace(view?.private_metadata), note);
  });
}

function saidOf({ name, rulePolicy, isChanged, doubts }: SavedMiningRule): string {
  if (!isChanged) return `Nothing changed about ${name === null ? 'the mining rule' : bold(name)}.`;
  const doubted = doubts.map((one) => `\n:warning: ${say(one)}`).join('');
  return `${said(name)} is saved; its rules go to ${bold(rulePolicy.name)}.${doubted}`;
}

/** How a sentence about a mining rule begins. */
function said(name: string | null): string {
  return name === null ? 'The mining rule' : bold(name);
}

/** What the form says; policies are chosen by id and given by the name they have now. */
async function readRule(ctx: ActorCtx, view: ViewOutput): Promise<GivenMiningRule> {
  const { values } = view.state;
  const policies = await viewRulePolicies(ctx);
  const text = (field: string) => fieldOf(values, field)?.value?.trim() || undefined;
  const number = (field: string) => numberOf(fieldOf(values, field)?.value);
  const choice = (field: string) => fieldOf(values, field)?.selected_option?.value ?? '';
  const policy = (field: string) => {
    const chosen = choice(field);
    if (chosen === newPolicy) return defaultRulePolicy;
    return policies.find(({ id }) => String(id) === chosen)?.name ?? 'the one you chose';
  };
  const ticked = ['approvals', 'guard'].flatMap((field) =>
    (fieldOf(values, field)?.selected_options ?? []).map(({ value }) => value),
  );
  const boxes = [...Object.keys(approvalBoxes), 'statisticalGuard'].map((name) => [
    name,
    ticked.includes(name),
  ]);
  return {
    ...given('name', text('name')),
    ...given('category', text('category')),
    ...given('entityType', text('entityType')),
    ...given('maxNewGrants', text('maxNewGrants') && number('maxNewGrants')),
    ...Object.fromEntries(boxes),
    ruleType: choice('ruleType') as MiningRuleEdit['ruleType'],
    criterion: choice('criterion') as MiningRuleEdit['criterion'],
    excludeRole: choice('excludeRole') === 'leave',
    precisionMinPercent: number('precisionMinPercent'),
    falsePositiveMaxPercent: number('falsePositiveMaxPercent'),
    priority: number('priority'),
    minIdentities: number('minIdentities'),
    maxCriteria: Number(choice('maxCriteria')),
    rulePolicy: policy('rulePolicy'),
    policy: policy('policy'),
  };
}

/** What is left open is not said at all. */
function given(name: string, value: string | number | undefined): Record<string, unknown> {
  return value === undefined || value === '' ? {} : { [name]: value };
}
