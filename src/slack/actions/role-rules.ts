import type { App, ViewOutput } from '@slack/bolt';
import { requirePermission } from '../../governance/context.ts';
import { findMinable } from '../../governance/mining-settings.ts';
import { endRoleRule } from '../../governance/role-rules.ts';
import {
  previewRoleRule,
  type WrittenRule,
  writeRoleRule,
} from '../../governance/written-rules.ts';
import { openModal } from '../answers.ts';
import { bold, option, say } from '../blocks/elements.ts';
import { writeRuleView, writtenRuleView } from '../blocks/role-rules.ts';
import { unpackPlace } from '../blocks/rule-place.ts';
import { parseCriteria } from '../commands/parse.ts';
import { ids } from '../ids.ts';
import { fieldOf, onAction, onSearch, onSubmit } from '../listen.ts';
import type { SlackDeps } from '../people.ts';
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

  onSearch(app, deps, ids.roleRuleEntitlement, async (ctx, query) =>
    (await findMinable(ctx, query))
      .filter(({ closedAt }) => !closedAt)
      .map(({ id, app, name, description }) =>
        option(`${app} · ${name}`, String(id), description ?? undefined),
      ),
  );

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
      const note = `The rule for ${bold(saved.label)} is in force: ${say(saved.words)}.`;
      await redrawBehind(ctx, client, view, { ...unpackPlace(place), page: 0 }, note);
      return 'close';
    },
    true,
  );

  onAction(app, deps, ids.roleRuleEnd, async ({ ctx, client, value, view }) => {
    const [id = 0, version = 0] = value.split('.').map(Number);
    const { label, graceDays } = await endRoleRule(ctx, { id, version });
    const goesOn = graceDays === 0 ? '' : ` What it gave goes on for ${graceDays} days.`;
    const note = `The rule for ${bold(label)} has ended.${goesOn}`;
    await redrawBehind(ctx, client, view, unpackPlace(view?.private_metadata), note);
  });
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
