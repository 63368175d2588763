import { groupBy } from '../../collections.ts';
import { listRulesById } from '../../store/rules/role-rules.ts';
import type { Ctx } from '../context.ts';
import { type OpenedTasks, type Origin, openTasks } from '../tasks/open-tasks.ts';
import { describeRules } from './describe.ts';
import type { RulePlan, RuleTarget } from './plan.ts';
import type { RoleRule } from './role-rule.ts';

/** Tasks that open together: their policies and assignees are read once for all of them. */
const batchSize = 500;

/**
 * Opens tasks for the access by required rules, which start at provisioning, and requests for
 * newcomers.
 * @param openedBy opens the tasks of rules that have no author.
 */
export async function openRuleTasks(
  ctx: Ctx,
  { newGrants, requests }: Pick<RulePlan, 'newGrants' | 'requests'>,
  openedBy: number | null,
): Promise<{ opened: number; requested: number; skipped: string[] }> {
  const provisioned = await openTargets(ctx, newGrants, openedBy, { skipsApproval: true });
  // The person is the requester, and so can cancel the request.
  const requested = await openTargets(ctx, requests, openedBy, { skipsApproval: false });
  return {
    opened: provisioned.opened.length,
    requested: requested.opened.length,
    skipped: [...new Set([...provisioned.skipped, ...requested.skipped].map(({ why }) => why))],
  };
}

async function openTargets(
  ctx: Ctx,
  targets: readonly RuleTarget[],
  openedBy: number | null,
  { skipsApproval }: Required<Pick<Origin, 'skipsApproval'>>,
): Promise<OpenedTasks> {
  const result: OpenedTasks = { opened: [], skipped: [] };
  const ids = [...new Set(targets.flatMap(({ rule }) => rule.id ?? []))];
  const rules = await listRulesById(ctx.db, ids);
  const descriptions = await describeRules(ctx, rules);
  const known = new Map(
    rules.map((rule, at) => [rule.id, { rule, reason: descriptions[at]?.reason }]),
  );
  const findKnown = ({ id }: RoleRule) => (id === undefined ? undefined : known.get(id));
  const authorOf = ({ rule }: RuleTarget) => findKnown(rule)?.rule.createdBy ?? openedBy;
  for (const [authorId, authored] of groupBy(targets, authorOf)) {
    for (let at = 0; at < authored.length; at += batchSize) {
      const { opened, skipped } = await openTasks(ctx, {
        kind: 'grant',
        targets: authored.slice(at, at + batchSize).map(({ personId, entitlementId, rule }) => ({
          personId,
          entitlementId,
          ruleId: rule.id ?? null,
          requesterId: skipsApproval ? null : personId,
          because: toSentence(findKnown(rule)?.reason),
        })),
        requesterId: null,
        openedBy: authorId,
        profileId: null,
        reason: null,
        cause: 'rule',
        skipsApproval,
      });
      for (const task of opened) result.opened.push(task);
      for (const skippedTarget of skipped) result.skipped.push(skippedTarget);
    }
  }
  return result;
}

/** "Because department = Sales: 58 of 60 have it." */
function toSentence(reason: string | undefined): string {
  return reason ? `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.` : 'A role rule.';
}
