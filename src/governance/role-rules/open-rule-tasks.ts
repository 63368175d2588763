import { groupBy } from '../../collections.ts';
import { listRulesById } from '../../store/rules/role-rules.ts';
import type { Ctx } from '../context.ts';
import { type OpenedTasks, type Origin, openTasks } from '../tasks/open-tasks.ts';
import { describeRules } from './describe.ts';
import type { RulePair, RulePlan } from './plan.ts';

/** Tasks opened at a time: what decides about them is read for all of them together. */
const batch = 500;

/** Opens what required rules give, straight to provisioning, and what is requested for new people. */
export async function openForRules(
  ctx: Ctx,
  { gains, requests }: Pick<RulePlan, 'gains' | 'requests'>,
  maker: number | null,
): Promise<{ opened: number; requested: number; skipped: string[] }> {
  const given = await openPairs(ctx, gains, maker, { skipsApproval: true });
  // In the name of the person, who can take it back or ask for something else.
  const asked = await openPairs(ctx, requests, maker, { skipsApproval: false });
  return {
    opened: given.opened.length,
    requested: asked.opened.length,
    skipped: [...new Set([...given.skipped, ...asked.skipped].map(({ why }) => why))],
  };
}

async function openPairs(
  ctx: Ctx,
  pairs: readonly RulePair[],
  maker: number | null,
  { skipsApproval }: Required<Pick<Origin, 'skipsApproval'>>,
): Promise<OpenedTasks> {
  const all: OpenedTasks = { opened: [], skipped: [] };
  const ids = [...new Set(pairs.flatMap(({ rule }) => rule.id ?? []))];
  const rules = await listRulesById(ctx.db, ids);
  const words = await describeRules(ctx, rules);
  const known = new Map(rules.map((rule, at) => [rule.id, { rule, because: words[at]?.because }]));
  const makerOf = (pair: RulePair) => known.get(pair.rule.id ?? 0)?.rule.createdBy ?? maker ?? 0;
  for (const [openedBy, own] of groupBy(pairs, makerOf)) {
    for (let at = 0; at < own.length; at += batch) {
      const { opened, skipped } = await openTasks(ctx, {
        kind: 'grant',
        targets: own.slice(at, at + batch).map(({ personId, entitlementId, rule }) => ({
          personId,
          entitlementId,
          ruleId: rule.id ?? null,
          requesterId: skipsApproval ? null : personId,
          because: reasonOf(known.get(rule.id ?? 0)?.because),
        })),
        requesterId: null,
        openedBy: openedBy || null,
        profileId: null,
        reason: null,
        cause: 'rule',
        skipsApproval,
      });
      for (const task of opened) all.opened.push(task);
      for (const pair of skipped) all.skipped.push(pair);
    }
  }
  return all;
}

/** "Because department = Sales: 58 of 60 hold it." */
function reasonOf(because: string | undefined): string {
  return because ? `${because.charAt(0).toUpperCase()}${because.slice(1)}.` : 'A role rule.';
}
