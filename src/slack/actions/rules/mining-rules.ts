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
import type { MiningRuleInput } from '../../../governance/mining-rules/schema.ts';
import { draftMiningRule } from '../../../governance/mining-rules/validation.ts';
import { bold, escapeText } from '../../blocks/kit/elements.ts';
import { approvalBoxes, miningRuleView } from '../../blocks/rules/mining-rule-form.ts';
import { readNumber, readTicks, readTypedText, requireChoice } from '../../form.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction, onSubmit, type Submission } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { idButton, numberOption, versionButton } from '../../state/records.ts';
import {
  criterionOption,
  excludeRoleOption,
  miningRuleForm,
  miningRuleSwitchButton,
  type RulePlace,
  rulePolicyOption,
  ruleTypeOption,
} from '../../state/rules.ts';
import { openOnTop } from '../../windows.ts';
import {
  firstPageOf,
  readRulePlace,
  redrawPolicies,
  redrawRulePlace,
  rulePlacePage,
} from './rule-pages.ts';

/** Registers the forms and buttons of mining rules. */
export function listenToMiningRules(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.miningRuleFirst, (click) => openNewRule(click, undefined));
  onAction(app, deps, ids.miningRuleNew, (click) => openNewRule(click, readRulePlace(click.view)));
  onAction(app, deps, ids.miningRuleEdit, openRule);
  onSubmit(app, deps, { id: ids.miningRuleSave, field: 'name', handle: saveRule });
  onAction(app, deps, ids.miningRuleSwitch, switchRule);
  onAction(app, deps, ids.miningRuleDelete, removeRule);
}

/** @param place undefined for the very first rule, which creates a policy. */
async function openNewRule(click: Click, place: RulePlace | undefined): Promise<void> {
  await openOnTop(click, async () => {
    const policies = await viewRulePolicies(click.ctx);
    const own = policies.find(({ id }) => id === place?.rulePolicyId) ?? policies[0];
    const rule = draftMiningRule(own?.name ?? defaultRulePolicy);
    return miningRuleView(rule, policies, place ? { form: 'new', place } : { form: 'first' });
  });
}

async function openRule(click: Click): Promise<void> {
  const id = idButton.decode(click.value);
  const place = readRulePlace(click.view);
  await openOnTop(click, async () => {
    const policies = await viewRulePolicies(click.ctx);
    const rule = await readMiningRule(click.ctx, id);
    const { version, enabled } = rule;
    return miningRuleView(rule, policies, { form: 'edit', id, version, enabled, place });
  });
}

async function saveRule({ ctx, client, view }: Submission) {
  const form = miningRuleForm.decode(view.private_metadata);
  const rule = await readRule(ctx, view);
  if (form.form === 'first') {
    const saved = await createMiningRule(ctx, { ...rule, enabled: true }, { createPolicies: true });
    await redrawPolicies(ctx, client, { view, page: 0 });
    return rulePlacePage(ctx, firstPageOf(saved.rulePolicy.id, 0), describeSavedRule(saved));
  }
  const saved =
    form.form === 'new'
      ? await createMiningRule(ctx, { ...rule, enabled: true })
      : await changeMiningRule(ctx, form, { ...rule, enabled: form.enabled });
  await redrawRulePlace(ctx, client, { view, place: form.place, note: describeSavedRule(saved) });
  return 'close' as const;
}

async function switchRule({ ctx, client, value, view }: Click): Promise<void> {
  const input = miningRuleSwitchButton.decode(value);
  const place = readRulePlace(view);
  const rule = await setMiningRuleEnabled(ctx, input);
  const note = `${describeRuleName(rule)} is switched ${rule.enabled ? 'on' : 'off'}.`;
  await redrawRulePlace(ctx, client, { view, place, note });
}

async function removeRule({ ctx, client, value, view }: Click): Promise<void> {
  const input = versionButton.decode(value);
  const place = readRulePlace(view);
  const rule = await deleteMiningRule(ctx, input);
  await redrawRulePlace(ctx, client, {
    view,
    place,
    note: `${describeRuleName(rule)} is deleted.`,
  });
}

function describeSavedRule(saved: SavedMiningRule): string {
  const { name, rulePolicy, isChanged, warnings } = saved;
  if (!isChanged) return `Nothing changed in ${name === null ? 'the mining rule' : bold(name)}.`;
  const notes = warnings.map((one) => `\n:warning: ${escapeText(one)}`).join('');
  return `${describeRuleName(saved)} is saved; its rules go to ${bold(rulePolicy.name)}.${notes}`;
}

/** The subject of a sentence about a mining rule. */
function describeRuleName({ name }: { name: string | null }): string {
  return name === null ? 'The mining rule' : bold(name);
}

/** Reads a rule from its form. The form has policies by id, the rule has them by their current name. */
async function readRule(ctx: ActorCtx, view: ViewOutput): Promise<MiningRuleInput> {
  const { values } = view.state;
  const policies = await viewRulePolicies(ctx);
  const nameOfPolicy = (field: string) => {
    const chosen = requireChoice(values, field, rulePolicyOption);
    if (chosen === null) return defaultRulePolicy;
    return policies.find(({ id }) => id === chosen)?.name ?? 'the one you chose';
  };
  const ticked = [...readTicks(values, 'approvals'), ...readTicks(values, 'guard')];
  const optionalText = (field: 'name' | 'category' | 'entityType') => {
    const text = readTypedText(values, field).trim();
    return text === '' ? {} : { [field]: text };
  };
  const maxNewGrants = readNumber(values, 'maxNewGrants');
  return {
    ...optionalText('name'),
    ...optionalText('category'),
    ...optionalText('entityType'),
    ...(Number.isNaN(maxNewGrants) ? {} : { maxNewGrants }),
    ...Object.fromEntries(approvalBoxes.map(([name]) => [name, ticked.includes(name)])),
    statisticalGuard: ticked.includes('statisticalGuard'),
    ruleType: requireChoice(values, 'ruleType', ruleTypeOption),
    criterion: requireChoice(values, 'criterion', criterionOption),
    excludeRole: requireChoice(values, 'excludeRole', excludeRoleOption) === 'leave',
    precisionMinPercent: readNumber(values, 'precisionMinPercent'),
    falsePositiveMaxPercent: readNumber(values, 'falsePositiveMaxPercent'),
    priority: readNumber(values, 'priority'),
    minIdentities: readNumber(values, 'minIdentities'),
    maxCriteria: requireChoice(values, 'maxCriteria', numberOption),
    rulePolicy: nameOfPolicy('rulePolicy'),
    policy: nameOfPolicy('policy'),
  };
}
