import type { Dict } from '../dict.ts';

/** Somebody in the sandbox. Only `name` and `realName` are needed. */
export interface SandboxUser {
  id?: string | undefined;
  /** The handle, as in @ana.ruiz. */
  name: string;
  realName: string;
  title?: string | undefined;
  email?: string | undefined;
  /** IANA time zone; UTC unless given. */
  tz?: string | undefined;
  isAdmin?: boolean | undefined;
  isOwner?: boolean | undefined;
  isBot?: boolean | undefined;
  /** Multi-channel guest. */
  isRestricted?: boolean | undefined;
  /** Single-channel guest. */
  isUltraRestricted?: boolean | undefined;
  deleted?: boolean | undefined;
  /** Whether Slack knows the e-mail address to be theirs; true unless given. */
  isEmailConfirmed?: boolean | undefined;
  picture?: string | undefined;
  /** Says in the page's picker why one would pick this person; such people are listed first. */
  hint?: string | undefined;
  /** Not in the workspace at all: shown in the page with a mailbox only. */
  noSlack?: boolean | undefined;
}

/** A person of the sandbox, with the id made when none was given. */
export interface SlackPerson extends SandboxUser {
  id: string;
}

/** A user group, as @it-oncall: users by id. */
export interface SlackUserGroup {
  id: string;
  handle: string;
  name: string;
  users: string[];
}

export interface Team {
  id: string;
  name: string;
  domain: string;
}

const offsets = new Map<string, number>();

/** Seconds east of UTC today, as `tz_offset` says it. */
function tzOffset(tz: string): number {
  const known = offsets.get(tz);
  if (known !== undefined) return known;
  const name = new Intl.DateTimeFormat('en-US', { timeZone: tz, timeZoneName: 'longOffset' })
    .formatToParts(new Date())
    .find((part) => part.type === 'timeZoneName')?.value;
  const match = /GMT([+-])(\d\d):(\d\d)/.exec(name ?? '');
  const seconds = match ? (Number(match[2]) * 60 + Number(match[3])) * 60 : 0;
  const offset = match?.[1] === '-' ? -seconds : seconds;
  offsets.set(tz, offset);
  return offset;
}

/** The user object of `users.info`. The e-mail is left out without the scope users:read.email. */
export function wireUser(person: SlackPerson, team: Team, withEmail = true): Dict {
  const tz = person.tz ?? 'Etc/UTC';
  const [first = '', ...rest] = person.realName.split(' ');
  const profile = {
    real_name: person.realName,
    real_name_normalized: person.realName,
    display_name: person.name,
    display_name_normalized: person.name,
    first_name: first,
    last_name: rest.join(' '),
    title: person.title ?? '',
    team: team.id,
    ...(person.picture ? { image_72: person.picture } : {}),
    ...(withEmail && person.email && !person.isBot ? { email: person.email } : {}),
  };
  const common = {
    id: person.id,
    team_id: team.id,
    name: person.name,
    deleted: person.deleted ?? false,
    profile,
    is_bot: person.isBot ?? false,
    is_app_user: false,
    updated: 0,
  };
  // Slack tells little about a deactivated account.
  if (person.deleted) return common;
  return {
    ...common,
    real_name: person.realName,
    tz,
    tz_label: tz,
    tz_offset: tzOffset(tz),
    is_admin: person.isAdmin ?? person.isOwner ?? false,
    is_owner: person.isOwner ?? false,
    is_primary_owner: false,
    is_restricted: person.isRestricted ?? person.isUltraRestricted ?? false,
    is_ultra_restricted: person.isUltraRestricted ?? false,
    is_email_confirmed: person.isEmailConfirmed ?? true,
    who_can_share_contact_card: 'EVERYONE',
  };
}
