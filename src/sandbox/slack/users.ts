import type { Dict } from '../dict.ts';

/** A user of the sandbox. Only `name` and `realName` are required. */
export interface SandboxUser {
  id?: string | undefined;
  /** The handle, for example @ana.ruiz. */
  name: string;
  realName: string;
  title?: string | undefined;
  email?: string | undefined;
  /** IANA time zone; default: UTC. */
  tz?: string | undefined;
  isAdmin?: boolean | undefined;
  isOwner?: boolean | undefined;
  isBot?: boolean | undefined;
  /** Multi-channel guest. */
  isRestricted?: boolean | undefined;
  /** Single-channel guest. */
  isUltraRestricted?: boolean | undefined;
  deleted?: boolean | undefined;
  /** Whether Slack has confirmed the e-mail address; default: true. */
  isEmailConfirmed?: boolean | undefined;
  picture?: string | undefined;
  /**
   * The reason to act as this person, in the page's list of people. Such people are listed first.
   */
  hint?: string | undefined;
  /** Not in the workspace: the page shows only a mailbox. */
  noSlack?: boolean | undefined;
}

/** A person of the sandbox, always with an id. */
export interface SlackPerson extends SandboxUser {
  id: string;
}

/** A user group, for example @it-oncall, with the ids of its users. */
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

/** Current offset from UTC in seconds, as in `tz_offset`. */
function getTzOffset(tz: string): number {
  const cached = offsets.get(tz);
  if (cached !== undefined) return cached;
  const name = new Intl.DateTimeFormat('en-US', { timeZone: tz, timeZoneName: 'longOffset' })
    .formatToParts(new Date())
    .find((part) => part.type === 'timeZoneName')?.value;
  const match = /GMT([+-])(\d\d):(\d\d)/.exec(name ?? '');
  const seconds = match ? (Number(match[2]) * 60 + Number(match[3])) * 60 : 0;
  const offset = match?.[1] === '-' ? -seconds : seconds;
  offsets.set(tz, offset);
  return offset;
}

/** The user object of `users.info`. Without the scope users:read.email it has no e-mail. */
export function toWireUser(person: SlackPerson, team: Team, withEmail = true): Dict {
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
  // Slack returns few fields of a deactivated account.
  if (person.deleted) return common;
  return {
    ...common,
    real_name: person.realName,
    tz,
    tz_label: tz,
    tz_offset: getTzOffset(tz),
    is_admin: person.isAdmin ?? person.isOwner ?? false,
    is_owner: person.isOwner ?? false,
    is_primary_owner: false,
    is_restricted: person.isRestricted ?? person.isUltraRestricted ?? false,
    is_ultra_restricted: person.isUltraRestricted ?? false,
    is_email_confirmed: person.isEmailConfirmed ?? true,
    who_can_share_contact_card: 'EVERYONE',
  };
}
