import type { App } from '@slack/bolt';
import type { ActorCtx } from '../../../governance/context.ts';
import {
  changeRules,
  type RuleEdit,
  type RuleList,
  readRules,
} from '../../../governance/policies/policy-rules.ts';
import { previewRequest } from '../../../governance/requests/preview.ts';
import { updateModal } from '../../answers.ts';
import { policyRuleView, rulesView } from '../../blocks/policies/policy-rules.ts';
import { previewView } from '../../blocks/policies/preview.ts';
import {
  type FieldValues,
  isTicked,
  readChoice,
  readTypedText,
  requireChoice,
} from '../../form.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction, onSubmit, type Submission } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import {
  ruleForm,
  ruleListButton,
  ruleListForm,
  ruleRequesterOption,
  ruleRiskOption,
  ruleUrgencyOption,
} from '../../state/policies.ts';
import { idOption, lineButton } from '../../state/records.ts';
import { openOnTop, requireWindow } from '../../windows.ts';

type Change = (rules: RuleEdit[]) => RuleEdit[];

/** Registers the policy rules and the preview of a request. */
export function listenToRules(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.ruleList, showRules);
  onAction(app, deps, ids.ruleNew, addRule);
  onAction(app, deps, ids.ruleEdit, editRule);
  onAction(app, deps, ids.ruleMove, moveRuleUp);
  onAction(app, deps, ids.ruleDelete, deleteRule);
  onSubmit(app, deps, { id: ids.ruleSave, field: 'policy', handle: submitRule });
  onAction(app, deps, ids.policyPreview, openPreview);
  onSubmit(app, deps, { id: ids.policyPreviewSubmit, field: 'entitlement', handle: submitPreview });
}

async function showRules(click: Click): Promise<void> {
  const kind = ruleListButton.decode(click.value);
  await openOnTop(click, async () => rulesView(await readRules(click.ctx, kind)));
}

async function addRule(click: Click): Promise<void> {
  await openRule(click, undefined);
}

async function editRule(click: Click): Promise<void> {
  await openRule(click, lineButton.decode(click.value));
}

/** @param line the index of the rule; undefined for a new one, which comes last. */
async function openRule(click: Click, line: number | undefined): Promise<void> {
  const window = requireWindow(click);
  const { kind, shown } = ruleListForm.decode(window.private_metadata);
  await openOnTop(click, async () => {
    const { rules } = await readRules(click.ctx, kind);
    const at = line ?? rules.length;
    return policyRuleView(rules[at], { kind, shown, at, window: window.id });
  });
}

async function moveRuleUp(click: Click): Promise<void> {
  const at = lineButton.decode(click.value);
  await changeInList(click, (rules) => [
    ...rules.slice(0, at - 1),
    ...rules.slice(at, at + 1),
    ...rules.slice(at - 1, at),
    ...rules.slice(at + 1),
  ]);
}

async function deleteRule(click: Click): Promise<void> {
  const deleted = lineButton.decode(click.value);
  await changeInList(click, (rules) => rules.filter((_, at) => at !== deleted));
}

async function changeInList({ ctx, client, view }: Click, change: Change): Promise<void> {
  const list = await changeRulesOf(ctx, ruleListForm.decode(view?.private_metadata), change);
  await updateModal(client, view?.id, rulesView(list));
}

async function submitRule({ ctx, client, view }: Submission) {
  const { at, window, ...shown } = ruleForm.decode(view.private_metadata);
  const rule = readRule(view.state.values);
  const list = await changeRulesOf(ctx, shown, (rules) => [
    ...rules.slice(0, at),
    rule,
    ...rules.slice(at + 1),
  ]);
  await updateModal(client, window, rulesView(list));
  return 'close' as const;
}

async function openPreview(click: Click): Promise<void> {
  await openOnTop(click, async () => previewView());
}

async function submitPreview({ ctx, view }: Submission) {
  const { values } = view.state;
  const preview = await previewRequest(ctx, {
    personId: requireChoice(values, 'person', idOption),
    entitlementId: requireChoice(values, 'entitlement', idOption),
    emergency: isTicked(values, 'emergency'),
  });
  return previewView(preview);
}

/** Changes the current rules. Saving refuses if they are no longer the rules that were shown. */
async function changeRulesOf(
  ctx: ActorCtx,
  { kind, shown }: Pick<RuleList, 'kind' | 'shown'>,
  change: Change,
): Promise<RuleList> {
  const { rules } = await readRules(ctx, kind);
  const before = rules.map(({ condition, policyId }) => ({ condition, policyId }));
  await changeRules(ctx, { kind, rules: change(before), shown });
  return readRules(ctx, kind);
}

function readRule(values: FieldValues): RuleEdit {
  const risk = readChoice(values, 'risk', ruleRiskOption);
  const requester = readChoice(values, 'asker', ruleRequesterOption);
  const category = readTypedText(values, 'category').trim();
  const applicationId = readChoice(values, 'app', idOption);
  return {
    policyId: requireChoice(values, 'policy', idOption),
    condition: {
      ...(readChoice(values, 'which', ruleUrgencyOption) === 'emergency'
        ? { emergency: true }
        : {}),
      ...(risk ? { risk } : {}),
      ...(applicationId ? { applicationId } : {}),
      ...(category ? { category } : {}),
      ...(requester ? { requesterIsManager: requester === 'manager' } : {}),
    },
  };
}
