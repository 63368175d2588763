import type { App, ViewOutput } from '@slack/bolt';
import { requirePermission } from '../../../governance/context.ts';
import { viewRulePolicy } from '../../../governance/mining-rules/mining-rules.ts';
import { findMinable } from '../../../governance/role-mining/settings.ts';
import { adoptGrants, countAdoptable } from '../../../governance/role-rules/adopt-manual-grants.ts';
import {
  previewRoleRule,
  type WrittenRule,
  writeRoleRule,
} from '../../../governance/role-rules/handwritten-rules.ts';
import type { ReconciledRules } from '../../../governance/role-rules/reconcile.ts';
import { endRoleRule, listRoleRules } from '../../../governance/role-rules/rules-in-force.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { openModal, updateModal } from '../../answers.ts';
import { bold, option, say } from '../../blocks/kit/elements.ts';
import {
  adoptView,
  roleRulesView,
  writeRuleView,
  writtenRuleView,
} from '../../blocks/rules/role-rules.ts';
import { unpackPlace } from '../../blocks/rules/rule-place.ts';
import { parseCriteria } from '../../commands/parse.ts';
import { ids } from '../../ids.ts';
import { fieldOf, onAction, onSearch, onSubmit } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { numberOf, redrawBehind } from './rule-pages.ts';

/** Writing single role rules by hand, and ending them. */
export function listenToRoleRules(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.roleRuleWrite, async ({ ctx, client, triggerId, view }) => {
    const draw = async () => {
      await requirePermission(ctx, 'mineRoles');
      return writeRuleView(view?.private_metadata ?? '');
    };
    await openModal(client, triggerId, draw, true);
  });

  for (const id of [ids.roleRuleEntitlement, ids.roleRuleFind]) {
    onSearch(app, deps, id, async (ctx, query) =>
      (await findMinable(ctx, query))
        .filter(({ closedAt }) => !closedAt)
        .map(({ id, app, name, description }) =>
          option(`${app} · ${name}`, String(id), description ?? undefined),
        ),
    );
  }

  onAction(app, deps, ids.roleRuleFind, async ({ ctx, client, value, view }) => {
    const place = unpackPlace(view?.private_metadata);
    const found = await listRoleRules(ctx, { ...place, entitlementId: Number(value) });
    await updateModal(client, view?.id, roleRulesView(found, place));
  });

  onSubmit(app, deps, ids.roleRulePreview, 'rule', async ({ ctx, view }) => {
    const place = view.private_metadata;
    const { rulePolicyId } = unpackPlace(place);
    const preview = await previewRoleRule(ctx, { rulePolicyId, ...readRule(view) });
    return writtenRuleView(preview, place);
  });

  onSubmit(
    app,
    deps,
    ids.roleRuleSave,
    'confirm',
    async ({ ctx, client, view }) => {
      const { place, input, gaining } = JSON.parse(view.private_metadata);
      const isConfirmed =
        (fieldOf(view.state.values, 'confirm')?.selected_options ?? []).length > 0;
      const saved = await writeRoleRule(ctx, {
        ...(input as WrittenRule),
        ...(isConfirmed ? { confirmed: Number(gaining) } : {}),
      });
      const note = `The rule for ${bold(saved.label)} is in force: ${say(saved.words)}.${newsOf(saved)}`;
      await redrawBehind(ctx, client, view, { ...unpackPlace(place), page: 0 }, note);
      return 'close';
    },
    true,
  );

  onAction(app, deps, ids.rulePolicyAdopt, async ({ ctx, client, value, triggerId, view }) => {
    const draw = async () => {
      const grants = await countAdoptable(ctx, Number(value));
      const { policy } = await viewRulePolicy(ctx, Number(value));
      return adoptView(policy.name, grants, view?.private_metadata ?? '');
    };
    await openModal(client, triggerId, draw, view?.type === 'modal');
  });

  onSubmit(app, deps, ids.rulePolicyAdoptSubmit, undefined, async ({ ctx, client, view }) => {
    const place = unpackPlace(view.private_metadata);
    const { adopted } = await adoptGrants(ctx, place);
    const note = `${formatCount(adopted, 'manual grant goes', 'manual grants go')} by rules from now on.`;
    await redrawBehind(ctx, client, view, place, note);
    return 'close';
  });

  onAction(app, deps, ids.roleRuleEnd, async ({ ctx, client, value, view }) => {
    const [id = 0, version = 0] = value.split('.').map(Number);
    const { label, graceDays, ...ended } = await endRoleRule(ctx, { id, version });
    const end = graceDays === 0 ? 'at once' : `in ${formatCount(graceDays, 'day')}`;
    const goesOn =
      ended.lost > 0 ? ` ${formatCount(ended.lost, 'person loses', 'people lose')} it ${end}.` : '';
    const note = `The rule for ${bold(label)} has ended.${goesOn}${newsOf(ended)}`;
    await redrawBehind(ctx, client, view, unpackPlace(view?.private_metadata), note);
  });
}

/** What came of it at once. */
function newsOf({ opened, requested, closed, skipped }: ReconciledRules): string {
  return [
    opened > 0 ? ` ${formatCount(opened, 'task')} opened: who provisions it is told.` : '',
    requested > 0 ? ` ${formatCount(requested, 'request')} opened for new people.` : '',
    closed > 0 ? ` ${formatCount(closed, 'open request')} of rules closed.` : '',
    ...skipped.slice(0, 3).map((why) => ` ${say(why)}`),
  ].join('');
}

function readRule(view: ViewOutput): Omit<WrittenRule, 'rulePolicyId'> {
  const { values } = view.state;
  const criteria = parseCriteria(fieldOf(values, 'rule')?.value ?? '').flatMap(
    ({ dimension, values: typed }) =>
      typed.map((value) => ({
        dimension: /^manager(_email)?$/i.test(dimension) ? 'manager' : dimension,
        value,
      })),
  );
  const choice = (field: string) => fieldOf(values, field)?.selected_option?.value ?? '';
  return {
    criteria,
    entitlementId: Number(choice('entitlement')),
    ruleType: choice('ruleType') as WrittenRule['ruleType'],
    priority: numberOf(fieldOf(values, 'priority')?.value),
  };
}
