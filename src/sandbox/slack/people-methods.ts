import { flagAt, stringAt } from '../dict.ts';
import { type ApiCall, type Method, tiers } from './method.ts';
import { SlackError } from './slack-error.ts';
import { toWireUser } from './users.ts';
import { makeId } from './workspace.ts';

const listMembers = ({ workspace }: ApiCall) =>
  [...workspace.people.values()].filter((person) => !person.noSlack);

const toVisibleUser = (call: ApiCall, id: string | undefined) => {
  const person = id ? call.workspace.member(id) : undefined;
  if (!person) throw new SlackError('user_not_found');
  return toWireUser(person, call.workspace.team, call.scopes.includes('users:read.email'));
};

const toCursor = (id: string) => Buffer.from(`user:${id}`).toString('base64');

/** Methods for the app itself, the team and the people. */
export const peopleMethods: Record<string, Method> = {
  'auth.test': {
    args: [],
    perMinute: 300,
    run: ({ workspace: { team, botId, botUserId } }) => ({
      url: `https://${team.domain}.slack.com/`,
      team: team.name,
      user: 'rolemine',
      team_id: team.id,
      user_id: botUserId,
      bot_id: botId,
      is_enterprise_install: false,
    }),
  },
  'apps.connections.open': {
    args: [],
    perMinute: tiers.three,
    token: 'app',
    run: ({ openSocketUrl }) => ({ url: openSocketUrl() }),
  },
  'bots.info': {
    args: ['bot', 'team_id'],
    perMinute: tiers.three,
    scope: 'users:read',
    run: ({ args, workspace: { botId, botUserId, appId } }) => {
      if (args.bot !== botId) throw new SlackError('bot_not_found');
      return {
        bot: { id: botId, app_id: appId, user_id: botUserId, name: 'Rolemine', deleted: false },
      };
    },
  },
  'team.info': {
    args: ['team', 'domain'],
    perMinute: tiers.three,
    scope: 'team:read',
    run: ({ workspace: { team } }) => ({ team: { ...team, email_domain: '', icon: {} } }),
  },
  'users.info': {
    args: ['user', 'include_locale'],
    perMinute: tiers.four,
    scope: 'users:read',
    run: (call) => {
      const user = toVisibleUser(call, stringAt(call.args, 'user'));
      return { user: flagAt(call.args, 'include_locale') ? { ...user, locale: 'en-US' } : user };
    },
  },
  'users.list': {
    args: ['cursor', 'limit', 'include_locale', 'team_id'],
    perMinute: tiers.two,
    scope: 'users:read',
    run: (call) => {
      const all = listMembers(call);
      const cursor = stringAt(call.args, 'cursor');
      const start = cursor ? all.findIndex((person) => toCursor(person.id) === cursor) : 0;
      if (start < 0) throw new SlackError('invalid_cursor');
      const limit = Math.min(1_000, Number(stringAt(call.args, 'limit') ?? 0)) || all.length;
      const next = all[start + limit];
      return {
        members: all.slice(start, start + limit).map((person) => toVisibleUser(call, person.id)),
        cache_ts: Math.floor(call.workspace.now() / 1000),
        response_metadata: { next_cursor: next ? toCursor(next.id) : '' },
      };
    },
  },
  'users.lookupByEmail': {
    args: ['email', 'team_id'],
    perMinute: tiers.three,
    scope: 'users:read.email',
    run: (call) => {
      const email = stringAt(call.args, 'email')?.toLowerCase();
      const person = listMembers(call).find((one) => email && one.email?.toLowerCase() === email);
      if (!person || person.deleted || person.isBot) throw new SlackError('users_not_found');
      return { user: toVisibleUser(call, person.id) };
    },
  },
  'usergroups.list': {
    args: ['include_count', 'include_disabled', 'include_users', 'team_id'],
    perMinute: tiers.two,
    scope: 'usergroups:read',
    run: ({ workspace: { userGroups, team } }) => ({
      usergroups: userGroups.map(({ users, ...group }) => ({
        ...group,
        team_id: team.id,
        is_usergroup: true,
        date_delete: 0,
        user_count: users.length,
      })),
    }),
  },
  'usergroups.users.list': {
    args: ['usergroup', 'include_disabled', 'team_id'],
    perMinute: tiers.two,
    scope: 'usergroups:read',
    run: ({ args, workspace }) => {
      const group = workspace.userGroups.find(({ id }) => id === stringAt(args, 'usergroup'));
      if (!group) throw new SlackError('no_such_subteam');
      return { users: group.users };
    },
  },
  'files.getUploadURLExternal': {
    args: ['filename', 'length', 'alt_txt', 'alt_text', 'snippet_type'],
    perMinute: tiers.four,
    scope: 'files:write',
    run: ({ args, files, baseUrl }) => {
      const name = stringAt(args, 'filename');
      if (!name || !stringAt(args, 'length')) throw new SlackError('invalid_arguments');
      const id = makeId('F');
      files.set(id, { id, name, title: name, bytes: undefined });
      return { file_id: id, upload_url: `${baseUrl}/upload/${id}` };
    },
  },
};
