import type { WebClient } from '@slack/web-api';
import { Refusal } from '../errors.ts';
import type { ActorCtx, Ctx } from '../governance/context.ts';
import { findActor, linkSlackUser } from '../governance/people/slack-accounts.ts';
import type { SlackUser } from '../governance/people/slack-user.ts';

/** Shared by the listeners: a fresh context for each call, and settings. */
export interface SlackDeps {
  newCtx(): Ctx;
  adminEmail: string | undefined;
  teamId: string;
}

export interface UserRef {
  userId: string;
  teamId: string;
}

/** Reads the acting person from the database. Slack is asked only at the first contact. */
export async function createActorCtx(
  deps: SlackDeps,
  client: WebClient,
  user: UserRef,
): Promise<ActorCtx> {
  const ctx = deps.newCtx();
  const actor =
    (await findActor(ctx, user.teamId, user.userId)) ??
    (await linkSlackUser(ctx, await fetchSlackUser(deps, client, user.userId), deps.adminEmail));
  return { ...ctx, actor };
}

export async function fetchSlackUser(
  deps: SlackDeps,
  client: WebClient,
  userId: string,
): Promise<SlackUser> {
  const { user } = await client.users.info({ user: userId });
  return toSlackUser(user ?? {}, deps.teamId);
}

/**
 * Finds the mentioned person, who may never have written to Rolemine.
 * @param barredText the refusal if the mentioned person cannot use Rolemine.
 * @throws Refusal missing.
 */
export async function readMentionedPerson(
  deps: SlackDeps,
  client: WebClient,
  userId: string,
  barredText: string,
): Promise<number> {
  const { actor } = await createActorCtx(deps, client, { userId, teamId: deps.teamId }).catch(
    (error) => {
      throw error instanceof Refusal ? new Refusal('missing', barredText) : error;
    },
  );
  return actor.personId;
}

/** The used parts of Slack's user object. */
export interface RawUser {
  id?: string;
  team_id?: string;
  name?: string;
  real_name?: string;
  tz?: string;
  deleted?: boolean;
  is_bot?: boolean;
  is_admin?: boolean;
  is_owner?: boolean;
  is_restricted?: boolean;
  is_ultra_restricted?: boolean;
  is_stranger?: boolean;
  is_email_confirmed?: boolean;
  profile?: { email?: string; real_name?: string; title?: string };
}

/** @param ourTeam users of other teams are barred, whatever their e-mail address is. */
export function toSlackUser(raw: RawUser, ourTeam: string): SlackUser {
  return {
    userId: raw.id ?? '',
    teamId: raw.team_id ?? ourTeam,
    name: raw.profile?.real_name || raw.real_name || raw.name || raw.id || 'Unknown',
    title: raw.profile?.title || undefined,
    // An unconfirmed address may belong to somebody else.
    email: raw.is_email_confirmed === false ? undefined : raw.profile?.email || undefined,
    timeZone: raw.tz,
    isWorkspaceAdmin: raw.is_admin === true || raw.is_owner === true,
    barred: findBarReason(raw, ourTeam),
  };
}

function findBarReason(raw: RawUser, ourTeam: string): SlackUser['barred'] {
  if (raw.deleted) return 'deactivated';
  if (raw.is_bot || raw.id === 'USLACKBOT') return 'bot';
  if (raw.is_restricted || raw.is_ultra_restricted) return 'guest';
  if (raw.is_stranger || (raw.team_id !== undefined && raw.team_id !== ourTeam)) return 'external';
  return undefined;
}
