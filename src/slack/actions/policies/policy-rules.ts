import type { App, ViewOutput } from '@slack/bolt';
import type { ActorCtx } from '../../../governance/context.ts';
import {
  changeRules,
  type RuleEdit,
  type RuleList,
  readRules,
} from '../../../governance/policies/policy-rules.ts';
import { previewRequest } from '../../../governance/requests/preview.ts';
import { openModal, updateModal } from '../../answers.ts';
import { taskKindOf } from '../../blocks/policies/policy-draft.ts';
import { anyChoice, policyRuleView, rulesView } from '../../blocks/policies/policy-rules.ts';
import { previewView } from '../../blocks/policies/preview.ts';
import { ids } from '../../ids.ts';
import { fieldOf, onAction, onSubmit } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';

type Values = ViewOutput['state']['values'];
type Edit = (rules: RuleEdit[]) => RuleEdit[];

/** The rules that choose a policy, and what would become of a request. */
export function listenToRules(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.ruleList, async ({ ctx, client, value, triggerId }) => {
    const draw = async () => rulesView(await readRules(ctx, taskKindOf(value)));
    await openModal(client, triggerId, draw, true);
  });

  onAction(app, deps, ids.ruleEdit, async ({ ctx, client, value, triggerId, view }) => {
    const { kind, shown } = placeIn(view?.private_metadata);
    const draw = async () => {
      const list = await readRules(ctx, kind);
      const at = value === 'new' ? list.rules.length : Number(value);
      const metadata = `${kind}.${shown}.${at}.${view?.id ?? ''}`;
      return policyRuleView(kind, list.rules[at], metadata);
    };
    await openModal(client, triggerId, draw, true);
  });

  onAction(app, deps, ids.ruleMove, async ({ ctx, client, value, view }) => {
    const at = Number(value);
    const moved: Edit = (rules) => [
      ...rules.slice(0, at - 1),
      ...rules.slice(at, at + 1),
      ...rules.slice(at - 1, at),
      ...rules.slice(at + 1),
    ];
    const list = await edit(ctx, view?.private_metadata, moved);
    await updateModal(client, view?.id, rulesView(list));
  });

  onAction(app, deps, ids.ruleDelete, async ({ ctx, client, value, view }) => {
    const without: Edit = (rules) => rules.filter((_, at) => at !== Number(value));
    const list = await edit(ctx, view?.private_metadata, without);
    await updateModal(client, view?.id, rulesView(list));
  });

  onSubmit(app, deps, ids.ruleSave, 'policy', async ({ ctx, client, view }) => {
    const { at, form } = placeIn(view.private_metadata);
    const rule = readRule(view.state.values);
    const list = await edit(ctx, view.private_metadata, (rules) => [
      ...rules.slice(0, at),
      rule,
      ...rules.slice(at + 1),
    ]);
    await updateModal(client, form, rulesView(list));
    return 'close';
  });

  onAction(app, deps, ids.policyPreview, async ({ client, triggerId }) => {
    await openModal(client, triggerId, async () => previewView(), true);
  });

  onSubmit(app, deps, ids.policyPreviewSubmit, 'entitlement', async ({ ctx, view }) => {
    const { values } = view.state;
    const chosen = (field: string) => Number(fieldOf(values, field)?.selected_option?.value);
    const preview = await previewRequest(ctx, {
      personId: chosen('person'),
      entitlementId: chosen('entitlement'),
      emergency: (fieldOf(values, 'emergency')?.selected_options ?? []).length > 0,
    });
    return previewView(preview);
  });
}

/** Changes the rules as they are now; whether they are those that were shown is seen to when they are saved. */
async function edit(ctx: ActorCtx, metadata: string | undefined, change: Edit): Promise<RuleList> {
  const { kind, shown } = placeIn(metadata);
  const { rules } = await readRules(ctx, kind);
  const before = rules.map(({ condition, policyId }) => ({ condition, policyId }));
  await changeRules(ctx, { kind, rules: change(before), shown });
  return readRules(ctx, kind);
}

/** What the list of rules and the form of one carry. */
function placeIn(metadata = '') {
  const [kind, shown = '', at, form = ''] = metadata.split('.');
  return { kind: taskKindOf(kind), shown, at: Number(at), form };
}

function readRule(values: Values): RuleEdit {
  const choice = (field: string) => {
    const value = fieldOf(values, field)?.selected_option?.value;
    return value === anyChoice ? undefined : value;
  };
  const category = fieldOf(values, 'category')?.value?.trim();
  const app = choice('app');
  const asker = choice('asker');
  return {
    policyId: Number(choice('policy')),
    condition: {
      ...(choice('which') === 'emergency' ? { emergency: true } : {}),
      ...riskOf(choice('risk')),
      ...(app ? { applicationId: Number(app) } : {}),
      ...(category ? { category } : {}),
      ...(asker ? { requesterIsManager: asker === 'manager' } : {}),
    },
  };
}

function riskOf(value: string | undefined): Pick<RuleEdit['condition'], 'risk'> {
  return value === 'low' || value === 'medium' || value === 'high' ? { risk: value } : {};
}
