import { groupBy } from '../../collections.ts';
import { listEnrolledSets } from '../../store/profiles/enrollments.ts';
import {
  listOpenRuleRequests,
  listRuleGrants,
  listRulesInForce,
  type RuleGrant,
  type SingleRoleRule,
} from '../../store/rules/role-rules.ts';
import {
  attachToRule,
  listOpenRuleRevocations,
  listRulesWithPendingRemovals,
  lockRules,
  replacePendingRemovals,
} from '../../store/rules/rule-grants.ts';
import { lockSyncs } from '../../store/sync/sync-runs.ts';
import { filterOpenTasks } from '../../store/tasks/obsolete-tasks.ts';
import { lockSnapshots } from '../../store/tasks/task-snapshot.ts';
import { subjectOf } from '../audit-subjects.ts';
import { auditMany, type Ctx } from '../context.ts';
import { requiresConfirmation } from '../mass-removal.ts';
import { closeTasks } from '../tasks/close-task.ts';
import { pairKey } from '../tasks/eligibility.ts';
import { holdRemovals } from './held-removals.ts';
import { detachProfileGrants, lapseGrants } from './lapsed-grants.ts';
import { openRuleTasks } from './open-rule-tasks.ts';
import { loadAccessSnapshot, planRules, type RulePlan } from './plan.ts';

/** The result of bringing access in line with the rules. */
export interface ReconciledRules {
  /** Opened tasks of required rules. They start at provisioning. */
  opened: number;
  /** Opened requests for newcomers. */
  requested: number;
  /** Grants whose grace period began. */
  lapsed: number;
  /** Removals of grants that need confirmation. */
  heldRemovals: number;
  /** Closed tasks that no rule asks for any longer. */
  closed: number;
  /** Reasons why some tasks could not open. */
  skipped: string[];
}

const nothing: ReconciledRules = {
  opened: 0,
  requested: 0,
  lapsed: 0,
  heldRemovals: 0,
  closed: 0,
  skipped: [],
};

/**
 * Brings access in line with the single role rules in force, and with those that have ended. Runs
 * within the transaction of a sync or of a change of the rules. It removes no access: grants that
 * no rule covers any longer get a grace period.
 * @param openedBy opens the tasks of rules that have no author.
 */
export async function reconcileRoleRules(
  ctx: Ctx,
  openedBy: number | null = null,
): Promise<ReconciledRules> {
  // Serializes with syncs and other callers, so that each sees the changes of the one before.
  await lockSyncs(ctx.db);
  const rules = await listRulesInForce(ctx.db);
  if (rules.length === 0 && !(await hasLeftovers(ctx))) return nothing;
  const plan = planRules(await loadAccessSnapshot(ctx, rules), rules);
  const closed = await closeObsoleteRequests(ctx, plan);
  await restoreCoveredGrants(ctx, plan);
  const lapses = await lapseUncoveredGrants(ctx, plan);
  const opened = await openRuleTasks(ctx, plan, openedBy);
  return { ...lapses, ...opened, closed };
}

/** Whether rules that have all ended left open requests or grants. */
async function hasLeftovers(ctx: Ctx): Promise<boolean> {
  const open = await listOpenRuleRequests(ctx.db, []);
  return open.length > 0 || (await listRuleGrants(ctx.db)).length > 0;
}

async function closeObsoleteRequests(ctx: Ctx, { obsoleteRequests }: RulePlan): Promise<number> {
  const open = await filterOpenTasks(
    ctx.db,
    obsoleteRequests.map(({ taskId }) => taskId),
  );
  const snapshots = await lockSnapshots(
    ctx.db,
    open.map(({ id }) => id),
  );
  const reason = 'No role rule asks for this access any longer.';
  const closings = [...snapshots.values()].map((snapshot) => ({
    snapshot,
    reason,
    recipientIds: [snapshot.task.requesterId],
  }));
  await closeTasks(ctx, closings);
  return open.length;
}

/**
 * Ends the grace period of people who match a rule again. Each grant names the rule that covers it
 * now.
 */
async function restoreCoveredGrants(ctx: Ctx, { covered }: RulePlan): Promise<void> {
  const changed = covered.flatMap(({ grant, rule }) =>
    rule.id !== undefined && (grant.isInGracePeriod || grant.ruleId !== rule.id)
      ? [{ grant, ruleId: rule.id }]
      : [],
  );
  if (changed.length === 0) return;
  await attachToRule(
    ctx.db,
    changed.map(({ grant, ruleId }) => ({ grantId: grant.id, ruleId })),
  );
  const restored = changed.filter(({ grant }) => grant.isInGracePeriod).map(({ grant }) => grant);
  const keys = new Set(restored.map(pairKey));
  const people = restored.map(({ personId }) => personId);
  const revocations = await listOpenRuleRevocations(ctx.db, people);
  const snapshots = await lockSnapshots(
    ctx.db,
    revocations.filter((task) => keys.has(pairKey(task))).map(({ id }) => id),
  );
  const reason = 'A role rule grants this access again.';
  const closings = [...snapshots.values()].map((snapshot) => ({
    snapshot,
    reason,
    recipientIds: [snapshot.task.personId],
  }));
  await closeTasks(ctx, closings);
  await auditMany(
    ctx,
    'role-rule.keep',
    [...groupBy(changed, ({ ruleId }) => ruleId)].map(([ruleId, list]) => ({
      subject: subjectOf.roleRule(ruleId),
      after: {
        grants: list.map(({ grant }) => grant.id),
        from: [...new Set(list.map(({ grant }) => grant.ruleId))],
      },
    })),
  );
}

/**
 * Grants that an access profile also justifies stay with the profile alone. For the others the
 * grace period begins, or their removal is held.
 */
async function lapseUncoveredGrants(
  ctx: Ctx,
  plan: RulePlan,
): Promise<Pick<ReconciledRules, 'lapsed' | 'heldRemovals'>> {
  const people = [...new Set(plan.uncovered.map(({ personId }) => personId))];
  const enrolled = people.length > 0 ? await listEnrolledSets(ctx.db, people) : new Map();
  const isEnrolled = ({ personId, entitlementId }: RuleGrant) =>
    enrolled.get(personId)?.has(entitlementId) ?? false;
  await detachProfileGrants(ctx, plan.uncovered.filter(isEnrolled));
  const lapsingByRule = groupBy(
    plan.uncovered.filter((grant) => !grant.isInGracePeriod && !isEnrolled(grant)),
    ({ ruleId }) => ruleId,
  );
  const rules = await lockRules(ctx.db, [
    ...lapsingByRule.keys(),
    ...(await listRulesWithPendingRemovals(ctx.db)),
  ]);
  const coveredCounts = countActiveByRule(plan.covered.map(({ grant }) => grant));
  const matchCountById = new Map([...plan.matchCounts].map(([{ id }, people]) => [id, people]));
  const total = { lapsed: 0, heldRemovals: 0 };
  for (const rule of rules) {
    const grants = lapsingByRule.get(rule.id) ?? [];
    const heldIds = selectHeldGrants(rule, grants, {
      holders: (coveredCounts.get(rule.id) ?? 0) + grants.length,
      matches: matchCountById.get(rule.id) ?? 0,
    });
    const lapsing = grants.filter(({ id }) => !heldIds.includes(id));
    if (heldIds.length > 0) await holdRemovals(ctx, rule, heldIds);
    else if (rule.pendingRemovalGrantIds)
      await replacePendingRemovals(ctx.db, { ruleId: rule.id, grantIds: null });
    await lapseGrants(ctx, rule.id, lapsing);
    total.lapsed += lapsing.length;
    total.heldRemovals += heldIds.length;
  }
  return total;
}

/**
 * Selects the lapsing grants of a rule whose removal needs confirmation. These are all if they are
 * many at once, or if nobody matches the rule any longer, since then an error of the source is
 * likelier. The Super Admin who ended a rule has seen the consequences, so an ended rule holds
 * nothing new.
 */
function selectHeldGrants(
  rule: SingleRoleRule,
  grants: readonly RuleGrant[],
  { holders, matches }: { holders: number; matches: number },
): number[] {
  const ids = grants.map(({ id }) => id);
  if (rule.endedAt !== null) return ids.filter((id) => rule.pendingRemovalGrantIds?.includes(id));
  const isHeld = requiresConfirmation(ids.length, holders) || (ids.length > 0 && matches === 0);
  return isHeld ? ids : [];
}

function countActiveByRule(grants: readonly RuleGrant[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { ruleId, isInGracePeriod } of grants) {
    if (!isInGracePeriod) counts.set(ruleId, (counts.get(ruleId) ?? 0) + 1);
  }
  return counts;
}
