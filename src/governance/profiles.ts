import { Refusal } from '../errors.ts';
import { foldText } from '../mining/text.ts';
import { listEntitlementsById } from '../store/entitlements.ts';
import { listPeopleById } from '../store/people.ts';
import {
  type AccessProfile,
  findProfile,
  insertEnrollments,
  insertProfile,
  insertProfileEntitlements,
  listMembers,
  listProfileEntitlementIds,
  listProfiles,
} from '../store/profiles.ts';
import { changeSuggestion, findSuggestion, listEvidence } from '../store/suggestions.ts';
import { describeCohorts, listCohortPeople } from './cohorts.ts';
import { type ActorCtx, audit, inTransaction, requirePermission } from './context.ts';
import { openTasks } from './open-tasks.ts';
import { decideSuggestion, listSuggestedPeople } from './suggestions.ts';

const longestName = 80;

/**
 * Accepts a suggestion: an access profile with the chosen entitlements, in which nobody is enrolled.
 * @throws Refusal invalid (no entitlement, name empty or too long), conflict (name taken, decided before).
 */
export async function createProfile(
  ctx: ActorCtx,
  input: { suggestionId: number; name: string; entitlementIds: readonly number[] },
): Promise<AccessProfile> {
  await requirePermission(ctx, 'mineRoles');
  return inTransaction(ctx, async (ctx) => {
    const suggestion = await findSuggestion(ctx.db, input.suggestionId);
    if (!suggestion) throw new Refusal('missing', 'This suggestion is no longer here.');
    const name = checkName(input.name);
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
    if (!profile) {
      throw new Refusal(
        'conflict',
        `There is an access profile called "${name}" already; choose another name.`,
      );
    }
    await changeSuggestion(ctx.db, suggestion.id, { profileId: profile.id });
    await audit(ctx, 'profile.create', `profile:${profile.id}`, {
      after: { name, suggestion: suggestion.id, entitlements: chosen },
    });
    return profile;
  });
}

/**
 * Accepts a suggestion into a profile that is there. Its members are not given what is new; *Add members* with
 * the tick asks for it.
 */
export async function addToProfile(
  ctx: ActorCtx,
  input: { suggestionId: number; profileId: number; entitlementIds: readonly number[] },
): Promise<{ profile: AccessProfile; added: number }> {
  await requirePermission(ctx, 'mineRoles');
  return inTransaction(ctx, async (ctx) => {
    const suggestion = await findSuggestion(ctx.db, input.suggestionId);
    const profile = await findProfile(ctx.db, input.profileId);
    if (!suggestion || !profile) throw new Refusal('missing', 'This is no longer here.');
    const chosen = await chooseEntitlements(ctx, suggestion.id, input.entitlementIds);
    await decideSuggestion(ctx, suggestion, 'accepted');
    const added = await insertProfileEntitlements(ctx.db, profile.id, chosen);
    await changeSuggestion(ctx.db, suggestion.id, { profileId: profile.id });
    await audit(ctx, 'profile.extend', `profile:${profile.id}`, {
      after: { suggestion: suggestion.id, entitlements: added },
    });
    return { profile, added: added.length };
  });
}

async function chooseEntitlements(
  ctx: ActorCtx,
  suggestionId: number,
  wanted: readonly number[],
): Promise<number[]> {
  const offered = await listEvidence(ctx.db, [suggestionId]);
  const chosen = offered.map((one) => one.entitlementId).filter((id) => wanted.includes(id));
  if (chosen.length > 0) return chosen;
  throw new Refusal('invalid', 'Keep at least one entitlement; a profile cannot be empty.');
}

export interface ProfileView {
  profile: AccessProfile;
  entitlements: string[];
  members: { id: number; name: string }[];
  /** The cohort it came from, in words, and how many people match it now. */
  cohort: { words: string; people: number } | undefined;
}

export async function viewProfile(ctx: ActorCtx, id: number): Promise<ProfileView> {
  await requirePermission(ctx, 'manageProfiles');
  const profile = await findProfile(ctx.db, id);
  if (!profile) throw new Refusal('missing', 'This access profile is no longer here.');
  const ids = await listProfileEntitlementIds(ctx.db, id);
  const entitlements = await listEntitlementsById(ctx.db, ids);
  const members = await listMembers(ctx.db, id);
  const origin = await originOf(ctx, profile);
  return {
    profile,
    entitlements: entitlements.map((one) => `${one.app} · ${one.name}`).sort(),
    members: members.map(({ person }) => ({ id: person.id, name: person.name })),
    cohort: origin && { words: origin.words, people: origin.personIds.length },
  };
}

/** The people a profile was made for, as they are now: its cohort, or the hidden team it came from. */
async function originOf(
  ctx: ActorCtx,
  profile: AccessProfile,
): Promise<{ words: string; personIds: number[] } | undefined> {
  if (profile.cohort) {
    const [said] = await describeCohorts(ctx, [profile.cohort]);
    const people = await listCohortPeople(ctx, profile.cohort);
    return { words: said?.words ?? 'everyone', personIds: people.map((one) => one.id) };
  }
  const suggestion =
    profile.suggestionId === null ? undefined : await findSuggestion(ctx.db, profile.suggestionId);
  if (!suggestion) return undefined;
  const people = await listSuggestedPeople(ctx, suggestion);
  return { words: 'a hidden team', personIds: people.map((one) => one.id) };
}

/** Profiles by name with how much is in them. */
export async function listAccessProfiles(ctx: ActorCtx) {
  await requirePermission(ctx, 'manageProfiles');
  return listProfiles(ctx.db);
}

export interface Enrolled {
  profile: AccessProfile;
  /** People enrolled now who were not before. */
  added: number;
  alreadyMembers: number;
  opened: number;
  skipped: string[];
}

/**
 * Enrols people, by hand or everyone who matches the profile's cohort now. With `createRequests` a task
 * opens for each entitlement that a member lacks, for those enrolled before as well.
 */
export async function addMembers(
  ctx: ActorCtx,
  input: {
    profileId: number;
    personIds: readonly number[];
    wholeCohort: boolean;
    createRequests: boolean;
  },
): Promise<Enrolled> {
  await requirePermission(ctx, 'manageProfiles');
  return inTransaction(ctx, async (ctx) => {
    const profile = await findProfile(ctx.db, input.profileId);
    if (!profile) throw new Refusal('missing', 'This access profile is no longer here.');
    const ids = await chooseMembers(ctx, profile, input);
    if (ids.length === 0 && !input.createRequests) {
      throw new Refusal('invalid', 'Choose at least one person, or everyone in the cohort.');
    }
    const by = { enrolledBy: ctx.actor.personId, enrolledAt: ctx.now };
    const added = await insertEnrollments(ctx.db, profile.id, ids, by);
    await audit(ctx, 'profile.enroll', `profile:${profile.id}`, { after: { people: added } });
    const tasks = input.createRequests
      ? await openMemberTasks(ctx, profile)
      : { opened: [], skipped: [] };
    return {
      profile,
      added: added.length,
      alreadyMembers: ids.length - added.length,
      opened: tasks.opened.length,
      skipped: tasks.skipped.map((pair) => pair.why),
    };
  });
}

async function chooseMembers(
  ctx: ActorCtx,
  profile: AccessProfile,
  input: { personIds: readonly number[]; wholeCohort: boolean },
): Promise<number[]> {
  const chosen = await listPeopleById(ctx.db, input.personIds);
  const gone = chosen.find((person) => !person.active || person.closedAt);
  if (gone) throw new Refusal('invalid', `${gone.name} is not active and cannot be enrolled.`);
  const origin = input.wholeCohort ? await originOf(ctx, profile) : undefined;
  return [...new Set([...chosen.map((one) => one.id), ...(origin?.personIds ?? [])])];
}

/** One task for each entitlement that a member lacks and nobody has asked for yet. */
async function openMemberTasks(ctx: ActorCtx, profile: AccessProfile) {
  const members = await listMembers(ctx.db, profile.id);
  const entitlementIds = await listProfileEntitlementIds(ctx.db, profile.id);
  const wanted = members.flatMap(({ person }) =>
    entitlementIds.map((entitlementId) => ({ personId: person.id, entitlementId })),
  );
  const tasks = await openTasks(ctx, 'grant', wanted, {
    requesterId: null,
    openedBy: ctx.actor.personId,
    profileId: profile.id,
    reason: null,
    cause: 'profile',
  });
  const quiet = tasks.skipped.filter((pair) => !pair.satisfied);
  return { opened: tasks.opened, skipped: quiet };
}

function checkName(name: string): string {
  const trimmed = name.trim().replace(/\s+/g, ' ');
  if (!trimmed) throw new Refusal('invalid', 'Give the access profile a name.');
  if (trimmed.length > longestName) {
    throw new Refusal(
      'invalid',
      `The name has ${trimmed.length} characters; use at most ${longestName}.`,
    );
  }
  return trimmed;
}
