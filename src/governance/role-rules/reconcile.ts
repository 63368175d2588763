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
import { holdGrants } from './held-removals.ts';
import { dropJustified, loseGrants } from './lost-grants.ts';
import { openForRules } from './open-rule-tasks.ts';
import { loadReach, planRules, type RulePlan } from './plan.ts';

/** What became of it when all rules were followed. */
export interface ReconciledRules {
  /** Tasks of required rules, straight to provisioning. */
  opened: number;
  /** Requests for new people. */
  requested: number;
  /** Grants for which a grace period began. */
  lost: number;
  /** Grants that are as they were, since too many would have been lost at once. */
  held: number;
  /** Open tasks that rules ask for no more. */
  closed: number;
  /** Why some could not be opened. */
  skipped: string[];
}

const nothing: ReconciledRules = {
  opened: 0,
  requested: 0,
  lost: 0,
  held: 0,
  closed: 0,
  skipped: [],
};

/**
 * Brings access in line with the single role rules in force, and with those that have ended: inside the
 * transaction of a sync, or of whatever changed the rules. Nothing is taken away here: what no rule gives any more
 * has a grace period.
 * @param maker in whose name tasks of rules open that nobody is named as the maker of.
 */
export async function reconcileRoleRules(
  ctx: Ctx,
  maker: number | null = null,
): Promise<ReconciledRules> {
  // As syncs do: of two that follow the rules at once the second sees what the first did.
  await lockSyncs(ctx.db);
  const rules = await listRulesInForce(ctx.db);
  if (rules.length === 0 && !(await hasTraces(ctx))) return nothing;
  const plan = planRules(await loadReach(ctx, rules), rules);
  const closed = await closeMoot(ctx, plan);
  await keepGiven(ctx, plan);
  const losses = await reconcileLosses(ctx, plan);
  const asked = await openForRules(ctx, plan, maker);
  return { ...losses, ...asked, closed };
}

/** Whether rules that have all ended have left something behind. */
async function hasTraces(ctx: Ctx): Promise<boolean> {
  const open = await listOpenRuleRequests(ctx.db, []);
  return open.length > 0 || (await listRuleGrants(ctx.db)).length > 0;
}

async function closeMoot(ctx: Ctx, { moot }: RulePlan): Promise<number> {
  const open = await filterOpenTasks(
    ctx.db,
    moot.map(({ taskId }) => taskId),
  );
  const snapshots = await lockSnapshots(
    ctx.db,
    open.map(({ id }) => id),
  );
  const reason = 'No role rule asks for it any more.';
  const closings = [...snapshots.values()].map((snapshot) => ({
    snapshot,
    reason,
    recipientIds: [snapshot.task.requesterId],
  }));
  await closeTasks(ctx, closings);
  return open.length;
}

/** Whoever meets a rule again keeps what it gave, and each grant names the rule that gives it now. */
async function keepGiven(ctx: Ctx, { stays }: RulePlan): Promise<void> {
  const changed = stays.flatMap(({ grant, rule }) =>
    rule.id !== undefined && (grant.isInGracePeriod || grant.ruleId !== rule.id)
      ? [{ grant, ruleId: rule.id }]
      : [],
  );
  if (changed.length === 0) return;
  await attachToRule(
    ctx.db,
    changed.map(({ grant, ruleId }) => ({ grantId: grant.id, ruleId })),
  );
  const again = changed.filter(({ grant }) => grant.isInGracePeriod).map(({ grant }) => grant);
  const keys = new Set(again.map(pairKey));
  const people = again.map(({ personId }) => personId);
  const revocations = await listOpenRuleRevocations(ctx.db, people);
  const snapshots = await lockSnapshots(
    ctx.db,
    revocations.filter((task) => keys.has(pairKey(task))).map(({ id }) => id),
  );
  const reason = 'A role rule gives it again.';
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

/** What a profile gives as well is held by that alone; of the rest, the grace period begins, or it waits for a yes. */
async function reconcileLosses(
  ctx: Ctx,
  plan: RulePlan,
): Promise<Pick<ReconciledRules, 'lost' | 'held'>> {
  const people = [...new Set(plan.losses.map(({ personId }) => personId))];
  const enrolled = people.length > 0 ? await listEnrolledSets(ctx.db, people) : new Map();
  const isEnrolled = ({ personId, entitlementId }: RuleGrant) =>
    enrolled.get(personId)?.has(entitlementId) ?? false;
  await dropJustified(ctx, plan.losses.filter(isEnrolled));
  const losing = groupBy(
    plan.losses.filter((grant) => !grant.isInGracePeriod && !isEnrolled(grant)),
    ({ ruleId }) => ruleId,
  );
  const rules = await lockRules(ctx.db, [
    ...losing.keys(),
    ...(await listRulesWithPendingRemovals(ctx.db)),
  ]);
  const staying = countBy(plan.stays.map(({ grant }) => grant));
  const matching = new Map([...plan.matching].map(([{ id }, people]) => [id, people]));
  const total = { lost: 0, held: 0 };
  for (const rule of rules) {
    const grants = losing.get(rule.id) ?? [];
    const held = heldOf(rule, grants, {
      holders: (staying.get(rule.id) ?? 0) + grants.length,
      matching: matching.get(rule.id) ?? 0,
    });
    const lost = grants.filter(({ id }) => !held.includes(id));
    if (held.length > 0) await holdGrants(ctx, rule, held);
    else if (rule.pendingRemovalGrantIds)
      await replacePendingRemovals(ctx.db, { ruleId: rule.id, grantIds: null });
    await loseGrants(ctx, rule.id, lost);
    total.lost += lost.length;
    total.held += held.length;
  }
  return total;
}

/**
 * Which of the grants a rule loses wait for a yes: all, when they are many at once, or nobody meets the rule any
 * more (then it is rather the source that is at fault). Whoever ended a rule saw what follows; what waited
 * before that waits still.
 */
function heldOf(
  rule: SingleRoleRule,
  grants: readonly RuleGrant[],
  { holders, matching }: { holders: number; matching: number },
): number[] {
  const ids = grants.map(({ id }) => id);
  if (rule.endedAt !== null) return ids.filter((id) => rule.pendingRemovalGrantIds?.includes(id));
  const waits = requiresConfirmation(ids.length, holders) || (ids.length > 0 && matching === 0);
  return waits ? ids : [];
}

function countBy(grants: readonly RuleGrant[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { ruleId, isInGracePeriod } of grants) {
    if (!isInGracePeriod) counts.set(ruleId, (counts.get(ruleId) ?? 0) + 1);
  }
  return counts;
}
