import { listEnrolledSets } from '../../store/profiles/enrollments.ts';
import { listRulesById } from '../../store/rules/role-rules.ts';
import { detachRefusedRevocations, listEndedGracePeriods } from '../../store/rules/rule-grants.ts';
import { lockSyncs } from '../../store/sync/sync-runs.ts';
import { subjectOf } from '../audit-subjects.ts';
import { audit, type Ctx, inTransaction } from '../context.ts';
import { openTasks } from '../tasks/open-tasks.ts';
import { formatDate } from '../wording/relative-time.ts';
import { describeRules } from './describe.ts';
import { dropJustified } from './lost-grants.ts';

/** Grants a transaction. */
const batch = 500;

/**
 * Opens a revocation, once, of what no rule has given for as long as its rule policy lets it go on. What such a
 * revocation did not take away is held by hand from then on.
 */
export async function endGracePeriods(ctx: Ctx): Promise<void> {
  await inTransaction(ctx, keepDenied);
  for (let last = 0; ; ) {
    const over = await inTransaction(ctx, (ctx) => openRevocations(ctx, last));
    last = over.at(-1)?.id ?? last;
    if (over.length < batch) return;
  }
}

async function keepDenied(ctx: Ctx): Promise<void> {
  for (const { id, ruleId, taskId } of await detachRefusedRevocations(ctx.db)) {
    await audit(ctx, 'grant.keep', subjectOf.grant(id), {
      before: { rule: ruleId },
      after: { rule: null, task: taskId },
    });
  }
}

async function openRevocations(ctx: Ctx, afterId: number) {
  // A sync under way may find that they meet a rule again.
  await lockSyncs(ctx.db);
  const over = await listEndedGracePeriods(ctx.db, { now: ctx.now, afterId, limit: batch });
  if (over.length === 0) return over;
  const enrolled = await listEnrolledSets(
    ctx.db,
    over.map(({ personId }) => personId),
  );
  const isEnrolled = ({ personId, entitlementId }: (typeof over)[number]) =>
    enrolled.get(personId)?.has(entitlementId) ?? false;
  await dropJustified(ctx, over.filter(isEnrolled));
  const going = over.filter((grant) => !isEnrolled(grant));
  const rules = await listRulesById(ctx.db, [...new Set(going.map(({ ruleId }) => ruleId))]);
  const words = await describeRules(ctx, rules);
  const wordsOf = new Map(rules.map(({ id }, at) => [id, words[at]?.words]));
  await openTasks(ctx, {
    kind: 'revoke',
    targets: going.map(({ personId, entitlementId, ruleId, lostAt }) => ({
      personId,
      entitlementId,
      ruleId,
      because: `No role rule gives it any more since ${formatDate(lostAt)}; it was given because ${wordsOf.get(ruleId)}.`,
    })),
    requesterId: null,
    openedBy: null,
    profileId: null,
    reason: null,
    cause: 'rule_gone',
  });
  return over;
}
