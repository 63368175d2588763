import type { ViewOutput } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { ActorCtx } from '../../../governance/context.ts';
import { viewRulePolicy } from '../../../governance/mining-rules/mining-rules.ts';
import { viewRulePolicies } from '../../../governance/mining-rules/rule-policies.ts';
import { listRoleRules } from '../../../governance/role-rules/rules-in-force.ts';
import { updateModal } from '../../answers.ts';
import { roleRulesView } from '../../blocks/rules/role-rules.ts';
import { rulePoliciesView, rulePolicyView } from '../../blocks/rules/rule-policies.ts';
import { type RulePlace, rulePlaceForm } from '../../state/rules.ts';

/** A page of the rule policies. */
export async function rulePoliciesPage(ctx: ActorCtx, page: number, note?: string) {
  return rulePoliciesView(await viewRulePolicies(ctx), { page, note });
}

/** The first page of mining rules of a rule policy. @param back the page of the list of policies below. */
export function firstPageOf(rulePolicyId: number, back: number): RulePlace {
  return { rulePolicyId, version: 0, list: 'mining', page: 0, back };
}

/** Reads the place of the window of a rule policy. @throws Refusal for another window. */
export function readRulePlace(view: ViewOutput | undefined): RulePlace {
  return rulePlaceForm.decode(view?.private_metadata);
}

/** Draws the part of a rule policy that a window shows. */
export async function rulePlacePage(ctx: ActorCtx, place: RulePlace, note?: string) {
  const { rulePolicyId, page, back } = place;
  return place.list === 'rules'
    ? roleRulesView(await listRoleRules(ctx, { rulePolicyId, page }), { back, note })
    : rulePolicyView(await viewRulePolicy(ctx, rulePolicyId), { page, back, note });
}

/** Draws the window of a rule policy and the list below it again, after a change in the window or in a form on top. */
export async function redrawRulePlace(
  ctx: ActorCtx,
  client: WebClient,
  { view, place, note }: { view: ViewOutput | undefined; place: RulePlace; note: string },
): Promise<void> {
  const isForm = view?.callback_id !== '';
  const window = isForm ? view?.previous_view_id : view?.id;
  await updateModal(client, window ?? undefined, await rulePlacePage(ctx, place, note));
  await redrawPolicies(ctx, client, { view, page: place.back });
}

/** Draws the list of rule policies again. */
export async function redrawPolicies(
  ctx: ActorCtx,
  client: WebClient,
  { view, page, note }: { view: ViewOutput | undefined; page: number; note?: string },
): Promise<void> {
  if (!view?.root_view_id || view.root_view_id === view.id) return;
  await updateModal(client, view.root_view_id, await rulePoliciesPage(ctx, page, note));
}
