import { Refusal } from '../../errors.ts';
import { decideOpenOutlier, findOutlier, listOpenOutliers } from '../../store/mining/outliers.ts';
import { findPerson } from '../../store/people/people.ts';
import { subjectOf } from '../audit-subjects.ts';
import { describeCohorts } from '../cohorts/cohorts.ts';
import { type ActorCtx, audit, inTransaction, requirePermission } from '../context.ts';
import { proposeRevocation } from '../requests/revoke-access.ts';
import { formatAgo } from '../wording/relative-time.ts';

/** Access that a person's peers do not have, in one sentence. */
export interface OutlierView {
  personId: number;
  entitlementId: number;
  /** "Bo Chen is the only one of 41 in department Payroll who holds GitHub · Admin" */
  sentence: string;
  isHighRisk: boolean;
}

/** What is proposed for review, high risk first, then the rarest. */
export async function listOutliers(ctx: ActorCtx): Promise<OutlierView[]> {
  await requirePermission(ctx, 'mineRoles');
  const rows = await listOpenOutliers(ctx.db);
  const words = await describeCohorts(
    ctx,
    rows.map(({ outlier }) => outlier.cohort),
  );
  return rows.map(({ outlier, person, app, entitlement, risk }, at) => {
    const among = `${outlier.people} in ${words[at]?.words ?? 'the company'}`;
    const who =
      outlier.holders === 1
        ? `${person} is the only one of ${among} who holds`
        : `${person} is one of ${outlier.holders} of ${among} who hold`;
    return {
      personId: outlier.personId,
      entitlementId: outlier.entitlementId,
      sentence: `${who} ${app} · ${entitlement}`,
      isHighRisk: risk === 'high',
    };
  });
}

/**
 * Keeps an outlier as it is, or proposes to take the access away; who decided and why is remembered, and it is
 * not listed again. Proposing opens a revocation, which somebody else has to confirm.
 */
export async function decideOutlier(
  ctx: ActorCtx,
  key: { personId: number; entitlementId: number },
  decision: { state: 'kept' | 'proposed'; reason: string },
): Promise<void> {
  await requirePermission(ctx, 'mineRoles');
  const reason = decision.reason.trim();
  if (!reason)
    throw new Refusal('invalid', 'Say why, in a few words; it is kept with the decision.');
  await inTransaction(ctx, async (ctx) => {
    const decided = await decideOpenOutlier(ctx.db, key, {
      state: decision.state,
      decidedBy: ctx.actor.personId,
      decidedAt: ctx.now,
      reason,
    });
    if (!decided) throw new Refusal('conflict', await whoDecided(ctx, key));
    if (decision.state === 'proposed') await proposeRevocation(ctx, { ...key, reason });
    await audit(ctx, `outlier.${decision.state}`, subjectOf.person(key.personId), {
      after: { entitlement: key.entitlementId, reason },
    });
  });
}

async function whoDecided(
  ctx: ActorCtx,
  key: { personId: number; entitlementId: number },
): Promise<string> {
  const row = await findOutlier(ctx.db, key.personId, key.entitlementId);
  const who = row?.decidedBy ? await findPerson(ctx.db, row.decidedBy) : undefined;
  if (!row?.decidedAt || !who) return 'This is no longer listed: the newest run does not see it.';
  const what = row.state === 'kept' ? 'kept this' : 'proposed to revoke this';
  return `${who.name} ${what} ${formatAgo(row.decidedAt, ctx.now)}: "${row.reason ?? ''}".`;
}
