import type { ViewOutput } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { ActorCtx } from '../../../governance/context.ts';
import { viewRulePolicy } from '../../../governance/mining-rules/mining-rules.ts';
import { viewRulePolicies } from '../../../governance/mining-rules/rule-policies.ts';
import { listRoleRules } from '../../../governance/role-rules/rules-in-force.ts';
import { updateModal } from '../../answers.ts';
import { roleRulesView } from '../../blocks/rules/role-rules.ts';
import type { RulePlace } from '../../blocks/rules/rule-place.ts';
import { rulePoliciesView, rulePolicyView } from '../../blocks/rules/rule-policies.ts';

/** A page of the rule policies. */
export async function rulePoliciesPage(ctx: ActorCtx, page: number, note?: string) {
  return rulePoliciesView(await viewRulePolicies(ctx), { page, note });
}

/** What was looked at of a rule policy, as it is now. */
export async function rulePlacePage(ctx: ActorCtx, place: RulePlace, note?: string) {
  const { rulePolicyId, page, back } = place;
  return place.list === 'rules'
    ? roleRulesView(await listRoleRules(ctx, { rulePolicyId, page }), { back, note })
    : rulePolicyView(await viewRulePolicy(ctx, rulePolicyId), { page, back, note });
}

/** Draws the window of a rule policy anew, of what was done in it or in a form above it, and the list behind. */
export async function redrawBehind(
  ctx: ActorCtx,
  client: WebClient,
  view: ViewOutput | undefined,
  place: RulePlace,
  note: string,
): Promise<void> {
  const isForm = view?.callback_id !== '';
  const window = isForm ? view?.previous_view_id : view?.id;
  await updateModal(client, window ?? undefined, await rulePlacePage(ctx, place, note));
  await redrawPolicies(ctx, client, view, place.back);
}

/** Draws the list of rule policies anew. */
export async function redrawPolicies(
  ctx: ActorCtx,
  client: WebClient,
  view: ViewOutput | undefined,
  page: number,
  note?: string,
): Promise<void> {
  if (!view?.root_view_id || view.root_view_id === view.id) return;
  await updateModal(client, view.root_view_id, await rulePoliciesPage(ctx, page, note));
}

/** A number as it was typed; nothing is none, and not 0. */
export function numberOf(typed: string | null | undefined): number {
  const text = typed?.trim() ?? '';
  return text === '' ? Number.NaN : Number(text);
}
