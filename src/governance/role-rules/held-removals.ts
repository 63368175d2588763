import { Refusal } from '../../errors.ts';
import { listEntitlementsById } from '../../store/catalog/entitlements.ts';
import { deleteCopies } from '../../store/messages/message-copies.ts';
import { findPerson } from '../../store/people/people.ts';
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
import { loadNames } from '../people/display-name.ts';
import { formatAgo } from '../wording/relative-time.ts';
import { joinSentences } from '../wording/sentences.ts';
import { describeRules } from './describe.ts';
import { detachProfileGrants, lapseGrants } from './lapsed-grants.ts';

/**
 * Leaves the access as it is and asks the Super Admins to decide. Asks again if the grants change.
 */
export async function holdRemovals(
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
  // Grants that were not held before need a new message: an edit of the old one notifies nobody.
  if (grantIds.some((id) => !before.has(id)))
    await deleteCopies(ctx.db, { kind: 'held_grants', subjectIds: [rule.id] });
  await notifyAdmins(ctx, rule.id);
}

/** Sends the card to all Super Admins, or redraws their card. */
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
 * Decides about a held removal: the grace period of the grants begins, or they count as granted by
 * hand from then on.
 * @param input.shown the number of grants that the person saw.
 * @throws Refusal forbidden for everybody but Super Admins; conflict (decided already, or the
 * grants changed).
 */
export async function decideHeldRemoval(
  ctx: ActorCtx,
  input: { ruleId: number; shown: number; decision: 'apply' | 'keep' },
): Promise<{ grants: number }> {
  await requirePermission(ctx, 'mineRoles');
  return inTransaction(ctx, async (ctx) => {
    // Serializes with reconciling, whose earlier plan would undo the decision.
    await lockSyncs(ctx.db);
    const [rule] = await lockRules(ctx.db, [input.ruleId]);
    if (!rule) throw new Refusal('missing', 'This rule no longer exists.');
    const heldIds = rule.pendingRemovalGrantIds ?? [];
    if (heldIds.length === 0) throw new Refusal('conflict', await explainDecision(ctx, rule));
    if (heldIds.length !== input.shown) {
      const removal = `The rule would now remove access from ${formatPeopleOrNobody(heldIds.length)}`;
      throw new Refusal('conflict', `${removal}. Look at the new message before you decide.`);
    }
    const { decision } = input;
    const removalDecision = { decision, by: ctx.actor.personId, at: ctx.now };
    await replacePendingRemovals(ctx.db, {
      ruleId: rule.id,
      grantIds: null,
      decision: removalDecision,
    });
    const grants = await listPendingRemovals(ctx.db, rule.id, heldIds);
    const isKeeping = decision === 'keep';
    const verb = isKeeping ? 'role-rule.keep-held' : 'role-rule.apply-held';
    await audit(ctx, verb, subjectOf.roleRule(rule.id), {
      before: { held: heldIds },
      after: { grants: grants.map(({ id }) => id) },
    });
    if (isKeeping)
      await detachFromRule(
        ctx.db,
        grants.map(({ id }) => id),
      );
    else await applyRemovals(ctx, rule.id, grants);
    await notifyAdmins(ctx, rule.id);
    return { grants: grants.length };
  });
}

/** A profile may justify some of the grants by now: these stay with the profile. */
async function applyRemovals(
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
  await detachProfileGrants(ctx, grants.filter(isEnrolled));
  await lapseGrants(
    ctx,
    ruleId,
    grants.filter((grant) => !isEnrolled(grant)),
  );
}

const decisionTexts = { apply: 'chose Apply removals', keep: 'chose Keep them' } as const;

async function explainDecision(ctx: Ctx, rule: SingleRoleRule): Promise<string> {
  const { removalDecision, removalDecidedBy, removalDecidedAt } = rule;
  if (!removalDecision || removalDecidedBy === null || !removalDecidedAt) {
    return 'Nothing needs confirmation any longer: these people match the rule again.';
  }
  const decider = await findPerson(ctx.db, removalDecidedBy);
  return `${decider?.name ?? 'Somebody'} ${decisionTexts[removalDecision]} ${formatAgo(removalDecidedAt, ctx.now)}.`;
}

/** A removal that needs confirmation, as a Super Admin reads it. Plain text. */
export interface HeldRemoval {
  ruleId: number;
  title: string;
  lines: string[];
  summary: string;
  /** Number of grants that need a decision; 0 after the decision. */
  pending: number;
}

const maxListedNames = 5;

/** @returns undefined if the rule does not exist. */
export async function describeHeldRemoval(
  ctx: Ctx,
  ruleId: number,
): Promise<HeldRemoval | undefined> {
  const [rule] = await listRulesById(ctx.db, [ruleId]);
  if (!rule) return undefined;
  const [entitlement] = await listEntitlementsById(ctx.db, [rule.entitlementId]);
  const [description] = await describeRules(ctx, [rule]);
  const label = entitlement ? `${entitlement.app} · ${entitlement.name}` : 'its entitlement';
  const heldGrants = await listPendingRemovals(ctx.db, ruleId, rule.pendingRemovalGrantIds ?? []);
  const ruleSentence = `Rule: ${description?.criteriaText ?? ''} → ${label}.`;
  const toHeldRemoval = (title: string, lines: string[]): HeldRemoval => ({
    ruleId,
    title,
    lines,
    summary: joinSentences([title, ...lines]),
    pending: rule.pendingRemovalGrantIds?.length ?? 0,
  });
  if (!rule.pendingRemovalGrantIds) {
    return toHeldRemoval(`No removal of ${label} needs confirmation`, [
      ruleSentence,
      await explainDecision(ctx, rule),
    ]);
  }
  const named = await loadNames(
    ctx,
    heldGrants.slice(0, maxListedNames).map(({ personId }) => personId),
  );
  const names = [...named.values()].sort();
  const more =
    heldGrants.length > names.length ? ` and ${heldGrants.length - names.length} more` : '';
  const reason = isMassRemoval(heldGrants.length)
    ? 'Removals this large need confirmation'
    : 'Nobody matches the rule any longer, which may be an error of the source';
  const affected = formatPeopleOrNobody(heldGrants.length);
  return toHeldRemoval(`A role rule would remove ${label} from ${affected} at once`, [
    ruleSentence,
    `No longer matching: ${names.join(', ')}${more}.`,
    `${reason}; nothing was removed.`,
    'Apply removals starts the grace period. Keep them turns these into manual grants.',
  ]);
}
