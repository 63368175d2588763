import { mustGet } from '../../collections.ts';
import { listEntitlementsById } from '../../store/catalog/entitlements.ts';
import { findSuggestion } from '../../store/mining/suggestions.ts';
import { listPeopleById } from '../../store/people/people.ts';
import { listMembers } from '../../store/profiles/enrollments.ts';
import {
  type AccessProfile,
  listOwnedProfileIds,
  listProfileEntitlementIds,
  listProfileOwners,
  searchProfiles,
} from '../../store/profiles/profiles.ts';
import { cutSearch } from '../../text.ts';
import { describeCohorts, listCohortPeople } from '../cohorts/cohorts.ts';
import { formatSelfEdited, isSelfEdited } from '../cohorts/trusted-values.ts';
import { type ActorCtx, readerZone, requirePermission } from '../context.ts';
import { loadNames, withNames } from '../people/display-name.ts';
import { hasPermission } from '../permissions.ts';
import { listSuggestedPeople } from '../role-mining/suggestions.ts';
import { formatDate, formatEnd } from '../wording/relative-time.ts';
import { readProfile, requireMayEnroll } from './rights.ts';

interface Named {
  id: number;
  name: string;
}

/** A member and how they joined. */
export interface Member extends Named {
  /** "added by Dana Scott", "by the rule", "on request" */
  why: string;
  /** "30 Jun 2027" for the reader, as `until`. */
  since: string;
  until: string | undefined;
}

export interface ProfileView {
  profile: AccessProfile;
  entitlements: string[];
  /** The first members by name. */
  members: Member[];
  memberCount: number;
  owners: Named[];
  /** The cohort that the profile came from, in words, and how many people match it now. */
  cohort: { words: string; people: number } | undefined;
  /** The membership rule in words. */
  rule: string | undefined;
  excluded: Named[];
  /** Members whom the rule would remove once somebody confirms it. */
  held: Named[];
  /** Whether the reader may change more than the members. */
  canManage: boolean;
}

const maxFirstMembers = 10;

export async function viewProfile(ctx: ActorCtx, id: number): Promise<ProfileView> {
  await requireMayEnroll(ctx, id);
  const profile = await readProfile(ctx, id);
  const ids = await listProfileEntitlementIds(ctx.db, id);
  const entitlements = await listEntitlementsById(ctx.db, ids);
  const origin = await loadProfileOrigin(ctx, profile);
  const { members, total } = await readMembers(ctx, id, 0, maxFirstMembers);
  const [rule] = profile.rule ? await describeCohorts(ctx, [profile.rule]) : [];
  return {
    profile,
    entitlements: entitlements.map(({ app, name }) => `${app} · ${name}`).sort(),
    members,
    memberCount: total,
    owners: (await withNames(ctx, await listProfileOwners(ctx.db, id))).map(toNamed),
    cohort: origin && { words: origin.words, people: origin.personIds.length },
    rule: rule?.words,
    excluded: (await withNames(ctx, await listPeopleById(ctx.db, profile.excludedIds))).map(
      toNamed,
    ),
    held: (await withNames(ctx, await listPeopleById(ctx.db, profile.pendingRemovalIds ?? []))).map(
      toNamed,
    ),
    canManage: hasPermission(ctx.actor.roles, 'manageProfiles'),
  };
}

function toNamed({ id, name }: Named): Named {
  return { id, name };
}

export interface MemberPage {
  profile: AccessProfile;
  members: Member[];
  total: number;
  page: number;
  pages: number;
}

const membersPerPage = 40;

/** Lists the members of a profile, one page at a time. The first page is 0. */
export async function listMemberPage(
  ctx: ActorCtx,
  profileId: number,
  page: number,
): Promise<MemberPage> {
  await requireMayEnroll(ctx, profileId);
  const profile = await readProfile(ctx, profileId);
  const found = await readMembers(ctx, profileId, page * membersPerPage, membersPerPage);
  return { profile, page, pages: Math.max(1, Math.ceil(found.total / membersPerPage)), ...found };
}

async function readMembers(ctx: ActorCtx, profileId: number, offset: number, limit: number) {
  const { found, total } = await listMembers(ctx.db, profileId, { offset, limit });
  const enrollerIds = found.flatMap(({ enrollment }) => enrollment.enrolledBy ?? []);
  const names = await loadNames(ctx, [...enrollerIds, ...found.map(({ person }) => person.id)]);
  const zone = readerZone(ctx);
  const members = found.map(({ person, enrollment }): Member => {
    const { source, enrolledBy, enrolledAt, endsAt } = enrollment;
    const byHand = enrolledBy === null ? 'added by hand' : `added by ${mustGet(names, enrolledBy)}`;
    const why = source === 'rule' ? 'by the rule' : source === 'request' ? 'on request' : byHand;
    return {
      id: person.id,
      name: mustGet(names, person.id),
      why,
      since: formatDate(enrolledAt, zone),
      until: endsAt ? formatEnd(endsAt, zone) : undefined,
    };
  });
  return { members, total };
}

/** The people that a profile was made for: everybody in its cohort now, or the hidden team that it came from. */
export async function loadProfileOrigin(
  ctx: ActorCtx,
  profile: AccessProfile,
): Promise<{ words: string; personIds: number[] } | undefined> {
  if (profile.cohort) {
    const [description] = await describeCohorts(ctx, [profile.cohort]);
    const people = await listCohortPeople(ctx, profile.cohort);
    const trust = formatSelfEdited(
      Object.keys(profile.cohort).length > 0 ? people.filter(isSelfEdited).length : 0,
      people.length,
    );
    const words = [description?.words ?? 'everyone', trust].filter(Boolean).join(', ');
    return { words, personIds: people.map(({ id }) => id) };
  }
  const suggestion =
    profile.suggestionId === null ? undefined : await findSuggestion(ctx.db, profile.suggestionId);
  if (!suggestion) return undefined;
  const people = await listSuggestedPeople(ctx, suggestion);
  return { words: 'a hidden team', personIds: people.map(({ id }) => id) };
}

export interface ProfileRow {
  profile: AccessProfile;
  entitlements: number;
  members: number;
  /** Whether the reader may open the profile; otherwise they can request it. */
  canOpen: boolean;
}

export interface ProfilePage {
  rows: ProfileRow[];
  words: string;
  archived: boolean;
  total: number;
  page: number;
  pages: number;
  /** Whether the reader may create profiles. */
  canManage: boolean;
}

/**
 * Lists profiles by name, one page at a time. The first page is 0. Everybody sees profiles because everybody can
 * request them. Only profile admins see archived ones, and only with `archived`.
 */
export async function listAccessProfiles(
  ctx: ActorCtx,
  {
    words,
    archived,
    page,
    size = 10,
  }: {
    words: string;
    archived: boolean;
    page: number;
    size?: number;
  },
): Promise<ProfilePage> {
  await requirePermission(ctx, 'viewDashboard');
  if (archived) await requirePermission(ctx, 'manageProfiles');
  const canManage = hasPermission(ctx.actor.roles, 'manageProfiles');
  const owned = canManage ? [] : await listOwnedProfileIds(ctx.db, ctx.actor.personId);
  const { found, total } = await searchProfiles(ctx.db, {
    words,
    archived,
    offset: page * size,
    limit: size,
  });
  return {
    rows: found.map((row) => ({ ...row, canOpen: canManage || owned.includes(row.profile.id) })),
    words: cutSearch(words),
    archived,
    total,
    page,
    pages: Math.max(1, Math.ceil(total / size)),
    canManage,
  };
}
