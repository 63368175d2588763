import type { App } from '@slack/bolt';
import { requirePermission } from '../../../governance/context.ts';
import { viewRulePolicy } from '../../../governance/mining-rules/mining-rules.ts';
import {
  changeRulePolicy,
  createRulePolicy,
  defaultGraceDays,
  deleteRulePolicy,
} from '../../../governance/mining-rules/rule-policies.ts';
import { viewSimulation } from '../../../governance/simulations/report.ts';
import { updateModal } from '../../answers.ts';
import { bold } from '../../blocks/kit/elements.ts';
import { describeSaved, sentenceView } from '../../blocks/kit/sentence.ts';
import { rulePolicyEditView } from '../../blocks/rules/rule-policies.ts';
import { simulationView } from '../../blocks/rules/simulation-report.ts';
import { readNumber, readTypedText } from '../../form.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction, onSubmit, type Submission } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { idButton, pageButton, pageForm } from '../../state/records.ts';
import { type RulePlace, rulePolicyForm } from '../../state/rules.ts';
import { openOnTop, redrawOrOpen } from '../../windows.ts';
import { listenToMiningRules } from './mining-rules.ts';
import { listenToRoleRules } from './role-rules.ts';
import {
  firstPageOf,
  readRulePlace,
  redrawPolicies,
  redrawRulePlace,
  rulePlacePage,
  rulePoliciesPage,
} from './rule-pages.ts';

/** Registers the list of rule policies, and each policy with its mining rules and rules in force. */
export function listenToRulePolicies(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.rulePolicyList, showRulePolicies);
  onAction(app, deps, ids.rulePolicyOpen, openRulePolicy);
  onAction(app, deps, ids.rulePolicyShow, (click) => turnRulePolicy(click, 'mining'));
  onAction(app, deps, ids.roleRuleList, (click) => turnRulePolicy(click, 'rules'));
  onAction(app, deps, ids.rulePolicySimulation, showSimulation);
  onAction(app, deps, ids.rulePolicyNew, openNewForm);
  onAction(app, deps, ids.rulePolicyEdit, openEditForm);
  onSubmit(app, deps, { id: ids.rulePolicySave, field: 'name', handle: saveRulePolicy });
  onAction(app, deps, ids.rulePolicyDelete, removeRulePolicy);
  listenToMiningRules(app, deps);
  listenToRoleRules(app, deps);
}

async function showRulePolicies(click: Click): Promise<void> {
  const page = pageButton.decode(click.value);
  await redrawOrOpen(click, () => rulePoliciesPage(click.ctx, page));
}

async function openRulePolicy(click: Click): Promise<void> {
  const place = firstPageOf(idButton.decode(click.value), listPageIn(click));
  await openOnTop(click, () => rulePlacePage(click.ctx, place));
}

async function turnRulePolicy(
  { ctx, client, value, view }: Click,
  list: RulePlace['list'],
): Promise<void> {
  const place = { ...readRulePlace(view), list, page: pageButton.decode(value) };
  await updateModal(client, view?.id, await rulePlacePage(ctx, place));
}

/** The simulation replaces the policy: Slack stacks three modals, and Apply needs the third. */
async function showSimulation({ ctx, client, value, view }: Click): Promise<void> {
  const id = idButton.decode(value);
  const report = await viewSimulation(ctx, id, { tab: 'added', page: 0 });
  await updateModal(client, view?.id, simulationView(report));
}

async function openNewForm(click: Click): Promise<void> {
  const back = listPageIn(click);
  await openOnTop(click, async () => {
    await requirePermission(click.ctx, 'mineRoles');
    const fresh = { name: '', graceDays: defaultGraceDays };
    return rulePolicyEditView(fresh, { form: 'new', back });
  });
}

async function openEditForm(click: Click): Promise<void> {
  const id = idButton.decode(click.value);
  const place = readRulePlace(click.view);
  await openOnTop(click, async () => {
    const { policy } = await viewRulePolicy(click.ctx, id);
    return rulePolicyEditView(policy, { form: 'edit', version: policy.version, place });
  });
}

async function saveRulePolicy({ ctx, client, view }: Submission) {
  const { values } = view.state;
  const form = rulePolicyForm.decode(view.private_metadata);
  const input = { name: readTypedText(values, 'name'), graceDays: readNumber(values, 'graceDays') };
  if (form.form === 'new') {
    const { id, name } = await createRulePolicy(ctx, input);
    const note = `Created ${bold(name)}. Add mining rules, or write a rule.`;
    await redrawPolicies(ctx, client, { view, page: form.back });
    return rulePlacePage(ctx, firstPageOf(id, form.back), note);
  }
  const { version, place } = form;
  const saved = await changeRulePolicy(ctx, { id: place.rulePolicyId, version, ...input });
  await redrawRulePlace(ctx, client, { view, place, note: describeSaved(saved) });
  return 'close' as const;
}

async function removeRulePolicy({ ctx, client, value, view }: Click): Promise<void> {
  const id = idButton.decode(value);
  const { version, back } = readRulePlace(view);
  const { name } = await deleteRulePolicy(ctx, { id, version });
  const note = `${bold(name)} is deleted.`;
  await updateModal(client, view?.id, sentenceView('Rule policy', note));
  await redrawPolicies(ctx, client, { view, page: back, note });
}

/** The page of the list of the click. */
function listPageIn({ view }: Click): number {
  return pageForm.decode(view?.private_metadata);
}
