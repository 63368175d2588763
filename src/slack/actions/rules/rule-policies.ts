import type { App } from '@slack/bolt';
import { viewRulePolicy } from '../../../governance/mining-rules/mining-rules.ts';
import {
  changeRulePolicy,
  createRulePolicy,
  defaultGraceDays,
  deleteRulePolicy,
  viewRulePolicies,
} from '../../../governance/mining-rules/rule-policies.ts';
import { viewSimulation } from '../../../governance/simulations/report.ts';
import { openModal, updateModal } from '../../answers.ts';
import { bold } from '../../blocks/kit/elements.ts';
import { sentenceView } from '../../blocks/kit/sentence.ts';
import { type RulePlace, unpackPlace } from '../../blocks/rules/rule-place.ts';
import { rulePolicyForm } from '../../blocks/rules/rule-policies.ts';
import { simulationView } from '../../blocks/rules/simulation-report.ts';
import { ids } from '../../ids.ts';
import { fieldOf, onAction, onSubmit } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { listenToMiningRules } from './mining-rules.ts';
import { listenToRoleRules } from './role-rules.ts';
import {
  numberOf,
  redrawBehind,
  redrawPolicies,
  rulePlacePage,
  rulePoliciesPage,
} from './rule-pages.ts';

/** Rule policies: the list of them, and each with its mining rules and its rules in force. */
export function listenToRulePolicies(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.rulePolicyList, async ({ ctx, client, value, triggerId, view }) => {
    const draw = () => rulePoliciesPage(ctx, Number(value) || 0);
    if (view?.type === 'modal') await updateModal(client, view.id, await draw());
    else await openModal(client, triggerId, draw);
  });

  onAction(app, deps, ids.rulePolicyOpen, async ({ ctx, client, value, triggerId, view }) => {
    const back = Number(view?.private_metadata) || 0;
    const place: RulePlace = { ...unpackPlace(value), back };
    await openModal(client, triggerId, () => rulePlacePage(ctx, place), view?.type === 'modal');
  });

  for (const [id, list] of [
    [ids.rulePolicyShow, 'mining'],
    [ids.roleRuleList, 'rules'],
  ] as const) {
    onAction(app, deps, id, async ({ ctx, client, value, view }) => {
      const place = { ...unpackPlace(view?.private_metadata), list, page: Number(value) || 0 };
      await updateModal(client, view?.id, await rulePlacePage(ctx, place));
    });
  }

  // In the place of the policy: Slack stacks no more than three windows, and Apply needs one.
  onAction(app, deps, ids.rulePolicySimulation, async ({ ctx, client, value, view }) => {
    const report = await viewSimulation(ctx, Number(value), { tab: 'added', page: 0 });
    await updateModal(client, view?.id, simulationView(report));
  });

  onAction(app, deps, ids.rulePolicyEdit, async ({ ctx, client, value, triggerId, view }) => {
    const draw = async () => {
      if (value === 'new') {
        await viewRulePolicies(ctx);
        const fresh = { id: undefined, name: '', graceDays: defaultGraceDays };
        return rulePolicyForm(fresh, JSON.stringify({ back: view?.private_metadata }));
      }
      const { policy } = await viewRulePolicy(ctx, Number(value));
      const { id, version } = policy;
      return rulePolicyForm(policy, JSON.stringify({ id, version, place: view?.private_metadata }));
    };
    await openModal(client, triggerId, draw, view?.type === 'modal');
  });

  onSubmit(app, deps, ids.rulePolicySave, 'name', async ({ ctx, client, view }) => {
    const { id, version, place, back } = JSON.parse(view.private_metadata);
    const typed = (field: string) => fieldOf(view.state.values, field)?.value ?? '';
    const input = { name: typed('name'), graceDays: numberOf(typed('graceDays')) };
    if (id === undefined) {
      const made = await createRulePolicy(ctx, input);
      const here = { ...unpackPlace(String(made.id)), back: Number(back) || 0 };
      await redrawPolicies(ctx, client, view, here.back);
      return rulePlacePage(
        ctx,
        here,
        `${bold(made.name)} is made. Add mining rules, or write one.`,
      );
    }
    const saved = await changeRulePolicy(ctx, { id, version, ...input });
    const note = saved.isChanged
      ? `${bold(saved.name)} is saved.`
      : `Nothing changed about ${bold(saved.name)}.`;
    await redrawBehind(ctx, client, view, unpackPlace(place), note);
    return 'close';
  });

  onAction(app, deps, ids.rulePolicyDelete, async ({ ctx, client, value, view }) => {
    const { version, back } = unpackPlace(view?.private_metadata);
    const { name } = await deleteRulePolicy(ctx, { id: Number(value), version });
    const note = `${bold(name)} is deleted.`;
    await updateModal(client, view?.id, sentenceView('Rule policy', note));
    await redrawPolicies(ctx, client, view, back, note);
  });

  listenToMiningRules(app, deps);
  listenToRoleRules(app, deps);
}
