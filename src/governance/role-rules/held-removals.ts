import { Refusal } from '../../errors.ts';
import { listEntitlementsById } from '../../store/catalog/entitlements.ts';
import { deleteCopies } from '../../store/messages/message-copies.ts';
import { findPerson, listPeopleById } from '../../store/people/people.ts';
import { listRoleHolders } from '../../store/people/roles.ts';
import { listEnrolledSets } from '../../store/profiles/enrollments.ts';
import { listRulesById, type SingleRoleRule } from '../../store/rules/role-rules.ts';
import {
  detachFromRule,
  listPendingRemovals,
  lockRules,
  replacePendingRemovals,
} from '../../store/rules/rule-grants.ts';
import { lockSyncs } from '../../store/sync/sync-runs.ts';
import { subjectOf } from '../audit-subjects.ts';
import { formatPeopleOrNobody } from '../cohorts/explain-no-suggestion.ts';
import {
  type ActorCtx,
  audit,
  type Ctx,
  inTransaction,
  notify,
  requirePermission,
} from '../context.ts';
import { isMassRemoval } from '../mass-removal.ts';
import { formatAgo } from '../wording/relative-time.ts';
import { describeRules } from './describe.ts';
import { dropJustified, loseGrants } from './lost-grants.ts';

/** Leaves the access as it is, and asks the Super Admins, once for each change of whom it is about. */
export async function holdGrants(
  ctx: Ctx,
  rule: SingleRoleRule,
  grantIds: number[],
): Promise<void> {
  const before = new Set(rule.pendingRemovalGrantIds);
  if (before.size === grantIds.length && grantIds.every((id) => before.has(id))) return;
  await replacePendingRemovals(ctx.db, { ruleId: rule.id, grantIds });
  await audit(ctx, 'role-rule.hold', subjectOf.roleRule(rule.id), {
    before: { held: rule.pendingRemovalGrantIds },
    after: { held: grantIds },
  });
  // Others than before are worth a message of their own, not a changed old one.
  if (grantIds.some((id) => !before.has(id)))
    await deleteCopies(ctx.db, { kind: 'held_grants', subjectIds: [rule.id] });
  await notifyAdmins(ctx, rule.id);
}

/** They get the card, or the one they have is drawn anew. */
async function notifyAdmins(ctx: Ctx, ruleId: number): Promise<void> {
  const admins = await listRoleHolders(ctx.db, ['super_admin']);
  await notify(
    ctx,
    admins.map((recipientId) => ({
      recipientId,
      kind: 'held_grants',
      subjectId: ruleId,
      priority: 1,
    })),
  );
}

/**
 * Decides about access that a rule gives no more, and that too many would have lost at once: its grace period
 * begins, or it stays as if given by hand.
 * @param input.shown how many grants the reader saw.
 * @throws Refusal forbidden for everybody but Super Admins; conflict (decided already, or others by now).
 */
export async function decideHeldGrants(
  ctx: ActorCtx,
  input: { ruleId: number; shown: number; decision: 'apply' | 'keep' },
): Promise<{ grants: number }> {
  await requirePermission(ctx, 'mineRoles');
  return inTransaction(ctx, async (ctx) => {
    // As whoever follows the rules: what was planned before this must not undo it.
    await lockSyncs(ctx.db);
    const [rule] = await lockRules(ctx.db, [input.ruleId]);
    if (!rule) throw new Refusal('missing', 'This rule is no longer here.');
    const held = rule.pendingRemovalGrantIds ?? [];
    if (held.length === 0) throw new Refusal('conflict', await whoDecided(ctx, rule));
    if (held.length !== input.shown) {
      const now = `By now it would take access from ${held.length}`;
      throw new Refusal('conflict', `${now}. Look at the new message before you decide.`);
    }
    const { decision } = input;
    const decided = { decision, by: ctx.actor.personId, at: ctx.now };
    await replacePendingRemovals(ctx.db, { ruleId: rule.id, grantIds: null, decision: decided });
    const grants = await listPendingRemovals(ctx.db, rule.id, held);
    const isKept = decision === 'keep';
    const verb = isKept ? 'role-rule.keep-held' : 'role-rule.apply-held';
    await audit(ctx, verb, subjectOf.roleRule(rule.id), {
      before: { held },
      after: { grants: grants.map(({ id }) => id) },
    });
    if (isKept)
      await detachFromRule(
        ctx.db,
        grants.map(({ id }) => id),
      );
    else await lose(ctx, rule.id, grants);
    await notifyAdmins(ctx, rule.id);
    return { grants: grants.length };
  });
}

/** Of these, a profile may give some as well by now. */
async function lose(
  ctx: Ctx,
  ruleId: number,
  grants: Awaited<ReturnType<typeof listPendingRemovals>>,
): Promise<void> {
  const enrolled = await listEnrolledSets(
    ctx.db,
    grants.map(({ personId }) => personId),
  );
  const isEnrolled = (grant: (typeof grants)[number]) =>
    enrolled.get(grant.personId)?.has(grant.entitlementId) ?? false;
  await dropJustified(ctx, grants.filter(isEnrolled));
  await loseGrants(
    ctx,
    ruleId,
    grants.filter((grant) => !isEnrolled(grant)),
  );
}

const decisionWords = { apply: 'chose Apply removals', keep: 'chose Keep them' } as const;

async function whoDecided(ctx: Ctx, rule: SingleRoleRule): Promise<string> {
  const { removalDecision, removalDecidedBy, removalDecidedAt } = rule;
  if (!removalDecision || removalDecidedBy === null || !removalDecidedAt) {
    return 'No removal waits any more: those people meet the rule again.';
  }
  const who = await findPerson(ctx.db, removalDecidedBy);
  return `${who?.name ?? 'Somebody'} ${decisionWords[removalDecision]} ${formatAgo(removalDecidedAt, ctx.now)}.`;
}

/** Access that waits for a yes to go, as a Super Admin reads it; plain text. */
export interface HeldGrants {
  ruleId: number;
  title: string;
  lines: string[];
  summary: string;
  /** How many grants wait; 0: it is decided. */
  waiting: number;
}

const maxNamed = 5;

/** @returns undefined when there is no such rule. */
export async function describeHeldGrants(
  ctx: Ctx,
  ruleId: number,
): Promise<HeldGrants | undefined> {
  const [rule] = await listRulesById(ctx.db, [ruleId]);
  if (!rule) return undefined;
  const [entitlement] = await listEntitlementsById(ctx.db, [rule.entitlementId]);
  const [said] = await describeRules(ctx, [rule]);
  const label = entitlement ? `${entitlement.app} · ${entitlement.name}` : 'What it gives';
  const held = await listPendingRemovals(ctx.db, ruleId, rule.pendingRemovalGrantIds ?? []);
  const about = `The rule: ${said?.words ?? ''} → ${label}.`;
  const notifyRemoval = (title: string, lines: string[]): HeldGrants => ({
    ruleId,
    title,
    lines,
    summary: [`${title}.`, ...lines].join(' '),
    waiting: rule.pendingRemovalGrantIds?.length ?? 0,
  });
  if (!rule.pendingRemovalGrantIds) {
    return notifyRemoval(`Nothing of ${label} waits to be taken away`, [
      about,
      await whoDecided(ctx, rule),
    ]);
  }
  const people = await listPeopleById(
    ctx.db,
    held.slice(0, maxNamed).map(({ personId }) => personId),
  );
  const names = people.map(({ name }) => name).sort();
  const more = held.length > names.length ? ` and ${held.length - names.length} more` : '';
  const why = isMassRemoval(held.length)
    ? 'So many lose access only with a yes'
    : 'Nobody meets the rule any more, which may be an error of the source';
  return notifyRemoval(
    `A role rule would take ${label} from ${formatPeopleOrNobody(held.length)} at once`,
    [
      about,
      `No longer met by: ${names.join(', ')}${more}.`,
      `${why}: nothing was taken away.`,
      'Apply removals begins the grace period; Keep them makes it access given by hand.',
    ],
  );
}
