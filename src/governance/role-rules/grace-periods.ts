import { mustGet } from '../../collections.ts';
import { listEnrolledSets } from '../../store/profiles/enrollments.ts';
import { listRulesById } from '../../store/rules/role-rules.ts';
import { detachRefusedRevocations, listEndedGracePeriods } from '../../store/rules/rule-grants.ts';
import { lockSyncs } from '../../store/sync/sync-runs.ts';
import { subjectOf } from '../audit-subjects.ts';
import { audit, type Ctx, inTransaction, organizationZone } from '../context.ts';
import { openTasks } from '../tasks/open-tasks.ts';
import { formatDate } from '../wording/relative-time.ts';
import { describeRules } from './describe.ts';
import { detachProfileGrants } from './lapsed-grants.ts';

/** Grants of one transaction. */
const batchSize = 500;

/**
 * Opens a revocation for each grant whose grace period is over, once. If the revocation leaves the
 * access, it counts as granted by hand from then on.
 */
export async function endGracePeriods(ctx: Ctx): Promise<void> {
  await inTransaction(ctx, keepDeniedGrants);
  for (let lastId = 0; ; ) {
    const over = await inTransaction(ctx, (ctx) => openRevocations(ctx, lastId));
    lastId = over.at(-1)?.id ?? lastId;
    if (over.length < batchSize) return;
  }
}

async function keepDeniedGrants(ctx: Ctx): Promise<void> {
  for (const { id, ruleId, taskId } of await detachRefusedRevocations(ctx.db)) {
    await audit(ctx, 'grant.keep', subjectOf.grant(id), {
      before: { rule: ruleId },
      after: { rule: null, task: taskId },
    });
  }
}

async function openRevocations(ctx: Ctx, afterId: number) {
  // A running sync may find that these people match a rule again.
  await lockSyncs(ctx.db);
  const over = await listEndedGracePeriods(ctx.db, { now: ctx.now, afterId, limit: batchSize });
  if (over.length === 0) return over;
  const enrolled = await listEnrolledSets(
    ctx.db,
    over.map(({ personId }) => personId),
  );
  const isEnrolled = ({ personId, entitlementId }: (typeof over)[number]) =>
    enrolled.get(personId)?.has(entitlementId) ?? false;
  await detachProfileGrants(ctx, over.filter(isEnrolled));
  const ending = over.filter((grant) => !isEnrolled(grant));
  const rules = await listRulesById(ctx.db, [...new Set(ending.map(({ ruleId }) => ruleId))]);
  const descriptions = await describeRules(ctx, rules);
  const criteriaOf = new Map(
    rules.flatMap(({ id }, at) => (descriptions[at] ? [[id, descriptions[at].criteriaText]] : [])),
  );
  await openTasks(ctx, {
    kind: 'revoke',
    targets: ending.map(({ personId, entitlementId, ruleId, lostAt }) => ({
      personId,
      entitlementId,
      ruleId,
      because: `No role rule has granted this access since ${formatDate(lostAt, organizationZone(ctx))}; it was granted because ${mustGet(criteriaOf, ruleId)}.`,
    })),
    requesterId: null,
    openedBy: null,
    profileId: null,
    reason: null,
    cause: 'rule_gone',
  });
  return over;
}
