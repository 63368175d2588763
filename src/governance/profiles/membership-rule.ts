import { Refusal } from '../../errors.ts';
import type { CohortPerson } from '../../store/people/people.ts';
import { changeProfile } from '../../store/profiles/profiles.ts';
import type { Cohort } from '../../store/schema/mining.ts';
import { subjectOf } from '../audit-subjects.ts';
import { describeCohorts, listCountedPeople, toMatcher } from '../cohorts/cohorts.ts';
import { validateCohort } from '../cohorts/validate-cohort.ts';
import { type ActorCtx, audit, type Ctx, inTransaction, requirePermission } from '../context.ts';
import {
  awaitsConfirmation,
  compareRule,
  type ReconciledMembers,
  reconcileProfileMembers,
} from './reconcile-members.ts';
import { lockForChange, readProfile } from './rights.ts';

/** Who is to be a member: attribute → values, as in `/rolemine analyze`. null: nobody by rule. */
export interface RuleInput {
  profileId: number;
  version: number;
  rule: Cohort | null;
  excludedIds: readonly number[];
}

/** How many people a rule leaves out by name. */
export const maxExcluded = 100;

/** What a rule would do, told before it is saved. */
export interface RulePreview {
  input: RuleInput;
  name: string;
  words: string;
  matching: number;
  joining: number;
  leaving: number;
  /** So many would leave at once that they wait for a yes. */
  isHeld: boolean;
}

/**
 * Checks a rule and says what it would do; nothing is changed.
 * @throws Refusal invalid: an unknown attribute or value (with the nearest spelling), nobody matches.
 */
export async function previewRule(ctx: ActorCtx, input: RuleInput): Promise<RulePreview> {
  await requirePermission(ctx, 'manageProfiles');
  const profile = await readProfile(ctx, input.profileId);
  const people = await listCountedPeople(ctx);
  const rule = await checkRule(ctx, people, input);
  const change = await compareRule(
    ctx,
    { ...profile, rule, excludedIds: [...input.excludedIds] },
    people,
  );
  const [said] = rule ? await describeCohorts(ctx, [rule]) : [];
  return {
    input: { ...input, rule },
    name: profile.name,
    words: said?.words ?? 'nobody by rule',
    matching: change.matching,
    joining: change.joining.length,
    leaving: change.leaving.length,
    isHeld: awaitsConfirmation(change),
  };
}

/** Saves a rule and follows it at once. @throws Refusal as `previewRule`; conflict (changed, archived). */
export async function saveRule(
  ctx: ActorCtx,
  input: RuleInput,
): Promise<{ isOn: boolean } & ReconciledMembers> {
  await requirePermission(ctx, 'manageProfiles');
  return inTransaction(ctx, async (ctx) => {
    const profile = await lockForChange(ctx, input.profileId, input.version);
    const people = await listCountedPeople(ctx);
    const rule = await checkRule(ctx, people, input);
    const excludedIds = [...new Set(input.excludedIds)];
    const version = profile.version + 1;
    const ruleSavedBy = ctx.actor.personId;
    const change = { rule, ruleSavedBy, excludedIds, pendingRemovalIds: null, version };
    const changed = await changeProfile(ctx.db, profile.id, change);
    if (!changed) throw new Error('a rule cannot change a name');
    await audit(ctx, 'profile.rule', subjectOf.profile(profile.id), {
      before: { rule: profile.rule, excluded: profile.excludedIds },
      after: { rule, excluded: excludedIds },
    });
    const followed = await reconcileProfileMembers(ctx, changed, people, ctx.actor.personId);
    return { isOn: rule !== null, ...followed };
  });
}

/** The rule with attributes and values as people have them. */
async function checkRule(
  ctx: Ctx,
  people: readonly CohortPerson[],
  { rule, excludedIds }: RuleInput,
): Promise<Cohort | null> {
  if (excludedIds.length > maxExcluded) {
    const sentence = `Leave out at most ${maxExcluded} people by name; make the rule narrower.`;
    throw new Refusal('invalid', sentence, 'excluded');
  }
  if (rule === null) return null;
  const checked = await validateCohort(ctx, people, rule);
  if (people.some(toMatcher(checked))) return checked;
  const [said] = await describeCohorts(ctx, [checked]);
  throw new Refusal(
    'invalid',
    `Nobody matches ${said?.words ?? 'this'}. Loosen the rule, or leave it empty to switch it off.`,
    'rule',
  );
}
