import type { App, ViewOutput } from '@slack/bolt';
import { type ActorCtx, requirePermission } from '../../../governance/context.ts';
import { viewRulePolicy } from '../../../governance/mining-rules/mining-rules.ts';
import { searchMinableEntitlements } from '../../../governance/role-mining/settings.ts';
import { adoptGrants, countAdoptable } from '../../../governance/role-rules/adopt-manual-grants.ts';
import {
  createRoleRule,
  type HandwrittenRule,
  previewRoleRule,
} from '../../../governance/role-rules/handwritten-rules.ts';
import type { ReconciledRules } from '../../../governance/role-rules/reconcile.ts';
import { endRoleRule, listRoleRules } from '../../../governance/role-rules/rules-in-force.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { updateModal } from '../../answers.ts';
import { bold, entitlementOption, escapeText } from '../../blocks/kit/elements.ts';
import {
  adoptView,
  roleRulesView,
  writeRuleView,
  writtenRuleView,
} from '../../blocks/rules/role-rules.ts';
import { parseCriteria } from '../../commands/parse.ts';
import { isTicked, readNumber, readTypedText, requireChoice } from '../../form.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction, onSearch, onSubmit, type Submission } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { idButton, idOption, versionButton } from '../../state/records.ts';
import { ruleTypeOption, writtenRuleForm } from '../../state/rules.ts';
import { openOnTop } from '../../windows.ts';
import { readRulePlace, redrawRulePlace } from './rule-pages.ts';

/** Registers handwritten single role rules, their end, and the adoption of manual grants. */
export function listenToRoleRules(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.roleRuleWrite, openRuleForm);
  onSearch(app, deps, ids.roleRuleEntitlement, searchEntitlements);
  onSubmit(app, deps, { id: ids.roleRulePreview, field: 'rule', handle: previewRule });
  onSubmit(app, deps, {
    id: ids.roleRuleSave,
    field: 'confirm',
    handle: saveRule,
    isCorrectable: true,
  });
  onSearch(app, deps, ids.roleRuleFind, searchEntitlements);
  onAction(app, deps, ids.roleRuleFind, findRules);
  onAction(app, deps, ids.rulePolicyAdopt, askToAdopt);
  onSubmit(app, deps, { id: ids.rulePolicyAdoptSubmit, handle: adoptManualGrants });
  onAction(app, deps, ids.roleRuleEnd, endRule);
}

async function openRuleForm(click: Click): Promise<void> {
  const place = readRulePlace(click.view);
  await openOnTop(click, async () => {
    await requirePermission(click.ctx, 'mineRoles');
    return writeRuleView(place);
  });
}

async function searchEntitlements(ctx: ActorCtx, words: string) {
  const found = await searchMinableEntitlements(ctx, words);
  return found
    .filter(({ closedAt }) => !closedAt)
    .map((one) => entitlementOption(one, one.description));
}

async function findRules({ ctx, client, value, view }: Click): Promise<void> {
  const place = readRulePlace(view);
  const found = await listRoleRules(ctx, { ...place, entitlementId: idOption.decode(value) });
  await updateModal(client, view?.id, roleRulesView(found, place));
}

async function previewRule({ ctx, view }: Submission) {
  const place = readRulePlace(view);
  const { rulePolicyId } = place;
  return writtenRuleView(await previewRoleRule(ctx, { rulePolicyId, ...readRule(view) }), place);
}

async function saveRule({ ctx, client, view }: Submission) {
  const { place, input, gaining } = writtenRuleForm.decode(view.private_metadata);
  const confirmed = isTicked(view.state.values, 'confirm') ? gaining : undefined;
  const saved = await createRoleRule(ctx, { ...input, confirmed });
  const note = `The rule for ${bold(saved.label)} is in force: ${escapeText(saved.criteriaText)}.${describeEffects(saved)}`;
  await redrawRulePlace(ctx, client, { view, place: { ...place, page: 0 }, note });
  return 'close' as const;
}

async function askToAdopt(click: Click): Promise<void> {
  const { ctx } = click;
  const id = idButton.decode(click.value);
  const place = readRulePlace(click.view);
  await openOnTop(click, async () => {
    const grants = await countAdoptable(ctx, id);
    const { policy } = await viewRulePolicy(ctx, id);
    return adoptView(policy.name, grants, place);
  });
}

async function adoptManualGrants({ ctx, client, view }: Submission) {
  const place = readRulePlace(view);
  const { adopted } = await adoptGrants(ctx, place);
  const note = `${formatCount(adopted, 'manual grant is a rule grant', 'manual grants are rule grants')} from now on.`;
  await redrawRulePlace(ctx, client, { view, place, note });
  return 'close' as const;
}

async function endRule({ ctx, client, value, view }: Click): Promise<void> {
  const rule = versionButton.decode(value);
  const place = readRulePlace(view);
  const { label, graceDays, ...ended } = await endRoleRule(ctx, rule);
  const end = graceDays === 0 ? 'at once' : `in ${formatCount(graceDays, 'day')}`;
  const losses =
    ended.lapsed > 0
      ? ` ${formatCount(ended.lapsed, 'person loses', 'people lose')} it ${end}.`
      : '';
  const note = `The rule for ${bold(label)} has ended.${losses}${describeEffects(ended)}`;
  await redrawRulePlace(ctx, client, { view, place, note });
}

/** Describes the immediate effects in sentences. */
function describeEffects({ opened, requested, closed, skipped }: ReconciledRules): string {
  return [
    opened > 0 ? ` ${formatCount(opened, 'task')} opened; provisioners are notified.` : '',
    requested > 0 ? ` ${formatCount(requested, 'request')} opened for new people.` : '',
    closed > 0 ? ` ${formatCount(closed, 'open request')} of rules closed.` : '',
    ...skipped.slice(0, 3).map((why) => ` ${escapeText(why)}`),
  ].join('');
}

function readRule({ state: { values } }: ViewOutput): Omit<HandwrittenRule, 'rulePolicyId'> {
  const criteria = parseCriteria(readTypedText(values, 'rule')).flatMap(
    ({ dimension, values: typed }) => typed.map((value) => ({ dimension, value })),
  );
  return {
    criteria,
    entitlementId: requireChoice(values, 'entitlement', idOption),
    ruleType: requireChoice(values, 'ruleType', ruleTypeOption),
    priority: readNumber(values, 'priority'),
  };
}
