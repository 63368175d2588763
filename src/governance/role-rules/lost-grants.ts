import { groupBy } from '../../collections.ts';
import { detachFromRule, startGracePeriods } from '../../store/rules/rule-grants.ts';
import { subjectOf } from '../audit-subjects.ts';
import { auditMany, type Ctx } from '../context.ts';

/** The grace period of these begins. */
export async function loseGrants(
  ctx: Ctx,
  ruleId: number,
  lost: readonly { id: number; personId: number }[],
): Promise<void> {
  if (lost.length === 0) return;
  const ids = lost.map(({ id }) => id);
  await startGracePeriods(ctx.db, ids, ctx.now);
  await auditMany(ctx, 'role-rule.lose', [
    {
      subject: subjectOf.roleRule(ruleId),
      after: { grants: ids, people: lost.map((one) => one.personId) },
    },
  ]);
}

/** A profile gives these, too. */
export async function dropJustified(
  ctx: Ctx,
  grants: readonly { id: number; ruleId: number }[],
): Promise<void> {
  await detachFromRule(
    ctx.db,
    grants.map(({ id }) => id),
  );
  await auditMany(
    ctx,
    'role-rule.drop',
    [...groupBy(grants, ({ ruleId }) => ruleId)].map(([ruleId, list]) => ({
      subject: subjectOf.roleRule(ruleId),
      after: { grants: list.map(({ id }) => id), why: 'an access profile gives it, too' },
    })),
  );
}
