import { Refusal } from '../../errors.ts';
import type { CohortPerson } from '../../store/people/people.ts';
import { changeProfile } from '../../store/profiles/profiles.ts';
import type { Cohort } from '../../store/schema/mining.ts';
import { subjectOf } from '../audit-subjects.ts';
import { describeCohorts, toMatcher } from '../cohorts/cohorts.ts';
import { listPeopleForRules, validateRuleCohort } from '../cohorts/trusted-values.ts';
import { type ActorCtx, audit, type Ctx, inTransaction, requirePermission } from '../context.ts';
import {
  awaitsConfirmation,
  compareRule,
  type ReconciledMembers,
  reconcileProfileMembers,
} from './reconcile-members.ts';
import { lockForChange, readProfile } from './rights.ts';

export interface RuleInput {
  profileId: number;
  version: number;
  /** Attributes and their values, as in `/rolemine analyze`; null ends the rule. */
  rule: Cohort | null;
  excludedIds: readonly number[];
}

/** Maximum number of people that a rule excludes by name. */
export const maxExcluded = 100;

/** The effect of a rule, shown before it is saved. */
export interface RulePreview {
  input: RuleInput;
  name: string;
  /** The rule in words. */
  words: string;
  matching: number;
  joining: number;
  leaving: number;
  /** Whether the removals are so many that they need confirmation. */
  isHeld: boolean;
}

/**
 * Validates a rule and computes its effect. Changes nothing.
 * @throws Refusal invalid: an unknown attribute or value (with the nearest spelling), or a rule that nobody matches.
 */
export async function previewRule(ctx: ActorCtx, input: RuleInput): Promise<RulePreview> {
  await requirePermission(ctx, 'manageProfiles');
  const profile = await readProfile(ctx, input.profileId);
  const people = await listPeopleForRules(ctx);
  const rule = await validateRule(ctx, people, input);
  const change = await compareRule(
    ctx,
    { ...profile, rule, excludedIds: [...input.excludedIds] },
    people,
  );
  const [description] = rule ? await describeCohorts(ctx, [rule]) : [];
  return {
    input: { ...input, rule },
    name: profile.name,
    words: description?.words ?? 'nobody',
    matching: change.matching,
    joining: change.joining.length,
    leaving: change.leaving.length,
    isHeld: awaitsConfirmation(change),
  };
}

/** Saves a rule and reconciles the members at once. @throws Refusal as `previewRule`; conflict (changed, archived). */
export async function saveRule(
  ctx: ActorCtx,
  input: RuleInput,
): Promise<{ isOn: boolean } & ReconciledMembers> {
  await requirePermission(ctx, 'manageProfiles');
  return inTransaction(ctx, async (ctx) => {
    const profile = await lockForChange(ctx, input.profileId, input.version);
    const people = await listPeopleForRules(ctx);
    const rule = await validateRule(ctx, people, input);
    const excludedIds = [...new Set(input.excludedIds)];
    const version = profile.version + 1;
    const ruleSavedBy = ctx.actor.personId;
    const change = { rule, ruleSavedBy, excludedIds, pendingRemovalIds: null, version };
    const changed = await changeProfile(ctx.db, profile.id, change);
    if (!changed) throw new Error('A rule was saved and the name of its profile was refused.');
    await audit(ctx, 'profile.rule', subjectOf.profile(profile.id), {
      before: { rule: profile.rule, excluded: profile.excludedIds },
      after: { rule, excluded: excludedIds },
    });
    const reconciled = await reconcileProfileMembers(ctx, {
      profile: changed,
      people,
      ruleOwnerId: ctx.actor.personId,
    });
    return { isOn: rule !== null, ...reconciled };
  });
}

/** Returns the rule with its attributes and values spelled as people have them. */
async function validateRule(
  ctx: Ctx,
  people: readonly CohortPerson[],
  { rule, excludedIds }: RuleInput,
): Promise<Cohort | null> {
  if (excludedIds.length > maxExcluded) {
    const problem = `Exclude at most ${maxExcluded} people by name, or make the rule narrower.`;
    throw new Refusal('invalid', problem, 'excluded');
  }
  if (rule === null) return null;
  const validated = await validateRuleCohort(ctx, people, rule);
  if (people.some(toMatcher(validated))) return validated;
  const [description] = await describeCohorts(ctx, [validated]);
  throw new Refusal(
    'invalid',
    `Nobody matches ${description?.words ?? 'this rule'}. Loosen the rule, or leave it empty to switch it off.`,
    'rule',
  );
}
