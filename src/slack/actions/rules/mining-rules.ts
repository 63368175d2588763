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
import { bold, say } from '../../blocks/kit/elements.ts';
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
import { firstPageOf, placeIn, redrawBehind, redrawPolicies, rulePlacePage } from './rule-pages.ts';

/** Adding, editing, switching and deleting mining rules. */
export function listenToMiningRules(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.miningRuleFirst, (click) => openNewRule(click, undefined));
  onAction(app, deps, ids.miningRuleNew, (click) => openNewRule(click, placeIn(click.view)));
  onAction(app, deps, ids.miningRuleEdit, openRule);
  onSubmit(app, deps, ids.miningRuleSave, 'name', saveRule);
  onAction(app, deps, ids.miningRuleSwitch, switchRule);
  onAction(app, deps, ids.miningRuleDelete, removeRule);
}

/** @param place undefined for the first rule of all, which makes a policy. */
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
  const place = placeIn(click.view);
  await openOnTop(click, async () => {
    const policies = await viewRulePolicies(click.ctx);
    const rule = await readMiningRule(click.ctx, id);
    const { version, enabled } = rule;
    return miningRuleView(rule, policies, { form: 'edit', id, version, enabled, place });
  });
}

async function saveRule({ ctx, client, view }: Submission) {
  const form = miningRuleForm.decode(view.private_metadata);
  const given = await readRule(ctx, view);
  if (form.form === 'first') {
    const saved = await createMiningRule(
      ctx,
      { ...given, enabled: true },
      { createPolicies: true },
    );
    await redrawPolicies(ctx, client, view, 0);
    return rulePlacePage(ctx, firstPageOf(saved.rulePolicy.id, 0), savedWords(saved));
  }
  const saved =
    form.form === 'new'
      ? await createMiningRule(ctx, { ...given, enabled: true })
      : await changeMiningRule(ctx, form, { ...given, enabled: form.enabled });
  await redrawBehind(ctx, client, view, form.place, savedWords(saved));
  return 'close' as const;
}

async function switchRule({ ctx, client, value, view }: Click): Promise<void> {
  const input = miningRuleSwitchButton.decode(value);
  const place = placeIn(view);
  const rule = await setMiningRuleEnabled(ctx, input);
  const note = `${nameOf(rule)} is switched ${rule.enabled ? 'on' : 'off'}.`;
  await redrawBehind(ctx, client, view, place, note);
}

async function removeRule({ ctx, client, value, view }: Click): Promise<void> {
  const input = versionButton.decode(value);
  const place = placeIn(view);
  const rule = await deleteMiningRule(ctx, input);
  await redrawBehind(ctx, client, view, place, `${nameOf(rule)} is deleted.`);
}

function savedWords(saved: SavedMiningRule): string {
  const { name, rulePolicy, isChanged, warnings } = saved;
  if (!isChanged) return `Nothing changed about ${name === null ? 'the mining rule' : bold(name)}.`;
  const notes = warnings.map((one) => `\n:warning: ${say(one)}`).join('');
  return `${nameOf(saved)} is saved; its rules go to ${bold(rulePolicy.name)}.${notes}`;
}

/** How a sentence about a mining rule begins. */
function nameOf({ name }: { name: string | null }): string {
  return name === null ? 'The mining rule' : bold(name);
}

/** The rule as its form says. Policies are chosen by id; the rule has them by the name they have now. */
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
