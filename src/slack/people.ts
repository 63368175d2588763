import type { WebClient } from '@slack/web-api';
import { Refusal } from '../errors.ts';
import type { ActorCtx, Ctx } from '../governance/context.ts';
import { findActor, linkSlackUser } from '../governance/people/slack-accounts.ts';
import type { SlackUser } from '../governance/people/slack-user.ts';

/** What the listeners share: a fresh context a call, and what configuration says. */
export interface SlackDeps {
  newCtx(): Ctx;
  adminEmail: string | undefined;
  teamId: string;
}

export interface UserRef {
  userId: string;
  teamId: string;
}

/** The acting person, read from the database; Slack is asked only at first contact. */
export async function ctxFor(deps: SlackDeps, client: WebClient, user: UserRef): Promise<ActorCtx> {
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
 * The person whom a mention names, who may never have written to Rolemine.
 * @param otherwise the sentence for who mentions somebody who cannot act here.
 */
export async function mentionedPerson(
  deps: SlackDeps,
  client: WebClient,
  userId: string,
  otherwise: string,
): Promise<number> {
  const { actor } = await ctxFor(deps, client, { userId, teamId: deps.teamId }).catch((error) => {
    throw error instanceof Refusal ? new Refusal('missing', otherwise) : error;
  });
  return actor.personId;
}

/** The parts of Slack's user object that are used here. */
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

/** @param ourTeam users of another team are strangers, whatever their e-mail address says. */
export function toSlackUser(raw: RawUser, ourTeam: string): SlackUser {
  return {
    userId: raw.id ?? '',
    teamId: raw.team_id ?? ourTeam,
    name: raw.profile?.real_name || raw.real_name || raw.name || raw.id || 'Unknown',
    title: raw.profile?.title || undefined,
    // An address that Slack has not confirmed could be anybody's.
    email: raw.is_email_confirmed === false ? undefined : raw.profile?.email || undefined,
    timeZone: raw.tz,
    isWorkspaceAdmin: raw.is_admin === true || raw.is_owner === true,
    barred: barredAs(raw, ourTeam),
  };
}

function barredAs(raw: RawUser, ourTeam: string): SlackUser['barred'] {
  if (raw.deleted) return 'deactivated';
  if (raw.is_bot || raw.id === 'USLACKBOT') return 'bot';
  if (raw.is_restricted || raw.is_ultra_restricted) return 'guest';
  if (raw.is_stranger || (raw.team_id !== undefined && raw.team_id !== ourTeam)) return 'external';
  return undefined;
}
