import { setTimeout as sleep } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import type { SlackUser } from '../governance/people/slack-user.ts';
import type { SlackGroup } from '../governance/people/slack-user-groups.ts';
import { log } from '../log.ts';
import { bulkClient, retryAfterOf, slackErrorCode } from './clients.ts';
import { toSlackUser } from './people.ts';

/** The page size that Slack advises for users.list. 10,000 people are 50 calls, and Slack allows 20 a minute. */
const pageSize = 200;

/** Everybody in the workspace, and its user groups. */
export interface Directory {
  readUsers(): Promise<SlackUser[]>;
  /** undefined without the scope usergroups:read. */
  readUserGroups(): Promise<SlackGroup[] | undefined>;
}

/** Opens the directory with its own client, whose waits hold up no other call. */
export function openDirectory(
  { botToken, apiUrl }: { botToken: string; apiUrl: string },
  teamId: string,
): Directory {
  const client = bulkClient(botToken, apiUrl);
  return {
    readUsers: () => readUsers(client, teamId),
    readUserGroups: () => readUserGroups(client),
  };
}

/** Reads everybody in Slack for a command that runs without the rest of the program. */
export async function readAllUsers(slack: {
  botToken: string;
  apiUrl: string;
}): Promise<SlackUser[]> {
  const client = bulkClient(slack.botToken, slack.apiUrl);
  const { team_id = '' } = await client.auth.test();
  return readUsers(client, team_id);
}

async function readUsers(client: WebClient, teamId: string): Promise<SlackUser[]> {
  const users: SlackUser[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const at: { cursor?: string } = cursor ? { cursor } : {};
    const page = await retryPatiently(() => client.users.list({ limit: pageSize, ...at }));
    for (const one of page.members ?? []) users.push(toSlackUser(one, teamId));
    cursor = page.response_metadata?.next_cursor || undefined;
  }
  return users;
}

async function readUserGroups(client: WebClient): Promise<SlackGroup[] | undefined> {
  try {
    const { usergroups = [] } = await retryPatiently(() => client.usergroups.list({}));
    const groups: SlackGroup[] = [];
    for (const { id = '', handle = '', name = '' } of usergroups) {
      const { users = [] } = await retryPatiently(() =>
        client.usergroups.users.list({ usergroup: id }),
      );
      groups.push({ id, handle, name, userIds: users });
    }
    return groups;
  } catch (error) {
    if (slackErrorCode(error) !== 'missing_scope') throw error;
    log.info('User groups are not read: the app lacks the scope usergroups:read.');
    return undefined;
  }
}

/** Calls again after the wait that Slack asks for, and a few times after network errors. */
async function retryPatiently<T>(call: () => Promise<T>, triesLeft = 5): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const seconds = retryAfterOf(error);
    const isRefused = slackErrorCode(error) !== undefined;
    if (seconds === undefined && (isRefused || triesLeft === 0)) throw error;
    await sleep((seconds ?? 1) * 1_000);
    return retryPatiently(call, seconds === undefined ? triesLeft - 1 : triesLeft);
  }
}
