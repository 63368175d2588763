import { groupBy } from '../../collections.ts';
import { detachFromRule, startGracePeriods } from '../../store/rules/rule-grants.ts';
import { subjectOf } from '../audit-subjects.ts';
import { auditMany, type Ctx } from '../context.ts';

/** Starts the grace period of grants that their rule no longer covers. */
export async function lapseGrants(
  ctx: Ctx,
  ruleId: number,
  grants: readonly { id: number; personId: number }[],
): Promise<void> {
  if (grants.length === 0) return;
  const ids = grants.map(({ id }) => id);
  await startGracePeriods(ctx.db, ids, ctx.now);
  await auditMany(ctx, 'role-rule.lose', [
    {
      subject: subjectOf.roleRule(ruleId),
      after: { grants: ids, people: grants.map((one) => one.personId) },
    },
  ]);
}

/** Removes the rule from grants that an access profile also justifies. */
export async function detachProfileGrants(
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
      after: { grants: list.map(({ id }) => id), why: 'an access profile grants it too' },
    })),
  );
}
