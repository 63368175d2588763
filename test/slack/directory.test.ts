import { describe, expect, it, onTestFinished } from 'vitest';
import { type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';
import { openDirectory } from '../../src/slack/directory.ts';

const users = Array.from({ length: 450 }, (_, at) => ({
  id: `U${at}`,
  name: `p${at}`,
  realName: `P ${at}`,
  email: `p${at}@acme.example`,
  title: 'Agent',
}));

async function open(options: Partial<SandboxOptions> = {}) {
  const slack = await startSandbox({ users, ...options });
  onTestFinished(() => slack.close());
  return { slack, directory: openDirectory(slack, slack.teamId) };
}

describe('the directory of Slack', () => {
  it('reads every page of users, and waits when Slack asks', async () => {
    const { slack, directory } = await open();
    slack.fail({ kind: '429', method: 'users.list', times: 1, retryAfterSeconds: 1 });
    const before = performance.now();
    const read = await directory.readUsers();
    expect(performance.now() - before).toBeGreaterThan(950);
    expect(read.filter(({ barred }) => !barred)).toHaveLength(450);
    expect(read.at(-1)).toMatchObject({ userId: 'U449', title: 'Agent', timeZone: 'Etc/UTC' });
    expect(slack.calls.filter(({ method }) => method === 'users.list')).toHaveLength(4);
  });

  it('reads user groups with their members, but not without the scope', async () => {
    const userGroups = [{ id: 'S1', handle: 'oncall', name: 'On call', users: ['U1', 'U2'] }];
    const { directory } = await open({ userGroups });
    const group = { id: 'S1', handle: 'oncall', name: 'On call', userIds: ['U1', 'U2'] };
    expect(await directory.readUserGroups()).toEqual([group]);
    const { directory: without } = await open({ userGroups, scopes: ['users:read'] });
    expect(await without.readUserGroups()).toBeUndefined();
  });
});
