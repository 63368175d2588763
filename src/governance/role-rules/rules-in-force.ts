import { Refusal } from '../../errors.ts';
import {
  countGrantsByRule,
  countRoleRules,
  endRoleRuleAt,
  findPlaceOfRules,
  listNamedRoleRules,
  type NamedRoleRule,
} from '../../store/rules/role-rule-edits.ts';
import {
  holdRulePolicy,
  lockRulePolicy,
  type RulePolicy,
} from '../../store/rules/rule-policies.ts';
import { lockSyncs } from '../../store/sync/sync-runs.ts';
import { subjectOf } from '../audit-subjects.ts';
import { peopleWords } from '../cohorts/explain-no-suggestion.ts';
import { type ActorCtx, audit, type Ctx, inTransaction, requirePermission } from '../context.ts';
import { ruleTypeLabels } from '../mining-rules/describe.ts';
import { type Edited, requireVersion } from '../versioned-edit.ts';
import { formatPercent } from '../wording/counts.ts';
import { ago } from '../wording/relative-time.ts';
import { describeRules } from './describe.ts';
import { type ReconciledRules, reconcileRoleRules } from './reconcile.ts';

const onAPage = 10;

/** A rule in force, in words. */
interface RoleRuleLine {
  id: number;
  version: number;
  label: string;
  isWritten: boolean;
  /** "department = Sales and location = Lyon" */
  words: string;
  /** How many hold it by this rule. */
  holding: number;
  /** "Required · 58 of 60 hold it · 3.33 % false positives" */
  about: string;
}

export interface RoleRuleList {
  policy: RulePolicy;
  rules: RoleRuleLine[];
  total: number;
  page: number;
  pages: number;
}

/**
 * The single role rules of a policy that are in force, those written by hand first, by entitlement. Pages begin at 0.
 * @param input.entitlementId the page on which its rules begin is shown. @throws Refusal missing.
 */
export async function listRoleRules(
  ctx: ActorCtx,
  input: { rulePolicyId: number; page: number; entitlementId?: number | undefined },
): Promise<RoleRuleList> {
  await requirePermission(ctx, 'mineRoles');
  const policy = await holdRulePolicy(ctx.db, input.rulePolicyId);
  if (!policy) throw new Refusal('missing', 'That rule policy is no longer here.');
  const total = await countRoleRules(ctx.db, policy.id);
  const pages = Math.max(1, Math.ceil(total / onAPage));
  const wanted = await pageOf(ctx, input);
  const page = Math.max(0, Math.min(wanted, pages - 1));
  const place = { rulePolicyId: policy.id, offset: page * onAPage, limit: onAPage };
  const found = await listNamedRoleRules(ctx.db, place);
  const words = await describeRules(ctx, found);
  const ids = found.map((rule) => rule.id);
  const holding = await countGrantsByRule(ctx.db, ids);
  const rules = found.map((rule, at) => ({
    id: rule.id,
    version: rule.version,
    label: rule.label,
    isWritten: rule.origin === 'written',
    words: words[at]?.words ?? '',
    holding: holding.get(rule.id) ?? 0,
    about: describeAbout(rule, holding.get(rule.id) ?? 0),
  }));
  return { policy, rules, total, page, pages };
}

async function pageOf(
  ctx: Ctx,
  { rulePolicyId, page, entitlementId }: Parameters<typeof listRoleRules>[1],
): Promise<number> {
  if (entitlementId === undefined) return page;
  const place = await findPlaceOfRules(ctx.db, rulePolicyId, entitlementId);
  if (place >= 0) return Math.floor(place / onAPage);
  throw new Refusal(
    'missing',
    'No rule of this policy that is in force is about that entitlement.',
  );
}

function describeAbout(rule: NamedRoleRule, holding: number): string {
  const { ruleType, priority, figures, origin, miningRule, heldGrantIds } = rule;
  const held = figures && `${figures.truePositives} of ${figures.matched} hold it`;
  return [
    ruleTypeLabels[ruleType],
    held ?? '',
    // Its own precision is held back by nothing, and low where other rules give it to others.
    figures ? `${formatPercent(figures.falsePositivePercent)} false positives` : '',
    origin === 'written' ? 'written by hand' : miningRule ? `made by ${miningRule}` : '',
    priority === 0 ? '' : `priority ${priority}`,
    holding > 0 ? `${peopleWords(holding)} by this rule` : '',
    heldGrantIds ? waitingWords(heldGrantIds.length) : '',
  ]
    .filter(Boolean)
    .join(' · ');
}

function waitingWords(removals: number): string {
  return removals === 1 ? '1 removal waits for a yes' : `${removals} removals wait for a yes`;
}

/**
 * Ends a rule that was written by hand. What it gave, and nothing else gives, goes on for the grace period of its policy.
 * @throws Refusal missing, forbidden (made by mining), conflict (ended or changed since it was drawn).
 */
export async function endRoleRule(
  ctx: ActorCtx,
  input: { id: number; version: number },
): Promise<{ label: string; graceDays: number } & ReconciledRules> {
  await requirePermission(ctx, 'mineRoles');
  return inTransaction(ctx, async (ctx) => {
    await lockSyncs(ctx.db);
    const { rule, policy } = await lockRule(ctx, input.id);
    if (rule.origin === 'generated') {
      const sentence = `Mining made this rule for ${rule.label}: it goes when a simulation without it is applied.`;
      throw new Refusal('forbidden', sentence);
    }
    if (rule.endedAt) {
      const sentence = `The rule for ${rule.label} has ended already, ${ago(rule.endedAt, ctx.now)}.`;
      throw new Refusal('conflict', sentence);
    }
    const edited = editedOf(rule);
    await requireVersion(ctx, edited, input.version, rule.version);
    if (!(await endRoleRuleAt(ctx.db, rule, ctx.now))) {
      await requireVersion(ctx, edited, rule.version, rule.version + 1);
    }
    const { criteria, ruleType, priority, label } = rule;
    await audit(ctx, edited.verb, edited.subject, {
      before: { policy: policy.name, entitlement: label, criteria, ruleType, priority },
    });
    const followed = await reconcileRoleRules(ctx, ctx.actor.personId);
    return { label, graceDays: policy.graceDays, ...followed };
  });
}

/** The rule as it is once nobody else is changing its policy. */
async function lockRule(ctx: Ctx, id: number) {
  const read = async () => (await listNamedRoleRules(ctx.db, { id }))[0];
  const policy = await lockRulePolicy(ctx.db, (await read())?.rulePolicyId ?? 0);
  const rule = await read();
  if (!rule || !policy) throw new Refusal('missing', 'That rule is no longer here.');
  return { rule, policy };
}

function editedOf({ id, label }: NamedRoleRule): Edited<'role-rule.end'> {
  const subject = subjectOf.roleRule(id);
  return { verb: 'role-rule.end', subject, name: `the rule for ${label}`, words: {} };
}
