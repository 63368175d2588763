import { Refusal } from '../../errors.ts';
import { decideOpenOutlier, findOutlier, listOpenOutliers } from '../../store/mining/outliers.ts';
import { findPerson } from '../../store/people/people.ts';
import { subjectOf } from '../audit-subjects.ts';
import { describeCohorts } from '../cohorts/cohorts.ts';
import { type ActorCtx, audit, inTransaction, requirePermission } from '../context.ts';
import { proposeRevocation } from '../requests/revoke-access.ts';
import { ago } from '../wording/relative-time.ts';

/** Unusual access of a person in one sentence. */
export interface OutlierView {
  personId: number;
  entitlementId: number;
  /** "Bo Chen has GitHub · Admin; only 1 of 41 in department Payroll does" */
  sentence: string;
  isHighRisk: boolean;
}

/** Lists undecided outliers: high risk first, then the rarest. */
export async function listOutliers(ctx: ActorCtx): Promise<OutlierView[]> {
  await requirePermission(ctx, 'mineRoles');
  const rows = await listOpenOutliers(ctx.db);
  const words = await describeCohorts(
    ctx,
    rows.map(({ outlier }) => outlier.cohort),
  );
  return rows.map(({ outlier, person, app, entitlement, risk }, at) => {
    const peers = `${outlier.people} in ${words[at]?.words ?? 'the company'}`;
    const { holders } = outlier;
    return {
      personId: outlier.personId,
      entitlementId: outlier.entitlementId,
      sentence: `${person} has ${app} · ${entitlement}; only ${holders} of ${peers} ${holders === 1 ? 'does' : 'do'}`,
      isHighRisk: risk === 'high',
    };
  });
}

/**
 * Keeps an outlier, or proposes to revoke the access, which opens a revocation that somebody else decides. The decision and its
 * reason are saved, and the outlier is not listed again.
 */
export async function decideOutlier(
  ctx: ActorCtx,
  key: { personId: number; entitlementId: number },
  decision: { state: 'kept' | 'proposed'; reason: string },
): Promise<void> {
  await requirePermission(ctx, 'mineRoles');
  const reason = decision.reason.trim();
  if (!reason) throw new Refusal('invalid', 'Write a reason; it is saved with the decision.');
  await inTransaction(ctx, async (ctx) => {
    const decided = await decideOpenOutlier(ctx.db, key, {
      state: decision.state,
      decidedBy: ctx.actor.personId,
      decidedAt: ctx.now,
      reason,
    });
    if (!decided) throw new Refusal('conflict', await explainDecision(ctx, key));
    if (decision.state === 'proposed') await proposeRevocation(ctx, { ...key, reason });
    await audit(ctx, `outlier.${decision.state}`, subjectOf.person(key.personId), {
      after: { entitlement: key.entitlementId, reason },
    });
  });
}

async function explainDecision(
  ctx: ActorCtx,
  key: { personId: number; entitlementId: number },
): Promise<string> {
  const row = await findOutlier(ctx.db, key.personId, key.entitlementId);
  const decider = row?.decidedBy ? await findPerson(ctx.db, row.decidedBy) : undefined;
  if (!row?.decidedAt || !decider)
    return 'This is no longer listed: the newest analysis did not find it.';
  const action = row.state === 'kept' ? 'kept this' : 'proposed to revoke this';
  return `${decider.name} ${action} ${ago(row.decidedAt, ctx.now)}: "${row.reason ?? ''}".`;
}
