import { Refusal } from '../../errors.ts';
import { foldText } from '../../mining/matrix/fold-text.ts';
import { changeSuggestion, findSuggestion, listEvidence } from '../../store/mining/suggestions.ts';
import {
  type AccessProfile,
  changeProfile,
  insertProfile,
  insertProfileEntitlements,
} from '../../store/profiles/profiles.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, inTransaction, requirePermission } from '../context.ts';
import { decideSuggestion } from '../role-mining/suggestions.ts';
import { refuseTakenName, validateName } from './edit.ts';
import { lockForChange } from './rights.ts';

/**
 * Accepts a suggestion as an access profile with the chosen entitlements and nobody enrolled.
 * @throws Refusal invalid (no entitlement, name empty or too long), conflict (name taken, suggestion decided already).
 */
export async function createProfile(
  ctx: ActorCtx,
  input: { suggestionId: number; name: string; entitlementIds: readonly number[] },
): Promise<AccessProfile> {
  await requirePermission(ctx, 'mineRoles');
  return inTransaction(ctx, async (ctx) => {
    const suggestion = await findSuggestion(ctx.db, input.suggestionId);
    if (!suggestion) throw new Refusal('missing', 'This suggestion no longer exists.');
    const name = validateName(input.name);
    const chosen = await chooseEntitlements(ctx, suggestion.id, input.entitlementIds);
    await decideSuggestion(ctx, suggestion, 'accepted');
    const profile = await insertProfile(
      ctx.db,
      {
        name,
        nameKey: foldText(name),
        cohort: suggestion.kind === 'members' ? null : suggestion.cohort,
        suggestionId: suggestion.id,
        createdBy: ctx.actor.personId,
        createdAt: ctx.now,
      },
      chosen,
    );
    if (!profile) throw refuseTakenName(name);
    await changeSuggestion(ctx.db, suggestion.id, { profileId: profile.id });
    await audit(ctx, 'profile.create', subjectOf.profile(profile.id), {
      after: { name, suggestion: suggestion.id, entitlements: chosen },
    });
    return profile;
  });
}

/**
 * Accepts a suggestion into an existing profile. Members do not get the new entitlements automatically: *Add members*
 * with *Create requests* requests them.
 */
export async function addToProfile(
  ctx: ActorCtx,
  input: { suggestionId: number; profileId: number; entitlementIds: readonly number[] },
): Promise<{ profile: AccessProfile; added: number }> {
  await requirePermission(ctx, 'mineRoles');
  return inTransaction(ctx, async (ctx) => {
    const suggestion = await findSuggestion(ctx.db, input.suggestionId);
    if (!suggestion) throw new Refusal('missing', 'This suggestion no longer exists.');
    const profile = await lockForChange(ctx, input.profileId);
    const chosen = await chooseEntitlements(ctx, suggestion.id, input.entitlementIds);
    await decideSuggestion(ctx, suggestion, 'accepted');
    const added = await insertProfileEntitlements(ctx.db, profile.id, chosen);
    await changeSuggestion(ctx.db, suggestion.id, { profileId: profile.id });
    if (added.length > 0) await changeProfile(ctx.db, profile.id, { version: profile.version + 1 });
    await audit(ctx, 'profile.extend', subjectOf.profile(profile.id), {
      after: { suggestion: suggestion.id, entitlements: added },
    });
    return { profile, added: added.length };
  });
}

async function chooseEntitlements(
  ctx: ActorCtx,
  suggestionId: number,
  entitlementIds: readonly number[],
): Promise<number[]> {
  const suggested = await listEvidence(ctx.db, [suggestionId]);
  const chosen = suggested
    .map(({ entitlementId }) => entitlementId)
    .filter((id) => entitlementIds.includes(id));
  if (chosen.length > 0) return chosen;
  throw new Refusal('invalid', 'Keep at least one entitlement; a profile cannot be empty.');
}
